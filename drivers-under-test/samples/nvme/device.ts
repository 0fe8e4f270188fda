/**
 * The parts of the driver put together: what is made at the start, how the controller is brought
 * up after power-on, sleep and reset, and how everything is given back.
 */
import type { BlockEvent } from '../../host/classes/block-device.ts';
import type { IOPCIDevice } from '../../host/io-pci-device.ts';
import { IOReturnError, type IOReturnName } from '../../host/io-return.ts';
import type { IOService } from '../../host/io-service.ts';
import { AdminQueue } from './admin.ts';
import {
  coalesceInterrupts,
  createCompletionQueue,
  createSubmissionQueue,
  deleteCompletionQueue,
  deleteSubmissionQueue,
  identifyController,
  setQueueCount,
} from './admin-commands.ts';
import { Controller } from './controller.ts';
import type { DmaOwner } from './dma-area.ts';
import { Events } from './events.ts';
import { type ControllerFacts, controllerFacts } from './identify.ts';
import { Interrupts } from './interrupts.ts';
import { Io } from './io.ts';
import { entriesMax } from './prp.ts';
import { QueuePair } from './queue-pair.ts';
import { type RecoverableDevice, Recovery } from './recovery.ts';
import { Tasks } from './tasks.ts';
import { Units } from './units.ts';

const ADMIN_ENTRIES = 32;
const PAIRS_MAX = 64;
/** How often the controller is brought up at the most, and after what. */
const BRING_UPS_MAX = 2;
const AGAIN: readonly IOReturnName[] = ['kIOReturnTimeout', 'kIOReturnDeviceError'];

/** A threshold of eight bits, from zero on. */
const ANSWERS_MAX = 256;

/** What the driver's personality asks for. */
export interface Configuration {
  readonly queuePairs: number;
  readonly queueEntries: number;
  /** Answers of I/O commands that share an interrupt. */
  readonly answersPerInterrupt: number;
}

/** What the device tells the driver's class. */
export interface DeviceEvents {
  completed(id: number, bytes: number, code: IOReturnName, why: string): void;
  event(event: BlockEvent): void;
  /** Units, or what they are, have changed. */
  unitsChanged(changed: readonly number[]): void;
  /** It works no more, until it is started or woken again. */
  failed(): void;
  gone(): void;
}

export class Device implements RecoverableDevice {
  readonly counts = { timeouts: 0, aborts: 0, resets: 0, interrupts: 0, spurious: 0 };
  readonly controller: Controller;
  readonly tasks: Tasks;
  readonly units = new Units();
  readonly recovery: Recovery;
  readonly interrupts: Interrupts;
  readonly admin: AdminQueue;
  readonly io: Io;
  readonly events: Events;
  /** What the controller said of itself last. */
  facts!: ControllerFacts;
  readonly tell: DeviceEvents;
  readonly #owner: DmaOwner;
  readonly #configuration: Configuration;
  /** All that were made; the controller may grant fewer than that after a reset. */
  #pairs: QueuePair[] = [];

