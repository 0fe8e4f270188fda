/**
 * A scene: one fresh device, one driver, one world. A clause's check plays in it; when it is over
 * the scene says what rules were broken on the way.
 */
import type { PciFunction } from '../sim/buses/pci/function.ts';
import { withFaults } from '../sim/faults/faulty-function.ts';
import type { NvmeFaultPlan } from '../sim/faults/nvme-plan.ts';
import type { PciFault } from '../sim/faults/plan.ts';
import { DEFAULT_PORT, PciPort } from '../sim/buses/pci/port.ts';
import { EventKind } from '../sim/kernel/journal.ts';
import { Lifecycle } from '../sim/kernel/lifecycle.ts';
import type { Schedule } from '../sim/kernel/schedule.ts';
import { World } from '../sim/kernel/world.ts';
import { Host } from '../drivers-under-test/host/host.ts';
import {
  IOPCIDevice,
  kIOPCICommandBusLead,
  kIOPCIConfigurationOffsetCommand,
} from '../drivers-under-test/host/io-pci-device.ts';
import type { IOService } from '../drivers-under-test/host/io-service.ts';
import type { DriverManifest } from '../drivers-under-test/host/manifest.ts';
import type { MemoryOwner } from '../drivers-under-test/host/memory-range.ts';
import { clientMemory } from '../drivers-under-test/host/client-memory.ts';
import type { Rule } from './rule.ts';
import { Inconclusive } from './expect.ts';
import { RuleBook } from './rule-book.ts';
import type { Hardware, Target } from './target.ts';

/**
 * Simple I/O: for each class of driver one short round of work whose result is checked, so that
 * clauses about lifecycle, faults and removal can be written once for all classes (as WDTF's
 * SimpleIO does for the device fundamentals tests of the Windows HLK).
 * @throws ExpectationError for a wrong result, IOReturnError where the driver fails
 */
export type Exercise = (scene: Scene, client: unknown) => Promise<void>;
/** By class contract. */
export type Exercises = Readonly<Record<string, Exercise>>;

export interface SceneOptions {
  readonly target: Target;
  readonly driver: DriverManifest;
  readonly seed: number;
  readonly rules: readonly Rule[];
  readonly exercises: Exercises;
  readonly settle: () => Promise<void>;
  readonly schedule?: Schedule;
}

const { ConfigRead, ConfigWrite, Read, Write } = EventKind;
const ACCESS_KINDS = [ConfigRead, ConfigWrite, Read, Write];

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

interface Attachment {
  readonly function: PciFunction;
  readonly port: PciPort;
  readonly host: Host;
  readonly provider: IOPCIDevice;
}

export class Scene {
  readonly world: World;
  readonly target: Target;
  readonly driver: DriverManifest;
  readonly hardware: Hardware;
  readonly rules: RuleBook;
  /** Errors that came out of the driver, not out of the check. */
  readonly driverErrors = new WeakSet<object>();
  readonly #faults: PciFault[] = [];
  readonly #exercises: Exercises;
  #attached: Attachment | undefined;
  #struck = false;
  #accesses = 0;
  #service: IOService | undefined;

