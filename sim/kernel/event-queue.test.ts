import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventQueue } from './event-queue.ts';

test('events come by time, equal times in the order made, cancelled ones never', () => {
  const operations = fc.array(fc.record({ time: fc.nat(20), cancelled: fc.boolean() }));
  fc.assert(
    fc.property(operations, (planned) => {
      const queue = new EventQueue();
      const taken: number[] = [];
      const events = planned.map(({ time }, index) => queue.add(time, () => taken.push(index)));
      planned.forEach(({ cancelled }, index) => {
        if (cancelled) events[index]?.cancel();
      });
      while (queue.nextTime() !== Infinity) queue.take().action?.();
      const expected = planned
        .map(({ time, cancelled }, index) => ({ time, cancelled, index }))
        .filter(({ cancelled }) => !cancelled)
        .toSorted((a, b) => a.time - b.time || a.index - b.index)
        .map(({ index }) => index);
      expect(taken).toEqual(expected);
    }),
  );
});

test('an empty queue is due never', () => {
  expect(new EventQueue().nextTime()).toBe(Infinity);
});
