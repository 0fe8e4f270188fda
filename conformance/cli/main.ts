#!/usr/bin/env node
/** The command `dyno`. Each verb is imported when it is used: the first line comes at once. */
import { enableCompileCache } from 'node:module';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { packageVersion } from '../runner/version.ts';

enableCompileCache();

const program = new Command('dyno')
  .description('Put your driver on the dyno.')
  .version(packageVersion())
  .enablePositionalOptions()
  .showHelpAfterError('(dyno --help says what there is)')
  .exitOverride();

function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError('It must be a whole number from 0 on.');
  }
  return value;
}

function positive(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('It must be at least 1.');
  return value;
}

/** Timers take no more. */
const DURATION_MS_MAX = 500 * 3_600_000;
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** In milliseconds. */
function duration(text: string): number {
  const [, count = '0', unit = ''] = /^(\d+)([smh])$/.exec(text) ?? [];
  const value = Number(count) * (UNITS[unit] ?? 0);
  if (value > 0 && value <= DURATION_MS_MAX) return value;
  throw new InvalidArgumentError('It must be a time such as 90s, 10m or 8h, up to 500h.');
}

/** Given several times, or as a list with commas. */
function names(text: string, before: string[] = []): string[] {
  return [...before, ...text.split(',')];
}

const CONFIG = ['--config <file>', 'configuration instead of ./dyno.config.ts'] as const;

/** Options of every verb that judges. */
const judging = (command: Command) =>
  command
    .option(
      '-t, --target <name>',
      'what to attach the driver to, such as sim:edu (repeatable)',
      names,
    )
    .option('--workers <number>', 'worker threads (default: one per core)', positive)
    .option('--watchdog <seconds>', 'wall time that one verdict may take', positive, 120)
    .option('--out <folder>', 'where the result and the report go', 'reports/out')
    .option('--resume', 'go on with the result file of a run that was cut off', false)
    .option(...CONFIG);

/** The first line is there before anything heavy is loaded. */
async function begin(options: { out: string }): Promise<void> {
  process.stdout.write(`driver-dyno ${packageVersion()}\n`);
  const { endOnSignals } = await import('./interrupt.ts');
  endOnSignals(options.out);
}

judging(program.command('run'))
  .description('judge a driver by the clauses that apply to it, or by those named')
  .argument('<driver>', 'a name from dyno list, a folder with driver.ts, or a file')
  .argument('[clauses...]', 'more drivers of the list, or addresses of suites and clauses')
  .option('--seed <number>', 'seed of everything that is random', wholeNumber, 1)
  .option('--runs <number>', 'values that a property generates', positive)
  .option('--path <path>', "judge one value of a property: fast-check's path to it")
  .option('--check-determinism', 'judge everything twice and compare the journals', false)
  .action(async (driver: string, clauses: string[], options) => {
    await begin(options);
    const { runVerb } = await import('./run.ts');
    process.exitCode = await runVerb([driver, ...clauses], options);
  });

judging(program.command('certify'))
  .description('judge a driver by a frozen profile, whole; without a name: all samples')
  .argument('[driver]', 'a name from dyno list, a folder with driver.ts, or a file')
  .option('--profile <id>', 'a profile from dyno list (default: the first)')
  .action(async (driver: string | undefined, options) => {
    await begin(options);
    const { certifyVerb } = await import('./certify.ts');
    process.exitCode = await certifyVerb(driver, options);
  });

program
  .command('diff')
  .description('compare two targets of one device by random accesses')
  .argument('<device>', 'what is behind both, such as edu')
  .requiredOption('--targets <names>', 'two targets, such as sim:edu,qemu:edu')
  .option('--runs <number>', 'programs of accesses', wholeNumber, 300)
  .option('--seed <number>', 'seed of everything that is random', wholeNumber, 1)
  .option('--path <path>', "play one program: fast-check's path to it")
  .option('--out <folder>', 'where the result and the report go', 'reports/out')
  .option('--config <file>', 'configuration instead of ./dyno.config.ts')
  .action(async (device: string, options) => {
    const { diffVerb } = await import('./diff.ts');
    process.exitCode = await diffVerb(device, options);
  });

const TARGET = [
  '-t, --target <name>',
  'what to attach the driver to (default: its first)',
] as const;
const FUZZ_OUT = ['--out <folder>', 'where corpus and findings are', 'reports/out/fuzz'] as const;
const WORKERS = ['--workers <number>', 'worker threads (default: one per core)'] as const;
const PATIENCE = ['--watchdog <seconds>', 'wall time that one scenario may take'] as const;

