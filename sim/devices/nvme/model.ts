/**
 * An NVMe controller with namespaces: registers, queues, admin and I/O commands.
 *
 * NVM Express Base Specification 1.4 (2019-06-10), through SPDK's include/spdk/nvme_spec.h and QEMU
 * 7.2's hw/nvme (secondary).
 *
 * Not modelled: controller memory buffer, persistent memory region, boot partitions, SGLs,
 * metadata and end-to-end protection, security commands, sanitize, keep alive, directives,
 * virtualization, reservations, telemetry, doorbell buffers; host memory buffer, autonomous power
 * states. A subsystem reset leaves the configuration space of the function as it is.
 */
import type { World } from '../../kernel/world.ts';
import { RegisterBank } from '../../registers/bank.ts';
import type { AccessSize } from '../../registers/declare.ts';
import type { StructureField } from '../../registers/structure.ts';
import type { DeviceDma } from '../../buses/pci/dma.ts';
import type { DeviceSide } from '../../buses/pci/sim-function.ts';
import { executeAdmin } from './admin.ts';
import type { Clock, NvmeCore } from './core.ts';
import { Engine } from './engine.ts';
import { AsyncEvents, ErrorEvent, EventType, NoticeEvent } from './events.ts';
import type { Execution, Executor } from './execution.ts';
import { featureChanged } from './feature-effects.ts';
import { FeatureId } from './feature-table.ts';
import { Features } from './features.ts';
import { Firmware } from './firmware.ts';
import { Interrupts } from './interrupts.ts';
import { IoCommands } from './io-commands.ts';
import { Lifecycle } from './lifecycle.ts';
import { LogPage } from './log-pages.ts';
import { Logs } from './logs.ts';
import { MemoryOutbox } from './memory-outbox.ts';
import { Namespaces } from './namespaces.ts';
import {
  DEFAULT_NAMESPACES,
  type NvmeOptions,
  type NvmeTiming,
  TIMED,
  UNTIMED,
} from './options.ts';
import type { NvmeOutbox } from './outbox.ts';
import { PAGE_MIN, TRANSFER_MAX } from './prp.ts';
import { QueueSet, type Rung } from './queue-set.ts';
import { CompletionQueue, SubmissionQueue } from './queues.ts';
import { DOORBELLS_AT, registers, SHUTDOWN_STATUS, SUBSYSTEM_RESET } from './registers.ts';
import { SelfTester } from './self-test.ts';
import { Status } from './status.ts';
import { Feature } from './structures.ts';

/** Registers end before this; up to the doorbells everything is reserved. */
const REGISTERS_END = 0x50;

export class Nvme implements NvmeCore {
  readonly bank: RegisterBank<typeof registers>;
  readonly world: World;
  readonly timing: NvmeTiming;
  readonly serial: string;
  readonly queues = new QueueSet();
  readonly features: Features;
  readonly events = new AsyncEvents();
  readonly namespaces: Namespaces;
  readonly logs: Logs;
  readonly firmware: Firmware;
  readonly selfTester: SelfTester;
  readonly timed: boolean;
  readonly clock: Clock = { milliseconds: 0, sinceNs: 0, set: false };
  readonly fetchNs: number;
  readonly adminNs: number;
  readonly admin: Executor = (execution) => executeAdmin(this, execution);
  readonly io: Executor = (execution) => this.ioCommands.execute(execution);
  readonly ioCommands: IoCommands;
  engine!: Engine;
  interrupts!: Interrupts;
  dma!: DeviceDma;
  /** Faults stand here: `nvme.outbox = faulty(nvme.outbox)`. */
  outbox!: NvmeOutbox;
  #memory!: MemoryOutbox;
  readonly #lifecycle: Lifecycle;