  /**
   * Reads what the controller can do.
   * @throws kIOReturnNoDevice, kIOReturnUnsupported, kIOReturnNoMemory; nothing is left then
   */
  constructor(
    service: IOService,
    pci: IOPCIDevice,
    configuration: Configuration,
    tell: DeviceEvents,
  ) {
    this.tell = tell;
    this.#owner = { service, pci };
    this.#configuration = configuration;
    const queue = service.defaultQueue;
    this.controller = new Controller(pci, queue);
    this.controller.readCapabilities();
    const { pageBytes } = this.controller;
    this.tasks = new Tasks(queue);
    this.io = new Io(this.#owner, pageBytes, {
      completed: (id, bytes, code, why) => tell.completed(id, bytes, code, why),
      started: () => this.recovery.watch(),
    });
    this.interrupts = new Interrupts(pci, queue, this.counts, (vector) => this.serve(vector));
    const pair = new QueuePair(this.#owner, this.controller, {
      id: 0,
      entries: Math.min(ADMIN_ENTRIES, this.controller.entriesMax),
      vector: 0,
      pageBytes,
      listEntries: 0,
    });
    this.recovery = new Recovery(this, queue);
    this.admin = new AdminQueue(this.#owner, pair, pageBytes, this.recovery);
    this.events = new Events(this.admin, this.tasks, {
      event: (event) => tell.event(event),
      rescan: () => this.rescan(),
      look: () => this.recovery.look(),
      postponed: () => this.recovery.watch(),
    });
  }

  /** @throws IOReturnError; `release` gives back what there is */
  async start(): Promise<void> {
    await this.controller.disable();
    this.interrupts.open(this.#configuration.queuePairs + 1);
    await this.resume();
  }

  /** From however it stands; a second time when it is late or fails. @throws IOReturnError */
  async resume(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.controller.disable();
        await this.bringUp();
        break;
      } catch (error) {
        if (!(error instanceof IOReturnError)) throw error;
        if (tries === BRING_UPS_MAX || !AGAIN.includes(error.codeName)) throw error;
        this.controller.isolate();
        this.admin.close('kIOReturnAborted');
      }
    }
    this.io.resume();
  }

  /**
   * From disabled to ready for I/O, with the same queues every time.
   * @returns units that have changed
   * @throws IOReturnError
   */
  async bringUp(): Promise<number[]> {
    this.admin.pair.reset();
    await this.controller.enable(this.admin.pair);
    this.admin.open();
    const data = await identifyController(this.admin);
    this.facts = controllerFacts(data, this.controller.pageBytes);
    const wanted = Math.min(this.#configuration.queuePairs, this.controller.pairsMax, PAIRS_MAX);
    const granted = await setQueueCount(this.admin, Math.max(1, wanted));
    const answers = Math.min(this.#configuration.answersPerInterrupt, ANSWERS_MAX);
    if (answers > 1) await coalesceInterrupts(this.admin, answers);
    if (this.#pairs.length === 0) this.#makePairs(granted);
    const pairs = this.#pairs.slice(0, granted);
    for (const pair of pairs) {
      pair.reset();
      await createCompletionQueue(this.admin, pair);
      await createSubmissionQueue(this.admin, pair);
    }
    this.io.pairs = pairs;
    const changed = await this.units.read(this.admin, this.facts);
    await this.events.start(this.facts);
    return changed;
  }

  /** Before power goes: in the order that the specification asks for. */
  async shutDown(): Promise<void> {
    const pairs = this.io.pairs;
    try {
      for (const pair of pairs) await deleteSubmissionQueue(this.admin, pair);
      for (const pair of pairs) await deleteCompletionQueue(this.admin, pair);
    } catch (error) {
      // It may not want to; the shutdown ends them all the same.
      if (!(error instanceof IOReturnError)) throw error;
    }
    for (const pair of [this.admin.pair, ...pairs]) pair.freeze();
    try {
      await this.controller.shutDown(this.facts.shutdownNs);
    } catch (error) {
      if (!(error instanceof IOReturnError)) throw error;
    }
  }

  /** However it stands: it is disabled if it can be, and from here on it reaches no memory. */
  async quieten(): Promise<void> {
    try {
      await this.controller.disable();
    } catch (error) {
      if (!(error instanceof IOReturnError)) throw error;
    }
    this.controller.isolate();
  }

  /** Gives everything back. The controller must not be able to reach memory any more. */
  async release(): Promise<void> {
    this.recovery.close();
    this.interrupts.close();
    this.io.failAll('kIOReturnAborted', 'the driver stops');
    this.admin.close('kIOReturnAborted');
    await this.tasks.idle();
    this.io.release();
    this.admin.pair.release();
    for (const pair of this.#pairs) pair.release();
    this.#pairs = [];
  }

  get strays(): number {
    let strays = this.admin.pair.strays;
    for (const pair of this.#pairs) strays += pair.strays;
    return strays;
  }

  /** Takes the answers of every queue that interrupts with this vector. */
  serve(vector: number): number {
    let taken = vector === 0 ? this.admin.pair.poll() : 0;
    for (const pair of this.io.pairs) if (pair.vector === vector) taken += pair.poll();
    if (taken > 0) this.io.pump();
    if (this.interrupts.isLevel) this.controller.flushWrites();
    return taken;
  }

  /** As if all vectors had interrupted. */
  serveAll(): void {
    this.admin.pair.poll();
    for (const pair of this.io.pairs) pair.poll();
    this.io.pump();
  }

  /** Namespaces may have changed: asks for them, and tells. */
  async rescan(): Promise<void> {
    const changed = await this.units.read(this.admin, this.facts);
    if (changed.length > 0) this.tell.unitsChanged(changed);
  }

  #makePairs(count: number): void {
    const { pageBytes, entriesMax: most } = this.controller;
    const entries = Math.max(2, Math.min(this.#configuration.queueEntries, most));
    const listEntries = entriesMax(this.facts.maxTransferBytes, pageBytes) - 1;
    const { vectors } = this.interrupts;
    for (let id = 1; id <= count; id++) {
      const vector = vectors === 1 ? 0 : 1 + ((id - 1) % (vectors - 1));
      const shape = { id, entries, vector, pageBytes, listEntries };
      this.#pairs.push(new QueuePair(this.#owner, this.controller, shape));
    }
  }
}
