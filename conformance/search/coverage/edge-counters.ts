/** The counters that instrumented code of drivers increments: one array for each thread. */
import { hashText } from '../../../sim/kernel/random.ts';
import { mixed } from './feature-hash.ts';
import { bucketOf, FeatureKind, type Features } from './features.ts';

/** All drivers of a thread together; code beyond is not counted. */
const EDGES_MAX = 2 ** 16;
const WORD_BYTES = 4;

/** As a global its place is a constant to the compiler, in modules of any kind. */
export const EDGE_COUNTERS = '__dynoEdges';

export class EdgeCounters {
  /** Edges of all code that was loaded until now. */
  total = 0;
  readonly #counts = new Uint8Array(EDGES_MAX);
  /** To skip four that were not reached at once. */
  readonly #words = new Uint32Array(this.#counts.buffer);
  /** What each edge is, whatever was loaded before it. */
  readonly #keys = new Int32Array(EDGES_MAX);

  /** Instrumented code of this thread counts here from now on. */
  install(): void {
    Object.defineProperty(globalThis, EDGE_COUNTERS, {
      value: this.#counts,
      enumerable: false,
      configurable: true,
    });
  }

  /** Whether so many more fit. */
  fits(count: number): boolean {
    return this.total + count <= EDGES_MAX;
  }

  /** The next `count` counters are the edges of this file, in their order. */
  assign(path: string, count: number): void {
    const file = hashText(path);
    for (let index = 0; index < count; index++) {
      this.#keys[this.total++] = mixed(file, index);
    }
  }

  /** Enters what was reached since the last time, and begins again. */
  drain(features: Features): void {
    const words = Math.ceil(this.total / WORD_BYTES);
    for (let word = 0; word < words; word++) {
      if (this.#words[word] === 0) continue;
      for (let edge = word * WORD_BYTES; edge < (word + 1) * WORD_BYTES; edge++) {
        const count = this.#counts[edge] as number;
        if (count === 0) continue;
        const key = this.#keys[edge] as number;
        features.hit(FeatureKind.Edge, key);
        features.hit(FeatureKind.EdgeCount, mixed(key, bucketOf(count)));
      }
      this.#words[word] = 0;
    }
  }

  clear(): void {
    this.#counts.fill(0, 0, this.total);
  }
}
