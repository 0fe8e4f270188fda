/** What a campaign and its workers tell each other. */
import type { Problem } from '../runner/diagnose.ts';
import type { Position } from './shrink.ts';

export interface CampaignSetup {
  readonly configPath?: string;
  /** The driver as the user named it, and its module. */
  readonly reference: string;
  readonly driverUrl: string;
  readonly target: string;
  readonly seed: number;
}

/** What is the same for all workers from here on. */
export interface News {
  readonly features: readonly number[];
  /** Scenarios that entered the corpus, in order. */
  readonly entries: readonly string[];
  /** Of failures that are known: they need not be told again. */
  readonly signatures: readonly string[];
  /** Choices that a schedule was asked for on average, where it was; 0 where none was. */
  readonly choices: number;
}

export type Task =
  /** Runs `first` .. `first + count - 1` of the campaign, but for those to skip. */
  | {
      readonly type: 'explore';
      readonly first: number;
      readonly count: number;
      readonly skip: readonly number[];
    }
  /** Scenarios of the corpus, by their place in the list. */
  | {
      readonly type: 'replay';
      readonly texts: readonly string[];
      readonly skip: readonly number[];
      /** All that each of them reaches is told, not only what the others do not. */
      readonly whole?: true;
    }
  | {
      readonly type: 'shrink';
      readonly text: string;
      readonly signature: string;
      /** All that the shrink may take. */
      readonly executions: number;
      readonly from?: { readonly position?: Position; readonly executions: number };
    }
  /** The scenario of a run that did not come back after so many steps; or that scenario itself. */
  | {
      readonly type: 'describe';
      readonly run: number;
      readonly text?: string;
      readonly steps: number;
    };

/** What came of a list of runs or scenarios; `at` is the number of one. */
export interface Explored {
  readonly type: 'explored';
  readonly runs: number;
  readonly steps: number;
  /** Of all their journals, in order. */
  readonly hash: string;
  readonly failing: number;
  /** Neither passed nor failed. */
  readonly undecided: number;
  /** Asked of their schedules, together, and how many of them were asked for any. */
  readonly choices: number;
  readonly scheduled: number;
  /** Passed, and reached what was not reached before. */
  readonly novel: readonly {
    readonly at: number;
    readonly text: string;
    readonly features: readonly number[];
  }[];
  /** The first of each signature that was not known. */
  readonly failures: readonly {
    readonly at: number;
    readonly text: string;
    readonly signature: string;
    readonly problem: Problem;
  }[];
  /** Scenarios that do not apply any more. */
  readonly refused: readonly { readonly at: number; readonly why: string }[];
  /** States that the model names. */
  readonly reached: readonly string[];
  /** In the code of the driver that is loaded. */
  readonly edges: number;
}

export interface ShrinkResult {
  readonly type: 'shrunk';
  /** Whether it failed in the same way when it was played again. */
  readonly steady: boolean;
  readonly text: string;
  readonly problem?: Problem;
  readonly hash?: string;
  readonly executions: number;
  readonly position: Position;
}

export interface Described {
  readonly type: 'described';
  readonly text: string;
  /** Without the steps that were not begun. */
  readonly begun: string;
  /** The last step that was begun. */
  readonly word: string;
}

export type Result = Explored | ShrinkResult | Described;

export type ToWorker = { readonly task: Task; readonly news: readonly News[] };

export type FromWorker =
  | { readonly type: 'ready' }
  /** The target is not there. */
  | { readonly type: 'unavailable'; readonly message: string }
  | { readonly type: 'child'; readonly pid: number }
  /** A shrink came so far. */
  | {
      readonly type: 'smaller';
      readonly text: string;
      readonly executions: number;
      readonly position: Position;
    }
  | { readonly type: 'done'; readonly result: Result }
  /** A fault of ours. */
  | { readonly type: 'broken'; readonly stack: string };

/** Words of the memory that a worker and the campaign share. */
export const Beat = {
  /** Changes with every execution. */
  EXECUTIONS: 0,
  /** The number of the run, or of the scenario. */
  AT: 1,
  /** Steps that were begun in it. */
  STEPS: 2,
  /** Not 0: come to an end. */
  STOP: 3,
} as const;
export const BEAT_WORDS = 4;
