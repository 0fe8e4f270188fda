import { expect, it } from 'vitest';
import { World } from './world.ts';

it('gives each event its own time within one long advance', () => {
  const world = new World({ seed: 1, settle: () => Promise.resolve() });
  const seen: number[] = [];
  world.after(10, () => {
    seen.push(world.now);
    world.after(10, () => seen.push(world.now));
  });
  world.advance(100);
  expect(seen).toEqual([10, 20]);
  expect(world.now).toBe(100);
});
