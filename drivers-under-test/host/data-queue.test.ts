import { describe, expect, it } from 'vitest';
import { IODataQueueDispatchSource } from './io-data-queue-dispatch-source.ts';
import { IODispatchQueue } from './io-dispatch-queue.ts';
import { IOService } from './io-service.ts';
import { OSAction } from './os-action.ts';
import { testHost } from './test-host.ts';

function bench() {
  const made = testHost();
  const owner = new IOService(made.host);
  return { ...made, owner, queue: IODispatchQueue.Create(owner, 'work') };
}

describe('IODataQueueDispatchSource', () => {
  const bytes = (...values: number[]) => Uint8Array.from(values);

  function dataQueue(size = 32) {
    const made = bench();
    const source = IODataQueueDispatchSource.Create(size, made.queue);
    const log: string[] = [];
    const action = (name: string) =>
      OSAction.Create({ target: made.owner, method: () => void log.push(name) });
    source.SetDataAvailableHandler(action('available'));
    source.SetDataServicedHandler(action('serviced'));
    return { ...made, source, log };
  }

  it('is refused in sizes that hold nothing', () => {
    const { queue } = bench();
    for (const size of [0, 4, 7, 30, 2 ** 30, Number.NaN]) {
      expect(() => IODataQueueDispatchSource.Create(size, queue)).toThrow('kIOReturnBadArgument');
    }
    expect(IODataQueueDispatchSource.GetDataQueueEntryHeaderSize()).toBe(4);
  });

  it('gives back entries in order, through many turns of the ring', () => {
    const { source } = dataQueue();
    for (let turn = 0; turn < 50; turn++) {
      source.Enqueue(bytes(turn, 1, 2));
      source.Enqueue(bytes());
      expect(source.Peek()).toEqual(bytes(turn, 1, 2));
      expect(source.Dequeue()).toEqual(bytes(turn, 1, 2));
      expect(source.Dequeue()).toEqual(bytes());
      expect(source.IsDataAvailable()).toBe(false);
    }
  });

  it('underruns when empty and overruns when full', () => {
    const { source } = dataQueue();
    expect(() => source.Dequeue()).toThrow('kIOReturnUnderrun');
    expect(() => source.Peek()).toThrow('kIOReturnUnderrun');
    // 32 bytes, 4 of them kept free: three entries of 8.
    source.CanEnqueueData(4, 3);
    expect(() => source.CanEnqueueData(4, 4)).toThrow('kIOReturnOverrun');
    for (let entry = 0; entry < 3; entry++) source.Enqueue(bytes(entry, 0, 0, 0));
    expect(() => source.Enqueue(bytes(3, 0, 0, 0))).toThrow('kIOReturnOverrun');
    expect(source.Dequeue()[0]).toBe(0);
    source.Enqueue(bytes(3, 0, 0, 0));
  });

  it('notifies at the first entry, and of service only after an enqueue failed', async () => {
    const { host, source, log, run } = dataQueue(16);
    await run(async () => {
      source.Enqueue(bytes(1));
      expect(() => source.Enqueue(bytes(2, 2, 2, 2))).toThrow('kIOReturnOverrun');
      source.Dequeue();
      await host.sleep(1);
      source.Enqueue(bytes(1));
      source.Dequeue();
      await host.sleep(1);
    });
    expect(log).toEqual(['available', 'serviced', 'available']);
  });

  it('coalesces notifications until they are sent', async () => {
    const { host, source, log, run } = dataQueue();
    await run(async () => {
      const available = { notify: false };
      source.EnqueueWithCoalesce(bytes(1), available);
      source.EnqueueWithCoalesce(bytes(2), available);
      await host.sleep(1);
      expect([available.notify, log]).toEqual([true, []]);
      source.SendDataAvailable();
      await host.sleep(1);
    });
    expect(log).toEqual(['available']);
  });

  it.each([
    [0, 33],
    [4, 0xffffffff],
    [4, 2],
    [8, 0xffffffff],
    [8, 5],
  ])('sees that word %i was overwritten with %i', (at, value) => {
    const { source } = dataQueue();
    source.Enqueue(bytes(1, 2, 3, 4));
    new DataView(source.memory.buffer).setUint32(at, value, true);
    expect(() => source.Dequeue()).toThrow('kIOReturnError');
  });
});

describe('OSAction', () => {
  function action() {
    const made = bench();
    made.owner.SetDispatchQueue('callbacks', made.queue);
    const seen: unknown[] = [];
    const made2 = OSAction.Create<[number], { tag: string }>({
      target: made.owner,
      queueName: 'callbacks',
      reference: { tag: 'mine' },
      method: (value) => {
        seen.push(value, made.queue.OnQueue());
      },
    });
    return { ...made, action: made2, seen };
  }

  it('runs on the queue of its target', async () => {
    const { host, action: it, seen, run } = action();
    expect(it.GetReference()).toEqual({ tag: 'mine' });
    await run(async () => {
      it.Invoke(5);
      expect(seen).toEqual([]);
      await host.sleep(1);
    });
    expect(seen).toEqual([5, true]);
  });

  it('is waited for, once at a time', async () => {
    const { action: it, seen, run } = action();
    const token = it.WillWait();
    expect(() => it.WillWait()).toThrow('kIOReturnBusy');
    await run(async () => {
      it.Invoke(1);
      await it.Wait(token);
      expect(seen).toEqual([1, true]);
    });
    it.EndWait(token);
    expect(() => it.EndWait(token)).toThrow('kIOReturnBadArgument');
    await expect(it.Wait(token)).rejects.toThrow('kIOReturnBadArgument');
    it.WillWait();
  });

  it('times out at the deadline', async () => {
    const { action: it, world, run } = action();
    const token = it.WillWait();
    await expect(run(() => it.Wait(token, 500))).rejects.toThrow('kIOReturnTimeout');
    expect(world.now).toBe(500);
  });

  it('is stuck without one', async () => {
    const { action: it, run } = action();
    const token = it.WillWait();
    await expect(run(() => it.Wait(token))).rejects.toThrow('stuck');
  });

  it('is not delivered after Cancel, which tells when callbacks are done', async () => {
    const { host, action: it, seen, run } = action();
    const log: string[] = [];
    const token = it.WillWait();
    await run(async () => {
      it.Invoke(1);
      it.Cancel(() => void log.push('cancelled'));
      it.Invoke(2);
      await expect(it.Wait(token)).rejects.toThrow('kIOReturnAborted');
      await host.sleep(1);
    });
    expect([log, seen]).toEqual([['cancelled'], []]);
  });

  it('tells its creator, once, when the other side is gone', async () => {
    const { host, action: it, seen, run } = action();
    let aborted = 0;
    it.SetAbortedHandler(() => void aborted++);
    const token = it.WillWait();
    await run(async () => {
      it.Aborted();
      it.Aborted();
      it.Invoke(1);
      await expect(it.Wait(token)).rejects.toThrow('kIOReturnAborted');
      await host.sleep(1);
    });
    expect([aborted, seen]).toEqual([1, []]);
  });
});
