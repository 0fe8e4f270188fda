/** Memory of a client for one transfer: pieces at awkward places, with guards around each. */
import type { BlockSegment } from '../../../drivers-under-test/host/classes/block-device.ts';
import { clientBuffer } from '../../../drivers-under-test/host/client-memory.ts';
import {
  kIOMemoryDirectionIn,
  kIOMemoryDirectionOut,
} from '../../../drivers-under-test/host/io-memory-descriptor.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';

/** How a transfer lies in memory. */
export interface Layout {
  /** Where each piece begins in its buffer; a multiple of four. */
  readonly offset: number;
  /** Where the transfer is cut into pieces, in 1/256 of its words, ascending. */
  readonly cuts: readonly number[];
}

export const WHOLE: Layout = { offset: 0, cuts: [] };

const WORD = 4;
const GUARD_BYTES = 64;
const GUARD = 0xc3;
/** Is in a buffer that nobody has written, and in one that the client gave back. */
const POISON = 0x5a;
const PARTS = 256;

export class ClientBuffers {
  readonly segments: readonly BlockSegment[];
  readonly #pieces: readonly BlockSegment[];

  constructor(scene: Scene, purpose: 'read' | 'write', bytes: number, layout: Layout) {
    const { memory } = scene;
    const direction = purpose === 'read' ? kIOMemoryDirectionIn : kIOMemoryDirectionOut;
    this.#pieces = lengths(bytes, layout.cuts).map((length) => {
      const { offset } = layout;
      const capacity = offset + length + GUARD_BYTES;
      const buffer = clientBuffer(memory, direction, capacity);
      const piece = { buffer, offset, length };
      backing(piece).write(0, new Uint8Array(capacity).fill(GUARD));
      backing(piece).write(offset, new Uint8Array(length).fill(POISON));
      return piece;
    });
    this.segments = this.#pieces;
  }

  set(bytes: Uint8Array): void {
    let done = 0;
    for (const piece of this.#pieces) {
      backing(piece).write(piece.offset, bytes.subarray(done, done + piece.length));
      done += piece.length;
    }
  }

  get(): Uint8Array {
    const total = this.#pieces.reduce((sum, { length }) => sum + length, 0);
    const bytes = new Uint8Array(total);
    let done = 0;
    for (const piece of this.#pieces) {
      bytes.set(backing(piece).read(piece.offset, piece.length), done);
      done += piece.length;
    }
    return bytes;
  }

  /** The call has ended: nobody else may use this memory now, and nothing around it has changed. */
  giveBack(): void {
    for (const piece of this.#pieces) {
      const { buffer, offset, length } = piece;
      const before = backing(piece).read(0, offset);
      const behind = backing(piece).read(offset + length, GUARD_BYTES);
      const intact = [...before, ...behind].every((byte) => byte === GUARD);
      backing(piece).write(offset, new Uint8Array(length).fill(POISON));
      buffer.release();
      expect.that(intact, 'the bytes around a segment', 'unchanged', 'overwritten');
    }
  }
}

/** The client's own view: what it does with its memory is not the driver's doing. */
function backing({ buffer }: BlockSegment) {
  const [range] = buffer.ranges(0, 1);
  if (range === undefined) throw new RangeError('The buffer has no memory.');
  return range.backing.buffer;
}

function lengths(bytes: number, cuts: readonly number[]): number[] {
  const words = bytes / WORD;
  const at = [...new Set(cuts.map((cut) => Math.floor((cut * words) / PARTS) * WORD))];
  const ends = [...at.filter((end) => end > 0 && end < bytes).toSorted((a, b) => a - b), bytes];
  return ends.map((end, index) => end - (ends[index - 1] ?? 0));
}
