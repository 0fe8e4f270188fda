/**
 * The admin queue: commands that the driver itself waits for. Their memory stays mapped until they
 * have ended, or until the controller cannot reach it any more.
 *
 * NVM Express Base Specification 1.4, "Admin Command Set" (secondary).
 */
import { Command } from '../../../sim/devices/nvme/structures.ts';
import type { IODispatchQueue } from '../../host/io-dispatch-queue.ts';
import { fail, type IOReturnName } from '../../host/io-return.ts';
import { DmaArea, type DmaOwner } from './dma-area.ts';
import type { QueuedCommand, QueuePair } from './queue-pair.ts';
import { outcomeOf, StatusError, SUCCESS } from './status.ts';

export const AdminOpcode = {
  DeleteSubmissionQueue: 0x00,
  CreateSubmissionQueue: 0x01,
  GetLogPage: 0x02,
  DeleteCompletionQueue: 0x04,
  CreateCompletionQueue: 0x05,
  Identify: 0x06,
  Abort: 0x08,
  SetFeatures: 0x09,
  AsynchronousEvent: 0x0c,
  FirmwareCommit: 0x10,
  FirmwareDownload: 0x11,
  Format: 0x80,
} as const;

/** An admin command that takes longer has been lost. */
const TIMEOUT_NS = 5_000_000_000;
/** Interrupts may be lost: so often the queue is looked at without one. */
const LOOK_NS = 100_000_000;
/** How often a command is tried again whose status does not forbid it. */
const RETRIES = 2;

export interface AdminOptions {
  readonly nsid?: number;
  /** Data of the command: at the most two pages. */
  readonly data?: DmaArea;
  /** More fields of the entry. */
  readonly fill?: (entry: Uint8Array) => void;
  readonly timeoutNs?: number;
  /** Not to be sent twice. */
  readonly once?: boolean;
}

/** What the rest of the driver does about a controller that does not answer. */
export interface AdminTrouble {
  /** An answer is late: looks whether the controller is still there. */
  look(): void;
  /** A command is lost: from now on the controller must reach no memory, and be reset. */
  lost(): void;
}

class AdminCommand implements QueuedCommand {
  /** Whoever waits for it sees to its end. */
  readonly deadline = Infinity;
  status: number | undefined;
  result = 0;
  /** Why it will never end. */
  abandoned: IOReturnName | undefined;
  readonly #opcode: number;
  readonly #options: AdminOptions;
  readonly #pageBytes: number;
  readonly #wake: (command: AdminCommand) => void;

  constructor(
    opcode: number,
    options: AdminOptions,
    pageBytes: number,
    wake: (command: AdminCommand) => void,
  ) {
    this.#opcode = opcode;
    this.#options = options;
    this.#pageBytes = pageBytes;
    this.#wake = wake;
  }

  fill(entry: Uint8Array): void {
    const { nsid = 0, data, fill } = this.#options;
    Command.OPC.set(entry, 0, this.#opcode);
    Command.NSID.set(entry, 0, nsid);
    if (data !== undefined) {
      Command.PRP1.set(entry, 0, data.address);
      const second = data.bytes > this.#pageBytes ? data.address + this.#pageBytes : 0;
      Command.PRP2.set(entry, 0, second);
    }
    fill?.(entry);
  }

  ended(status: number, result: number): void {
    this.status = status;
    this.result = result;
    this.#wake(this);
  }
}

export class AdminQueue {
  readonly #owner: DmaOwner;
  readonly #queue: IODispatchQueue;
  readonly #pair: QueuePair;
  readonly #pageBytes: number;
  readonly #trouble: AdminTrouble;
  /** Why nothing can be asked now. */
  #closed: IOReturnName | undefined;

  constructor(owner: DmaOwner, pair: QueuePair, pageBytes: number, trouble: AdminTrouble) {
    this.#owner = owner;
    this.#queue = owner.service.defaultQueue;
    this.#pair = pair;
    this.#pageBytes = pageBytes;
    this.#trouble = trouble;
  }

  get pair(): QueuePair {
    return this.#pair;
  }

  open(): void {
    this.#closed = undefined;
  }

  /** Whoever waits is told so, and whoever comes. */
  close(code: IOReturnName): void {
    this.#closed = code;
    for (const command of this.#pair.reset()) {
      if (!(command instanceof AdminCommand)) continue;
      command.abandoned = code;
      this.#queue.Wakeup(command);
    }
  }

  /** Hands over a command that nobody waits for here. */
  post(command: QueuedCommand): void {
    if (this.#closed !== undefined || this.#pair.isFull) return;
    this.#pair.submit(command);
    this.#pair.ring();
  }

  /**
   * Sends a command and waits for its end.
   * @returns dword 0 of its completion
   * @throws StatusError, kIOReturnTimeout when it was lost, and why the queue was closed
   */
  async execute(opcode: number, options: AdminOptions = {}): Promise<number> {
    for (let tries = 0; ; tries++) {
      const command = await this.#attempt(opcode, options);
      if (command.status === SUCCESS) return command.result;
      const outcome = outcomeOf(command.status ?? SUCCESS);
      const again = outcome.mayRetry && options.once !== true && tries < RETRIES;
      if (!again) throw new StatusError(outcome);
    }
  }

  /** As `execute`, with memory that lasts as long as the command. */
  async withData<T>(
    direction: number,
    bytes: number,
    use: (data: DmaArea) => Promise<T>,
  ): Promise<T> {
    const data = new DmaArea(this.#owner, direction, bytes, this.#pageBytes);
    try {
      return await use(data);
    } finally {
      data.release();
    }
  }

  async #attempt(opcode: number, options: AdminOptions): Promise<AdminCommand> {
    const { world } = this.#queue.host;
    const deadline = world.now + (options.timeoutNs ?? TIMEOUT_NS);
    while (this.#pair.isFull) {
      this.#requireOpen();
      if (world.now >= deadline) fail('kIOReturnTimeout', 'the admin queue stays full');
      await this.#queue.Sleep(this, LOOK_NS);
    }
    this.#requireOpen();
    const command = new AdminCommand(opcode, options, this.#pageBytes, (ended) => {
      this.#queue.Wakeup(ended);
      this.#queue.Wakeup(this);
    });
    this.#pair.submit(command);
    this.#pair.ring();
    for (;;) {
      await this.#queue.Sleep(command, Math.min(LOOK_NS, Math.max(0, deadline - world.now)));
      if (command.status === undefined && command.abandoned === undefined) this.#pair.poll();
      if (command.status !== undefined) break;
      if (command.abandoned === undefined) this.#trouble.look();
      if (command.abandoned !== undefined) refuse(command.abandoned);
      if (world.now < deadline) continue;
      this.#trouble.lost();
      fail('kIOReturnTimeout', `the controller does not answer admin command ${opcode}`);
    }
    return command;
  }

  #requireOpen(): void {
    if (this.#closed !== undefined) refuse(this.#closed);
  }
}

function refuse(code: IOReturnName): never {
  fail(code, 'the controller is being reset, or gone');
}
