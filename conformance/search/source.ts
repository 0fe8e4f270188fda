/** Where generated decisions come from: a seed, fast-check, or a buffer that feedback mutates. */
import type { Random as FastCheckRandom } from 'fast-check';

/** The kernel's `Random` is one. */
export interface Source {
  /** In 0 .. count - 1; `count` is 1 .. 2^32. */
  below(count: number): number;
}

/** Decisions of fast-check's generator: values then follow its seed. */
export function fromFastCheck(random: FastCheckRandom): Source {
  return { below: (count) => random.nextInt(0, count - 1) };
}

/**
 * Decisions from a buffer, a byte for each where that will do, so that a small change of the buffer
 * is a small change of what is generated. Past its end every decision is the first choice.
 */
export class ByteSource implements Source {
  readonly #bytes: Uint8Array;
  #next = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  below(count: number): number {
    let value = 0;
    for (let size = 1; size < count; size *= 256) value = value * 256 + this.#byte();
    return value % count;
  }

  /** Bytes that decided anything so far: what lies behind them is not worth mutating. */
  get used(): number {
    return Math.min(this.#next, this.#bytes.length);
  }

  #byte(): number {
    return this.#bytes[this.#next++] ?? 0;
  }
}

/** In `min` .. `max`, also where that is more than 2^32 values (up to 2^53). */
export function between(source: Source, min: number, max: number): number {
  const count = max - min + 1;
  if (count <= TWO_32) return min + source.below(count);
  const high = source.below(Math.ceil(count / TWO_32));
  // The last part of the range is shorter: what falls behind its end comes again from the start.
  return min + ((high * TWO_32 + source.below(TWO_32)) % count);
}

const TWO_32 = 0x1_0000_0000;
