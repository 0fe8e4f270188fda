import { describe, expect, it } from 'vitest';
import { EventKind } from '../../sim/kernel/journal.ts';
import { IOBufferMemoryDescriptor } from './io-buffer-memory-descriptor.ts';
import { IODispatchQueue } from './io-dispatch-queue.ts';
import { IODMACommand } from './io-dma-command.ts';
import { IOInterruptDispatchSource } from './io-interrupt-dispatch-source.ts';
import { IOPCIDevice } from './io-pci-device.ts';
import { fail } from './io-return.ts';
import { IOService } from './io-service.ts';
import { IOTimerDispatchSource } from './io-timer-dispatch-source.ts';
import { brokenRules, testHost, TRANSPORT } from './test-host.ts';
import type { Host } from './host.ts';

const events = (host: Host, kind: EventKind): string[] => {
  const { journal } = host.world;
  return Array.from({ length: journal.count }, (_, index) => journal.place(index) ?? 0)
    .filter((at) => journal.kindAt(at) === kind)
    .map((at) => journal.textAt(at));
};

/** Opens the device and gives it back. */
class Good extends IOService {
  pci!: IOPCIDevice;
  readonly steps: string[] = [];
  override init(): boolean {
    this.steps.push('init');
    return super.init();
  }
  override free(): void {
    this.steps.push('free');
  }
  override Start(provider: IOService): void | Promise<void> {
    void super.Start(provider);
    this.steps.push('start');
    this.pci = provider as IOPCIDevice;
    this.pci.Open(this);
  }
  override Stop(provider: IOService): void | Promise<void> {
    this.steps.push('stop');
    this.pci.Close(this);
    return super.Stop(provider);
  }
}

describe('start', () => {
  it('matches, initialises, starts, and gives the service its personality', async () => {
    const { host, provider, run } = testHost({ manifest: { service: Good } });
    const service = await run(() => host.start(provider));
    expect((service as Good).steps).toEqual(['init', 'start']);
    expect(service.state).toBe('started');
    expect(service.SearchProperty('IOPCIPrimaryMatch')).toBe('0x11e81234');
    expect(host.violations).toEqual([]);
  });

  it('refuses a foreign device with the key that fails', async () => {
    const { host, provider, run } = testHost({ card: { device: 0x11e9 } });
    await expect(run(() => host.start(provider))).rejects.toThrow(
      'kIOReturnNoDevice: no personality of scratch matches the device ' +
        '(card: IOPCIPrimaryMatch wants 0x11e81234, found 0x11e91234)',
    );
    expect(events(host, EventKind.Lifecycle)).toEqual([]);
  });

  it('refuses without the entitlements, and says so of an empty list', async () => {
    const base = { 'com.apple.developer.driverkit': true };
    const without = testHost({ manifest: { entitlements: base } });
    await expect(without.run(() => without.host.start(without.provider))).rejects.toThrow(
      /^kIOReturnNotPermitted: the driver lacks the entitlement .*transport\.pci$/,
    );
    const empty = testHost({ manifest: { entitlements: { ...base, [TRANSPORT]: [] } } });
    await expect(empty.run(() => empty.host.start(empty.provider))).rejects.toThrow('is empty');
  });

  it('takes the class that the personality names', async () => {
    class Other extends Good {}
    const personality = { IOProviderClass: 'IOPCIDevice', IOUserClass: 'Other' };
    const { host, provider, run } = testHost({
      manifest: { service: Good, classes: { Other }, personalities: { personality } },
    });
    expect(await run(() => host.start(provider))).toBeInstanceOf(Other);
  });

  it('refuses a service whose init refuses', async () => {
    class Refuses extends Good {
      override init(): boolean {
        return false;
      }
    }
    const { host, provider, run } = testHost({ manifest: { service: Refuses } });
    await expect(run(() => host.start(provider))).rejects.toThrow(
      'kIOReturnError: init of Refuses',
    );
  });

  it('that fails is never started, and must have given back what it took', async () => {
    const all: Good[] = [];
    class Fails extends Good {
      override init(): boolean {
        all.push(this);
        return super.init();
      }
      override Start(provider: IOService): void {
        void super.Start(provider);
        IODispatchQueue.Create(this, 'left');
        fail('kIOReturnNoResources', 'no more');
      }
    }
    const { host, provider, run } = testHost({ manifest: { service: Fails } });
    await expect(run(() => host.start(provider))).rejects.toThrow('kIOReturnNoResources: no more');
    const [made] = all;
    expect(made?.state).toBe('failed');
    expect(made?.steps).toEqual(['init', 'start', 'free']);
    expect(host.violations.map(({ rule, detail }) => `${rule}: ${detail}`)).toEqual([
      'HOST-BALANCE: a failed Start leaves open IOPCIDevice (Fails), dispatch queue left (Fails)',
    ]);
    expect(() => made?.Start(provider)).toThrow('kIOReturnError: an object is started once');
  });

  it('without super Start is a violation', async () => {
    class Forgets extends IOService {
      override Start(): void {}
    }
    const { host, provider, run } = testHost({ manifest: { service: Forgets } });
    await run(() => host.start(provider));
    expect(brokenRules(host)).toEqual(['HOST-START']);
  });
});