  constructor(world: World, options: NvmeOptions) {
    this.world = world;
    const timed = options.timed ?? true;
    this.timed = timed;
    this.timing = timed ? TIMED : UNTIMED;
    this.serial = options.serial ?? 'DYNO0001';
    this.fetchNs = this.timing.fetchNs;
    this.adminNs = this.timing.adminNs;
    this.features = new Features((feature, part) => featureChanged(this, feature, part));
    const sizes = options.namespaces ?? DEFAULT_NAMESPACES;
    this.namespaces = new Namespaces(world, sizes, (nsid) => this.#namespaceChanged(nsid));
    this.ioCommands = new IoCommands(world, this.namespaces, {
      transferBytesMax: TRANSFER_MAX,
      timed,
    });
    this.logs = new Logs(world, this.ioCommands);
    this.firmware = new Firmware(timed, () => this.#firmwareStarting());
    this.selfTester = new SelfTester(world, this.namespaces);
    this.bank = this.#makeBank();
    this.#lifecycle = new Lifecycle({
      world,
      registers: this.bank.registers,
      timing: this.timing,
      start: () => this.#start(),
      stop: () => this.#stop(),
      shutDown: (normal) => this.#shutDown(normal),
      readyDelay: (ready) => this.outbox.readyDelay(ready),
    });
  }

  /** Wires the model to its function; once, before the first access. */
  connect(bus: DeviceSide): void {
    const { world, queues } = this;
    const { INTMS } = this.bank.registers;
    this.dma = bus.dma;
    this.interrupts = new Interrupts(world, bus, queues, () => INTMS.value);
    this.#memory = new MemoryOutbox(this);
    this.outbox = this.#memory;
    this.engine = new Engine(this);
    bus.onReset((domain) => this.reset(domain));
  }

  get entrySizes(): { submission: number; completion: number } {
    const { CC } = this.bank.registers;
    return { submission: CC.IOSQES, completion: CC.IOCQES };
  }

  /** Upper half of the last eight-byte read. */
  get high(): number {
    return this.bank.high;
  }

  read(offset: number, size: AccessSize): number {
    // "Reserved registers read as zero".
    if (offset >= REGISTERS_END && offset < DOORBELLS_AT) return 0;
    return this.bank.read(offset, size);
  }

  write(offset: number, size: AccessSize, value: number, high = 0): void {
    this.bank.write(offset, size, value, high);
  }

  /** A reset from outside; domains are those of the function. */
  reset(domain: string): void {
    this.#lifecycle.reset();
    this.#stop();
    this.bank.reset(domain);
  }

  /** Power fails and comes back: what was not durable is lost. */
  cutPower(): void {
    const { CSTS } = this.bank.registers;
    this.logs.powerCycle(CSTS.SHST === SHUTDOWN_STATUS.Complete);
    this.namespaces.cutPower();
    this.reset('power');
  }

  /** The controller cannot go on until it is reset: CSTS.CFS. */
  fatal(): void {
    this.engine.pause();
    this.#lifecycle.fatal();
  }

  failed(
    execution: Execution,
    status: number,
    field: StructureField | undefined,
    lba: number,
  ): void {
    this.logs.failed(execution, status, field, lba);
  }

  posted(): void {
    this.interrupts.flush();
  }

