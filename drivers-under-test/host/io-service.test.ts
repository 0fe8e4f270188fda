import { describe, expect, it } from 'vitest';
import { IODispatchQueue } from './io-dispatch-queue.ts';
import { IOService, kIOServiceSearchPropertyParents } from './io-service.ts';
import { testHost } from './test-host.ts';

function started() {
  const { host, provider } = testHost();
  const service = new IOService(host);
  void service.Start(provider);
  service.startEnded(true);
  return { host, provider, service };
}

describe('IOService', () => {
  it('names itself by its class, and takes names of 127 bytes', () => {
    const { service } = started();
    expect(service.GetName()).toBe('IOService');
    service.SetName('x'.repeat(127));
    expect(service.GetName()).toHaveLength(127);
    expect(() => service.SetName('x'.repeat(128))).toThrow('kIOReturnBadArgument');
    // Two, three and four bytes of UTF-8.
    service.SetName('é'.repeat(63));
    expect(() => service.SetName('é'.repeat(64))).toThrow('kIOReturnBadArgument');
    expect(() => service.SetName('€'.repeat(43))).toThrow('kIOReturnBadArgument');
    expect(() => service.SetName('😀'.repeat(32))).toThrow('kIOReturnBadArgument');
  });

  it('is registered between Start and Stop only', () => {
    const { host, provider, service } = started();
    expect(() => new IOService(host).RegisterService()).toThrow('kIOReturnNotReady');
    expect(service.registered).toBe(false);
    service.RegisterService();
    expect(service.registered).toBe(true);
    void service.Stop(provider);
    expect(service.registered).toBe(false);
    expect(() => service.RegisterService()).toThrow('kIOReturnNotReady');
  });

  it('has no provider before Start', () => {
    const { host } = testHost();
    expect(() => new IOService(host).GetProvider()).toThrow('kIOReturnNotAttached');
  });

  it('searches its own properties, and those of its parents when asked to', () => {
    const { provider, service } = started();
    service.publish({ mine: 1 });
    expect(service.SearchProperty('mine')).toBe(1);
    expect(() => service.SearchProperty('vendor-id')).toThrow('kIOReturnNotFound');
    expect(service.SearchProperty('vendor-id', kIOServiceSearchPropertyParents)).toBe(0x1234);
    expect(() => service.SearchProperty('no', kIOServiceSearchPropertyParents)).toThrow(
      'kIOReturnNotFound',
    );
    expect(() => service.SearchProperty('mine', 2)).toThrow('kIOReturnBadArgument');
    expect(service.CopyProviderProperties()).toEqual([{ mine: 1 }, provider.CopyProperties()]);
    const copy = service.CopyProperties() as Record<string, unknown>;
    copy['mine'] = 2;
    expect(service.SearchProperty('mine')).toBe(1);
    service.RemoveProperty('mine');
    expect(() => service.RemoveProperty('mine')).toThrow('kIOReturnNotFound');
  });

  it('takes neither properties nor user clients unless a subclass does', () => {
    const { service } = started();
    expect(() => service.SetProperties({})).toThrow('kIOReturnUnsupported');
    expect(() => service.NewUserClient(0)).toThrow('kIOReturnUnsupported');
  });

  it('moves the busy count of its provider at zero alone', () => {
    const { provider, service } = started();
    service.AdjustBusy(2);
    expect([service.GetBusyState(), provider.GetBusyState()]).toEqual([2, 1]);
    service.AdjustBusy(-1);
    expect([service.GetBusyState(), provider.GetBusyState()]).toEqual([1, 1]);
    expect(() => service.AdjustBusy(-2)).toThrow('kIOReturnBadArgument');
    service.AdjustBusy(-1);
    expect([service.GetBusyState(), provider.GetBusyState()]).toEqual([0, 0]);
  });

  it('uses the default queue where none of a name was set', () => {
    const { service } = started();
    const queue = IODispatchQueue.Create(service, 'Interrupts');
    expect(service.CopyDispatchQueue('Interrupts')).toBe(service.defaultQueue);
    service.SetDispatchQueue('Interrupts', queue);
    expect(service.CopyDispatchQueue('Interrupts')).toBe(queue);
    service.SetDispatchQueue('Default', queue);
    expect(service.CopyDispatchQueue('anything')).toBe(queue);
    expect(() => service.SetDispatchQueue('x'.repeat(128), queue)).toThrow('kIOReturnBadArgument');
  });

  it('spins in IODelay and lets time pass in IOSleep', async () => {
    const { host, world, run } = testHost();
    const service = new IOService(host);
    service.IODelay(3);
    expect(world.now).toBe(3000);
    await run(() => service.IOSleep(2));
    expect(world.now).toBe(2_003_000);
  });
});
