/** Which devices can be compared, and the comparison that belongs to a certification. */
import type { Divergence } from '../../reports/verdict.ts';
import type { Catalog } from '../config.ts';
import type { DiffPlan } from '../divergence.ts';
import { eepromDiff } from '../generators/eeprom-programs.ts';
import { eduDiff } from '../generators/edu-programs.ts';
import { flashDiff } from '../generators/flash-programs.ts';
import { nvmeDiff } from '../generators/nvme-programs.ts';
import { sensorDiff } from '../generators/sensor-programs.ts';
import { diff } from '../runner/diff.ts';
import { invocation } from '../runner/invocation.ts';
import { targetEntry } from '../runner/plan.ts';
import { type Target, TargetUnavailable } from '../target.ts';
import { UsageError } from '../usage-error.ts';

/** By device. */
export const comparisons: Readonly<Record<string, DiffPlan>> = {
  '24cxx': eepromDiff,
  edu: eduDiff,
  nvme: nvmeDiff,
  'spi-nor': flashDiff,
  tmp105: sensorDiff,
};

/** Programs for two targets of a certification. */
const PROGRAMS = 300;

/** Makes both targets, and closes them afterwards. */
export async function withTargets<T>(
  catalog: Catalog,
  plan: DiffPlan,
  names: readonly [string, string],
  use: (targets: [Target, Target]) => Promise<T>,
): Promise<T> {
  const one = await make(catalog, names[0], plan);
  try {
    const other = await make(catalog, names[1], plan);
    try {
      return await use([one, other]);
    } finally {
      other.close();
    }
  } finally {
    one.close();
  }
}

async function make(catalog: Catalog, name: string, plan: DiffPlan): Promise<Target> {
  const entry = catalog.targets[name];
  if (entry === undefined) throw new UsageError(`There is no target ${name}; see dyno list.`);
  if (entry.device !== plan.device) {
    throw new UsageError(`${name} is no ${plan.device}, but a ${entry.device}.`);
  }
  return entry.make({ onChild: () => {} });
}

/** The command that shows a divergence again. */
export function reproduceDiff(device: string, [one, other]: readonly [Target, Target]) {
  const command = `${invocation()} diff ${device} --targets ${one.name},${other.name}`;
  return (seed: number, path: string | undefined): string =>
    `${command} --seed ${seed}${path === undefined ? '' : ` --path ${path}`}`;
}

/** Parts of one family that are simulated need not be alike; what others made of one should be. */
function comparable(catalog: Catalog, one: string, other: string): boolean {
  const [first, second] = [targetEntry(catalog, one), targetEntry(catalog, other)];
  return first.tier !== second.tier && first.part === second.part;
}

/**
 * Compares each target with the first one before it that can be compared. A target that is not
 * there is reported by its clauses.
 */
export async function compareAll(
  catalog: Catalog,
  names: readonly string[],
  seed: number,
  onDivergence: (divergence: Divergence) => void,
): Promise<void> {
  for (const [device, plan] of Object.entries(comparisons)) {
    const all = names.filter((name) => catalog.targets[name]?.device === device);
    for (const [index, other] of all.entries()) {
      const first = all.slice(0, index).find((name) => comparable(catalog, name, other));
      if (first === undefined) continue;
      try {
        await withTargets(catalog, plan, [first, other], (targets) =>
          diff({
            plan,
            targets,
            runs: PROGRAMS,
            seed,
            reproduce: reproduceDiff(device, targets),
            onDivergence,
          }),
        );
      } catch (error) {
        if (!(error instanceof TargetUnavailable)) throw error;
      }
    }
  }
}