describe('stop', () => {
  it('gives everything back, frees the object, and happens once', async () => {
    const { host, provider, run } = testHost({ manifest: { service: Good } });
    const service = (await run(() => host.start(provider))) as Good;
    await run(() => Promise.all([host.stop(service), host.stop(service)]));
    await run(() => host.stop(service));
    expect(service.steps).toEqual(['init', 'start', 'stop', 'free']);
    expect(service.state).toBe('stopped');
    expect(host.violations).toEqual([]);
    expect(host.outstanding()).toEqual([]);
  });

  it.each([
    [0, 'Stop ended without a call of super Stop'],
    [2, 'super Stop runs once, after a successful Start'],
  ])('with %i calls of super Stop is a violation', async (calls, detail) => {
    class Counts extends IOService {
      override Stop(provider: IOService): void {
        for (let call = 0; call < calls; call++) void super.Stop(provider);
      }
    }
    const { host, provider, run } = testHost({ manifest: { service: Counts } });
    const service = await run(() => host.start(provider));
    await run(() => host.stop(service));
    expect(host.violations.map((each) => each.detail)).toEqual([detail]);
  });

  it('names everything that is left, and whose it is', async () => {
    class Leaks extends Good {
      override Start(provider: IOService): void {
        void super.Start(provider);
        const queue = IODispatchQueue.Create(this, 'work');
        IOTimerDispatchSource.Create(queue);
        IOInterruptDispatchSource.Create(this.pci, 0, queue);
        const memory = IOBufferMemoryDescriptor.Create(this, 3, 64);
        memory.CreateSubMemoryDescriptor(3, 0, 8);
        IODMACommand.Create(this.pci).PrepareForDMA(memory);
      }
      override Stop(provider: IOService): void | Promise<void> {
        return IOService.prototype.Stop.call(this, provider);
      }
    }
    const { host, provider, run } = testHost({ manifest: { service: Leaks } });
    const service = await run(() => host.start(provider));
    await run(() => host.stop(service));
    expect(host.violations.map(({ rule, detail }) => `${rule}: ${detail}`)).toEqual([
      'HOST-BALANCE: Stop leaves open IOPCIDevice (Leaks), dispatch queue work (Leaks), ' +
        'timer dispatch source (Leaks), interrupt dispatch source 0 (Leaks), ' +
        'buffer of 64 bytes (Leaks), part of 8 bytes (Leaks), DMA command (IOPCIDevice)',
      'HOST-MAPPED: Stop leaves 1 live DMA mappings',
    ]);
  });

  it('that throws is accounted for all the same', async () => {
    class Throws extends Good {
      override Stop(): void {
        throw new TypeError('oops');
      }
    }
    const { host, provider, run } = testHost({ manifest: { service: Throws } });
    const service = await run(() => host.start(provider));
    await expect(run(() => host.stop(service))).rejects.toThrow('oops');
    expect(brokenRules(host)).toEqual(['HOST-BALANCE']);
  });

  it('ends what clients can ask', async () => {
    const { host, provider, run } = testHost({ manifest: { service: Good } });
    const service = await run(() => host.start(provider));
    await run(() => host.stop(service));
    expect(() => host.call(service, 'read', () => 1)).toThrow('kIOReturnOffline');
  });
});

