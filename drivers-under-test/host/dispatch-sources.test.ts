import { describe, expect, it } from 'vitest';
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
