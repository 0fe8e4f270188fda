/**
 * `npm run mutants`: judges mutants by the clauses that apply to them until each is caught and each
 * clause has caught one, and tells which catches which; with `--all`, by every clause. Arguments
 * name mutants or their folders (`edu`, `edu/no-acknowledge`); then idle clauses do not count,
 * unless `--idle` asks for them. `--by=block-device/recovery` has only these clauses judge.
 * `--remember` keeps which clause caught which, for the next time.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DeviceMutant, DriverMutant } from '../../../drivers-under-test/mutants/mutant.ts';
import type { Verdict } from '../../../reports/verdict.ts';
import { type Catalog, merge } from '../../config.ts';
import { builtIn } from '../../cli/catalog.ts';
import { loadDriver } from '../load.ts';
import { type PlanItem, allClauses, makePlan } from '../plan.ts';
import { judgeAll } from '../pool.ts';
import { mutantOfTarget, mutantTarget } from './address.ts';
import { Cells } from './cells.ts';
import { deviceMutants } from './device-mutants.ts';
import { driverMutants } from './driver-mutants.ts';
import { checkEdits, mutantUrl } from './hook.ts';
import { knownCatches, remember } from './known.ts';
import { type Cell, type Matrix, type MatrixMutant, buildMatrix } from './matrix.ts';
import config from './mutants.config.ts';
import { matrixExitCode, printMatrix } from './print.ts';
import { isSmoke } from './smoke.ts';

const SEED = 1;
/** Values that a property generates for each mutant. */
const RUNS = 20;
/** Clauses whose values are many and catch rarely. */
const MORE_RUNS: Readonly<Record<string, number>> = { 'uart-16550/faults/no-answer': 150 };
/** Fewer of clauses whose values are whole lives of a medium; cuts are told by their moments. */
const FEW_RUNS: Readonly<Record<string, number>> = { nvme: 8 };
/** No verdict without a mutant takes a fifth of it. */
const WATCHDOG_MS = 60_000;
const TOLD_EVERY = 100;
const FOLDER = 'reports/out';

/** Clauses about the driver on broken devices: they fail, but prove nothing about the device. */
const BLAME = '--blame';
const ALL = '--all';
const BY = '--by=';
const IDLE = '--idle';
const REMEMBER = '--remember';
const words = process.argv.slice(2);
const wanted = words.filter((word) => !word.startsWith('--'));
const named = words.filter((word) => word.startsWith(BY)).map((word) => word.slice(BY.length));
const by = named.length === 0 ? [] : [...named, 'mutants'];
const withBlame = words.includes(BLAME);
const isWanted = ({ id }: { readonly id: string }) =>
  wanted.length === 0 || wanted.some((name) => id === name || id.startsWith(`${name}/`));

const catalog: Catalog = merge(builtIn, config);
const chosenDrivers = driverMutants.filter(isWanted);
const chosenDevices = deviceMutants.filter(isWanted);

/** Every clause that applies to the driver on a target. */
async function itemsFor(
  driver: string,
  url: string,
  target: string,
  subject?: 'driver' | 'device',
): Promise<PlanItem[]> {
  const entry = catalog.drivers[driver];
  if (entry === undefined) throw new RangeError(`There is no driver ${driver}.`);
  const manifest = await loadDriver(entry.module);
  const options = { seed: SEED, runs: FEW_RUNS[driver] ?? RUNS, filter: by };
  const items = makePlan(catalog, [{ reference: driver, manifest, url, target }], options);
  return items
    .filter(
      ({ address }) =>
        subject === undefined ||
        (isSmoke(address) ? isSmoke(address, subject) : judges(address, subject)),
    )
    .map((item) => ({ ...item, runs: MORE_RUNS[item.address] ?? item.runs, shrink: false }));
}

const subjects = new Map(
  allClauses(catalog).map(({ address, clause }) => [address, clause.subject]),
);

function judges(address: string, subject: 'driver' | 'device'): boolean {
  const judged = subjects.get(address);
  return judged === subject || judged === 'pair' || (withBlame && subject === 'device');
}

/** On one target: one defect needs one place to show. */
async function driverItems(mutant: DriverMutant): Promise<PlanItem[]> {
  const { module, targets } = catalog.drivers[mutant.driver] ?? { module: '', targets: [] };
  const isSimulated = (name: string) => catalog.targets[name]?.tier === 'simulated';
  const target = mutant.target ?? targets.find(isSimulated);
  if (target === undefined) throw new RangeError(`${mutant.driver} has no simulated target.`);
  const url = mutantUrl(module, mutant.id);
  return itemsFor(mutant.driver, url, mutantTarget(target, mutant), 'driver');
}

/** The driver that belongs on a target judges its broken devices. */
async function deviceItems(mutant: DeviceMutant): Promise<PlanItem[]> {
  const found = Object.entries(catalog.drivers).find(([, { targets }]) =>
    targets.includes(mutant.target),
  );
  if (found === undefined) throw new RangeError(`No driver is certified on ${mutant.target}.`);
  const [driver, { module }] = found;
  return itemsFor(driver, module, mutantTarget(mutant.target, mutant), 'device');
}

