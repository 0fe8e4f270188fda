import { expect, it } from 'vitest';
import { builtIn } from '../cli/catalog.ts';
import { loadDriver } from '../runner/load.ts';
import { makeRunner } from './run-scenario.ts';
import { parseScenario } from './text.ts';

/** What the search found in our own drivers and in the host, as it was shrunk; all are mended. */
const FOUND = {
  'an interrupt status of all ones was taken for a device that is gone': `dyno scenario 1
model EduDevice
driver edu
target sim:edu
seed 1
fault lost-interrupt at=1
client 0 self-test bits=4294967295
client 0 factorial n=5
`,
  'a format that ended on the way to sleep let clients in again': `dyno scenario 1
model BlockDevice
driver nvme
target sim:nvme
seed 263
client 1 format blockBytes=512
client 3 sleep
client 3 read at=3 blocks=3 word=511 cut=0
`,
  'a sleep that the end of the driver overtook touched what was released': `dyno scenario 1
model BlockDevice
driver nvme
target sim:nvme
seed 184
client 0 read at=9 blocks=2 word=628 cut=1
client 3 reset-device
client 2 firmware words=1236
client 3 sleep
`,
  'the host put a function to sleep whose driver had stopped': `dyno scenario 1
model BlockDevice
driver nvme
target sim:nvme
seed 304
client 0 reset-device
client 0 write at=4 blocks=1 word=511 cut=128 fua=true
client 0 identity unit=0
client 0 sleep
`,
};

it.each(Object.entries(FOUND))('%s', async (_, text) => {
  const scenario = parseScenario(text, builtIn.models);
  const run = makeRunner({
    catalog: builtIn,
    driver: await loadDriver(builtIn.drivers[scenario.driver]!.module),
    target: await builtIn.targets[scenario.target]!.make({ onChild: () => {} }),
    model: builtIn.models[scenario.model]!,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  });
  expect((await run(scenario)).problem).toBeUndefined();
});
