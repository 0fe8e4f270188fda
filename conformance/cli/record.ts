/** `dyno record`: one scene, whole, as a trace. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EXIT } from '../../reports/summary.ts';
import { FORMATS, formatOfName } from '../../traces/files/formats.ts';
import { STANDARD, TraceWriter } from '../../traces/files/trace-file.ts';
import type { Manifest } from '../../drivers-under-test/host/manifest.ts';
import type { Catalog } from '../config.ts';
import { driverModule, loadCatalog, loadDriver } from '../runner/load.ts';
import { applicable, isChosen, itemSeed, targetEntry } from '../runner/plan.ts';
import { type Recording, SIMPLE_IO, record } from '../runner/record.ts';
import { packageVersion } from '../runner/version.ts';
import { UsageError } from '../usage-error.ts';

export interface RecordOptions {
  target: string;
  clause?: string;
  out?: string;
  seed: number;
  config?: string;
}

const FOLDER = 'reports/out';

export async function recordVerb(reference: string, options: RecordOptions): Promise<number> {
  const catalog = await loadCatalog(options.config);
  const entry = targetEntry(catalog, options.target);
  const driver = await loadDriver(driverModule(catalog, reference));
  const { clause, address } = clauseOf(catalog, driver, options);
  const out = options.out ?? join(FOLDER, `${driver.id}-${options.target}.dyno`.replace(':', '-'));
  const format = formatOfName(out) ?? FORMATS[0];
  if (format?.encoder === undefined) throw new UsageError(`${out}: this format is only read.`);
  const target = await entry.make({ onChild: () => {} });
  let writer: TraceWriter | undefined;
  let recording: Recording;
  try {
    recording = await record({
      catalog,
      driver,
      target,
      clause,
      seed: itemSeed(address, options.seed),
      tool: `driver-dyno ${packageVersion()}`,
      how: commandOf(driver, options),
      date: new Date().toISOString().slice(0, 10),
      settle: () => new Promise((resolve) => setImmediate(resolve)),
      begin: (header) => {
        if (out !== STANDARD) mkdirSync(dirname(out), { recursive: true });
        writer = new TraceWriter(out, format, header);
      },
      take: (batch) => writer?.write(batch),
    });
    writer?.end(recording.footer);
  } finally {
    target.close();
  }
  return told(recording, out);
}

/** The clause that is named, or simple I/O. @throws UsageError */
function clauseOf(catalog: Catalog, driver: Manifest, { clause, target }: RecordOptions) {
  if (clause === undefined) return { clause: SIMPLE_IO, address: SIMPLE_IO.id };
  const found = applicable(catalog, driver, target).filter(({ address }) =>
    isChosen(address, [clause]),
  );
  const [one, another] = found;
  if (one !== undefined && another === undefined) return one;
  const why = one === undefined ? 'applies to this driver there' : 'is named by it alone';
  throw new UsageError(`No clause ${clause} ${why}; see dyno list clauses.`);
}

function commandOf({ id }: Manifest, { target, clause, seed }: RecordOptions): string {
  const words = ['dyno record', id, '--target', target, '--seed', String(seed)];
  return [...words, ...(clause === undefined ? [] : ['--clause', clause])].join(' ');
}

function told({ footer, problem }: Recording, out: string): number {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  say(`${out}: ${footer.events} events, journal ${footer.journalHash}`);
  if (problem === undefined) return EXIT.pass;
  say(`dyno: the scene did not end well (${problem.verdict}): ${problem.message}`);
  return problem.verdict === 'fail' ? EXIT.fail : EXIT.inconclusive;
}
