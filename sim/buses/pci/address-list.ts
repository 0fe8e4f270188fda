/**
 * Things in order of their addresses, that come and go in great numbers and mostly at the upper
 * end. What goes is marked and swept later with others, so that neither costs more where there are
 * many.
 */

export interface Placed {
  readonly address: number;
  /** Set by the list. */
  gone: boolean;
}

/** Sweeping begins at so many that are gone, and when they outnumber the others. */
const GONE_MIN = 64;

export class AddressList<T extends Placed> {
  #items: T[] = [];
  #gone = 0;

  /** How many are here. */
  get length(): number {
    return this.#items.length - this.#gone;
  }

  /** The last in order, though it may be gone; undefined when there was none since the sweep. */
  get top(): T | undefined {
    return this.#items[this.#items.length - 1];
  }

  /** After those at the same address, which are gone. */
  add(item: T): void {
    const { top } = this;
    // To splice it in is dear, and as a rule it comes last.
    if (top === undefined || top.address <= item.address) this.#items.push(item);
    else this.#items.splice(this.#after(item.address), 0, item);
  }

  /** It must be here. */
  remove(item: T): void {
    item.gone = true;
    this.#gone++;
    if (this.#gone >= GONE_MIN && this.#gone > this.length) this.#sweep();
  }

  /** The last one that begins at or below an address. */
  atOrBelow(address: number): T | undefined {
    for (let index = this.#after(address) - 1; index >= 0; index--) {
      const item = this.#items[index] as T;
      if (!item.gone) return item;
    }
    return undefined;
  }

  /** In order. */
  all(): readonly T[] {
    this.#sweep();
    return this.#items;
  }

  #sweep(): void {
    if (this.#gone === 0) return;
    this.#items = this.#items.filter(({ gone }) => !gone);
    this.#gone = 0;
  }

  /** How many begin at or below an address, with those that are gone. */
  #after(address: number): number {
    const items = this.#items;
    let low = 0;
    let high = items.length;
    while (low < high) {
      const middle = (low + high - ((low + high) % 2)) / 2;
      if ((items[middle] as T).address <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