/**
 * Without a mutant: of drivers that have any, for themselves or their devices. What others wrote
 * may fail clauses about drivers.
 */
async function healthyItems(): Promise<PlanItem[]> {
  const items = Object.entries(catalog.drivers).flatMap(
    ([driver, { module, targets, thirdParty }]) =>
      (hasMutants(driver) ? targets : [])
        .filter((target) => catalog.targets[target]?.tier === 'simulated')
        .map((target) => itemsFor(driver, module, target, thirdParty ? 'device' : undefined)),
  );
  return (await Promise.all(items)).flat();
}

function hasMutants(driver: string): boolean {
  const targets = catalog.drivers[driver]?.targets ?? [];
  return (
    chosenDrivers.some((mutant) => mutant.driver === driver) ||
    chosenDevices.some(({ target }) => targets.includes(target))
  );
}

function asCell({ target, clause, verdict, cause, failure, reason, wallMs }: Verdict): Cell {
  return {
    mutant: mutantOfTarget(target),
    clause,
    verdict,
    ...(cause === undefined ? {} : { cause }),
    rules: [...new Set(failure?.violations.map(({ rule }) => rule) ?? [])],
    message: failure?.message ?? reason ?? '',
    wallMs,
  };
}

async function judged(cells: Cells): Promise<Cell[]> {
  const heard: Cell[] = [];
  // What is known by then is told and remembered.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => cells.stop());
  await judgeAll(cells.items(), {
    setup: {
      configPath: fileURLToPath(new URL('./mutants.config.ts', import.meta.url)),
      references: {},
      command: 'dyno',
      seed: SEED,
      twice: false,
    },
    workers: availableParallelism(),
    watchdogMs: WATCHDOG_MS,
    onVerdict: (verdict) => {
      const cell = asCell(verdict);
      heard.push(cell);
      cells.heard(cell);
      if (heard.length % TOLD_EVERY === 0) process.stderr.write(`${cells.progress()}\n`);
    },
    onCoverage: () => {},
  });
  return heard;
}

function asMatrixMutants(): MatrixMutant[] {
  return [
    ...chosenDrivers.map(({ id, what, bugClass, expected, noSmoke }) => ({
      id,
      subject: 'driver' as const,
      what,
      bugClass,
      expected,
      ...(noSmoke === undefined ? {} : { noSmoke }),
    })),
    ...chosenDevices.map(({ id, what, noSmoke }) => ({
      id,
      subject: 'device' as const,
      what,
      expected: [],
      ...(noSmoke === undefined ? {} : { noSmoke }),
    })),
  ];
}

async function main(): Promise<Matrix> {
  checkEdits([...chosenDrivers, ...chosenDevices]);
  const healthy = await healthyItems();
  const lists = await Promise.all([
    ...chosenDrivers.map(driverItems),
    ...chosenDevices.map(deviceItems),
  ]);
  const mutants = asMatrixMutants();
  const candidates = mutants.map((mutant, index) => ({ mutant, items: lists[index] ?? [] }));
  const planned = new Set(
    [healthy, ...lists].flatMap((list) => list.map(({ address }) => address)),
  );
  const clauses = allClauses(catalog)
    .filter(({ address }) => planned.has(address))
    .map(({ clause, address }) => ({ address, subject: clause.subject }));
  const seekIdle = wanted.length === 0 || words.includes(IDLE);
  const all = words.includes(ALL);
  const matrix = buildMatrix({
    mutants,
    clauses,
    rules: catalog.rules.map(({ id }) => id),
    isSmoke,
    cells: await judged(
      new Cells({ healthy, candidates, known: knownCatches(), clauses, isSmoke, all, seekIdle }),
    ),
  });
  if (wanted.length === 0 && by.length === 0) return matrix;
  return { ...matrix, idleRules: [], outOfReach: [], ...(seekIdle ? {} : { idle: [] }) };
}

const began = performance.now();
const matrix = await main();
const seconds = (performance.now() - began) / 1000;
mkdirSync(FOLDER, { recursive: true });

const file = join(FOLDER, 'mutants.json');
writeFileSync(file, `${JSON.stringify(matrix, null, 1)}\n`);
if (words.includes(REMEMBER)) {
  remember(matrix, new Set([...driverMutants, ...deviceMutants].map(({ id }) => id)));
}
const without = Object.keys(catalog.drivers).filter((driver) => !hasMutants(driver));
if (wanted.length === 0 && without.length > 0) {
  process.stdout.write(
    `Drivers without mutants: ${without.join(', ')}; what only they run is not told.\n\n`,
  );
}
process.stdout.write(`${printMatrix(matrix)}\n\n${seconds.toFixed(1)} s; all of it: ${file}\n`);
process.exitCode = matrixExitCode(matrix);
