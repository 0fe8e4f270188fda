/**
 * What a driver tells its controller, followed from outside: registers that it writes, commands
 * that it puts into queues, completions that it takes. Queues are learned from the admin queue's
 * registers and from the commands that create them; entries are read when a doorbell rings.
 */
import { EventKind } from '../../../sim/kernel/journal.ts';
import type { Scene } from '../../scene.ts';
import { Admin, SQE_BYTES } from './commands.ts';
import { Register } from './raw-host.ts';
import { CQE_BYTES } from './raw-queue.ts';

export interface Sent {
  readonly queue: number;
  readonly opcode: number;
  readonly fuse: number;
  readonly id: number;
  readonly nsid: number;
  readonly prp1: number;
  readonly dword10: number;
  readonly dword11: number;
  readonly dword12: number;
  readonly timeNs: number;
  /** Its place among everything that was written and sent. */
  readonly order: number;
}

export interface Taken {
  readonly queue: number;
  readonly id: number;
  readonly status: number;
  readonly order: number;
}

export interface Written {
  readonly offset: number;
  readonly value: number;
  readonly timeNs: number;
  readonly order: number;
}

interface Ring {
  readonly address: number;
  readonly entries: number;
  at: number;
}

/** Kept per scene; a clause that needs more looks at too much. */
const KEPT_MAX = 100_000;
const BAR = 0;

export class Traffic {
  readonly commands: Sent[] = [];
  readonly completions: Taken[] = [];
  /** Writes to registers below the doorbells. */
  readonly writes: Written[] = [];
  /** Reads of CSTS. */
  readonly statuses: Written[] = [];
  /** Doorbell writes of any kind, in order. */
  readonly rings: Written[] = [];
  readonly #scene: Scene;
  readonly #submission = new Map<number, Ring>();
  readonly #completion = new Map<number, Ring>();
  readonly #registers = new Map<number, number>();
  readonly #stride: number;
  #order = 0;

  /** Before the driver starts; `misbehave` and `inject` may still follow. */
  constructor(scene: Scene) {
    this.#scene = scene;
    // Every controller that a driver meets here has doorbells without a gap.
    this.#stride = 4;
    const { journal } = scene.world;
    journal.observe(EventKind.Write, (at) => {
      if (journal.spaceAt(at) !== BAR) return;
      this.#write(journal.addressAt(at), journal.valueAt(at), journal.timeAt(at));
      if (journal.sizeAt(at) === 8) {
        this.#write(journal.addressAt(at) + 4, journal.highAt(at), journal.timeAt(at));
      }
    });
    journal.observe(EventKind.Read, (at) => {
      if (journal.spaceAt(at) !== BAR || journal.addressAt(at) !== Register.CSTS) return;
      this.statuses.push(this.#written(Register.CSTS, journal.valueAt(at), journal.timeAt(at)));
    });
  }

  /** Commands of an opcode to the admin queue. */
  admin(opcode: number): Sent[] {
    return this.commands.filter((each) => each.queue === 0 && each.opcode === opcode);
  }

  /** Commands of an opcode to I/O queues. */
  io(opcode: number): Sent[] {
    return this.commands.filter((each) => each.queue !== 0 && each.opcode === opcode);
  }

  /** Writes of a register. */
  to(offset: number): Written[] {
    return this.writes.filter((each) => each.offset === offset);
  }

  /** Forgets what was sent so far, and goes on. */
  clear(): void {
    for (const list of [this.commands, this.completions, this.writes, this.statuses, this.rings]) {
      list.length = 0;
    }
  }

  #written(offset: number, value: number, timeNs: number): Written {
    return { offset, value, timeNs, order: this.#order++ };
  }

  #write(offset: number, value: number, timeNs: number): void {
    if (this.writes.length + this.rings.length > KEPT_MAX) return;
    if (offset < Register.DOORBELLS) {
      this.#registers.set(offset, value);
      this.writes.push(this.#written(offset, value, timeNs));
      if (offset === Register.CC) this.#configured(value);
      return;
    }
    this.rings.push(this.#written(offset, value, timeNs));
    const doorbell = (offset - Register.DOORBELLS) / this.#stride;
    const queue = Math.floor(doorbell / 2);
    if (doorbell % 2 === 0) this.#sent(queue, value, timeNs);
    else this.#taken(queue, value);
  }

  /** Enabling the controller makes the admin queues; disabling it forgets all queues. */
  #configured(value: number): void {
    const wasEnabled = this.#submission.size > 0;
    const isEnabled = value % 2 === 1;
    if (isEnabled === wasEnabled) return;
    this.#submission.clear();
    this.#completion.clear();
    if (!isEnabled) return;
    const sizes = this.#registers.get(Register.AQA) ?? 0;
    const wide = (offset: number) =>
      (this.#registers.get(offset) ?? 0) + (this.#registers.get(offset + 4) ?? 0) * 2 ** 32;
    const entries = (size: number) => (size % 0x1000) + 1;
    const sq = { address: wide(Register.ASQ), entries: entries(sizes), at: 0 };
    const cq = {
      address: wide(Register.ACQ),
      entries: entries(Math.floor(sizes / 0x1_0000)),
      at: 0,
    };
    this.#submission.set(0, sq);
    this.#completion.set(0, cq);
  }

  #sent(queue: number, tail: number, timeNs: number): void {
    const ring = this.#submission.get(queue);
    if (ring === undefined || tail >= ring.entries) return;
    while (ring.at !== tail) {
      const bytes = this.#peek(ring.address + ring.at * SQE_BYTES, SQE_BYTES);
      if (bytes === undefined) return;
      const command = this.#decode(queue, bytes, timeNs);
      this.commands.push(command);
      if (queue === 0) this.#learn(command);
      ring.at = (ring.at + 1) % ring.entries;
    }
  }

  #taken(queue: number, head: number): void {
    const ring = this.#completion.get(queue);
    if (ring === undefined || head >= ring.entries) return;
    while (ring.at !== head) {
      const bytes = this.#peek(ring.address + ring.at * CQE_BYTES, CQE_BYTES);
      if (bytes === undefined) return;
      const id = bytes.getUint16(12, true);
      const status = Math.floor(bytes.getUint16(14, true) / 2) % 2048;
      this.completions.push({ queue: bytes.getUint16(10, true), id, status, order: this.#order++ });
      ring.at = (ring.at + 1) % ring.entries;
    }
  }

  #decode(queue: number, bytes: DataView, timeNs: number): Sent {
    return {
      queue,
      opcode: bytes.getUint8(0),
      fuse: bytes.getUint8(1) % 4,
      id: bytes.getUint16(2, true),
      nsid: bytes.getUint32(4, true),
      prp1: Number(bytes.getBigUint64(24, true)),
      dword10: bytes.getUint32(40, true),
      dword11: bytes.getUint32(44, true),
      dword12: bytes.getUint32(48, true),
      timeNs,
      order: this.#order++,
    };
  }

  /** Whether the controller refuses it does not matter: then nothing is put in that queue. */
  #learn({ opcode, prp1, dword10 }: Sent): void {
    const ring = { address: prp1, entries: Math.floor(dword10 / 0x1_0000) + 1, at: 0 };
    if (opcode === Admin.CreateSq) this.#submission.set(dword10 % 0x1_0000, ring);
    else if (opcode === Admin.CreateCq) this.#completion.set(dword10 % 0x1_0000, ring);
  }

  #peek(address: number, length: number): DataView | undefined {
    const bytes = this.#scene.hardware.function.memory.peek(address, length);
    return bytes === undefined ? undefined : new DataView(bytes.buffer, bytes.byteOffset, length);
  }
}
