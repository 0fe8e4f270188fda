/** Which clauses are judged on which targets, with which seeds. Pure: the same input, one plan. */
import { hashText } from '../../sim/kernel/random.ts';
import { type Clause, type Suite, clauseAddress } from '../clause.ts';
import type { Catalog, TargetEntry } from '../config.ts';
import { UsageError } from '../usage-error.ts';
import type { DriverFacts } from './driver-facts.ts';

export interface PlanItem {
  readonly driver: string;
  readonly driverUrl: string;
  readonly target: string;
  readonly address: string;
  readonly seed: number;
  readonly runs: number;
  readonly path?: string;
  /** The profile demands that it runs on this target. */
  readonly required?: boolean;
  /** The driver is a program, whose runs take wall time of their own: the watchdog waits longer. */
  readonly program?: true;
  /** Where only the verdict counts, a failing value is not made smaller. */
  readonly shrink?: false;
}

export interface Chosen {
  readonly manifest: DriverFacts;
  /** The driver as the user named it. */
  readonly reference: string;
  readonly url: string;
  readonly target: string;
}

export interface PlanOptions {
  readonly seed: number;
  /** Values that a property generates. */
  readonly runs: number;
  /** Addresses of clauses or suites; empty: everything that applies. */
  readonly filter: readonly string[];
  readonly path?: string;
}

export interface LocatedClause {
  readonly suite: Suite;
  readonly clause: Clause;
  readonly address: string;
}

export function allClauses(catalog: Catalog): LocatedClause[] {
  return catalog.suites.flatMap((suite) =>
    suite.clauses.map((clause) => ({ suite, clause, address: clauseAddress(suite, clause) })),
  );
}

/** @throws UsageError that names the targets */
export function targetEntry(catalog: Catalog, target: string): TargetEntry {
  const entry = Object.hasOwn(catalog.targets, target) ? catalog.targets[target] : undefined;
  if (entry !== undefined) return entry;
  const names = Object.keys(catalog.targets).toSorted().join(', ');
  throw new UsageError(`There is no target ${target}; there are ${names}.`);
}

/** Clauses that apply to this driver on this target. */
export function applicable(catalog: Catalog, manifest: { readonly class: string }, target: string) {
  const entry = targetEntry(catalog, target);
  return allClauses(catalog).filter(({ suite }) => {
    const { class: driverClass, device, bus } = suite.for;
    const classFits = driverClass === undefined || driverClass === manifest.class;
    const deviceFits = device === undefined || device === entry.device;
    return classFits && deviceFits && (bus === undefined || bus === (entry.bus ?? 'pci'));
  });
}

/**
 * @throws UsageError when a filter names nothing that exists; an empty plan when it names
 * clauses that do not apply here.
 */
export function makePlan(
  catalog: Catalog,
  chosen: readonly Chosen[],
  options: PlanOptions,
): PlanItem[] {
  refuseUnknown(catalog, options.filter);
  const plan = chosen.flatMap(({ manifest, url, target }) =>
    applicable(catalog, manifest, target)
      .filter(({ address }) => isChosen(address, options.filter))
      .map(({ address }) => ({
        driver: manifest.id,
        driverUrl: url,
        target,
        address,
        seed: itemSeed(address, options.seed),
        runs: options.runs,
        ...('command' in manifest ? { program: true as const } : {}),
        ...(options.path === undefined ? {} : { path: options.path }),
      })),
  );
  if (options.path !== undefined && plan.length !== 1) {
    throw new UsageError(
      `--path belongs to one property on one target, but ${plan.length} clauses are selected.`,
    );
  }
  return plan;
}

/** Depends on names alone: adding a clause does not shift the others. */
export function itemSeed(address: string, seed: number): number {
  return hashText(address, seed) >>> 0;
}

/** Whether a clause is named by its address, its suite's path, or the beginning of that. */
export function isChosen(address: string, filter: readonly string[]): boolean {
  if (filter.length === 0) return true;
  return filter.some((wanted) => address === wanted || address.startsWith(`${wanted}/`));
}

function refuseUnknown(catalog: Catalog, filter: readonly string[]): void {
  const addresses = allClauses(catalog).map(({ address }) => address);
  for (const wanted of filter) {
    if (addresses.some((address) => isChosen(address, [wanted]))) continue;
    const word = wanted.split('/').at(-1) ?? wanted;
    const near = addresses.filter((address) => address.includes(word)).slice(0, 3);
    const hint = near.length > 0 ? ` Did you mean ${near.join(', ')}?` : ' See dyno list clauses.';
    throw new UsageError(`There is no clause ${wanted}.${hint}`);
  }
}

/** Identity of a plan: what it would judge, with which seeds. */
export function planHash(items: readonly PlanItem[]): string {
  const word = (start: number) => {
    const hash = items.reduce(
      (sum, { driver, target, address, seed, runs, path = '' }) =>
        hashText(`${driver} ${target} ${address} ${seed} ${runs} ${path}`, sum),
      start,
    );
    return (hash >>> 0).toString(16).padStart(8, '0');
  };
  return word(1) + word(2);
}
