/**
 * A scene: one fresh device, one driver, one world. A clause's check plays in it; when it is over
 * the scene says what rules were broken on the way.
 */
import type { PciFunction } from '../sim/buses/pci/function.ts';
import type { NvmeFaultPlan } from '../sim/faults/nvme-plan.ts';
import type { PciPort } from '../sim/buses/pci/port.ts';
import type { SpiFaultPlan } from '../sim/faults/spi-plan.ts';
import { Completion } from '../sim/kernel/completion.ts';
import { EventKind } from '../sim/kernel/journal.ts';
import { Lifecycle } from '../sim/kernel/lifecycle.ts';
import type { Schedule } from '../sim/kernel/schedule.ts';
import { World } from '../sim/kernel/world.ts';
import type { Host } from '../drivers-under-test/host/host.ts';
import type { IOPCIDevice } from '../drivers-under-test/host/io-pci-device.ts';
import type { IOService } from '../drivers-under-test/host/io-service.ts';
import { type Manifest, isProcess } from '../drivers-under-test/host/manifest.ts';
import type { IOUserClientMethodArguments } from '../drivers-under-test/host/io-user-client.ts';
import type { MemoryOwner } from '../drivers-under-test/host/memory-range.ts';
import { clientMemory } from '../drivers-under-test/host/client-memory.ts';
import { Inexpressible } from '../drivers-under-test/host/process-manifest.ts';
import { type Attachment, type Fault, attach } from './attachment.ts';
import { ProcessPace, ProcessSeat } from './process-seat.ts';
import { type Rule, appliesTo } from './rule.ts';
import { Inconclusive } from './expect.ts';
import { RuleBook } from './rule-book.ts';
import {
  type Hardware,
  type I2cHardware,
  type PciHardware,
  type SpiHardware,
  type Target,
  onBus,
} from './target.ts';

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
  readonly driver: Manifest;
  readonly seed: number;
  readonly rules: readonly Rule[];
  readonly exercises: Exercises;
  readonly settle: () => Promise<void>;
  readonly schedule?: Schedule;
  /** Sees the world before anything is in it: a recorder. */
  readonly onWorld?: (world: World) => void;
}

