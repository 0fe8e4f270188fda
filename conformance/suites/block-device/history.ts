/** What was asked of a unit and how it ended, and whether all of it together can be explained. */
import type { BlockRange } from '../../../drivers-under-test/host/classes/block-device.ts';
import { ExpectationError } from '../../expect.ts';
import { type Contents, ONES, type Value, ZEROS } from './contents.ts';
import { type BlockOperation, impossible, SAME } from './linearize.ts';

export type OperationKind = 'read' | 'write' | 'zeroes' | 'trim' | 'flush';

export interface Operation {
  readonly id: number;
  readonly kind: OperationKind;
  readonly ranges: readonly BlockRange[];
  readonly fua: boolean;
  readonly invoked: number;
  /** Infinity while it has not ended. */
  returned: number;
  /** The code's name where it failed. */
  error: string | undefined;
  /** A read: what it saw, block by block. */
  seen: readonly Value[];
}

export interface Survival {
  /** By block, after the power came back. */
  readonly survivors: ReadonlyMap<number, Value>;
  readonly atomicBlocks: number;
  /** False: a completed write lasts. */
  readonly volatileCache: boolean;
}

export interface HistoryOptions {
  readonly contents: Contents;
  /** Number of the first operation: one that no write before had. */
  readonly firstId: number;
  /** Pending writes may be carried out again: device or driver recover meanwhile. */
  readonly repeats: boolean;
}

/** Operations that one history holds. */
const OPERATIONS_MAX = 1_000_000;

export class History {
  readonly operations: Operation[] = [];
  readonly #contents: Contents;
  /** What was there before, by block. */
  readonly #initial = new Map<number, Value>();
  readonly #repeats: boolean;
  #clock = 0;
  #closed = false;
  #nextId: number;

  constructor({ contents, firstId, repeats }: HistoryOptions) {
    this.#contents = contents;
    this.#nextId = firstId;
    this.#repeats = repeats;
  }

  get nextId(): number {
    return this.#nextId;
  }

  begin(kind: OperationKind, ranges: readonly BlockRange[], fua = false): Operation {
    if (this.operations.length === OPERATIONS_MAX) throw new RangeError('The history is too long.');
    const invoked = this.#clock++;
    const base = { id: this.#nextId++, kind, ranges, fua, invoked };
    const operation = { ...base, returned: Infinity, error: undefined, seen: [] };
    // After a power cut a client may still ask, but nobody is there.
    if (!this.#closed) this.operations.push(operation);
    return operation;
  }

  end(
    operation: Operation,
    how: { readonly error?: string; readonly seen?: readonly Value[] },
  ): void {
    if (this.#closed) return;
    operation.returned = this.#clock++;
    operation.error = how.error;
    operation.seen = how.seen ?? [];
  }

  /** Nothing that happens from here on belongs to it. */
  close(): void {
    this.#closed = true;
  }

  /** What a block held before the first operation on it. */
  before(lba: number, value: Value): void {
    this.#initial.set(lba, value);
  }

  /** Operations that have not ended. */
  pending(): readonly Operation[] {
    return this.operations.filter(({ returned }) => returned === Infinity);
  }

  /** @throws ExpectationError for the first block whose reads cannot be explained */
  verify(survival?: Survival): void {
    for (const [lba, initial] of this.#initial) {
      const operations = this.#on(lba, survival);
      const survivor = survival?.survivors.get(lba);
      const found = impossible({
        initial,
        operations,
        repeats: this.#repeats,
        ...(survivor === undefined ? {} : { survivor }),
      });
      if (found === undefined) continue;
      const { operation, possible } = found;
      const seen = operation === undefined ? survivor : operation.saw;
      const what =
        operation === undefined
          ? `block ${lba} after the power cut`
          : `block ${lba} as read ${operation.id} saw it`;
      const list = possible.map((value) => this.#contents.describe(value)).join(', or ');
      const told = `${what} (${this.#tell(lba)})`;
      throw new ExpectationError(told, list, this.#contents.describe(seen ?? ZEROS));
    }
    if (survival !== undefined) this.#verifyWhole(survival);
  }

  /** No write of up to the promised size survives in part, with what was there before it. */
  #verifyWhole({ survivors, atomicBlocks }: Survival): void {
    for (const write of this.operations) {
      const [range] = write.ranges;
      if (write.kind !== 'write' || range === undefined || range.blocks > atomicBlocks) continue;
      const values = Array.from({ length: range.blocks }, (_, at) => survivors.get(range.lba + at));
      if (!values.includes(write.id)) continue;
      const older = values.findIndex(
        (value) => value !== undefined && this.#isBefore(value, write),
      );
      if (older < 0) continue;
      const seen = this.#contents.describe(values[older] ?? ZEROS);
      throw new ExpectationError(
        `block ${range.lba + older} after the power cut, of a write of ${range.blocks} blocks ` +
          `where ${atomicBlocks} are atomic`,
        `write ${write.id}, which survived in its other blocks`,
        seen,
      );
    }
  }

  /** Whether a value was written by something that had ended before this write began. */
  #isBefore(value: Value, write: Operation): boolean {
    const writer = this.operations.find(({ id, kind }) => id === value && kind === 'write');
    return writer !== undefined && writer.returned < write.invoked;
  }

  #on(lba: number, survival: Survival | undefined): BlockOperation[] {
    return this.operations.flatMap((operation) => {
      const { id, kind, invoked, returned, error } = operation;
      let offset = 0;
      return operation.ranges.flatMap((range) => {
        const at = offset + lba - range.lba;
        offset += range.blocks;
        if (kind === 'flush' || lba < range.lba || lba >= range.lba + range.blocks) return [];
        const failed = error !== undefined;
        const base = { id, invoked, returned, failed };
        if (kind === 'read')
          return failed || returned === Infinity ? [] : [seeing(base, operation.seen[at])];
        const durable = survival !== undefined && this.#isDurable(operation, survival);
        return [{ ...base, leaves: leftBy(operation), durable }];
      });
    });
  }

  #isDurable(write: Operation, { volatileCache }: Survival): boolean {
    if (write.returned === Infinity || write.error !== undefined) return false;
    if (write.fua || !volatileCache) return true;
    return this.operations.some(
      ({ kind, invoked, returned, error }) =>
        kind === 'flush' &&
        error === undefined &&
        returned !== Infinity &&
        invoked > write.returned,
    );
  }

  /** The last operations on a block, for the report. */
  #tell(lba: number): string {
    const told = this.operations
      .filter(({ kind, ranges }) => kind === 'flush' || ranges.some((range) => isIn(lba, range)))
      .slice(-TOLD_MAX)
      .map(({ id, kind, fua, invoked, returned, error }) => {
        const end = returned === Infinity ? '' : returned;
        const what = kind === 'flush' ? kind : `${kind}${fua ? ' fua' : ''} ${id}`;
        return `${what} [${invoked}..${end}]${error === undefined ? '' : ` ${error}`}`;
      });
    return told.join('; ');
  }
}

/** Operations that a message names. */
const TOLD_MAX = 12;

function isIn(lba: number, range: BlockRange): boolean {
  return lba >= range.lba && lba < range.lba + range.blocks;
}

function seeing(base: Omit<BlockOperation, 'saw'>, saw: Value | undefined): BlockOperation {
  return saw === undefined ? base : { ...base, saw };
}

function leftBy({ id, kind }: Operation): readonly Value[] {
  if (kind === 'write') return [id];
  return kind === 'zeroes' ? [ZEROS] : [SAME, ZEROS, ONES];
}
