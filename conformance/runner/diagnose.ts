/** What went wrong in a scene, and whose fault it is. */
import { match } from 'ts-pattern';
import { IOReturnError } from '../../drivers-under-test/host/io-return.ts';
import { Inexpressible } from '../../drivers-under-test/host/process-manifest.ts';
import { Abort, type RunEnd } from '../../sim/kernel/world.ts';
import type { Cause, Failure, Violation } from '../../reports/verdict.ts';
import type { Clause } from '../clause.ts';
import { ExpectationError, Inconclusive } from '../expect.ts';
import type { BrokenRule } from '../rule-book.ts';
import type { Scene } from '../scene.ts';
import { TargetUnavailable } from '../target.ts';
import { entriesAround } from './journal-entries.ts';

export interface Problem {
  readonly verdict: 'fail' | 'inconclusive' | 'error' | 'not-run';
  readonly cause?: Cause;
  readonly message: string;
  readonly expected?: string;
  readonly seen?: string;
  readonly violations: Violation[];
  readonly journal: Failure['journal'];
  readonly stack?: string[];
}

type Finding = Pick<Problem, 'verdict' | 'message'> & Partial<Problem>;

export function diagnose(
  scene: Scene | undefined,
  end: RunEnd<void>,
  clause: Pick<Clause, 'subject' | 'rules'>,
): Problem | undefined {
  if (scene === undefined) {
    const error = end.end === 'threw' ? end.error : undefined;
    return { ...fromError(undefined, error), violations: [], journal: [] };
  }
  const broken = countedRules(scene, clause);
  const finding = firstFinding(scene, end, broken);
  if (finding === undefined) return undefined;
  const { journal } = scene.world;
  const event = broken[0]?.event ?? journal.count - 1;
  return {
    ...finding,
    violations: broken.map(asViolation),
    journal: entriesAround(journal, scene.device.maps, event),
  };
}

/** The rules whose breaking counts against the clause's subject. */
function countedRules(scene: Scene, clause: Pick<Clause, 'subject' | 'rules'>): BrokenRule[] {
  return scene.rules.broken.filter(({ rule }) => {
    if (clause.rules !== undefined) return clause.rules.includes(rule.id);
    return clause.subject === 'pair' || rule.subject === clause.subject;
  });
}

function firstFinding(
  scene: Scene,
  end: RunEnd<void>,
  broken: readonly BrokenRule[],
): Finding | undefined {
  const lost = scene.device.lost?.();
  if (lost !== undefined) return { verdict: 'error', message: lost.message };
  const { dead } = scene;
  if (dead !== undefined) return { verdict: 'fail', cause: 'dead-poll', message: dead };
  const finding = match(end)
    .returnType<Finding | undefined>()
    .with({ end: 'returned' }, () => undefined)
    .with({ end: 'threw' }, ({ error }) => fromError(scene, error))
    .with({ end: 'stuck' }, () => {
      const message = 'The driver waits for something that can never happen.';
      return { verdict: 'fail', cause: 'stuck', message };
    })
    .with({ end: 'over-budget' }, ({ budget }) => {
      const message = `The driver did not come to an end within its budget of ${budget}.`;
      return { verdict: 'fail', cause: 'over-budget', message };
    })
    .exhaustive();
  if (finding !== undefined) return finding;
  const { unhandled } = scene;
  if (unhandled !== undefined) {
    const message = `The driver threw where nobody could catch it: ${text(unhandled)}`;
    return { verdict: 'fail', cause: 'unhandled-rejection', message, ...stackOf(unhandled) };
  }
  const [first] = broken;
  if (first === undefined) return undefined;
  return { verdict: 'fail', cause: 'rule', message: `${first.rule.id}: ${first.detail}` };
}

function isOurs(scene: Scene, error: unknown): boolean {
  if (error instanceof TargetUnavailable) return true;
  if (error instanceof ExpectationError || error instanceof Inconclusive) return false;
  if (error instanceof IOReturnError || error instanceof Abort) return false;
  return !(typeof error === 'object' && error !== null && scene.driverErrors.has(error));
}

function fromError(scene: Scene | undefined, error: unknown): Finding {
  if (error instanceof ExpectationError) {
    const { message, expected, seen } = error;
    return { verdict: 'fail', cause: 'expectation', message, expected, seen };
  }
  if (error instanceof Inexpressible) return { verdict: 'not-run', message: error.message };
  if (error instanceof Inconclusive) return { verdict: 'inconclusive', message: error.message };
  if (error instanceof TargetUnavailable) return { verdict: 'error', message: error.message };
  if (error instanceof IOReturnError) {
    const message = `The driver failed a call that should succeed: ${error.message}`;
    const seen = error.codeName;
    return { verdict: 'fail', cause: 'expectation', message, expected: 'success', seen };
  }
  if (scene !== undefined && !isOurs(scene, error)) {
    return {
      verdict: 'fail',
      cause: 'crash',
      message: `The driver threw ${text(error)}`,
      ...stackOf(error),
    };
  }
  const stack = error instanceof Error ? error.stack : undefined;
  return { verdict: 'error', cause: 'ours', message: `${stack ?? text(error)}` };
}

function text(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

const FRAMES_MAX = 8;

/** Frames of the driver's own code, without the host's. */
function stackOf(error: unknown): { stack?: string[] } {
  if (!(error instanceof Error) || error.stack === undefined) return {};
  const frames = error.stack
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .filter((line) => !/drivers-under-test\/(host|ports)|\/conformance\/|\/sim\/|node:/.test(line))
    .map((line) => line.trim());
  return { stack: frames.slice(0, FRAMES_MAX) };
}

function asViolation({ rule, detail, event, timeNs }: BrokenRule): Violation {
  return {
    rule: rule.id,
    cite: rule.cite,
    text: rule.text,
    detail,
    event,
    timeNs: Math.round(timeNs),
  };
}
