/** Events through the world: eight timers that start themselves again. */
import { World } from '../sim/kernel/world.ts';
import { type Figure, bestAsync } from './measure.ts';

const EVENTS = 1_000_000;
const TIMERS = 8;

export async function worldFigures(): Promise<Figure[]> {
  const perSecond = await bestAsync(EVENTS, async () => {
    const world = new World({ seed: 1, settle: () => new Promise((done) => setImmediate(done)) });
    let left = EVENTS;
    const again = (delay: number) => () => {
      if (left-- > 0) world.after(delay, again(delay));
    };
    for (let timer = 0; timer < TIMERS; timer++) world.after(timer, again(10 + timer));
    await world.run(() => new Promise<void>(() => {}));
  });
  return [{ what: 'world: events, eight timers', perSecond, bar: { atLeast: 4e6, text: '4 M/s' } }];
}
