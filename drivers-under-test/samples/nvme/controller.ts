/**
 * The controller behind BAR 0: its registers, how it is enabled, disabled and shut down, and the
 * doorbells. Nothing about who asked for it.
 *
 * NVM Express Base Specification 1.4, "Controller Registers", "Controller Initialization" and
 * "Controller Shutdown" (secondary).
 */
import { driverAccess, type DriverRegisters } from '../../../sim/registers/driver-access.ts';
import {
  DOORBELLS_AT,
  registers,
  SHUTDOWN_STATUS,
  TIMEOUT_UNIT_NS,
} from '../../../sim/devices/nvme/registers.ts';
import type { IODispatchQueue } from '../../host/io-dispatch-queue.ts';
import {
  type IOPCIDevice,
  kIOPCICommandBusLead,
  kIOPCICommandMemorySpace,
  kIOPCIConfigurationOffsetCommand,
  kIOPCIDeviceResetTypeFunctionReset,
} from '../../host/io-pci-device.ts';
import { fail } from '../../host/io-return.ts';
import type { Doorbells, QueuePair } from './queue-pair.ts';

/** Entries of 2^6 and 2^4 bytes. */
export const SUBMISSION_ENTRY_EXPONENT = 6;
export const COMPLETION_ENTRY_EXPONENT = 4;

const ALL_ONES = 0xffffffff;
const ALL_ONES_64 = 0xffff_ffff_ffff_ffffn;
const DOORBELL_BYTES = 4;
const PAGE_EXPONENT = 12;
/** Larger pages than this are no pages any more. */
const PAGE_EXPONENT_MAX = 20;
/** Bit 0 of CAP.CSS: the NVM command set. */
const NVM_COMMAND_SET = 1;
const POLL_NS = 1_000_000;
/** Polls get rarer up to this, so that a long wait costs few. */
const POLL_NS_MAX = 64_000_000;

/** SHST has no such value: all ones. */
const NO_SHUTDOWN_STATUS = 3;
const STATUS_TRIES = 3;

interface ControllerStatus {
  readonly RDY: number;
  readonly CFS: number;
  readonly SHST: number;
}

export type Health = 'ready' | 'not ready' | 'fatal' | 'gone';

export class Controller implements Doorbells {
  /** Of the memory that PRPs describe. */
  pageBytes = 0;
  /** Entries that a queue may have. */
  entriesMax = 0;
  /** I/O queue pairs whose doorbells lie inside of the BAR. */
  pairsMax = 0;
  readonly #pci: IOPCIDevice;
  readonly #queue: IODispatchQueue;
  readonly #registers: DriverRegisters<typeof registers>;
  readonly #memoryIndex: number;
  readonly #barBytes: number;
  #stride = DOORBELL_BYTES;
  /** How long CSTS.RDY may take to follow CC.EN. */
  #readyNs = 0;

  /** @throws kIOReturnNotFound without BAR 0 */
  constructor(pci: IOPCIDevice, queue: IODispatchQueue) {
    this.#pci = pci;
    this.#queue = queue;
    const { memoryIndex, size } = pci.GetBARInfo(0);
    this.#memoryIndex = memoryIndex;
    this.#barBytes = size;
    this.#registers = driverAccess(registers, pci.registers(memoryIndex));
  }

