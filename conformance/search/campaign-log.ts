/**
 * What a campaign has done, a line for each epoch: all that it needs to go on as if it had never
 * been cut off. A line counts once its end is written.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { diskError } from '../../reports/result-file.ts';
import { UsageError } from '../usage-error.ts';
import { writeWhole } from './atomic-file.ts';

export const LOG_VERSION = 1;

/** Whose campaign it is: what must be the same to go on. */
export interface LogHeader {
  readonly version: typeof LOG_VERSION;
  readonly driver: string;
  /** Of the driver's files. */
  readonly digest: string;
  readonly target: string;
  readonly model: string;
  readonly seed: number;
}

export interface EpochRecord {
  /** Scenarios of the corpus that entered, by their ids, in order. */
  readonly entries: readonly string[];
  /** Failures that were met for the first time. */
  readonly signatures: readonly string[];
  readonly reached: readonly string[];
  /** Since the beginning of the campaign. */
  readonly totals: Totals;
}

export interface Totals {
  readonly runs: number;
  readonly steps: number;
  readonly failing: number;
  readonly undecided: number;
  readonly choices: number;
  readonly scheduled: number;
  readonly hash: string;
}

export class CampaignLog {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  begin(header: LogHeader): void {
    writeWhole(this.path, `${JSON.stringify(header)}\n`);
  }

  append(record: EpochRecord): void {
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      appendFileSync(this.path, `${JSON.stringify(record)}\n`);
    } catch (error) {
      throw diskError(this.path, 'write to', error);
    }
  }

  /** Drops a line that was cut off. @throws UsageError when nothing there fits the header */
  resume(header: LogHeader): EpochRecord[] {
    if (!existsSync(this.path)) {
      throw new UsageError(`There is no campaign at ${this.path}: run without --resume.`);
    }
    const bytes = readFileSync(this.path);
    const end = bytes.lastIndexOf('\n') + 1;
    if (end < bytes.length) truncateSync(this.path, end);
    const text = bytes.subarray(0, end).toString('utf8');
    const [first = '{}', ...lines] = text.trimEnd().split('\n');
    const before = JSON.parse(first) as Partial<LogHeader>;
    const other = Object.entries(header).find(
      ([key, value]) => before[key as keyof LogHeader] !== value,
    );
    if (other === undefined) return lines.map((line) => JSON.parse(line) as EpochRecord);
    const [key] = other;
    throw new UsageError(
      `${this.path} belongs to a campaign with another ${key}: run without --resume.`,
    );
  }
}
