import fc from 'fast-check';
import { expect, test } from 'vitest';
import { QueueSet } from './queue-set.ts';
import { CompletionQueue, SubmissionQueue } from './queues.ts';

function pair(size: number) {
  const queues = new QueueSet();
  const completions = new CompletionQueue({ id: 1, address: 0, size, vector: 1, interrupts: true });
  queues.addCompletion(completions);
  const submissions = new SubmissionQueue({ id: 1, address: 0, size, completions, priority: 0 });
  queues.addSubmission(submissions);
  return { queues, completions, submissions };
}

test('a tail may fill what is free and not one entry more', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 9 }), fc.array(fc.nat(10)), (size, tails) => {
      const { queues, submissions } = pair(size);
      let held = 0;
      for (const tail of tails) {
        const added = (tail - submissions.tail + size) % size;
        const legal = tail < size && added > 0 && held + added < size;
        expect(queues.moveTail(1, tail)).toBe(legal ? 'moved' : 'bad-value');
        if (legal) held += added;
        if (held > 1) {
          submissions.takeHead();
          held--;
        }
      }
    }),
  );
});

test('a head may free what was posted and not one entry more; phases turn with each round', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 9 }), fc.array(fc.nat(10)), (size, heads) => {
      const { queues, completions } = pair(size);
      let posted = 0;
      for (const head of heads) {
        const taken = (head - completions.head + size) % size;
        const legal = head < size && taken > 0 && taken <= completions.used;
        expect(queues.moveHead(1, head)).toBe(legal ? 'moved' : 'bad-value');
        if (completions.isFull) continue;
        expect(completions.phase).toBe(Math.floor(posted / size) % 2 === 0 ? 1 : 0);
        completions.advance();
        posted++;
      }
    }),
  );
});

test('a doorbell of no queue moves nothing', () => {
  const { queues, submissions } = pair(4);
  expect([queues.moveTail(2, 1), queues.moveHead(2, 1)]).toEqual(['no-queue', 'no-queue']);
  queues.removeSubmission(submissions);
  expect(queues.moveTail(1, 1)).toBe('no-queue');
  expect(queues.top).toBe(0);
});
