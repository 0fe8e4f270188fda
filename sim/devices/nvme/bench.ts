/** What the tests of commands share: commands that are carried out without queues. */
import type { World } from '../../kernel/world.ts';
import type { Structure, StructureDeclaration, StructureField } from '../../registers/structure.ts';
import type { CachedWrite } from './cache.ts';
import type { DataPointer, Execution, Executor } from './execution.ts';
import { DO_NOT_RETRY, Status } from './status.ts';
import { COMMAND_BYTES } from './structures.ts';

/** A command, carried out by what is tested; its data are `memory`. */
export class BenchExecution implements Execution {
  readonly sqe: Uint8Array;
  readonly queue = 1;
  readonly data: DataPointer;
  memory: Uint8Array;
  step = 0;
  note = 0;
  fused: BenchExecution | undefined;
  held: CachedWrite | undefined;
  /** What `open` and the transfers answer. */
  opens: number = Status.Success;
  moves: number = Status.Success;
  /** Undefined until it has ended; without Do Not Retry. */
  status: number | undefined;
  dword0 = 0;
  field: StructureField | undefined;
  lba = 0;
  readonly #world: World;
  readonly #execute: Executor;

  constructor(world: World, execute: Executor, sqe: Uint8Array, memory: Uint8Array) {
    this.#world = world;
    this.#execute = execute;
    this.sqe = sqe;
    this.memory = memory;
    this.data = {
      open: (length) => (length > this.memory.length ? Status.DataTransferError : this.opens),
      toHost: (offset, bytes) => {
        if (this.moves === Status.Success) this.memory.set(bytes, offset);
        return this.moves;
      },
      fromHost: (offset, into) => {
        if (this.moves === Status.Success) {
          into.set(this.memory.subarray(offset, offset + into.length));
        }
        return this.moves;
      },
    };
  }

  again(ns: number): void {
    this.#world.after(ns, () => {
      this.step++;
      this.#execute(this);
    });
  }

  complete(status: number, dword0 = 0): void {
    if (this.status !== undefined) throw new Error('The command ended twice.');
    this.status = status % DO_NOT_RETRY;
    this.dword0 = dword0;
  }

  fail(status: number, field?: StructureField, lba = 0): void {
    this.complete(status);
    this.field = field;
    this.lba = lba;
  }
}

/** The 64 bytes of a command, given by the names of its fields. */
export function commandOf<D extends StructureDeclaration>(
  declared: Structure<D>,
  values: Partial<Record<keyof D['fields'], number>>,
): Uint8Array {
  const sqe = new Uint8Array(COMMAND_BYTES);
  return withFields(sqe, declared, values);
}

export function withFields<D extends StructureDeclaration>(
  sqe: Uint8Array,
  declared: Structure<D>,
  values: Partial<Record<keyof D['fields'], number>>,
): Uint8Array {
  for (const [name, value] of Object.entries(values)) {
    (declared as unknown as Record<string, StructureField>)[name]?.set(sqe, 0, Number(value));
  }
  return sqe;
}