const fuzz = program
  .command('fuzz')
  .description('look for failures of a driver, and make them small')
  .argument('<driver>', 'a name from dyno list, a folder with driver.ts, or a file')
  .option(...TARGET)
  .option('--time <duration>', 'for so long, such as 90s, 10m or 8h (default: 10m)', duration)
  .option('--runs <number>', 'so many scenarios: the same ones on any number of cores', positive)
  .option('--seed <number>', 'seed of everything that is random', wholeNumber, 1)
  .option(...WORKERS, positive)
  .option(...PATIENCE, positive, 20)
  .option('--shrink <executions>', 'what it may take to make one finding small', positive, 2000)
  .option('--resume', 'go on with a campaign that was cut off', false)
  .option('--corpus <folder>', 'scenarios that are played first, by driver', 'dyno-corpus')
  .option(...FUZZ_OUT)
  .option(...CONFIG)
  .action(async (driver: string, options) => {
    process.stdout.write(`driver-dyno ${packageVersion()}\n`);
    const { fuzzVerb } = await import('./fuzz.ts');
    process.exitCode = await fuzzVerb(driver, options);
  });

/** What campaigns have left of a driver on a target. */
const stored = (command: Command) =>
  command
    .argument('<driver>', 'a name from dyno list, a folder with driver.ts, or a file')
    .option(...TARGET)
    .option(...FUZZ_OUT)
    .option(...CONFIG);

stored(fuzz.command('list'))
  .description('list findings')
  .action(async (driver: string, options) => {
    const { fuzzListVerb } = await import('./fuzz-store.ts');
    process.exitCode = await fuzzListVerb(driver, options);
  });

stored(fuzz.command('export'))
  .description('print a finding as a Vitest test')
  .argument('<id>', 'of the finding, or its beginning')
  .option('--to <file>', 'write it there instead')
  .action(async (driver: string, id: string, options) => {
    const { fuzzExportVerb } = await import('./fuzz-store.ts');
    process.exitCode = await fuzzExportVerb(driver, id, options);
  });

stored(fuzz.command('merge'))
  .description('take scenarios of other campaigns or folders into the corpus')
  .argument('<folders...>', 'folders of campaigns, or of scenarios')
  .action(async (driver: string, folders: string[], options) => {
    const { fuzzMergeVerb } = await import('./fuzz-store.ts');
    process.exitCode = await fuzzMergeVerb(driver, folders, options);
  });

stored(fuzz.command('min'))
  .description('take out of the corpus what the rest of it reaches as well')
  .option(...WORKERS, positive)
  .option(...PATIENCE, positive, 20)
  .action(async (driver: string, options) => {
    const { fuzzMinVerb } = await import('./fuzz-store.ts');
    process.exitCode = await fuzzMinVerb(driver, options);
  });

program
  .command('replay')
  .description('play a scenario of the search again, or a trace: of a driver, of a device, or none')
  .argument('<file>', 'a scenario as dyno fuzz writes it, or a trace')
  .option('--as <part>', 'what a trace plays: driver, device, or nobody (rules look at it)')
  .option('-t, --target <name>', 'on another target than the one that it names')
  .option('--driver <driver>', 'with another driver than the one that it names')
  .option(...CONFIG)
  .action(async (file: string, options) => {
    const { replayVerb } = await import('./replay.ts');
    process.exitCode = await replayVerb(file, options);
  });

program
  .command('record')
  .description('play one scene and write down everything that happens in it')
  .argument('<driver>', 'a name from dyno list, a folder with driver.ts, or a file')
  .requiredOption('-t, --target <name>', 'what to attach the driver to, such as sim:edu')
  .option('--clause <address>', 'what to play (default: one round of simple I/O)')
  .option('--seed <number>', 'seed of everything that is random', wholeNumber, 1)
  .option('--out <file>', '.dyno for text, .dynob for volume, - for standard output')
  .option(...CONFIG)
  .action(async (driver: string, options) => {
    const { recordVerb } = await import('./record.ts');
    process.exitCode = await recordVerb(driver, options);
  });

program
  .command('migrate')
  .description('compare a new driver with the recording of an old one, phase by phase')
  .requiredOption('--from <trace>', 'the recording of the old driver')
  .requiredOption('--driver <driver>', 'the new one: a name from dyno list, or a folder')
  .option('-t, --target <name>', 'where the new one is asked for the same', 'sim:nvme')
  .option('--seed <number>', 'seed of everything that is random', wholeNumber, 1)
  .option(...CONFIG)
  .action(async (options) => {
    const { migrateVerb } = await import('./migrate.ts');
    process.exitCode = await migrateVerb(options);
  });

const trace = program.command('trace').description('look at recordings, and convert them');

/** Options of every verb that reads a trace. */
const reading = (command: Command) =>
  command
    .option('--from <format>', 'the format, where the file does not show it')
    .option('--first <part>', 'in a log of a whole machine: the device whose BARs are 0 to 5')
    .option('--device <name>', 'whose register maps decode it (default: as its header says)')
    .option(...CONFIG);

/** Options that choose events. */
const filtering = (command: Command) =>
  reading(command)
    .option('--kind <names>', 'only these kinds, such as read,write (repeatable)', names)
    .option('--register <names>', 'only accesses to these registers (repeatable)', names)
    .option('--field <name[=value]>', 'only accesses to registers with this field, or its value')
    .option('--after <time>', 'from then on: 1500, 1.5us, 2ms, 3s')
    .option('--before <time>', 'until then')
    .option('--contains <text>', 'only events with this text, or these bytes in hexadecimal');

