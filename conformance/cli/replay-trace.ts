/** `dyno replay` of a trace: what it plays, what was compared, and the first difference. */
import { EXIT } from '../../reports/summary.ts';
import { BLIND } from '../../traces/format/header.ts';
import { type Difference, type ReplayTally, TOLERANCES } from '../../traces/replay/tally.ts';
import { timeText } from '../../traces/view/event-text.ts';
import type { OpenTrace } from '../../traces/files/trace-file.ts';
import { type PlayedDriver, playDevice } from '../replay/play-device.ts';
import { type PlayedTrace, playDriver } from '../replay/play-driver.ts';
import { type PassiveReport, judgePassively } from '../replay/passive.ts';
import { driverModule, loadCatalog, loadDriver } from '../runner/load.ts';
import { targetEntry } from '../runner/plan.ts';
import { SIMPLE_IO } from '../runner/record.ts';
import { UsageError } from '../usage-error.ts';
import { knownDifferences } from './known-differences.ts';
import type { ReplayOptions } from './replay.ts';
import { batchesOf, mapsOf, openInput } from './trace/input.ts';
import { appliesTo } from '../rule.ts';

const SHOWN_MAX = 20;

export async function replayTraceVerb(file: string, options: ReplayOptions): Promise<number> {
  const part = options.as ?? partFor(options);
  const trace = openInput(file);
  const played = { header: trace.header, batches: batchesOf(file, trace) };
  if (part === 'nobody') {
    const { rules } = await loadCatalog(options.config);
    const { bus, device } = trace.header;
    const maps = await mapsOf(trace.header, options);
    const fitting = rules.filter((rule) => appliesTo(rule, device, bus));
    const report = judgePassively(played, fitting, maps);
    print([...subject(file, trace), ...passiveLines(report)]);
    return report.broken.length === 0 ? EXIT.pass : EXIT.fail;
  }
  if (part === 'device') return replayDevice(file, trace, played, options);
  if (part !== 'driver') {
    throw new UsageError(`A trace plays a driver, a device, or nobody, but no ${part}.`);
  }
  if (options.target === undefined) {
    throw new UsageError('A trace that plays the driver needs a device: say --target sim:nvme.');
  }
  const catalog = await loadCatalog(options.config);
  const target = await targetEntry(catalog, options.target).make({ onChild: () => {} });
  try {
    const tally = playDriver(played, target, knownDifferences[target.device]);
    print([...subject(file, trace, `, played on ${target.name}`), ...tallyLines(tally)]);
    return tally.different === 0 ? EXIT.pass : EXIT.fail;
  } finally {
    target.close();
  }
}

function partFor({ driver, target }: ReplayOptions): 'driver' | 'device' | 'nobody' {
  if (driver !== undefined) return 'device';
  return target === undefined ? 'nobody' : 'driver';
}

async function replayDevice(
  file: string,
  trace: OpenTrace,
  played: PlayedTrace,
  options: ReplayOptions,
): Promise<number> {
  if (options.driver === undefined) {
    throw new UsageError('A trace that plays the device needs a driver: say --driver nvme.');
  }
  const catalog = await loadCatalog(options.config);
  const driver = await loadDriver(driverModule(catalog, options.driver));
  const result = await playDevice(played, {
    catalog,
    driver,
    clause: SIMPLE_IO,
    maps: await mapsOf(trace.header, options),
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  });
  print([...subject(file, trace, `, as the device of ${driver.id}`), ...deviceLines(result)]);
  return result.divergence === undefined ? EXIT.pass : EXIT.fail;
}

function deviceLines({ asked, answered, repeated, divergence, problem }: PlayedDriver): string[] {
  const lines = [
    `${asked} accesses recorded, ${answered} done again; ${repeated} polls more than recorded`,
  ];
  if (problem !== undefined) lines.push(`The driver did not end well: ${problem.message}`);
  if (divergence === undefined) return [...lines, 'PASS: the driver does what was recorded'];
  const { event, where, expected, seen } = divergence;
  return [
    ...lines,
    `FAIL: the driver goes another way at event ${event}, ${where}`,
    `  recorded ${expected}`,
    `  seen     ${seen}`,
  ];
}

function subject(file: string, { header }: OpenTrace, how = ''): string[] {
  const { driver = 'an unknown driver', provenance, blind, target: recorded } = header;
  const device = provenance.device ?? recorded ?? 'an unknown device';
  return [
    `${file}: ${driver} on ${device}${how}`,
    ...blind.map((what) => `not recorded: ${BLIND[what]}`),
  ];
}

function tallyLines(tally: ReplayTally): string[] {
  const { events, applied, compared, equal, different, adapted } = tally;
  const lines = [
    `${events} events, ${applied} accesses played, ${compared} answers compared: ${equal} equal`,
  ];
  for (const [name, count] of tally.tolerated) {
    lines.push(`  ${count} ${name}: ${TOLERANCES[name]}`);
    if (name === 'explained') lines.push(...counted(tally.explained));
    if (name === 'volatile') lines.push(...counted(tally.volatileFields));
  }
  if (adapted > 0) lines.push(`  ${adapted} writes adapted to what the device has`);
  for (const [reason, count] of tally.unchecked) lines.push(`  ${count} not checked: ${reason}`);
  if (different === 0) return [...lines, 'PASS: every difference is explained'];
  lines.push(`FAIL: ${different} differences that nothing explains`);
  lines.push(...tally.differences.slice(0, SHOWN_MAX).map(differenceLine));
  if (different > SHOWN_MAX) lines.push(`  and ${different - SHOWN_MAX} more`);
  return lines;
}

function differenceLine({ event, timeNs, where, expected, seen }: Difference): string {
  return `  event ${event} at ${timeText(timeNs)}, ${where}: recorded ${expected}, seen ${seen}`;
}

function passiveLines(report: PassiveReport): string[] {
  const { events, broken, armed, idle, findings, untouched, constant } = report;
  const lines = [
    `${events} events; ${armed.length} rules found what they judge, ${idle.length} did not`,
    ...broken.map(
      ({ rule, detail, event, timeNs }) =>
        `  ${rule.id} (${rule.subject}) at event ${event}, ${timeText(timeNs)}: ${detail}`,
    ),
  ];
  if (findings.size > 0) lines.push('against the register maps:', ...counted(findings));
  lines.push(...list('registers that no access touched', untouched));
  lines.push(...list('fields that never changed', constant));
  lines.push(broken.length === 0 ? 'PASS: no rule is broken' : 'FAIL: rules are broken');
  return lines;
}

function counted(counts: ReadonlyMap<string, number>): string[] {
  return [...counts].map(([text, count]) => `    ${count}: ${text}`);
}

function list(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${names.length} ${what}: ${names.join(', ')}`];
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
