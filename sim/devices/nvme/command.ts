/** A command that the controller has taken and not ended: one object, used again and again. */
import type { StructureField } from '../../registers/structure.ts';
import type { CachedWrite } from './cache.ts';
import type { Execution } from './execution.ts';
import { PrpPointer, type Transfers } from './prp.ts';
import type { SubmissionQueue } from './queues.ts';
import { COMMAND_BYTES } from './structures.ts';
import type { Timed } from './timeline.ts';

/** Who ends commands. */
export interface CommandOwner extends Transfers {
  later(command: CommandExecution, ns: number): void;
  end(
    command: CommandExecution,
    status: number,
    dword0: number,
    field: StructureField | undefined,
    lba: number,
  ): void;
}

export class CommandExecution implements Execution, Timed {
  readonly sqe = new Uint8Array(COMMAND_BYTES);
  readonly data: PrpPointer;
  due = 0;
  order = 0;
  step = 0;
  note = 0;
  fused: CommandExecution | undefined;
  held: CachedWrite | undefined;
  /** False once it ended or its controller was reset: then nothing it does counts. */
  live = false;
  /** Its completion queue keeps an entry for it. */
  reserved = false;
  from: SubmissionQueue | undefined;
  queue = 0;
  /** Commands are numbered as they are taken. */
  taken = 0;
  /** Where the engine keeps it. */
  place = 0;
  id = 0;
  readonly #owner: CommandOwner;

  constructor(owner: CommandOwner) {
    this.#owner = owner;
    this.data = new PrpPointer(this.sqe, owner, this);
  }

  again(ns: number): void {
    if (this.live) this.#owner.later(this, ns);
  }

  complete(status: number, dword0 = 0): void {
    if (this.live) this.#owner.end(this, status, dword0, undefined, 0);
  }

  fail(status: number, field?: StructureField, lba = 0): void {
    if (this.live) this.#owner.end(this, status, 0, field, lba);
  }
}
