/** What the runner and its workers tell each other. */
import type { Coverage, Verdict } from '../../reports/verdict.ts';
import type { PlanItem } from './plan.ts';

export interface WorkerSetup {
  readonly configPath?: string;
  /** How a reproduce line begins: the driver as the user named it. */
  readonly references: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly twice: boolean;
}

export type ToWorker = { type: 'judge'; item: PlanItem } | { type: 'finish' };

export type FromWorker =
  | { type: 'ready' }
  | { type: 'verdict'; verdict: Verdict }
  /** A process of ours that must not outlive the worker. */
  | { type: 'child'; pid: number }
  | { type: 'finished'; coverage: Coverage[] };
