/**
 * IOService (DriverKit, xnu-11417 IOService.iig): what every driver class extends. The one place
 * with inheritance, since drivers written for DriverKit are built on it.
 *
 * Not modelled: reports and legends, state notifications, `JoinPMTree` and `SetPowerOverride`
 * (matched objects are in the power tree), the registry beyond a service and its providers.
 */
import { Completion } from '../../sim/kernel/completion.ts';
import { EventKind } from '../../sim/kernel/journal.ts';
import { Lifecycle } from '../../sim/kernel/lifecycle.ts';
import { IODispatchQueue } from './io-dispatch-queue.ts';
import { fail } from './io-return.ts';
import { type HostedService, NAME_BYTES_MAX, nameBytes, type ServiceHost } from './service-host.ts';

export const kIOServicePowerCapabilityOff = 0;
export const kIOServicePowerCapabilityOn = 0x2;
export const kIOServicePowerCapabilityLow = 0x10000;

export const kIOServiceSearchPropertyParents = 0x1;

/** Values of the registry: what a property list can hold. */
export type Properties = Readonly<Record<string, unknown>>;

/** A second Start and the like are contract errors; this is where a service stands. */
export type ServiceState = 'new' | 'starting' | 'started' | 'failed' | 'stopped';

export class IOService implements HostedService {
  readonly host: ServiceHost;
  #provider: IOService | undefined;
  #registered = false;
  #state: ServiceState = 'new';
  #name: string | undefined;
  #properties: Record<string, unknown> = {};
  #busy = 0;
  #powered: Completion<void> | undefined;
  #default: IODispatchQueue | undefined;
  readonly #queues = new Map<string, IODispatchQueue>();

  /** Nothing but fields may be set up here: there is no provider before Start. */
  constructor(host: ServiceHost) {
    this.host = host;
  }

  /** Right after construction; false refuses to come into being. No device access. */
  init(): boolean {
    return true;
  }

  /** The last release, after Stop or a failed Start. No device access. */
  free(): void {}

