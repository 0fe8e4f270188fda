/** What came of one scenario, for people. */
import { findingLines } from '../../reports/renderers/failure-text.ts';
import type { Outcome } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { formatScenario } from './text.ts';

/** @param reproduce the command that plays it again */
export function outcomeText(
  scenario: Scenario,
  { problem, hash }: Pick<Outcome, 'problem' | 'hash'>,
  reproduce: string,
): string {
  const { driver, target, steps } = scenario;
  const what = `${driver} on ${target}`;
  if (problem === undefined) {
    return `PASS ${what}: ${steps.length} steps, nothing is wrong with them (journal ${hash})`;
  }
  const { verdict, cause = 'no verdict', message, expected, seen } = problem;
  const { violations, journal, stack } = problem;
  const failure = {
    message,
    ...(expected === undefined ? {} : { expected }),
    ...(seen === undefined ? {} : { seen }),
    violations,
    journal,
    ...(stack === undefined ? {} : { stack }),
    reproduce,
  };
  const lines = formatScenario(scenario).trimEnd().split('\n');
  return findingLines(`${verdict.toUpperCase()} ${what} (${cause})`, lines, failure).join('\n');
}
