/**
 * A scene: one fresh device, one driver, one world. A clause's check plays in it; when it is over
 * the scene says what rules were broken on the way.
 */
import type { PciFunction } from '../sim/buses/pci/function.ts';
import { DEFAULT_PORT, PciPort } from '../sim/buses/pci/port.ts';
import type { Schedule } from '../sim/kernel/schedule.ts';
import { World } from '../sim/kernel/world.ts';
import { Host } from '../drivers-under-test/host/host.ts';
import { IOPCIDevice } from '../drivers-under-test/host/io-pci-device.ts';
import type { IOService } from '../drivers-under-test/host/io-service.ts';
import type { DriverManifest } from '../drivers-under-test/host/manifest.ts';
import type { Rule } from './rule.ts';
import { RuleBook } from './rule-book.ts';
import type { Hardware, Target } from './target.ts';

export interface SceneOptions {
  readonly target: Target;
  readonly driver: DriverManifest;
  readonly seed: number;
  readonly rules: readonly Rule[];
  readonly settle: () => Promise<void>;
  readonly schedule?: Schedule;
}

/** Names of lifecycle methods that clients do not call. */
const NOT_FOR_CLIENTS = new Set([
  'constructor',
  'init',
  'free',
  'Start',
  'Stop',
  'SetPowerState',
  'SetProperties',
  'Terminate',
  'NewUserClient',
]);

export class Scene {
  readonly world: World;
  readonly target: Target;
  readonly driver: DriverManifest;
  readonly hardware: Hardware;
  /** The function as the driver reaches it: with this scene's faults. */
  readonly function: PciFunction;
  readonly port: PciPort;
  readonly host: Host;
  readonly rules: RuleBook;
  /** Errors that came out of the driver, not out of the check. */
  readonly driverErrors = new WeakSet<object>();
  readonly #provider: IOPCIDevice;
  #service: IOService | undefined;

  constructor(options: SceneOptions) {
    const { target, driver, settle, seed, schedule } = options;
    this.target = target;
    this.driver = driver;
    this.world = new World({
      seed,
      settle,
      ...(schedule === undefined ? {} : { schedule }),
      ...(target.pace === undefined ? {} : { pace: target.pace }),
    });
    this.hardware = target.open(this.world);
    this.function = this.hardware.function;
    this.rules = new RuleBook(options.rules, this.world.journal, this.hardware.maps);
    const identicalReadsMax = target.identicalReadsMax ?? DEFAULT_PORT.identicalReadsMax;
    this.port = new PciPort(this.world, this.function, { ...DEFAULT_PORT, identicalReadsMax });
    this.host = new Host(this.world, driver, this.function.memory);
    this.#provider = new IOPCIDevice(this.host, this.port, this.hardware.function);
  }

  /** Starts the driver and returns what it offers to clients. @throws what Start throws */
  async start<C>(): Promise<C> {
    this.#service = await this.#blame(() => this.host.start(this.#provider));
    return this.client<C>();
  }

  /** Stops the driver; a second start makes a new object. */
  async stop(): Promise<void> {
    const service = this.#service;
    if (service === undefined) return;
    this.#service = undefined;
    await this.#blame(() => this.host.stop(service));
  }

  get started(): boolean {
    return this.#service !== undefined;
  }

  /** The running service, for lifecycle calls. */
  get service(): IOService {
    if (this.#service === undefined) throw new Error('The driver is not started in this scene.');
    return this.#service;
  }

  get provider(): IOPCIDevice {
    return this.#provider;
  }

  /** The driver tells the system that the device went; the object stops by itself. */
  forget(): void {
    this.#service = undefined;
  }

  async power(flags: number): Promise<void> {
    const { service } = this;
    await this.#blame(() => this.host.power(service, flags));
  }

  /** Virtual nanoseconds pass, with everything that is due in them. */
  async pass(ns: number): Promise<void> {
    await this.host.sleep(ns);
  }

  /** Every method of the service, called as a client would: on its queue, and journaled. */
  client<C>(): C {
    const { service } = this;
    const client: Record<string, unknown> = {};
    for (const name of methodNames(service)) {
      const method = (service as unknown as Record<string, (...args: unknown[]) => unknown>)[name];
      if (method === undefined) continue;
      client[name] = (...args: unknown[]) =>
        this.#blame(() => this.host.call(service, name, () => method.apply(service, args)));
    }
    return client as C;
  }

  #blame<T>(call: () => T | Promise<T>): T | Promise<T> {
    const remember = (error: unknown): never => {
      if (typeof error === 'object' && error !== null) this.driverErrors.add(error);
      throw error;
    };
    try {
      const result = call();
      return result instanceof Promise ? result.catch(remember) : result;
    } catch (error) {
      return remember(error);
    }
  }
}

/** Public methods of a driver's own class, without those of the framework. */
function methodNames(service: IOService): string[] {
  const names = new Set<string>();
  let prototype: object = Object.getPrototypeOf(service) as object;
  while (Object.hasOwn(prototype, 'constructor') && !isFrameworkClass(prototype)) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      if (!NOT_FOR_CLIENTS.has(name)) names.add(name);
    }
    prototype = Object.getPrototypeOf(prototype) as object;
  }
  return [...names].toSorted();
}

function isFrameworkClass(prototype: object): boolean {
  return prototype === Object.prototype || Object.hasOwn(prototype, 'CopyDispatchQueue');
}
