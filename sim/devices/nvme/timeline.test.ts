import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Timeline } from './timeline.ts';

interface Item {
  due: number;
  order: number;
}

type Outcome = Item | boolean | undefined;

/** A second opinion: a sorted array. */
class SortedItems {
  items: Item[] = [];

  /** `item` has its place already. */
  add(item: Item): void {
    this.items.push(item);
    this.items.sort((a, b) => a.due - b.due || a.order - b.order);
  }

  remove(item: Item): boolean {
    const { length } = this.items;
    this.items = this.items.filter((each) => each !== item);
    return this.items.length < length;
  }
}

const steps = fc.array(fc.oneof(fc.nat(20), fc.constant('take'), fc.constant('remove')));

test('what is taken comes by time, and by order where times are equal', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const timeline = new Timeline<Item>();
      const sorted = new SortedItems();
      const seen: Outcome[] = [];
      const expected: Outcome[] = [];
      for (const step of all) {
        const first = sorted.items[0];
        const middle = sorted.items[Math.floor(sorted.items.length / 2)] ?? { due: 0, order: 0 };
        if (typeof step === 'number') {
          const item = { due: 0, order: 0 };
          timeline.add(item, step);
          sorted.add(item);
        } else if (step === 'remove') {
          seen.push(timeline.remove(middle));
          expected.push(sorted.remove(middle));
        } else if (first !== undefined) {
          seen.push(timeline.first, timeline.take());
          expected.push(first, first);
          sorted.remove(first);
        }
      }
      expect(seen).toEqual(expected);
      expect(timeline.length).toBe(sorted.items.length);
    }),
  );
});
