import { expect, test } from 'vitest';
import { Arbiter, Arbitration } from './arbitration.ts';
import { CompletionQueue, SubmissionQueue } from './queues.ts';

/** Who is served how often, in order, when every queue always has commands. */
function serve(arbiter: Arbiter, priorities: readonly number[], count: number, admin = false) {
  const completions = new CompletionQueue({
    id: 0,
    address: 0,
    size: 2,
    vector: 0,
    interrupts: true,
  });
  const queues = [0, ...priorities].map(
    (priority, id) => new SubmissionQueue({ id, address: 0, size: 2, completions, priority }),
  );
  const chosen = Array.from({ length: count }, () =>
    arbiter.choose(queues, queues.length - 1, (queue) => admin || queue.id > 0),
  );
  return chosen.map((queue) => queue?.id);
}

test('round robin serves a burst of each queue in turn, the admin queue like the others', () => {
  const arbiter = new Arbiter();
  arbiter.start(Arbitration.RoundRobin);
  arbiter.weights.burst = 1;
  expect(serve(arbiter, [0, 0], 8, true)).toEqual([1, 1, 2, 2, 0, 0, 1, 1]);
});

test('without a limit a queue is served until it is empty', () => {
  const arbiter = new Arbiter();
  arbiter.start(Arbitration.RoundRobin);
  expect(serve(arbiter, [0, 0], 5)).toEqual([1, 1, 1, 1, 1]);
});

test('the admin queue and the urgent class come first', () => {
  const arbiter = new Arbiter();
  arbiter.start(Arbitration.Weighted);
  expect(serve(arbiter, [1, 0], 2, true)).toEqual([0, 0]);
  expect(serve(arbiter, [1, 0, 3], 3)).toEqual([2, 2, 2]);
});

test('the weighted classes share by their weights', () => {
  const arbiter = new Arbiter();
  arbiter.start(Arbitration.Weighted);
  Object.assign(arbiter.weights, { high: 3, medium: 1, low: 0 });
  const served = serve(arbiter, [1, 2, 3], 14);
  const shares = [1, 2, 3].map((id) => served.filter((each) => each === id).length);
  expect(shares).toEqual([8, 4, 2]);
});

test('nothing is served where nothing is ready', () => {
  const arbiter = new Arbiter();
  for (const mechanism of [Arbitration.RoundRobin, Arbitration.Weighted]) {
    arbiter.start(mechanism);
    expect(arbiter.choose([undefined], 0, () => true)).toBeUndefined();
  }
});
