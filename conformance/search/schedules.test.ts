import { describe, expect, test } from 'vitest';
import { Random } from '../../sim/kernel/random.ts';
import type { Schedule } from '../../sim/kernel/schedule.ts';
import { type Order, deviationsOf, following, scheduleOf, someOrder } from './schedules.ts';
import { SEEDS, median } from './toys.fixture.ts';

/**
 * Whether a late event lands after all `length` steps of another chain, each of which makes the
 * next one runnable (the shape of `fuzzing.md`, 1.5).
 */
function landsLast(schedule: Schedule, length: number): { last: boolean; choices: number[] } {
  const chain = {};
  const event = {};
  const ready = [event, chain];
  const choices: number[] = [];
  let steps = 0;
  for (;;) {
    const choice = ready.length < 2 ? 0 : schedule.choose(ready.length, ready);
    if (ready.length > 1) choices.push(choice);
    const [who] = ready.splice(choice, 1);
    if (who === event) return { last: steps === length, choices };
    if (++steps < length) ready.push(chain);
  }
}

function firstRun(seed: number, length: number, order: (random: Random) => Order): number {
  for (let run = 1; run <= 3000; run++) {
    const schedule = scheduleOf(order(new Random(seed, `run ${run}`)));
    if (landsLast(schedule, length).last) return run;
  }
  return Infinity;
}

describe('schedules', () => {
  test('by priority hold one event back over 16 steps, where uniform choice does not', () => {
    const mixed = SEEDS.map((seed) => firstRun(seed, 16, (random) => someOrder(random, 16)));
    const uniform = SEEDS.map((seed) =>
      firstRun(seed, 16, (random) => ({ kind: 'uniform', seed: random.uint32() })),
    );
    expect(median(mixed)).toBeLessThanOrEqual(8);
    expect(Math.max(...mixed)).toBeLessThanOrEqual(50);
    expect(median(uniform)).toBe(Infinity);
  });

  test('are written down as deviations and followed from them', () => {
    const order: Order = { kind: 'uniform', seed: 3 };
    const { choices } = landsLast(scheduleOf(order), 40);
    expect(landsLast(following(deviationsOf(choices)), 40).choices).toEqual(choices);
    expect(deviationsOf([0, 2, 0, 1])).toEqual([
      { at: 1, take: 2 },
      { at: 3, take: 1 },
    ]);
  });

  test('are the default order where nothing is written or it no longer fits', () => {
    const schedule = following([
      { at: 1, take: 5 },
      { at: 2, take: 1 },
    ]);
    const origins = [{}, {}];
    expect([0, 1, 2, 3].map(() => schedule.choose(2, origins))).toEqual([0, 0, 1, 0]);
    expect(scheduleOf({ kind: 'in-order' }).choose(9, origins)).toBe(0);
  });

  test('let the one that goes fall behind in places', () => {
    const order: Order = { kind: 'priority', seed: 1, changes: 1, span: 8 };
    const schedule = scheduleOf(order);
    const origins = [{}, {}, {}];
    const chosen = Array.from({ length: 9 }, () => schedule.choose(3, origins));
    const turns = chosen.filter((choice, at) => at > 0 && choice !== chosen[at - 1]).length;
    expect(turns).toBeLessThanOrEqual(1);
    expect(new Set(chosen).size).toBeLessThanOrEqual(2);
  });

  test('let nobody poll for another that never goes', () => {
    for (let seed = 0; seed < 20; seed++) {
      const schedule = scheduleOf({ kind: 'priority', seed, changes: 0, span: 8 });
      const origins = [{}, {}];
      const chosen = Array.from({ length: 200 }, () => schedule.choose(2, origins));
      expect(new Set(chosen).size).toBe(2);
    }
  });

  test('come in every kind, and in none where there is nothing to choose', () => {
    const random = new Random(1, 'orders');
    const kinds = Array.from({ length: 100 }, () => someOrder(random, 30).kind);
    expect(new Set(kinds)).toEqual(new Set(['in-order', 'uniform', 'priority']));
    expect(someOrder(random, 0).kind).toBe('in-order');
  });
});