describe('terminate', () => {
  it('is asynchronous, has no options, and twice is harmless', async () => {
    const { host, provider, run } = testHost({ manifest: { service: Good } });
    const service = (await run(() => host.start(provider))) as Good;
    expect(() => service.Terminate(1)).toThrow('kIOReturnBadArgument');
    await run(async () => {
      service.Terminate();
      service.Terminate();
      expect(service.state).toBe('started');
      await host.sleep(1);
      service.Terminate();
      await host.sleep(1);
    });
    expect(service.steps).toEqual(['init', 'start', 'stop', 'free']);
    expect(host.violations).toEqual([]);
  });
});

describe('the provider after super Stop', () => {
  it('is out of bounds, open or closed', async () => {
    class Late extends Good {
      override Stop(provider: IOService): void {
        void IOService.prototype.Stop.call(this, provider);
        this.pci.MemoryRead32(0, 0);
        this.pci.Close(this);
        this.pci.ConfigurationRead8(0);
      }
    }
    const { host, provider, run } = testHost({ manifest: { service: Late } });
    const service = await run(() => host.start(provider));
    await expect(run(() => host.stop(service))).rejects.toThrow('kIOReturnNotOpen');
    expect(host.violations.map(({ rule, detail }) => `${rule}: ${detail}`)).toEqual([
      'HOST-AFTER-STOP: a memory access after Late has stopped',
      'HOST-AFTER-STOP: Close after Late has stopped',
      'HOST-AFTER-STOP: a configuration access after Late has stopped',
    ]);
    expect(() => service.GetProvider()).toThrow('kIOReturnNotAttached');
    expect(brokenRules(host)).toHaveLength(4);
  });

  it('is free for the next service', async () => {
    const { host, provider, run } = testHost({ manifest: { service: Good } });
    for (let round = 0; round < 2; round++) {
      const service = (await run(() => host.start(provider))) as Good;
      service.pci.ConfigurationRead8(0);
      await run(() => host.stop(service));
    }
    expect(host.violations).toEqual([]);
  });
});

describe('power', () => {
  const on = 2;

  it('waits until the driver has passed the state to super', async () => {
    let done = false;
    class Slow extends Good {
      override SetPowerState(flags: number): void {
        void this.IOSleep(5).then(() => {
          done = true;
          return super.SetPowerState(flags);
        });
      }
    }
    const { host, world, provider, run } = testHost({ manifest: { service: Slow } });
    const service = await run(() => host.start(provider));
    const before = world.now;
    await run(() => host.power(service, 0));
    expect(done).toBe(true);
    expect(world.now - before).toBe(5e6);
  });

  it('that never reaches super is a violation, not a hang', async () => {
    class Forgets extends Good {
      override SetPowerState(): void {}
    }
    const { host, provider, run } = testHost({ manifest: { service: Forgets } });
    const service = await run(() => host.start(provider));
    await expect(run(() => host.power(service, 0))).rejects.toThrow('kIOReturnTimeout');
    expect(brokenRules(host)).toEqual(['HOST-POWER']);
  });

  it('takes a function that asked for it to D3 and back, with its state', async () => {
    class Asks extends Good {
      override Start(provider: IOService): void {
        void super.Start(provider);
        this.pci.EnablePCIPowerManagement(0xffffffff);
        this.pci.ConfigurationWrite16(4, 6);
      }
    }
    const { host, provider, run } = testHost({ manifest: { service: Asks } });
    const service = (await run(() => host.start(provider))) as Asks;
    const state = () => {
      const at = service.pci.FindPCICapability(1) + 4;
      return service.pci.ConfigurationRead16(at) % 4;
    };
    await run(() => host.power(service, 0));
    expect(state()).toBe(3);
    await run(() => host.power(service, on));
    expect(state()).toBe(0);
    expect(service.pci.ConfigurationRead16(4)).toBe(6);
  });
});