  /**
   * What the controller can do, and whether we can do with it.
   * @throws kIOReturnNoDevice, kIOReturnUnsupported
   */
  readCapabilities(): void {
    this.#command(kIOPCICommandMemorySpace);
    const { CAP } = this.#registers;
    if (CAP.read() === ALL_ONES_64) fail('kIOReturnNoDevice', 'the controller does not answer');
    const { MQES, TO, DSTRD, CSS, MPSMIN } = CAP.fields();
    if (CSS % 2 !== NVM_COMMAND_SET) fail('kIOReturnUnsupported', 'there is no NVM command set');
    const exponent = PAGE_EXPONENT + MPSMIN;
    if (exponent > PAGE_EXPONENT_MAX) {
      fail('kIOReturnUnsupported', `the controller wants pages of 2^${exponent} bytes`);
    }
    if (MQES === 0) fail('kIOReturnUnsupported', 'queues of one entry cannot work');
    this.pageBytes = 2 ** exponent;
    this.entriesMax = MQES + 1;
    this.#readyNs = Math.max(1, TO) * TIMEOUT_UNIT_NS;
    this.#stride = DOORBELL_BYTES * 2 ** DSTRD;
    this.pairsMax = Math.floor((this.#barBytes - DOORBELLS_AT) / (2 * this.#stride)) - 1;
    if (this.pairsMax < 1) fail('kIOReturnUnsupported', 'the doorbells do not fit into the BAR');
  }

  /**
   * Whoever had it before, or whatever we gave up: it forgets its queues, and touches no memory.
   * @throws kIOReturnTimeout, kIOReturnNoDevice
   */
  async disable(): Promise<void> {
    const { CC } = this.#registers;
    if (CC.get('EN') === 1) {
      // Changing EN while RDY has not yet followed it is undefined; a controller that
      // has failed or was shut down need not.
      await this.#waitFor('enabled before', ({ RDY, CFS, SHST }) => RDY + CFS + SHST > 0);
      CC.write({});
    }
    await this.#waitFor('disabled', ({ RDY }) => RDY === 0);
  }

  /** Only while disabled. @throws kIOReturnTimeout, kIOReturnNoDevice, kIOReturnDeviceError */
  async enable(admin: QueuePair): Promise<void> {
    const { AQA, ASQ, ACQ, CC } = this.#registers;
    this.#command(kIOPCICommandMemorySpace | kIOPCICommandBusLead);
    AQA.write({ ASQS: admin.entries - 1, ACQS: admin.entries - 1 });
    ASQ.write(BigInt(admin.submissionAddress));
    ACQ.write(BigInt(admin.completionAddress));
    CC.write(this.#configuration());
    await this.#waitFor('enabled', ({ RDY, CFS }) => {
      if (CFS === 1) fail('kIOReturnDeviceError', 'the controller fails at once');
      return RDY === 1;
    });
  }

  /**
   * Tells it that power may go, so that it writes back what it holds.
   * @param withinNs how long it may take
   */
  async shutDown(withinNs: number): Promise<void> {
    this.#registers.CC.write({ ...this.#configuration(), SHN: 1 });
    const { Complete } = SHUTDOWN_STATUS;
    await this.#waitFor('shut down', ({ SHST }) => SHST === Complete, withinNs);
  }

  /** From here on it reaches no memory, whatever it does. */
  isolate(): void {
    this.#command(kIOPCICommandMemorySpace);
  }

  /** The last resort. @throws kIOReturnUnsupported */
  resetFunction(): void {
    this.#pci.Reset(kIOPCIDeviceResetTypeFunctionReset);
  }

  health(): Health {
    const status = this.#status();
    if (status === undefined) return 'gone';
    if (status.CFS === 1) return 'fatal';
    return status.RDY === 1 ? 'ready' : 'not ready';
  }

  /** Posted writes have arrived when this returns. */
  flushWrites(): void {
    this.#registers.CSTS.read();
  }

  ringSubmission(queue: number, tail: number): void {
    this.#pci.MemoryWrite32(this.#memoryIndex, DOORBELLS_AT + 2 * queue * this.#stride, tail);
  }

  ringCompletion(queue: number, head: number): void {
    const at = DOORBELLS_AT + (2 * queue + 1) * this.#stride;
    this.#pci.MemoryWrite32(this.#memoryIndex, at, head);
  }

  #command(bits: number): void {
    this.#pci.ConfigurationWrite16(kIOPCIConfigurationOffsetCommand, bits);
  }

  #configuration() {
    return {
      EN: 1,
      MPS: exponentOf(this.pageBytes) - PAGE_EXPONENT,
      IOSQES: SUBMISSION_ENTRY_EXPONENT,
      IOCQES: COMPLETION_ENTRY_EXPONENT,
    };
  }

  /**
   * CSTS; undefined when nobody answers. All ones may be one answer that was lost, which a second
   * register tells.
   */
  #status(): ControllerStatus | undefined {
    const { CSTS, VS } = this.#registers;
    for (let tries = 0; tries < STATUS_TRIES; tries++) {
      const status = CSTS.fields();
      if (status.SHST !== NO_SHUTDOWN_STATUS) return status;
      if (VS.read() === ALL_ONES) return undefined;
    }
    return undefined;
  }

  /** Asks again and again, less and less often; the driver's queue is free meanwhile. */
  async #waitFor(
    what: string,
    done: (status: ControllerStatus) => boolean,
    withinNs = this.#readyNs,
  ): Promise<void> {
    const { world } = this.#queue.host;
    const deadline = world.now + withinNs;
    for (let pause = POLL_NS; ; pause = Math.min(2 * pause, POLL_NS_MAX)) {
      const status = this.#status();
      if (status === undefined) fail('kIOReturnNoDevice', 'the controller does not answer');
      if (done(status)) return;
      if (world.now >= deadline) fail('kIOReturnTimeout', `the controller is not ${what} in time`);
      await this.#queue.Sleep(this, Math.min(pause, deadline - world.now));
    }
  }
}

function exponentOf(power: number): number {
  let exponent = 0;
  for (let left = power; left > 1; left /= 2) exponent++;
  return exponent;
}
