/** A finding as a Vitest test of its own, for the repository of whoever mends it. */
import type { Scenario } from './scenario.ts';
import { formatScenario } from './text.ts';

export interface ExportedFailure {
  readonly message: string;
  readonly expected?: string | undefined;
  readonly seen?: string | undefined;
  /** Rules that were broken. */
  readonly rules?: readonly string[];
}

export interface ExportOptions {
  /** Where the test finds the driver's manifest: `./driver.ts`. */
  readonly driverModule: string;
  /** Where it finds the harness; default: the package. */
  readonly harness?: string;
}

const HARNESS = 'driver-dyno/vitest';
const LINE_MAX = 96;

/** The text of a file that fails today, and passes when the bug is mended. */
export function exportTest(
  scenario: Scenario,
  failure: ExportedFailure,
  { driverModule, harness = HARNESS }: ExportOptions,
): string {
  const { driver, target } = scenario;
  const title = `${driver} on ${target}: ${failure.message}`;
  return [
    '/**',
    ...comment(failure).map((line) => ` * ${line}`.trimEnd()),
    ' */',
    `import { test } from 'vitest';`,
    `import { expectScenario } from ${quoted(harness)};`,
    `import driver from ${quoted(driverModule)};`,
    '',
    `test(${quoted(title)}, async () => {`,
    '  await expectScenario(driver, `',
    ...formatScenario(scenario)
      .trimEnd()
      .split('\n')
      .map((line) => `    ${line.replaceAll(/[\\`]|\$\{/g, (found) => `\\${found}`)}`),
    '  `);',
    '});',
    '',
  ].join('\n');
}

function comment({ message, expected, seen, rules = [] }: ExportedFailure): string[] {
  const named = [
    ['Expected', expected],
    ['Seen', seen],
    ['Broken', rules.length === 0 ? undefined : rules.join(', ')],
  ] as const;
  return [
    message,
    ...named.flatMap(([name, text]) => (text === undefined ? [] : [`${name}: ${text}`])),
    '',
    'Found by the search of driver-dyno. Fails as long as the bug is there.',
  ].flatMap((text) => wrapped(text.replaceAll('*/', '* /')));
}

function wrapped(text: string): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1) ?? '';
    if (last.length > 0 && last.length + word.length >= LINE_MAX) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

function quoted(text: string): string {
  const escaped = text.replaceAll(/[\\']/g, (found) => `\\${found}`);
  return `'${escaped.replaceAll(/\s+/g, ' ')}'`;
}