filtering(trace.command('show'))
  .description('print the events; in a terminal, page by page')
  .argument('<file>', 'a trace, or - for standard input')
  .option('--start <number>', 'the first event', wholeNumber, 0)
  .option('--count <number>', 'events to print', wholeNumber)
  .option('--no-pager', 'print them all')
  .action(async (file: string, options) => {
    const { showVerb } = await import('./trace/show.ts');
    process.exitCode = await showVerb(file, options);
  });

reading(trace.command('stats'))
  .description('count events by kind and register, polls and silences')
  .argument('<file>', 'a trace, or - for standard input')
  .option('--json', 'as JSON', false)
  .action(async (file: string, options) => {
    const { statsVerb } = await import('./trace/stats.ts');
    process.exitCode = await statsVerb(file, options);
  });

reading(trace.command('convert'))
  .description('write a trace in another format')
  .argument('<file>', 'a trace, or - for standard input')
  .argument('<out>', 'where to: its ending names the format; - for standard output')
  .option('--to <format>', 'the format to write')
  .action(async (file: string, out: string, options) => {
    const { convertVerb } = await import('./trace/convert.ts');
    process.exitCode = await convertVerb(file, out, options);
  });

filtering(trace.command('minimise'))
  .description('leave out reads that only repeat the one before, and what is not chosen')
  .argument('<file>', 'a trace, or - for standard input')
  .argument('<out>', 'where to: its ending names the format; - for standard output')
  .option('--to <format>', 'the format to write')
  .option('--polls', 'keep reads that repeat', false)
  .action(async (file: string, out: string, options) => {
    const { minimiseVerb } = await import('./trace/convert.ts');
    process.exitCode = await minimiseVerb(file, out, options);
  });

reading(trace.command('mine'))
  .description('draft the register map that a trace shows, with the evidence, as a registers.ts')
  .argument('<file>', 'a trace, or - for standard input')
  .option(
    '--space <number>',
    'the BAR or other space (default: the one most accessed)',
    wholeNumber,
  )
  .option('--contradict', 'list what contradicts the declared map instead', false)
  .option('--json', 'as JSON', false)
  .action(async (file: string, options) => {
    const { mineVerb } = await import('./trace/mine.ts');
    process.exitCode = await mineVerb(file, options);
  });

filtering(trace.command('diff'))
  .description('compare two traces, whatever their times; exit code 1 where they differ')
  .argument('<left>')
  .argument('<right>')
  .option('--polls', 'count reads that only repeat the one before', false)
  .option('--lines <number>', 'lines to print', wholeNumber, 200)
  .action(async (left: string, right: string, options) => {
    const { diffVerb } = await import('./trace/diff.ts');
    process.exitCode = await diffVerb(left, right, options);
  });

program
  .command('list')
  .description('list drivers, targets, profiles, suites, clauses or rules')
  .argument('[what]', 'one of the lists (default: all)')
  .option('--json', 'as JSON', false)
  .option(...CONFIG)
  .action(async (what: string | undefined, options) => {
    const { listVerb } = await import('./list.ts');
    process.exitCode = await listVerb(what, options);
  });

const explain = program
  .command('explain')
  .description('say what a clause or a rule demands, why, and of whom')
  .argument('<id>', 'the address of a clause, or the id of a rule')
  .option(...CONFIG)
  .action(async (id: string, options) => {
    const { explainVerb } = await import('./explain.ts');
    process.exitCode = await explainVerb(id, options);
  });

explain
  .command('match')
  .description('say which key of a personality takes or refuses a device')
  .argument('<driver>', 'a name from dyno list, a folder with driver.ts, or a file')
  .argument('<target>', 'such as sim:edu')
  .option(...CONFIG)
  .action(async (driver: string, target: string, options) => {
    const { explainMatchVerb } = await import('./explain-match.ts');
    process.exitCode = await explainMatchVerb(driver, target, options);
  });

program
  .command('doctor')
  .description('say what this machine has, and what to install for more')
  .option(...CONFIG)
  .action(async (options) => {
    const { doctorVerb } = await import('./doctor.ts');
    process.exitCode = await doctorVerb(options);
  });

program
  .command('svd')
  .description('CMSIS-SVD files')
  .command('import')
  .description('print a peripheral as a registers.ts; what that cannot say goes to stderr')
  .argument('<file>', 'the SVD file')
  .option('--peripheral <name>', 'which peripheral')
  .option('--list', 'list the peripherals', false)
  .action(async (file: string, options) => {
    const { svdImportVerb } = await import('./svd.ts');
    process.exitCode = svdImportVerb(file, options);
  });

// A reader such as head that has enough is no error, and a run goes on without it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    const { report } = await import('./failure.ts');
    process.exitCode = report(error);
  }
}
