/**
 * Seeded randomness (sfc32, Chris Doty-Humphrey's small fast counter), split by name: a new
 * consumer has a stream of its own and does not shift the others.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, name: string) {
    // Mixed, so that another seed is not the same as another first letter.
    let hash = hashText(name, mix(seed + 0x9e3779b9));
    const next = () => (hash = mix(hash + 0x9e3779b9));
    this.#a = next();
    this.#b = next();
    this.#c = next();
    for (let round = 0; round < 12; round++) this.uint32();
  }

  /** Uniform in 0 .. 2^32 - 1. */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Uniform in 0 .. count - 1; the bias of the multiplication is below 2^-21 for counts < 2^11. */
  below(count: number): number {
    return Math.floor((this.uint32() / 0x1_0000_0000) * count);
  }

  /** True in `numerator` of `denominator` cases. */
  chance(numerator: number, denominator: number): boolean {
    return this.below(denominator) < numerator;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.uint32() & 0xff);
  }
}

function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return hash ^ (hash >>> 15);
}

/** A 32-bit hash of text; stable across releases, since seeds on record depend on it. */
export function hashText(text: string, seed = 0): number {
  let hash = seed ^ 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = mix(hash ^ text.charCodeAt(at));
  return hash;
}
