/**
 * IOService (DriverKit, xnu-11417 IOService.iig): what every driver class extends. The one place
 * with inheritance, since drivers written for DriverKit are built on it.
 */
import { EventKind } from '../../sim/kernel/journal.ts';
import { Lifecycle } from '../../sim/kernel/lifecycle.ts';
import type { Host } from './host.ts';
import { IODispatchQueue } from './io-dispatch-queue.ts';
import { fail } from './io-return.ts';

export const kIOServicePowerCapabilityOff = 0;
export const kIOServicePowerCapabilityOn = 0x2;
export const kIOServicePowerCapabilityLow = 0x10000;

export class IOService {
  readonly host: Host;
  #provider: IOService | undefined;
  #registered = false;
  #state: 'new' | 'started' | 'stopped' = 'new';
  readonly #queues = new Map<string, IODispatchQueue>();

  constructor(host: Host) {
    this.host = host;
  }

  /**
   * First call on a matched object. A subclass calls `super.Start` first and throws an
   * IOReturnError to refuse; then it is never started, and must have given back what it took.
   */
  Start(provider: IOService): void | Promise<void> {
    if (this.#state !== 'new') fail('kIOReturnError', 'an object is started once');
    this.#state = 'started';
    this.#provider = provider;
  }

  /** A subclass quiesces all activity, then calls `super.Stop`: from there on no provider use. */
  Stop(_provider: IOService): void | Promise<void> {
    if (this.#state !== 'started')
      this.host.violate('HOST-STOP', 'super Stop runs once, after Start');
    this.#state = 'stopped';
    this.host.world.journal.note(EventKind.Lifecycle, Lifecycle.SuperStop);
  }

  /** The device is gone or the system wants it so; `Stop` follows later. */
  Terminate(options = 0): void {
    if (options !== 0) fail('kIOReturnBadArgument', 'Terminate has no options; pass 0');
    this.host.terminate(this);
  }

  /** Publishes the object to clients. */
  RegisterService(): void {
    this.#registered = true;
  }

  get registered(): boolean {
    return this.#registered;
  }

  GetProvider(): IOService {
    if (this.#provider === undefined) fail('kIOReturnNotAttached', 'the object has no provider');
    return this.#provider;
  }

  SetDispatchQueue(name: string, queue: IODispatchQueue): void {
    this.#queues.set(name, queue);
  }

  /** The queue of this name; where none was set, the default queue. */
  CopyDispatchQueue(name: string): IODispatchQueue {
    return this.#queues.get(name) ?? this.defaultQueue;
  }

  get defaultQueue(): IODispatchQueue {
    let queue = this.#queues.get('Default');
    if (queue === undefined) {
      queue = new IODispatchQueue(this.host, 'Default');
      this.#queues.set('Default', queue);
    }
    return queue;
  }

  /** A driver makes itself safe for the new state, then calls super. */
  SetPowerState(powerFlags: number): void | Promise<void> {
    const off = powerFlags === kIOServicePowerCapabilityOff;
    this.host.world.journal.note(EventKind.Lifecycle, off ? Lifecycle.PowerOff : Lifecycle.PowerOn);
  }

  /** Fails unless a subclass overrides it (DriverKit's default). */
  SetProperties(_properties: Readonly<Record<string, unknown>>): void {
    fail('kIOReturnUnsupported', 'this service takes no properties');
  }

  /** Blocks the queue for a while, as a blocked thread would. */
  IOSleep(milliseconds: number): Promise<void> {
    return this.host.sleep(milliseconds * 1_000_000);
  }

  /** Spins: time passes, nothing else runs. */
  IODelay(microseconds: number): void {
    this.host.world.advance(microseconds * 1000);
  }
}
