/**
 * `npm run bugclasses`: is a defect of every class of bugs found, how soon, and how small does what
 * is found get? `-- BC-12 BC-20 --seeds 3` for some of them; `--executions` and `--plain` are how
 * many runs the search and plain fast-check have; `--no-healthy` leaves out the drivers without a
 * defect. Times are of one core.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { driverMutants } from '../../runner/mutants/driver-mutants.ts';
import { Benches } from './bench.ts';
import { type Budgets, type Row, measure } from './measure.ts';
import { HEAD, type Healthy, failures, healthyLine, rowLine, summary } from './print.ts';
import { seek } from './seek.ts';
import { BUG_CLASSES, type BugClass, NOT_HERE } from './table.ts';

const FOLDER = 'reports/out';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    seeds: { type: 'string', default: '10' },
    executions: { type: 'string', default: '2000' },
    plain: { type: 'string', default: '2000' },
    healthy: { type: 'boolean', default: true },
  },
});

const budgets: Budgets = {
  seeds: Number(values.seeds),
  executions: Number(values.executions),
  plain: Number(values.plain),
};
const chosen = BUG_CLASSES.filter(({ id }) => positionals.length === 0 || positionals.includes(id));

async function rowsOf(benches: Benches): Promise<Row[]> {
  const rows: Row[] = [];
  for (const bug of chosen) {
    const row = await measure(bug, await benches.ofMutant(bug.mutant), budgets);
    process.stderr.write(`${rowLine(row)}\n`);
    rows.push(row);
  }
  return rows;
}

/** What finds so much must be silent where there is nothing to be found. */
async function healthyOf(benches: Benches, rows: readonly Row[]): Promise<Healthy[]> {
  const found: Healthy[] = [];
  for (const driver of driversOf(chosen)) {
    const bench = await benches.ofDriver(driver);
    const most = budgetOf(driver, rows);
    const alarms: string[] = [];
    let executions = 0;
    let ms = 0;
    for (let seed = 1; seed <= budgets.seeds; seed++) {
      const sought = await seek(bench, seed, most);
      executions += sought.executions;
      ms += sought.ms;
      if (sought.failure !== undefined) alarms.push(sought.failure.signature);
    }
    const healthy = { driver, executions, ms, alarms };
    process.stderr.write(`${healthyLine(healthy)}\n`);
    found.push(healthy);
  }
  return found;
}

/** As many executions as any defect of the driver took to be found. */
function budgetOf(driver: string, rows: readonly Row[]): number {
  const own = rows.filter(({ mutant }) => driverOf(mutant) === driver);
  return Math.max(...own.map(({ maxExecutions }) => maxExecutions));
}

function driverOf(mutant: string): string | undefined {
  return driverMutants.find(({ id }) => id === mutant)?.driver;
}

function driversOf(bugs: readonly BugClass[]): string[] {
  const drivers = bugs.map(({ mutant }) => driverOf(mutant));
  return [...new Set(drivers)].filter((driver) => driver !== undefined);
}

const benches = new Benches();
const rows = await rowsOf(benches);
const healthy = values.healthy ? await healthyOf(benches, rows) : [];
const broken = failures(rows, healthy);
mkdirSync(FOLDER, { recursive: true });
const file = join(FOLDER, 'bugclasses.json');
writeFileSync(file, `${JSON.stringify({ budgets, rows, healthy, notHere: NOT_HERE }, null, 1)}\n`);
process.stdout.write(
  [
    HEAD,
    ...rows.map(rowLine),
    ...healthy.map(healthyLine),
    ...Object.entries(NOT_HERE).map(([id, why]) => `${id}: not here: ${why}`),
    summary(rows),
    ...broken,
    `All of it: ${file}`,
    '',
  ].join('\n'),
);
process.exit(broken.length === 0 ? 0 : 1);
