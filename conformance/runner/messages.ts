/** What the runner and its workers tell each other. */
import type { Coverage, Verdict } from '../../reports/verdict.ts';
import type { PlanItem } from './plan.ts';

export interface WorkerSetup {
  readonly configPath?: string;
  /** How a reproduce line begins: `dyno`, `npx dyno`. */
  readonly command: string;
  /** Drivers as the user named them, by id. */
  readonly references: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly twice: boolean;
}

export type ToWorker = { type: 'judge'; item: PlanItem } | { type: 'finish' };

export type FromWorker =
  | { type: 'ready' }
  /** `coverage` is what this worker saw until now, so that little is lost when it is. */
  | { type: 'verdict'; verdict: Verdict; coverage: Coverage[] }
  /** A process of ours that must not outlive the worker. */
  | { type: 'child'; pid: number }
  | { type: 'finished' };
