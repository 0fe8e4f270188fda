#!/usr/bin/env node
/** The command `dyno`. Each verb is imported when it is used: the first line comes at once. */
import { enableCompileCache } from 'node:module';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { EXIT } from '../../reports/summary.ts';
import { packageVersion } from '../runner/version.ts';

enableCompileCache();

const program = new Command('dyno')
  .description('Put your driver on the dyno.')
  .version(packageVersion())
  .showHelpAfterError()
  .exitOverride();

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError('It must be a whole number from 0 on.');
  }
  return value;
}

const common = (command: Command) =>
  command
    .option('-t, --target <name...>', 'what to attach the driver to, such as sim:edu')
    .option('--seed <number>', 'seed of everything that is random', wholeNumber, 1)
    .option('--workers <number>', 'worker threads (default: one per core)', wholeNumber)
    .option('--watchdog <seconds>', 'wall time that one verdict may take', wholeNumber, 120)
    .option('--out <folder>', 'where the result and the report go', 'reports/out')
    .option('--config <file>', 'configuration instead of ./dyno.config.ts');

common(program.command('run'))
  .description('judge a driver by the clauses that apply to it, or by those named')
  .argument('<driver>', 'a name from dyno list, a folder with driver.ts, or a file')
  .argument('[clauses...]', 'more drivers of the list, or addresses of suites and clauses')
  .option('--runs <number>', 'values that a property generates', wholeNumber)
  .option('--path <path>', "judge one value of a property: fast-check's path to it")
  .option('--resume', 'go on with the result file of a run that was cut off', false)
  .option('--check-determinism', 'judge everything twice and compare the journals', false)
  .action(async (driver: string, clauses: string[], options) => {
    const { runVerb } = await import('./run.ts');
    process.exitCode = await runVerb([driver, ...clauses], options);
  });

program
  .command('list')
  .description('list drivers, targets, suites, clauses or rules')
  .argument('[what]', 'drivers, targets, suites, clauses, rules', 'all')
  .option('--config <file>', 'configuration instead of ./dyno.config.ts')
  .action(async (what: string, options) => {
    const { listVerb } = await import('./list.ts');
    process.exitCode = await listVerb(what, options);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.pass : EXIT.usage;
  } else {
    const { report } = await import('./failure.ts');
    process.exitCode = report(error);
  }
}
