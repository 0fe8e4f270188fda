/** Which clauses are judged on which targets, with which seeds. Pure: the same input, one plan. */
import { hashText } from '../../sim/kernel/random.ts';
import type { DriverManifest } from '../../drivers-under-test/host/manifest.ts';
import { type Clause, type Suite, clauseAddress } from '../clause.ts';
import type { Catalog } from '../config.ts';
import { UsageError } from '../usage-error.ts';

export interface PlanItem {
  readonly driver: string;
  readonly driverUrl: string;
  readonly target: string;
  readonly address: string;
  readonly seed: number;
  readonly runs: number;
  readonly path?: string;
}

export interface Chosen {
  readonly manifest: DriverManifest;
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

/** Clauses that apply to this driver on this target. */
export function applicable(catalog: Catalog, manifest: DriverManifest, target: string) {
  const entry = catalog.targets[target];
  if (entry === undefined) {
    const names = Object.keys(catalog.targets).toSorted().join(', ');
    throw new UsageError(`There is no target ${target}; there are ${names}.`);
  }
  return allClauses(catalog).filter(({ suite }) => {
    const { class: driverClass, device, bus } = suite.for;
    const classFits = driverClass === undefined || driverClass === manifest.class;
    const deviceFits = device === undefined || device === entry.device;
    return classFits && deviceFits && (bus === undefined || bus === 'pci');
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
  return chosen.flatMap(({ manifest, url, target }) =>
    applicable(catalog, manifest, target)
      .filter(({ address }) => isChosen(address, options.filter))
      .map(({ address }) => ({
        driver: manifest.id,
        driverUrl: url,
        target,
        address,
        // Depends on names alone: adding a clause does not shift the others.
        seed: hashText(address, options.seed) >>> 0,
        runs: options.runs,
        ...(options.path === undefined ? {} : { path: options.path }),
      })),
  );
}

function isChosen(address: string, filter: readonly string[]): boolean {
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
  const word = (seed: number) =>
    items
      .reduce(
        (hash, { driver, target, address, seed: own, runs }) =>
          hashText(`${driver} ${target} ${address} ${own} ${runs}`, hash),
        seed,
      )
      .toString(16)
      .replace('-', '')
      .padStart(8, '0');
  return word(1) + word(2);
}
