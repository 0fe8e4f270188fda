/** What a replay found: what was compared and how it came out, event by event and in sum. */

/** Why a difference is none, each by its name in the report. */
export const TOLERANCES = {
  volatile: 'the field changes by itself, and the map says so',
  later: 'the device answered so a little later, within the window',
  address: 'addresses in host memory and of BARs are names: each machine gives its own',
  window: 'an interrupt may come a little later than recorded',
  coalesced: 'interrupts that follow one another before a handler ran are one',
  explained: 'the two devices are known to differ here, and why',
} as const;
export type Tolerance = keyof typeof TOLERANCES;

export interface Difference {
  /** Number of the recorded event, from 0. */
  readonly event: number;
  readonly timeNs: number;
  /** Where: a register with the field, a completion, an interrupt. */
  readonly where: string;
  readonly expected: string;
  readonly seen: string;
}

/** Differences that are kept; all are counted. */
const KEPT_MAX = 1000;

export class ReplayTally {
  events = 0;
  /** Recorded events that were done again, and answers that were compared. */
  applied = 0;
  compared = 0;
  equal = 0;
  different = 0;
  readonly differences: Difference[] = [];
  /** Differences that are none, by tolerance. */
  readonly tolerated = new Map<Tolerance, number>();
  /** Known differences that came up, by their sentence. */
  readonly explained = new Map<string, number>();
  /** Writes that were changed because the device lacks what they asked for. */
  adapted = 0;
  /** Volatile fields that answered otherwise, by name. */
  readonly volatileFields = new Map<string, number>();
  /** What nobody could compare, by the reason. */
  readonly unchecked = new Map<string, number>();

  same(): void {
    this.compared++;
    this.equal++;
  }

  tolerate(tolerance: Tolerance): void {
    this.compared++;
    this.tolerated.set(tolerance, (this.tolerated.get(tolerance) ?? 0) + 1);
  }

  explain(why: string): void {
    this.tolerate('explained');
    this.explained.set(why, (this.explained.get(why) ?? 0) + 1);
  }

  changed(field: string): void {
    this.tolerate('volatile');
    this.volatileFields.set(field, (this.volatileFields.get(field) ?? 0) + 1);
  }

  skip(reason: string): void {
    this.unchecked.set(reason, (this.unchecked.get(reason) ?? 0) + 1);
  }

  differ(difference: Difference): void {
    this.compared++;
    this.different++;
    if (this.differences.length < KEPT_MAX) this.differences.push(difference);
  }
}
