import { expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../sim/kernel/world.ts';
import { builtIn } from '../../cli/catalog.ts';
import { loadDriver } from '../../runner/load.ts';
import { Scene } from '../../scene.ts';
import type { SearchModel } from '../model.ts';
import type { Step } from '../scenario.ts';
import { Coverage } from './coverage.ts';
import { EdgeCounters } from './edge-counters.ts';
import { FeatureKind, Features } from './features.ts';

/** Simple I/O as a word. */
const rounds: SearchModel = {
  name: 'EduDevice',
  vocabulary: { steps: { round: { weight: 1, parameters: {} } }, faults: {}, answers: {} },
  start: {},
  play(scene, reach) {
    let started = false;
    return {
      async perform() {
        if (!started) await scene.start();
        started = true;
        await scene.simpleIO();
        reach('after a round');
      },
      finish() {},
      state: () => (started ? 'started' : 'new'),
    };
  },
};
const round: Step = { word: 'round', with: {}, client: 0 };

async function watcher() {
  const features = new Features();
  const coverage = new Coverage(features, new EdgeCounters());
  const model = coverage.watched(rounds);
  const driver = await loadDriver(builtIn.drivers['edu']!.module);
  const target = await builtIn.targets['sim:edu']!.make({ onChild() {} });
  const play = async (count: number): Promise<number[]> => {
    const scene = new Scene({
      target,
      driver,
      seed: 1,
      rules: builtIn.rules,
      exercises: builtIn.exercises,
      settle: () => new Promise((resolve) => setImmediate(resolve)),
    });
    const { perform } = model.play(scene, () => {});
    const end = await scene.world.run(async () => {
      for (let index = 0; index < count; index++) await perform(round);
      if (scene.started) await scene.stop();
    }, DEFAULT_LIMITS);
    expect(end.end).toBe('returned');
    coverage.end();
    return features.take();
  };
  return { features, play };
}

it('sees more in what does more, and nothing new in the same again', async () => {
  const { features, play } = await watcher();
  expect((await play(1)).length).toBeGreaterThan(10);
  expect(features.counts[FeatureKind.Operation]).toBe(1);
  expect(await play(1)).toEqual([]);
  await play(2);
  expect(features.counts[FeatureKind.Operation]).toBe(2);
  expect(features.counts[FeatureKind.State]).toBe(1);
  for (const kind of [FeatureKind.Traffic, FeatureKind.Field, FeatureKind.Rule]) {
    expect(features.counts[kind]).toBeGreaterThan(3);
  }
  expect(await play(2)).toEqual([]);
});

it('reaches the same by another way', async () => {
  const one = await watcher();
  const other = await watcher();
  const direct = await one.play(2);
  const stepwise = [...(await other.play(0)), ...(await other.play(2))];
  expect(new Set(stepwise)).toEqual(new Set(direct));
});
