/** Steps of commands that wait for their moment: a binary heap, so that nothing is allocated. */

export interface Timed {
  due: number;
  /** Equal times go in the order of this. */
  order: number;
}

export class Timeline<T extends Timed> {
  readonly #heap: T[] = [];
  #order = 0;

  get length(): number {
    return this.#heap.length;
  }

  get first(): T | undefined {
    return this.#heap[0];
  }

  add(item: T, due: number): void {
    item.due = due;
    item.order = this.#order++;
    const heap = this.#heap;
    let at = heap.length;
    heap.push(item);
    while (at > 0) {
      const parent = (at - 1 - ((at - 1) % 2)) / 2;
      const above = heap[parent] as T;
      if (!before(item, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = item;
  }

  /** The first in time; ask `length` before. */
  take(): T {
    const heap = this.#heap;
    const first = heap[0] as T;
    const last = heap.pop() as T;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  /** Takes one out, wherever it is; false when it is not here. */
  remove(item: T): boolean {
    const at = this.#heap.indexOf(item);
    if (at < 0) return false;
    const rest = this.#heap
      .filter((each) => each !== item)
      .toSorted((a, b) => (before(a, b) ? -1 : 1));
    this.#heap.splice(0, this.#heap.length, ...rest);
    return true;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  #sink(last: T): void {
    const heap = this.#heap;
    const { length } = heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      const right = child + 1;
      if (right < length && before(heap[right] as T, heap[child] as T)) child = right;
      const below = heap[child] as T;
      if (!before(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}

function before(a: Timed, b: Timed): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}
