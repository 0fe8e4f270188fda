/** The one line that shows a failure again. */
import { quoted } from './invocation.ts';
import type { WorkerSetup } from './messages.ts';
import type { PlanItem } from './plan.ts';

export function reproduceLine(
  setup: Pick<WorkerSetup, 'command' | 'references' | 'seed' | 'configPath'>,
  item: Pick<PlanItem, 'driver' | 'target' | 'address'>,
  path: string | undefined,
): string {
  const words = [setup.references[item.driver] ?? item.driver, item.address];
  words.push('--target', item.target, '--seed', String(setup.seed));
  if (path !== undefined) words.push('--path', path);
  if (setup.configPath !== undefined) words.push('--config', setup.configPath);
  return `${setup.command} run ${words.map(quoted).join(' ')}`;
}
