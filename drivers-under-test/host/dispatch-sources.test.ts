import { describe, expect, it } from 'vitest';
import { IODataQueueDispatchSource } from './io-data-queue-dispatch-source.ts';
import { IODispatchQueue } from './io-dispatch-queue.ts';
import {
  IOInterruptDispatchSource,
  kIOInterruptTypeEdge,
  kIOInterruptTypeLevel,
  STORM_MAX,
} from './io-interrupt-dispatch-source.ts';
import { kIOInterruptTypePCIMessaged, kIOPCICommandBusLead } from './io-pci-device.ts';
import { IOService } from './io-service.ts';
import { IOTimerDispatchSource } from './io-timer-dispatch-source.ts';
import { OSAction } from './os-action.ts';
import { testHost } from './test-host.ts';

function bench() {
  const made = testHost();
  const owner = new IOService(made.host);
  const queue = IODispatchQueue.Create(owner, 'work');
  made.provider.Open(owner);
  return { ...made, owner, queue, line: made.pci.device.interrupt };
}

function interrupts(messages = false) {
  const made = bench();
  if (messages) {
    // A message is a write of the device's: without bus mastering it sends none.
    made.provider.ConfigurationWrite16(4, kIOPCICommandBusLead);
    made.provider.ConfigureInterrupts(kIOInterruptTypePCIMessaged, 1, 4);
  }
  const source = IOInterruptDispatchSource.Create(made.provider, 0, made.queue);
  const counts: number[] = [];
  source.SetHandler((count) => {
    counts.push(count);
    made.line.drive(false);
  });
  return { ...made, source, counts };
}

describe('IOInterruptDispatchSource', () => {
  it('is refused for interrupts that are not there, or taken', () => {
    const { host, provider, queue } = bench();
    const create = (index: number) => IOInterruptDispatchSource.Create(provider, index, queue);
    expect(() => create(1)).toThrow('kIOReturnNoInterrupt');
    expect(() => create(-1)).toThrow('kIOReturnNoInterrupt');
    expect(() => create(0.5)).toThrow('kIOReturnNoInterrupt');
    const before = host.outstanding().length;
    create(0);
    expect(() => create(0)).toThrow('kIOReturnExclusiveAccess');
    expect(host.outstanding()).toHaveLength(before + 1);
    provider.ConfigureInterrupts(1, 1);
    expect(() => create(0)).toThrow('kIOReturnExclusiveAccess');
  });

  it('delivers on the queue, once for a level that the handler takes away', async () => {
    const { host, source, line, counts, world, run } = interrupts();
    expect(source.GetInterruptType()).toBe(kIOInterruptTypeLevel);
    source.SetEnable(true);
    await run(async () => {
      await host.sleep(50);
      line.drive(true);
      expect(counts).toEqual([]);
      await host.sleep(10);
    });
    expect(counts).toEqual([1]);
    expect(source.GetLastInterrupt()).toEqual({ count: 1, timeNs: 50 });
    expect(world.now).toBe(60);
  });

  it('calls again while the level stays, and stops a storm', async () => {
    const { host, source, line, run, world } = interrupts();
    let calls = 0;
    source.SetHandler(() => {
      calls++;
    });
    source.SetEnable(true);
    await run(async () => {
      line.drive(true);
      await host.sleep(10);
    });
    expect(calls).toBe(STORM_MAX);
    expect(world.journal.textAt((world.journal.count - 1) % world.journal.capacity)).toContain(
      'interrupt storm',
    );
  });

  it('delivers a level that is asserted when the source is enabled', async () => {
    const { host, source, line, counts, run } = interrupts();
    await run(async () => {
      line.drive(true);
      await host.sleep(10);
      expect(counts).toEqual([]);
      source.SetEnable(true);
      await host.sleep(10);
    });
    expect(counts).toEqual([1]);
  });

  it('counts messages that came while none was handled', async () => {
    const { host, pci, source, counts, queue, run } = interrupts(true);
    expect(source.GetInterruptType()).toBe(kIOInterruptTypeEdge);
    source.SetEnable(true);
    await run(async () => {
      queue.DispatchAsync(() => host.sleep(100));
      await host.sleep(1);
      for (let sent = 0; sent < 3; sent++) pci.device.message(0);
      pci.device.message(1);
      await host.sleep(200);
      source.SetEnable(false);
      pci.device.message(0);
      pci.device.message(0);
      await host.sleep(10);
      expect(counts).toEqual([3]);
      source.SetEnable(true);
      await host.sleep(10);
    });
    expect(counts).toEqual([3, 2]);
  });

  it('is disabled with completion when no handler can be running', async () => {
    const { host, source, line, run } = interrupts();
    const log: string[] = [];
    source.SetHandler(async () => {
      log.push('handler begins');
      await host.sleep(100);
      line.drive(false);
      log.push('handler ends');
    });
    source.SetEnable(true);
    await run(async () => {
      line.drive(true);
      await host.sleep(10);
      source.SetEnableWithCompletion(false, () => void log.push('disabled'));
      await host.sleep(200);
    });
    expect(log).toEqual(['handler begins', 'handler ends', 'disabled']);
  });

  it('frees the interrupt when cancelled, and cannot come back', async () => {
    const { host, provider, queue, source, line, counts, run } = interrupts();
    source.SetEnable(true);
    const log: string[] = [];
    await run(async () => {
      line.drive(true);
      source.Cancel(() => void log.push('cancelled'));
      source.Cancel(() => void log.push('twice'));
      await host.sleep(10);
    });
    expect([log, counts]).toEqual([['cancelled'], []]);
    expect(() => source.SetEnable(true)).toThrow('kIOReturnNotReady');
    IOInterruptDispatchSource.Create(provider, 0, queue);
  });
});

