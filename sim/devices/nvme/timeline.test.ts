import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Timeline } from './timeline.ts';

test('what is taken comes by time, and by order where times are equal', () => {
  const steps = fc.array(fc.oneof(fc.nat(20), fc.constant('take'), fc.constant('remove')));
  fc.assert(
    fc.property(steps, (all) => {
      const timeline = new Timeline<{ due: number; order: number }>();
      let reference: { due: number; order: number }[] = [];
      for (const step of all) {
        if (typeof step === 'number') {
          const item = { due: 0, order: 0 };
          timeline.add(item, step);
          reference.push(item);
          reference.sort((a, b) => a.due - b.due || a.order - b.order);
        } else if (step === 'take' && timeline.length > 0) {
          expect(timeline.first).toBe(reference[0]);
          expect(timeline.take()).toBe(reference.shift());
        } else if (step === 'remove') {
          const middle = reference[Math.floor(reference.length / 2)];
          const isThere = middle !== undefined;
          expect(timeline.remove(middle ?? { due: 0, order: 0 })).toBe(isThere);
          reference = reference.filter((each) => each !== middle);
        }
        expect(timeline.length).toBe(reference.length);
      }
    }),
  );
});
