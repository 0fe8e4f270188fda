/** The old driver against the new one, phase by phase: what the device would tell apart. */
import type { Phase } from './phases.ts';
import { PHASES } from './phases.ts';
import type { MigrationSummary, PhaseSummary } from './summary.ts';

export interface MigrationDifference {
  readonly phase: Phase;
  readonly kind: 'command' | 'range' | 'register' | 'value';
  /** Name of the command, or of the register. */
  readonly what: string;
  readonly old: string;
  readonly new: string;
  /** Why that is no matter, where it is known. */
  readonly why?: string;
}

/** Says why a difference is no matter: data beside the device's suites. */
export type ExplainMigration = (difference: MigrationDifference) => string | undefined;

export interface PhaseVerdict {
  readonly phase: Phase;
  readonly old: PhaseSummary;
  readonly new: PhaseSummary;
  readonly differences: readonly MigrationDifference[];
  /** `not exercised`: one of the two was never there. */
  readonly verdict: 'same' | 'explained' | 'differs' | 'not exercised';
}

const NOTHING = 'nothing';

export function compareMigration(
  old: MigrationSummary,
  now: MigrationSummary,
  explain: ExplainMigration = () => undefined,
): PhaseVerdict[] {
  return (Object.keys(PHASES) as Phase[]).map((phase) => {
    const [before, after] = [old.phases.get(phase)!, now.phases.get(phase)!];
    const exercised = isExercised(before) && isExercised(after);
    const found = exercised ? differencesOf(phase, before, after) : [];
    const differences = found.map((difference) => {
      const why = explain(difference);
      return why === undefined ? difference : { ...difference, why };
    });
    const open = differences.some(({ why }) => why === undefined);
    const same = differences.length === 0 ? 'same' : open ? 'differs' : 'explained';
    const verdict = exercised ? same : 'not exercised';
    return { phase, old: before, new: after, differences, verdict };
  });
}

function isExercised({ counts }: PhaseSummary): boolean {
  return counts.reads + counts.writes + counts.configReads + counts.configWrites > 0;
}

function differencesOf(phase: Phase, old: PhaseSummary, now: PhaseSummary): MigrationDifference[] {
  return [
    ...byName(old.commands, now.commands, (count) => `${count ?? 0}`).map((each) => ({
      phase,
      kind: 'command' as const,
      ...each,
    })),
    ...rangesOf(phase, old, now),
    ...byName(
      mapped(old, () => 'written'),
      mapped(now, () => 'written'),
      (it) => it ?? NOTHING,
    ).map((each) => ({ phase, kind: 'register' as const, ...each })),
    ...valuesOf(phase, old, now),
  ];
}

function mapped(summary: PhaseSummary, to: (values: readonly bigint[]) => string) {
  return new Map([...summary.written].map(([name, values]) => [name, to(values)]));
}

function byName<T>(
  old: ReadonlyMap<string, T>,
  now: ReadonlyMap<string, T>,
  text: (value: T | undefined) => string,
) {
  const names = [...new Set([...old.keys(), ...now.keys()])].toSorted();
  return names.flatMap((what) => {
    const [before, after] = [text(old.get(what)), text(now.get(what))];
    return before === after ? [] : [{ what, old: before, new: after }];
  });
}

/** Data in order: which blocks were moved, however they were cut. */
function rangesOf(phase: Phase, old: PhaseSummary, now: PhaseSummary): MigrationDifference[] {
  const text = (range: PhaseSummary['ranges'][number] | undefined) =>
    range === undefined
      ? NOTHING
      : `${range.name} unit ${range.unit}, ${range.blocks} blocks from ${range.first}`;
  const length = Math.max(old.ranges.length, now.ranges.length);
  return Array.from({ length }, (_, at) => [text(old.ranges[at]), text(now.ranges[at])] as const)
    .map(([before, after], at) => ({
      phase,
      kind: 'range' as const,
      what: `transfer ${at}`,
      old: before,
      new: after,
    }))
    .filter((each) => each.old !== each.new);
}

/** Registers that both wrote: what they hold at the end of the phase. */
function valuesOf(phase: Phase, old: PhaseSummary, now: PhaseSummary): MigrationDifference[] {
  const last = (values: readonly bigint[]) => `0x${(values.at(-1) ?? 0n).toString(16)}`;
  const both = new Set([...old.written.keys()].filter((name) => now.written.has(name)));
  const values = (summary: PhaseSummary) =>
    new Map([...mapped(summary, last)].filter(([name]) => both.has(name)));
  return byName(values(old), values(now), (it) => it ?? NOTHING).map((each) => ({
    phase,
    kind: 'value' as const,
    ...each,
  }));
}
