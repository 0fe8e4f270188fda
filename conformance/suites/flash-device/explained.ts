/**
 * What may be read from a flash after calls on a bus with faults: a byte is known, or it is not.
 *
 * There is no checksum on SPI. What a fault does to an answer only this answer pays for; a bit that
 * flips on the way to the flash makes another instruction, and after that nothing is known.
 */
import type { SpiFault } from '../../../sim/faults/spi-plan.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { ERASED } from './facts.ts';

const UNKNOWN = -1;

/** How far the traffic was at some moment; faults count by it. */
interface Place {
  readonly bytes: number;
  readonly transactions: number;
}

/** Counts what the faults count: bytes and transactions of the driver. */
export class Traffic {
  #bytes = 0;
  #transactions = 0;

  constructor(scene: Scene) {
    const { journal } = scene.world;
    journal.observe(EventKind.Command, (at) => {
      if (journal.addressAt(at) === 0) this.#transactions++;
      this.#bytes += journal.valueAt(at);
    });
    journal.observe(EventKind.Completion, (at) => void (this.#bytes += journal.valueAt(at)));
  }

  get place(): Place {
    return { bytes: this.#bytes, transactions: this.#transactions };
  }

  /** The faults that can have had a part in what happened since. */
  touching(faults: readonly SpiFault[], since: Place): SpiFault[] {
    const { bytes, transactions } = this.place;
    return faults.filter((fault) => {
      const first = fault.at - 1;
      switch (fault.kind) {
        case 'lost-transaction':
          return fault.at > since.transactions && fault.at <= transactions;
        case 'unplugged':
          return first < bytes;
        case 'flipped-bits':
          return first >= since.bytes && first < bytes;
        case 'floating-data':
          return first < bytes && first + fault.bytes > since.bytes;
      }
    });
  }
}

/** Whether the flash may have heard something else than what was said. */
export const isWild = (fault: SpiFault): boolean =>
  fault.kind === 'flipped-bits' && fault.onlyAnswers !== true;

export class Contents {
  readonly #bytes: Int16Array;

  constructor(length: number) {
    this.#bytes = new Int16Array(length).fill(ERASED);
  }

  get length(): number {
    return this.#bytes.length;
  }

  forget(from = 0, length = this.length): void {
    this.#bytes.fill(UNKNOWN, from, from + length);
  }

  erase(from: number, length: number): void {
    this.#bytes.fill(ERASED, from, from + length);
  }

  program(from: number, bytes: Uint8Array): void {
    bytes.forEach((byte, index) => {
      const before = this.#bytes[from + index] ?? UNKNOWN;
      this.#bytes[from + index] = before === UNKNOWN ? UNKNOWN : before & byte;
    });
  }

  /** @throws ExpectationError naming the first byte that nothing explains */
  explains(from: number, seen: Uint8Array, what: string): void {
    seen.forEach((byte, index) => {
      const known = this.#bytes[from + index] ?? UNKNOWN;
      if (known !== UNKNOWN) expect.equal(byte, known, `${what}, byte ${from + index}`);
    });
  }
}
