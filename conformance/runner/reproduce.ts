/** The one line that shows a failure again. */
import type { PlanItem } from './plan.ts';

export function reproduceLine(
  driver: string,
  item: Pick<PlanItem, 'target' | 'address' | 'runs'>,
  seed: number,
  path: string | undefined,
): string {
  const where = path === undefined ? '' : ` --path ${path}`;
  return `dyno run ${driver} ${item.address} --target ${item.target} --seed ${seed}${where}`;
}
