import { expect, it } from 'vitest';
import { World } from '../../sim/kernel/world.ts';
import { WallPace } from './wall-pace.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

it('takes 5 ms of wall time for 5 ms of world time', async () => {
  const world = new World({ seed: 1, settle, pace: new WallPace() });
  const began = performance.now();
  const end = await world.run(() => new Promise<void>((resolve) => world.after(5e6, resolve)));
  expect(end.end).toBe('returned');
  expect(performance.now() - began).toBeGreaterThanOrEqual(5);
});

it('goes on at once when something happens outside', async () => {
  const pace = new WallPace();
  const world = new World({ seed: 1, settle, pace });
  const end = await world.run(
    () =>
      new Promise<string>((resolve) => {
        world.after(60e9, () => resolve('late'));
        setImmediate(() => {
          world.ready(() => resolve('woken'));
          pace.wake();
        });
      }),
  );
  expect(end).toEqual({ end: 'returned', value: 'woken' });
});

it('tells a world that waits for nothing', async () => {
  const world = new World({ seed: 1, settle, pace: new WallPace(1) });
  expect(await world.run(() => new Promise(() => {}))).toEqual({ end: 'stuck' });
});