const { Command, ConfigRead, ConfigWrite, Read, Write } = EventKind;
const PCI_ACCESSES = [ConfigRead, ConfigWrite, Read, Write];
const MESSAGES = [Command, EventKind.Completion];

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
  readonly driver: Manifest;
  /** The device, whatever its bus. */
  readonly device: Hardware;
  readonly rules: RuleBook;
  /** Errors that came out of the driver, not out of the check. */
  readonly driverErrors = new WeakSet<object>();
  readonly #faults: Fault[] = [];
  readonly #exercises: Exercises;
  readonly #pace = new ProcessPace();
  #attached: Attachment | undefined;
  /** Instead of an attachment, when the driver is a program. */
  #program: ProcessSeat | undefined;
  #struck = false;
  #accesses = 0;
  #service: IOService | undefined;

  constructor(options: SceneOptions) {
    const { target, driver, settle, seed, schedule, exercises } = options;
    this.#exercises = exercises;
    this.target = target;
    this.driver = driver;
    const pace = isProcess(driver) ? this.#pace : target.pace;
    this.world = new World({
      seed,
      settle,
      ...(schedule === undefined ? {} : { schedule }),
      ...(pace === undefined ? {} : { pace }),
    });
    options.onWorld?.(this.world);
    this.device = target.open(this.world);
    const { bus: here } = this.device;
    const kinds = here === 'pci' ? PCI_ACCESSES : MESSAGES;
    for (const kind of kinds) this.world.journal.observe(kind, () => this.#accesses++);
    const rules = options.rules.filter((it) => appliesTo(it, target.device, here));
    const memory = this.device.bus === 'pci' ? this.device.function.memory : undefined;
    this.rules = new RuleBook(rules, this.world.journal, this.device.maps, memory);
  }

  /** Plans faults; before the driver or the check first reaches the device. */
  inject(...faults: readonly Fault[]): void {
    if (this.#attached !== undefined || this.#program !== undefined)
      throw new Error('Faults are planned before the first access.');
    this.#faults.push(...faults);
  }

  /** Plans faults of the device itself; before the driver or the check first reaches it. */
  misbehave(...faults: NvmeFaultPlan): void {
    if (this.#attached !== undefined)
      throw new Error('Faults are planned before the first access.');
    if (this.device.plan === undefined)
      throw new Error('The clause must say that it needs nvme-faults.');
    this.device.plan(faults);
  }

  get faults(): readonly Fault[] {
    return this.#faults;
  }

  /** The device on PCI. */
  get hardware(): PciHardware {
    return onBus('pci', this.device);
  }

  get i2c(): I2cHardware {
    return onBus('i2c', this.device);
  }

  get spi(): SpiHardware {
    return onBus('spi', this.device);
  }

  /** The PCI function as the driver reaches it: with this scene's faults. */
  get function(): PciFunction {
    return this.#pci.function;
  }

  get port(): PciPort {
    return this.#pci.port;
  }

  /** Why the bus no longer serves the driver, or undefined. */
  get dead(): string | undefined {
    if (isProcess(this.driver)) return this.#program?.dead;
    return this.#attachment.pci?.port.dead;
  }

  get host(): Host {
    return this.#attachment.host;
  }

  /** What the driver attaches to, whatever its bus. */
  get nub(): IOService {
    return this.#attachment.provider;
  }

  /** The nub on PCI. */
  get provider(): IOPCIDevice {
    return this.#pci.provider;
  }

  get #pci() {
    const { pci } = this.#attachment;
    if (pci === undefined) throw new Error(`The device is on ${this.device.bus}, not on PCI.`);
    return pci;
  }

  get #attachment(): Attachment {
    this.#attached ??= this.#attach();
    return this.#attached;
  }

  #attach(): Attachment {
    const { device: hardware, world, target, driver } = this;
    if (isProcess(driver)) {
      throw new Inexpressible(`${driver.id} is a program: it has no service that stops or sleeps.`);
    }
    world.journal.observe(EventKind.Fault, () => (this.#struck = true));
    return attach({ world, target, driver, hardware, faults: this.#faults });
  }

  /** The program's seat, or undefined when the driver is none. */
  get #seat(): ProcessSeat | undefined {
    const { driver, world } = this;
    if (!isProcess(driver)) return undefined;
    if (this.#program === undefined) {
      if (this.device.bus !== 'spi' || this.target.pace !== undefined) {
        throw new Inexpressible('Programs reach devices on simulated SPI buses only.');
      }
      const hardware = this.device;
      world.journal.observe(EventKind.Fault, () => (this.#struck = true));
      const faults = this.#faults as SpiFaultPlan;
      this.#program = new ProcessSeat({ world, pace: this.#pace, driver, hardware, faults });
    }
    return this.#program;
  }

  /** Starts the driver and returns what it offers to clients. @throws what Start throws */
  async start<C>(): Promise<C> {
    const seat = this.#seat;
    if (seat !== undefined) {
      this.world.journal.note(EventKind.Lifecycle, Lifecycle.Start);
      await this.#blame(() => seat.start());
      return this.client<C>();
    }
    this.#service = await this.#blame(() => this.host.start(this.nub));
    return this.client<C>();
  }

  /** Stops the driver; a second start makes a new object. */
  async stop(): Promise<void> {
    if (isProcess(this.driver)) void this.#attachment;
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
    if (isProcess(this.driver)) void this.#attachment;
    if (this.#service === undefined) throw new Error('The driver is not started in this scene.');
    return this.#service;
  }

  /**
   * The driver's process dies. As the system does then: no interrupt reaches it any more, a PCI
   * device may not master the bus, nothing stays mapped. The device itself stays as it is.
   */
  crash(): void {
    this.#reattach(Lifecycle.Crashed);
  }

  /**
   * The power of the whole machine fails and comes back: no driver runs, the device is as after
   * power-on, and what it had not made durable is lost.
   */
  cutPower(): void {
    const { cutPower } = this.device;
    if (cutPower === undefined) throw new Error('The clause must say that it needs power-cut.');
    cutPower();
    this.#reattach(Lifecycle.PowerCut);
  }

  #reattach(why: Lifecycle): void {
    const seat = this.#seat;
    if (seat !== undefined) {
      seat.kill();
      this.world.journal.note(EventKind.Lifecycle, why);
      return;
    }
    this.#service = undefined;
    this.host.die();
    // First: what the system takes away from the dead, no rule holds against it.
    this.world.journal.note(EventKind.Lifecycle, why);
    this.#attached = this.#attachment.again();
  }

  /** The device loses its state under a driver that lives on; with `device-reset`. */
  resetDevice(): void {
    if (this.device.bus === 'pci') this.function.reset('hot');
    else this.device.cutPower?.();
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

  /** An application opens a user client of this type, calls one of its methods, and goes. */
  async external(type: number, selector: number, args: IOUserClientMethodArguments): Promise<void> {
    const { service, host } = this;
    await this.#blame(async () => {
      const client = await host.openUserClient(service, type);
      try {
        await client.defaultQueue.DispatchSync(() => client.ExternalMethod(selector, args));
      } finally {
        await host.closeUserClient(client);
      }
    });
  }

  /** Virtual nanoseconds pass, with everything that is due in them. */
  async pass(ns: number): Promise<void> {
    const passed = new Completion<void>(this.world);
    this.world.after(ns, () => passed.resolve(undefined));
    await passed.promise;
  }

  /** What the driver took and has not given back; a program that has ended holds nothing. */
  outstanding(): readonly string[] {
    return isProcess(this.driver) ? [] : this.host.outstanding();
  }

  /** What the driver left to nobody, the first of it. */
  get unhandled(): unknown {
    return isProcess(this.driver) ? undefined : this.host.unhandledErrors[0];
  }

  /** When all is over: ends what is outside of this process. */
  async close(): Promise<void> {
    await this.#program?.close();
  }

  /** Every method of the service, called as a client would: on its queue, and journaled. */
  client<C>(): C {
    const client: Record<string, unknown> = {};
    const seat = this.#seat;
    if (seat !== undefined) {
      for (const [name, call] of Object.entries(seat.client)) {
        client[name] = (...args: unknown[]) => this.#blame(() => call(...args));
      }
      return client as C;
    }
    const { service, host } = this;
    for (const name of methodNames(service)) {
      const method = (service as unknown as Record<string, (...args: unknown[]) => unknown>)[name];
      if (method === undefined) continue;
      client[name] = (...args: unknown[]) =>
        this.#blame(() => host.call(service, name, () => method.apply(service, args)));
    }
    return client as C;
  }

  #blame<T>(call: () => T | Promise<T>): T | Promise<T> {
    try {
      const result = call();
      return result instanceof Promise ? result.catch(this.#remember) : result;
    } catch (error) {
      return this.#remember(error);
    }
  }

  readonly #remember = (error: unknown): never => {
    if (typeof error === 'object' && error !== null) this.driverErrors.add(error);
    throw error;
  };
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
