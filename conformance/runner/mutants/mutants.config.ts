/** What a worker needs to judge mutants: one target for each, and the hook that loads them. */
import { World } from '../../../sim/kernel/world.ts';
import type { DeviceMutant, DriverMutant } from '../../../drivers-under-test/mutants/mutant.ts';
import { builtIn } from '../../cli/catalog.ts';
import { type Catalog, type TargetContext, type TargetEntry, defineConfig } from '../../config.ts';
import type { Hardware, Target } from '../../target.ts';
import { mutantTarget } from './address.ts';
import { registerMutants, mutantUrl, rootUrl } from './hook.ts';
import { deviceMutants } from './device-mutants.ts';
import { driverMutants } from './driver-mutants.ts';
import { smoke } from './smoke.ts';

const CATALOG = rootUrl('conformance/cli/catalog.ts');

registerMutants([...driverMutants, ...deviceMutants]);

/** A driver mutant runs on the healthy machine; the target's name tells the mutants apart. */
function healthy(mutant: DriverMutant, base: string, entry: TargetEntry): [string, TargetEntry] {
  const name = mutantTarget(base, mutant);
  return [name, { ...entry, make: async (context) => ({ ...(await entry.make(context)), name }) }];
}

/** The machine of a mutated model, with the register maps that the healthy one declares. */
function broken(mutant: DeviceMutant): [string, TargetEntry] {
  const entry = builtIn.targets[mutant.target];
  if (entry === undefined) throw new RangeError(`Mutant ${mutant.id} names no known target.`);
  const name = mutantTarget(mutant.target, mutant);
  const make = async (context: TargetContext): Promise<Target> => {
    const original = await entry.make(context);
    const { maps } = original.open(new World({ seed: 1, settle: () => Promise.resolve() }));
    const catalog = (await import(mutantUrl(CATALOG, mutant.id))) as { builtIn: Catalog };
    const target = await catalog.builtIn.targets[mutant.target]!.make(context);
    const open = (world: World): Hardware => ({ ...target.open(world), maps, coverage: new Map() });
    return { ...target, name, open };
  };
  return [name, { ...entry, make }];
}

function entriesOf(mutant: DriverMutant): [string, TargetEntry][] {
  const { targets } = builtIn.drivers[mutant.driver] ?? { targets: [] };
  return targets.flatMap((base) => {
    const entry = builtIn.targets[base];
    return entry === undefined ? [] : [healthy(mutant, base, entry)];
  });
}

const ownTargets = Object.values(builtIn.drivers).flatMap(({ thirdParty, targets }) =>
  thirdParty === true ? [] : targets,
);

/** Programs that others wrote are no measure of our mutants where a driver of ours is, and slow. */
const others = Object.entries(builtIn.drivers)
  .filter(([, { thirdParty, targets }]) => {
    return thirdParty === true && targets.every((target) => ownTargets.includes(target));
  })
  .map(([name, entry]) => [name, { ...entry, targets: [] }] as const);

export default defineConfig({
  drivers: Object.fromEntries(others),
  targets: Object.fromEntries([...driverMutants.flatMap(entriesOf), ...deviceMutants.map(broken)]),
  suites: smoke,
});