  #makeBank(): RegisterBank<typeof registers> {
    return new RegisterBank(registers, {
      write: {
        INTMS: (_, before) => this.#masksChanged(this.bank.registers.INTMS.value, before.value),
        INTMC: () =>
          this.#masksChanged(this.bank.registers.INTMC.value, this.bank.registers.INTMS.value),
        CC: (_, before) => this.#lifecycle.configured(before),
        NSSR: (written) => {
          if (written.value === SUBSYSTEM_RESET) this.#resetSubsystem();
        },
        SQTDBL: (written, _, index) => this.#moveTail(index, written.SQT),
        CQHDBL: (written, _, index) => this.#moveHead(index, written.CQH),
      },
    });
  }

  #masksChanged(masks: number, before: number): void {
    this.bank.registers.INTMS.value = masks;
    this.bank.registers.INTMC.value = masks;
    this.interrupts.masked(before);
  }

  #resetSubsystem(): void {
    this.reset('hot');
    this.bank.registers.CSTS.NSSRO = 1;
  }

  get #isReady(): boolean {
    const { CC, CSTS } = this.bank.registers;
    return CC.EN === 1 && CSTS.RDY === 1;
  }

  #moveTail(id: number, tail: number): void {
    if (!this.#isReady) return;
    const rung = this.queues.moveTail(id, tail);
    if (rung === 'moved') this.engine.kick();
    else this.#badDoorbell(rung);
  }

  #moveHead(id: number, head: number): void {
    if (!this.#isReady) return;
    const rung = this.queues.moveHead(id, head);
    if (rung !== 'moved') {
      this.#badDoorbell(rung);
      return;
    }
    const queue = this.queues.completions[id] as CompletionQueue;
    this.#memory.drain(queue);
    this.interrupts.taken(queue);
    this.interrupts.flush();
    this.engine.kick();
  }

  #badDoorbell(rung: Rung): void {
    const info = rung === 'no-queue' ? ErrorEvent.InvalidDoorbell : ErrorEvent.InvalidDoorbellValue;
    this.logs.wrong(Status.InternalError);
    this.events.raise(EventType.Error, info, LogPage.Errors);
  }

  /** CC.EN was set: the admin queue is where the registers say. False: it cannot be. */
  #start(): boolean {
    const { CC, CAP, AQA, ASQ, ACQ } = this.bank.registers;
    const pageBytes = PAGE_MIN * 2 ** CC.MPS;
    const submissions = ASQ.ASQB * PAGE_MIN;
    const completions = ACQ.ACQB * PAGE_MIN;
    const misplaced = submissions % pageBytes !== 0 || completions % pageBytes !== 0;
    const impossible = CC.CSS !== 0 || CC.AMS > CAP.AMS || CC.MPS > CAP.MPSMAX;
    if (impossible || misplaced || AQA.ASQS === 0 || AQA.ACQS === 0) return false;
    const queue = new CompletionQueue({
      id: 0,
      address: completions,
      size: AQA.ACQS + 1,
      vector: 0,
      interrupts: true,
    });
    this.queues.addCompletion(queue);
    this.queues.addSubmission(
      new SubmissionQueue({
        id: 0,
        address: submissions,
        size: AQA.ASQS + 1,
        completions: queue,
        priority: 0,
      }),
    );
    this.engine.start(pageBytes, CC.AMS);
    return true;
  }

  /** Queues and commands are gone; what was not saved of the features is. */
  #stop(): void {
    this.engine.stop();
    this.namespaces.reset();
    this.outbox.reset();
    this.queues.clear();
    this.interrupts.reset();
    this.events.reset();
    this.features.reset();
    this.firmware.reset();
    this.selfTester.reset();
    this.bank.registers.INTMS.value = 0;
    this.bank.registers.INTMC.value = 0;
  }

  #shutDown(normal: boolean): void {
    if (normal) this.namespaces.flushAll();
    this.engine.pause();
  }

  #namespaceChanged(nsid: number): void {
    this.logs.namespaceChanged(nsid);
    if (this.namespaces.get(nsid) === undefined) this.selfTester.removed(nsid);
    if (Feature.EVENTS.NAMESPACE.get(this.features.dword(FeatureId.Events)) === 0) return;
    this.events.raise(EventType.Notice, NoticeEvent.NamespaceChanged, LogPage.ChangedNamespaces);
  }

  #firmwareStarting(): void {
    if (Feature.EVENTS.FIRMWARE.get(this.features.dword(FeatureId.Events)) === 0) return;
    this.events.raise(EventType.Notice, NoticeEvent.FirmwareStarting, LogPage.Firmware);
  }
}
