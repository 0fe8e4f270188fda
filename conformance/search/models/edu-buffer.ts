/** What the buffer of an education device may hold, byte by byte, while copies overlap. */
import { ExpectationError, show } from '../../expect.ts';

interface Write {
  readonly from: number;
  /** Undefined: anything. */
  readonly bytes: Uint8Array | undefined;
  readonly began: number;
  /** Infinity while it may still happen. */
  ended: number;
}

export class EduBuffer {
  readonly #writes: Write[] = [{ from: 0, bytes: undefined, began: -1, ended: -1 }];
  #clock = 0;

  /** The moment, as copies count them. */
  get now(): number {
    return this.#clock++;
  }

  begin(from: number, bytes: Uint8Array): { end(): void } {
    const write: Write = { from, bytes, began: this.#clock++, ended: Infinity };
    this.#writes.push(write);
    return { end: () => void (write.ended = this.#clock++) };
  }

  /** Whatever it held, it may hold something else now. */
  forget(): void {
    const now = this.#clock++;
    this.#writes.push({ from: 0, bytes: undefined, began: now, ended: now });
  }

  /** @throws ExpectationError when a copy that began then cannot have seen this */
  check(from: number, length: number, seen: Uint8Array, began: number): void {
    if (seen.length !== length) {
      throw new ExpectationError('the length of copyOut', String(length), String(seen.length));
    }
    for (let index = 0; index < length; index++) {
      const possible = this.#possible(from + index, began);
      if (possible === 'anything' || possible.has(seen[index] ?? -1)) continue;
      const list = [...possible].map(show).join(' or ');
      throw new ExpectationError(
        `a byte of the device buffer (${from + index})`,
        list,
        show(seen[index]),
      );
    }
  }

  /** Values of a byte that a read which began then may see. */
  #possible(at: number, began: number): ReadonlySet<number> | 'anything' {
    const here = this.#writes.filter((write) => valueAt(write, at) !== undefined);
    const done = here.filter((write) => write.ended < began);
    const last = Math.max(...done.map((write) => write.began));
    const values = new Set<number>();
    for (const write of here) {
      // Written over by one that began after it had ended, and ended before the read.
      if (write.ended < last) continue;
      const value = valueAt(write, at);
      if (value === 'anything') return value;
      if (value !== undefined) values.add(value);
    }
    return values;
  }
}

function valueAt({ from, bytes }: Write, at: number): number | 'anything' | undefined {
  return bytes === undefined ? 'anything' : bytes[at - from];
}