  constructor(options: SceneOptions) {
    const { target, driver, settle, seed, schedule, exercises } = options;
    this.#exercises = exercises;
    this.target = target;
    this.driver = driver;
    this.world = new World({
      seed,
      settle,
      ...(schedule === undefined ? {} : { schedule }),
      ...(target.pace === undefined ? {} : { pace: target.pace }),
    });
    this.hardware = target.open(this.world);
    for (const kind of ACCESS_KINDS) this.world.journal.observe(kind, () => this.#accesses++);
    const rules = options.rules.filter(({ device }) => (device ?? target.device) === target.device);
    const { maps, function: pci } = this.hardware;
    this.rules = new RuleBook(rules, this.world.journal, maps, pci.memory);
  }

  /** Plans faults; before the driver or the check first reaches the device. */
  inject(...faults: readonly PciFault[]): void {
    if (this.#attached !== undefined)
      throw new Error('Faults are planned before the first access.');
    this.#faults.push(...faults);
  }

  /** Plans faults of the device itself; before the driver or the check first reaches it. */
  misbehave(...faults: NvmeFaultPlan): void {
    if (this.#attached !== undefined)
      throw new Error('Faults are planned before the first access.');
    if (this.hardware.plan === undefined)
      throw new Error('The clause must say that it needs nvme-faults.');
    this.hardware.plan(faults);
  }

  get faults(): readonly PciFault[] {
    return this.#faults;
  }

  /** The function as the driver reaches it: with this scene's faults. */
  get function(): PciFunction {
    return this.#attachment.function;
  }

  get port(): PciPort {
    return this.#attachment.port;
  }

  get host(): Host {
    return this.#attachment.host;
  }

  get provider(): IOPCIDevice {
    return this.#attachment.provider;
  }

  get #attachment(): Attachment {
    this.#attached ??= this.#attach();
    return this.#attached;
  }

  #attach(): Attachment {
    const { hardware, world } = this;
    world.journal.observe(EventKind.Fault, () => (this.#struck = true));
    return this.#attachTo(withFaults(hardware.function, this.#faults, world, hardware.remove));
  }

  #attachTo(pci: PciFunction): Attachment {
    const { hardware, world, target, driver } = this;
    const identicalReadsMax = target.identicalReadsMax ?? DEFAULT_PORT.identicalReadsMax;
    const port = new PciPort(world, pci, { ...DEFAULT_PORT, identicalReadsMax });
    const host = new Host(world, driver, pci.memory);
    return { function: pci, port, host, provider: new IOPCIDevice(host, port, hardware.function) };
  }

  /** Starts the driver and returns what it offers to clients. @throws what Start throws */
  async start<C>(): Promise<C> {
    this.#service = await this.#blame(() => this.host.start(this.provider));
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

  /**
   * The driver's process dies. As the system does then: no interrupt reaches it any more, the
   * device may not master the bus, nothing stays mapped. The device itself stays as it is.
   */
  crash(): void {
    this.#forget();
    this.world.journal.note(EventKind.Lifecycle, Lifecycle.Crashed);
    this.#attached = this.#attachTo(this.function);
  }

  #forget(): void {
    this.#service = undefined;
    this.host.die();
    const pci = this.function;
    const command = pci.configRead(kIOPCIConfigurationOffsetCommand, 2);
    pci.configWrite(kIOPCIConfigurationOffsetCommand, 2, command & ~kIOPCICommandBusLead);
    for (const mapping of [...pci.memory.live()]) mapping.unmap();
    pci.route('none', 1);
  }

  /**
   * The power of the whole machine fails and comes back: no driver runs, the device is as after
   * power-on, and what it had not made durable is lost.
   */
  cutPower(): void {
    const { cutPower } = this.hardware;
    if (cutPower === undefined) throw new Error('The clause must say that it needs power-cut.');
    cutPower();
    this.#forget();
    this.world.journal.note(EventKind.Lifecycle, Lifecycle.PowerCut);
    this.#attached = this.#attachTo(this.function);
  }

  /** One round of simple I/O of the driver's class, with its result checked. */
  async simpleIO(): Promise<void> {
    const exercise = this.#exercises[this.driver.class];
    if (exercise === undefined) {
      throw new Inconclusive(`No simple I/O is known for drivers of class ${this.driver.class}.`);
    }
    await exercise(this, this.client());
  }

  /** Memory of a client: no planned fault takes it away, and the driver need not give it back. */
  get memory(): MemoryOwner {
    return clientMemory(this.host, this.hardware.function.memory);
  }

  /** Accesses to the device so far, of every kind. */
  get accesses(): number {
    return this.#accesses;
  }

  /** Whether a planned fault has struck so far. */
  get struck(): boolean {
    return this.#struck;
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
    const { service, host } = this;
    const client: Record<string, unknown> = {};
    for (const name of methodNames(service)) {
      const method = (service as unknown as Record<string, (...args: unknown[]) => unknown>)[name];
      if (method === undefined) continue;
      client[name] = (...args: unknown[]) =>
        this.#blame(() => host.call(service, name, () => method.apply(service, args)));
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
