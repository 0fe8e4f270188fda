/** Operations of the edu driver: through client, queue, host, bus, model, rules and coverage. */
import { builtIn } from '../conformance/cli/catalog.ts';
import { loadDriver } from '../conformance/runner/load.ts';
import { Scene } from '../conformance/scene.ts';
import type { EduDevice } from '../drivers-under-test/host/classes/edu-device.ts';
import { type Figure, bestAsync } from './measure.ts';

const OPERATIONS = 100_000;

export async function eduFigures(): Promise<Figure[]> {
  const identify = await perSecond((driver) => driver.identify());
  const liveness = await perSecond((driver, index) => driver.checkLiveness(index));
  const bar = { atLeast: 200e3, text: '200 k/s' };
  return [
    { what: 'edu: identify(), one register access', perSecond: identify, bar },
    { what: 'edu: checkLiveness(), two register accesses', perSecond: liveness, bar },
  ];
}

async function perSecond(operation: (driver: EduDevice, index: number) => unknown) {
  const manifest = await loadDriver(builtIn.drivers['edu']!.module);
  const target = await builtIn.targets['sim:edu']!.make({ onChild: () => {} });
  return bestAsync(OPERATIONS, async () => {
    const scene = new Scene({
      target,
      driver: manifest,
      seed: 1,
      rules: builtIn.rules,
      exercises: builtIn.exercises,
      settle: () => new Promise((resolve) => setImmediate(resolve)),
    });
    const end = await scene.world.run(async () => {
      const driver = await scene.start<EduDevice>();
      for (let index = 0; index < OPERATIONS; index++) await operation(driver, index);
      await scene.stop();
    });
    if (end.end !== 'returned') throw new Error(`The bench ended: ${end.end}`);
  });
}
