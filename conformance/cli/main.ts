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

common(program.command('certify'))
  .description('judge by the frozen profile; without a driver: all samples on their targets')
  .argument('[drivers...]', 'names from dyno list, folders with driver.ts, or files')
  .option('--resume', 'go on with the result file of a run that was cut off', false)
  .action(async (drivers: string[], options) => {
    const { certifyVerb } = await import('./certify.ts');
    process.exitCode = await certifyVerb(drivers, options);
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

const explain = program.command('explain').description('explain a clause, a rule or a match');
explain
  .command('match')
  .description('say which personality of a driver matches a target, and which key fails')
  .argument('<driver>')
  .argument('<target>')
  .option('--config <file>', 'configuration instead of ./dyno.config.ts')
  .action(async (driver: string, target: string, options) => {
    const { explainMatchVerb } = await import('./explain.ts');
    process.exitCode = await explainMatchVerb(driver, target, options);
  });
explain
  .command('clause', { isDefault: true })
  .description('say what a clause or rule demands, where that is written, and why')
  .argument('<id>', 'address of a clause, or id of a rule')
  .option('--config <file>', 'configuration instead of ./dyno.config.ts')
  .action(async (id: string, options) => {
    const { explainVerb } = await import('./explain.ts');
    process.exitCode = await explainVerb(id, options);
  });

program
  .command('doctor')
  .description('say what this machine can do: runtime, peers, permissions')
  .option('--config <file>', 'configuration instead of ./dyno.config.ts')
  .action(async (options) => {
    const { doctorVerb } = await import('./doctor.ts');
    process.exitCode = await doctorVerb(options);
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
