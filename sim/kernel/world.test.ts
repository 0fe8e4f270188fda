import { setImmediate as settled } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Completion } from './completion.ts';
import { Random } from './random.ts';
import { type Schedule, inOrder, randomly, replayed } from './schedule.ts';
import { Signal } from './signal.ts';
import { Abort, World, type WorldOptions } from './world.ts';

function world(options: Partial<WorldOptions> = {}): World {
  return new World({ seed: 1, settle: () => settled(), ...options });
}

/** Resolves after a time on the world's clock. */
function sleep(on: World, ns: number): Promise<void> {
  const done = new Completion<void>(on);
  on.after(ns, () => done.resolve());
  return done.promise;
}

describe('a run ends', () => {
  test('with what its task returns', async () => {
    expect(await world().run(() => 5)).toEqual({ end: 'returned', value: 5 });
  });

  test('with what its task returns after waiting, at that time', async () => {
    const w = world();
    const end = await w.run(async () => {
      await sleep(w, 300);
      await sleep(w, 50);
      return w.now;
    });
    expect(end).toEqual({ end: 'returned', value: 350 });
  });

  test.each([
    [
      'at once',
      () => {
        throw new Error('no');
      },
    ],
    ['later', () => Promise.reject(new Error('no'))],
  ])('with what its task throws %s', async (_, task) => {
    expect(await world().run(task)).toEqual({ end: 'threw', error: new Error('no') });
  });

  test('stuck, where nothing can happen any more', async () => {
    const w = world();
    const end = await w.run(async () => {
      await sleep(w, 10);
      await new Promise(() => {});
    });
    expect(end).toEqual({ end: 'stuck' });
  });

  test('over budget in a synchronous loop', async () => {
    const w = world();
    const end = await w.run(
      () => {
        for (;;) w.advance(10);
      },
      { virtualNs: 1000, events: 100 },
    );
    expect(end).toEqual({ end: 'over-budget', budget: 'virtual time' });
    expect(w.now).toBe(1000);
  });

  test('over budget though the driver catches what breaks it out', async () => {
    const w = world();
    const end = await w.run(
      () => {
        expect(() => w.advance(2000)).toThrow(Abort);
        return 'fine';
      },
      { virtualNs: 1000, events: 100 },
    );
    expect(end).toEqual({ end: 'over-budget', budget: 'virtual time' });
  });

  test('over budget in a loop that waits', async () => {
    const w = world();
    const forever = async () => {
      for (;;) await sleep(w, 1);
    };
    const end = await w.run(forever, { virtualNs: 1e9, events: 100 });
    expect(end).toEqual({ end: 'over-budget', budget: 'events' });
    expect(w.now).toBe(100);
  });

  test('over budget of time where the next event lies beyond', async () => {
    const w = world();
    const end = await w.run(() => sleep(w, 5000), { virtualNs: 1000, events: 100 });
    expect(end).toEqual({ end: 'over-budget', budget: 'virtual time' });
  });

  test('over budget where tasks make each other runnable for ever', async () => {
    const w = world();
    const again = () => w.ready(again);
    again();
    const end = await w.run(() => new Promise(() => {}), { virtualNs: 1e9, events: 50 });
    expect(end).toEqual({ end: 'over-budget', budget: 'events' });
  });
});

test('a world can run again after any end, with a budget of its own', async () => {
  const w = world();
  await w.run(() => sleep(w, 5000), { virtualNs: 1000, events: 100 });
  const end = await w.run(() => sleep(w, 10), { virtualNs: 1000, events: 100 });
  expect(end).toMatchObject({ end: 'returned' });
  expect(w.now).toBe(1010);
});

test('a world runs one task at a time', async () => {
  const w = world();
  const first = w.run(() => sleep(w, 10));
  await expect(w.run(() => 1)).rejects.toThrow('one task at a time');
  expect(await first).toMatchObject({ end: 'returned' });
});

test('events run by time, equal times in the order made, cancelled ones never', async () => {
  const w = world();
  const seen: string[] = [];
  w.after(20, () => seen.push('c'));
  w.after(10, () => seen.push('a'));
  w.after(10, () => seen.push('b'));
  w.after(10, () => seen.push('never')).cancel();
  await w.run(() => sleep(w, 30));
  expect(seen).toEqual(['a', 'b', 'c']);
});

test('events that fall due while a driver spends time happen inside', async () => {
  const w = world();
  const seen: [string, number][] = [];
  w.after(15, () => seen.push(['event', w.now]));
  await w.run(() => {
    w.advance(10);
    seen.push(['driver', w.now]);
    w.advance(10);
    seen.push(['driver', w.now]);
  });
  expect(seen).toEqual([
    ['driver', 10],
    ['event', 15],
    ['driver', 20],
  ]);
});

test('an event of an event has its own time too', () => {
  const w = world();
  const seen: number[] = [];
  w.after(10, () => {
    seen.push(w.now);
    w.after(10, () => seen.push(w.now));
  });
  w.advance(100);
  expect(seen).toEqual([10, 20]);
  expect(w.now).toBe(100);
});

test('streams of randomness go by name and do not shift each other', () => {
  const [a, b] = [world(), world()];
  b.random('faults').uint32();
  expect(a.random('schedule').uint32()).toBe(b.random('schedule').uint32());
  expect(a.random('x')).toBe(a.random('x'));
  expect(a.random('y').uint32()).toBe(new Random(1, 'y').uint32());
});

describe('the schedule', () => {
  async function order(schedule: Schedule): Promise<{ seen: number[]; choices: number[] }> {
    const w = world({ schedule });
    const seen: number[] = [];
    for (let task = 0; task < 6; task++) w.ready(() => seen.push(task));
    await w.run(() => sleep(w, 1));
    return { seen, choices: w.choices };
  }

  test('is first come, first served by default', async () => {
    expect((await order(inOrder)).seen).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('is recorded, and replayed from the record', async () => {
    const random = await order(randomly(new Random(5, 'schedule')));
    expect(random.seen).not.toEqual([0, 1, 2, 3, 4, 5]);
    expect(random.seen.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await order(replayed(random.choices))).toEqual(random);
  });

  test('replays a choice that no longer fits as the first', async () => {
    expect((await order(replayed([9, 1]))).seen).toEqual([0, 2, 1, 3, 4, 5]);
  });
});

test('a signal tells edges only', () => {
  const signal = new Signal();
  const heard: boolean[] = [];
  signal.onEdge((level) => heard.push(level));
  for (const level of [false, true, true, false]) signal.drive(level);
  expect(heard).toEqual([true, false]);
});