describe('IOTimerDispatchSource', () => {
  function timer() {
    const made = bench();
    const source = IOTimerDispatchSource.Create(made.queue);
    const fired: number[] = [];
    source.SetHandler((timeNs) => void fired.push(timeNs));
    return { ...made, source, fired };
  }

  it('fires once, where it was moved to', async () => {
    const { host, source, fired, run } = timer();
    await run(async () => {
      source.WakeAtTime(100);
      source.WakeAtTime(200);
      await host.sleep(1000);
      source.WakeAtTime(50);
      source.WakeAfter(30);
      await host.sleep(1000);
    });
    expect(fired).toEqual([200, 1030]);
  });

  it('fires for a deadline that has passed', async () => {
    const { host, source, fired, run } = timer();
    await run(async () => {
      await host.sleep(100);
      source.WakeAtTime(50);
      await host.sleep(1);
    });
    expect(fired).toEqual([100]);
  });

  it('does not fire when disarmed, even with its callback queued', async () => {
    const { host, queue, source, fired, run } = timer();
    await run(async () => {
      source.WakeAfter(10);
      source.Disarm();
      await host.sleep(20);
      queue.DispatchAsync(() => host.sleep(100));
      source.WakeAfter(10);
      await host.sleep(50);
      source.Disarm();
      await host.sleep(100);
    });
    expect(fired).toEqual([]);
  });

  it('that expires while disabled fires when enabled', async () => {
    const { host, source, fired, run } = timer();
    await run(async () => {
      source.SetEnable(false);
      source.WakeAfter(10);
      await host.sleep(50);
      expect(fired).toEqual([]);
      source.SetEnable(true);
      source.SetEnable(true);
      await host.sleep(50);
    });
    expect(fired).toEqual([50]);
  });

  it('can be cancelled from its own handler, and not be armed after', async () => {
    const { host, source, run } = timer();
    let calls = 0;
    source.SetHandler(() => {
      calls++;
      source.Cancel();
    });
    await run(async () => {
      source.WakeAfter(10);
      await host.sleep(100);
    });
    expect(calls).toBe(1);
    expect(() => source.WakeAfter(1)).toThrow('kIOReturnNotReady');
    expect(host.outstanding()).not.toContain('timer dispatch source (IOService)');
  });
});

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