describe('a crash', () => {
  it('ends all that the driver does: sleeps, queued blocks, calls', async () => {
    const { host, provider, world, run } = testHost();
    const service = await run(() => host.start(provider));
    const ran: string[] = [];
    await run(async () => {
      void host.sleep(1000).then(() => ran.push('slept'));
      service.defaultQueue.DispatchAsync(() => void ran.push('queued'));
      host.die();
      service.defaultQueue.DispatchAsync(() => void ran.push('queued later'));
      expect(() => host.call(service, 'ping', () => ran.push('called'))).toThrow(
        'kIOReturnOffline',
      );
      await new Promise<void>((resolve) => world.after(2000, () => world.ready(resolve)));
    });
    expect(ran).toEqual([]);
  });

  it('in an interrupt handler is recorded once, and the scene goes on', async () => {
    let calls = 0;
    class Crashes extends Good {
      override Start(provider: IOService): void {
        void super.Start(provider);
        const source = IOInterruptDispatchSource.Create(this.pci, 0, this.defaultQueue);
        source.SetHandler(() => {
          calls++;
          throw new TypeError('bug');
        });
        source.SetEnable(true);
      }
    }
    const { host, pci, provider, run } = testHost({ manifest: { service: Crashes } });
    const service = await run(() => host.start(provider));
    await run(async () => {
      pci.device.interrupt.drive(true);
      await host.sleep(1000);
      pci.device.interrupt.drive(false);
      pci.device.interrupt.drive(true);
      await host.sleep(1000);
    });
    expect(calls).toBe(1);
    expect(host.unhandledErrors).toHaveLength(1);
    expect(events(host, EventKind.Lifecycle).filter((text) => text.startsWith('crashed'))).toEqual([
      'crashed: TypeError',
    ]);
    expect(await run(() => host.call(service, 'ask', () => 7))).toBe(7);
  });

  it('is journaled once, however many follow', async () => {
    const { host, run } = testHost();
    await run(() => {
      host.unhandled(new TypeError('one'));
      host.unhandled(new RangeError('two'));
    });
    expect(host.unhandledErrors).toHaveLength(2);
    expect(events(host, EventKind.Lifecycle)).toEqual(['crashed: TypeError']);
  });
});

describe('calls of clients', () => {
  it('are journaled with how they end', async () => {
    const { host, provider, run } = testHost({ manifest: { service: Good } });
    const service = await run(() => host.start(provider));
    expect(host.call(service, 'now', () => 1)).toBe(1);
    expect(await run(() => host.call(service, 'later', () => Promise.resolve(2)))).toBe(2);
    const broken = () => fail('kIOReturnBusy', 'no');
    expect(() => host.call(service, 'busy', broken)).toThrow('kIOReturnBusy');
    const later = () => Promise.reject(new TypeError('x'));
    await expect(run(() => host.call(service, 'throws', later))).rejects.toThrow('x');
    expect(events(host, EventKind.Operation)).toEqual([
      'now',
      'now',
      'later',
      'later',
      'busy',
      'busy: kIOReturnBusy',
      'throws',
      'throws: TypeError',
    ]);
  });
});