  /**
   * First call on a matched object. A subclass calls `super.Start` first and throws an
   * IOReturnError to refuse; then it is never started, and must have given back what it took.
   * @throws kIOReturnError on a second Start
   */
  Start(provider: IOService): void | Promise<void> {
    if (this.#state !== 'new') fail('kIOReturnError', 'an object is started once');
    this.#state = 'starting';
    this.#provider = provider;
  }

  /** A subclass quiesces all activity, then calls `super.Stop`: from there on no provider use. */
  Stop(_provider: IOService): void | Promise<void> {
    if (this.#state !== 'started') {
      this.host.violate('HOST-STOP', 'super Stop runs once, after a successful Start');
    }
    this.#state = 'stopped';
    this.#provider?.clientStopped(this);
    this.host.world.journal.note(EventKind.Lifecycle, Lifecycle.SuperStop);
  }

  /** For the host: how Start ended. */
  startEnded(succeeded: boolean): void {
    if (succeeded && this.#state === 'new') {
      this.host.violate('HOST-START', 'Start returned without a call of super Start');
    }
    this.#state = succeeded ? 'started' : 'failed';
    if (!succeeded) this.#provider?.clientStopped(this);
  }

  /**
   * Whether a method only begins what a client asks: its promise ends later, as an OSAction would,
   * and the queue is free meanwhile.
   */
  completesLater(_method: string): boolean {
    return false;
  }

  /** For the host: a client of this provider has stopped, and must leave it alone. */
  clientStopped(_client: IOService): void {}

  get state(): ServiceState {
    return this.#state;
  }

  /**
   * The device is gone or the system wants it so. Returns at once; `Stop` follows, once, when the
   * clients of this service have been stopped.
   * @throws kIOReturnBadArgument for options, of which there are none
   */
  Terminate(options = 0): void {
    if (options !== 0) fail('kIOReturnBadArgument', 'Terminate has no options; pass 0');
    this.host.terminate(this);
  }

  /** Publishes the object to clients. @throws kIOReturnNotReady outside of Start .. Stop */
  RegisterService(): void {
    if (this.#state !== 'starting' && this.#state !== 'started') {
      fail('kIOReturnNotReady', `a service is registered while it runs; this one is ${this.state}`);
    }
    this.#registered = true;
  }

  get registered(): boolean {
    return this.#registered && this.#state !== 'stopped' && this.#state !== 'failed';
  }

  /** @throws kIOReturnNotAttached before Start and after super Stop */
  GetProvider(): IOService {
    if (this.#state === 'stopped' || this.#state === 'failed') {
      this.host.violate('HOST-AFTER-STOP', `GetProvider when the object is ${this.#state}`);
    }
    if (this.#provider === undefined || this.#state === 'stopped') {
      fail('kIOReturnNotAttached', 'the object has no provider');
    }
    return this.#provider;
  }

  /** The class's name unless `SetName` gave another one. */
  GetName(): string {
    return this.#name ?? this.constructor.name;
  }

  /** @throws kIOReturnBadArgument beyond 127 bytes of UTF-8 */
  SetName(name: string): void {
    if (nameBytes(name) > NAME_BYTES_MAX) {
      fail('kIOReturnBadArgument', `a name has ${NAME_BYTES_MAX} bytes with its zero at the most`);
    }
    this.#name = name;
  }

  SetDispatchQueue(name: string, queue: IODispatchQueue): void {
    if (nameBytes(name) > NAME_BYTES_MAX) {
      fail('kIOReturnBadArgument', `a name has ${NAME_BYTES_MAX} bytes with its zero at the most`);
    }
    this.#queues.set(name, queue);
    if (name === 'Default') this.#default = queue;
  }

  /** The queue of this name; where none was set, the default queue. */
  CopyDispatchQueue(name: string): IODispatchQueue {
    return this.#queues.get(name) ?? this.defaultQueue;
  }

  get defaultQueue(): IODispatchQueue {
    if (this.#default === undefined) {
      this.#default = new IODispatchQueue(this.host, 'Default');
      this.#queues.set('Default', this.#default);
    }
    return this.#default;
  }

  /** For the host: what the registry holds of this object, such as its personality. */
  publish(properties: Properties): void {
    Object.assign(this.#properties, properties);
  }

  CopyProperties(): Properties {
    return { ...this.#properties };
  }

  /**
   * @param options `kIOServiceSearchPropertyParents` also asks the providers, nearest first.
   * @throws kIOReturnNotFound, kIOReturnBadArgument for other options
   */
  SearchProperty(name: string, options = 0): unknown {
    if (options !== 0 && options !== kIOServiceSearchPropertyParents) {
      fail('kIOReturnBadArgument', `${options} is no option of SearchProperty`);
    }
    if (Object.hasOwn(this.#properties, name)) return this.#properties[name];
    if (options === 0 || this.#provider === undefined) {
      fail('kIOReturnNotFound', `there is no property ${name}`);
    }
    return this.#provider.SearchProperty(name, options);
  }

  /** @throws kIOReturnNotFound */
  RemoveProperty(name: string): void {
    if (!Object.hasOwn(this.#properties, name)) {
      fail('kIOReturnNotFound', `there is no property ${name}`);
    }
    delete this.#properties[name];
  }

  /** One dictionary for this service and one for each provider, towards the root. */
  CopyProviderProperties(): Properties[] {
    return [this.CopyProperties(), ...(this.#provider?.CopyProviderProperties() ?? [])];
  }

  /** What a client sends. Fails unless a subclass overrides it (DriverKit's default). */
  SetProperties(_properties: Properties): void {
    fail('kIOReturnUnsupported', 'this service takes no properties');
  }

  /**
   * Changes the busy count; a move to or from zero moves the provider's by one.
   * @throws kIOReturnBadArgument below zero
   */
  AdjustBusy(delta: number): void {
    const next = this.#busy + delta;
    if (!Number.isSafeInteger(next) || next < 0) {
      fail('kIOReturnBadArgument', `the busy count ${this.#busy} cannot change by ${delta}`);
    }
    const wasBusy = this.#busy > 0;
    this.#busy = next;
    if (wasBusy !== next > 0) this.#provider?.AdjustBusy(wasBusy ? -1 : 1);
  }

  GetBusyState(): number {
    return this.#busy;
  }

  /**
   * A client opens this service. A subclass returns what `Create` made for it.
   * @throws kIOReturnUnsupported unless a subclass overrides it
   */
  NewUserClient(_type: number): IOService | Promise<IOService> {
    fail('kIOReturnUnsupported', 'this service has no user clients');
  }

  /**
   * Makes an object from a property that holds a dictionary with `IOUserClass`, a class of the
   * manifest, and starts it with `provider`.
   * @throws kIOReturnNotFound, kIOReturnBadArgument, and what Start throws
   */
  async Create(provider: IOService, propertiesKey: string): Promise<IOService> {
    const properties = this.SearchProperty(propertiesKey);
    if (typeof properties !== 'object' || properties === null) {
      fail('kIOReturnBadArgument', `${propertiesKey} is no dictionary`);
    }
    const { IOUserClass } = properties as Properties;
    const made = typeof IOUserClass === 'string' ? this.host.instantiate(IOUserClass) : undefined;
    if (!(made instanceof IOService)) {
      fail(
        'kIOReturnBadArgument',
        `IOUserClass of ${propertiesKey} names no class of the manifest`,
      );
    }
    made.publish(properties as Properties);
    try {
      await made.defaultQueue.DispatchSync(() => made.Start(provider));
    } catch (error) {
      made.startEnded(false);
      made.free();
      throw error;
    }
    made.startEnded(true);
    return made;
  }

  /**
   * A driver makes itself safe for the new state, then calls super, now or later: the system
   * waits for that.
   */
  SetPowerState(powerFlags: number): void | Promise<void> {
    const off = powerFlags === kIOServicePowerCapabilityOff;
    this.host.world.journal.note(EventKind.Lifecycle, off ? Lifecycle.PowerOff : Lifecycle.PowerOn);
    const powered = this.#powered;
    this.#powered = undefined;
    powered?.resolve(undefined);
  }

  /** For the host: resolves when SetPowerState has reached this class. */
  powerReached(): Promise<void> {
    this.#powered ??= new Completion<void>(this.host.world);
    return this.#powered.promise;
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
