/**
 * The one judge: a clause, a driver, a target and a seed give a verdict. `run`, `certify`, the
 * mutant matrix and the Vitest binding all end here.
 */
import fc from 'fast-check';
import { hashText, Random } from '../../sim/kernel/random.ts';
import { randomly } from '../../sim/kernel/schedule.ts';
import type { Picture } from '../../sim/buses/panel/picture.ts';
import type { Limits } from '../../sim/kernel/world.ts';
import { type Manifest, isProcess } from '../../drivers-under-test/host/manifest.ts';
import type { Verdict } from '../../reports/verdict.ts';
import { type Clause, END, type EnumeratedClause, type PropertyClause } from '../clause.ts';
import type { Rule } from '../rule.ts';
import { type Exercises, Scene } from '../scene.ts';
import { type Target, CAPABILITIES } from '../target.ts';
import { type Problem, diagnose } from './diagnose.ts';
import { GapCount } from './gap-count.ts';
import { packed } from './packed-picture.ts';
import { isChosen } from './plan.ts';

export interface Case {
  readonly clause: Clause;
  readonly address: string;
  readonly driver: Manifest;
  readonly target: Target;
  readonly seed: number;
  /** Generated values of a property. */
  readonly runs: number;
  /** fast-check's path to one of them: only that one is judged. */
  readonly path?: string;
  /** Default: a failing value is made as small as possible. */
  readonly shrink?: false;
  readonly rules: readonly Rule[];
  readonly exercises: Exercises;
  readonly limits: Limits;
  readonly settle: () => Promise<void>;
  /** Wall clock in milliseconds, for the report alone. */
  readonly clock: () => number;
  /** The command that shows a failure again. */
  readonly reproduce: (path: string | undefined) => string;
  /** Rejections that nobody handled since the last call. */
  readonly takeUnhandled?: () => readonly unknown[];
  /** Sees each scene when it is over: coverage, limitations. */
  readonly onScene?: (scene: Scene) => void;
}

/** Failing executions that a shrink may take; then the smallest one so far is it. */
const SHRINK_EXECUTIONS_MAX = 2000;

/** By then the peers have moved on, and each departure is looked at again. */
const DEPARTURES_EXPIRE = '2028-12-31';

interface Tally {
  readonly hashes: string[];
  readonly gaps: GapCount;
  virtualNs: number;
  /** Of the last scene. */
  picture?: Picture | undefined;
}

export async function judge(job: Case): Promise<Verdict> {
  const began = job.clock();
  const tally: Tally = { hashes: [], gaps: new GapCount(), virtualNs: 0 };
  const outOfReach = whyNotJudged(job);
  const found = outOfReach === undefined ? await play(job, tally) : undefined;
  const base = {
    record: 'verdict' as const,
    driver: job.driver.id,
    target: job.target.name,
    clause: job.address,
    seed: String(job.seed),
    ...(found?.runs === undefined ? {} : { runs: found.runs }),
    journalHash: found?.hash ?? combine(tally.hashes),
    virtualNs: Math.round(tally.virtualNs),
    wallMs: Math.round((job.clock() - began) * 1000) / 1000,
    limitations: tally.gaps.list(),
    ...pictureOf(found?.picture ?? tally.picture),
  } satisfies Partial<Verdict>;
  if (outOfReach !== undefined) return { ...base, ...outOfReach };
  const problem = found?.problem;
  if (problem === undefined) return { ...base, ...departure(job), verdict: 'pass' };
  const waived = departs(job, problem) ? departure(job) : {};
  if (problem.verdict !== 'fail') {
    const { verdict, cause, message } = problem;
    const why = cause === undefined ? {} : { cause };
    return { ...base, ...waived, verdict, ...why, reason: message };
  }
  const { message, expected, seen, violations, journal, stack } = problem;
  return {
    ...base,
    verdict: 'fail',
    cause: problem.cause ?? 'expectation',
    ...waived,
    failure: {
      message,
      ...(expected === undefined ? {} : { expected }),
      ...(seen === undefined ? {} : { seen }),
      violations,
      ...(found?.counterexample === undefined ? {} : { counterexample: found.counterexample }),
      journal,
      ...(stack === undefined ? {} : { stack }),
      reproduce: job.reproduce(found?.path),
      ...(found?.path === undefined ? {} : { path: found.path }),
    },
  };
}

function pictureOf(picture: Picture | undefined): Pick<Verdict, 'picture'> {
  return picture === undefined ? {} : { picture: packed(picture) };
}

/** A device that is known to depart from its document here: the report shows it, no driver pays. */
function departure({ address, target }: Case): Pick<Verdict, 'waived'> {
  const known = target.departures?.[address];
  if (known === undefined) return {};
  return { waived: { issue: known.why, owner: target.name, expires: DEPARTURES_EXPIRE } };
}

/** The known one, and the device's own: that it answers otherwise, or dies. */
function departs({ clause, address, target }: Case, { verdict, message }: Problem): boolean {
  if (verdict === 'fail' ? clause.subject !== 'device' : verdict !== 'error') return false;
  return target.departures?.[address]?.shows.test(message) ?? false;
}

/** Not applicable by the driver's own statement, or not to be had on this target. */
function whyNotJudged({ clause, address, driver, target }: Case) {
  const unclaimed = clause.ics?.find((key) => !driver.ics[key]);
  if (unclaimed !== undefined) {
    const reason = `The driver does not claim ${unclaimed}.`;
    return { verdict: 'not-applicable', reason } as const;
  }
  const lacking = isProcess(driver) ? driver.lacks : {};
  const lacked = Object.keys(lacking).find((part) => isChosen(address, [part]));
  if (lacked !== undefined) {
    return {
      verdict: 'not-run',
      reason: `${driver.id} cannot say it: ${lacking[lacked]}.`,
    } as const;
  }
  const missing = clause.needs?.find((need) => !target.offers.has(need));
  if (missing !== undefined) {
    const why = target.lacks[missing] ?? `the clause needs that ${CAPABILITIES[missing]}`;
    return { verdict: 'not-run', reason: `${target.name} lacks ${missing}: ${why}.` } as const;
  }
  return undefined;
}

interface Found {
  readonly problem: Problem | undefined;
  readonly runs?: number;
  /** Journal of the smallest failing value alone: what the reproduce line shows again. */
  readonly hash?: string;
  readonly path?: string;
  readonly picture?: Picture | undefined;
  readonly counterexample?: NonNullable<NonNullable<Verdict['failure']>['counterexample']>;
}

async function play(job: Case, tally: Tally): Promise<Found> {
  const { clause } = job;
  if (clause.given !== undefined) return playProperty(job, clause, tally);
  if (clause.every !== undefined) return playEvery(job, clause, tally);
  return { problem: await playScene(job, tally, job.seed, 0, (scene) => clause.check(scene)) };
}

/** The first value that fails is the smallest: they come in order. A departure hides no other. */
async function playEvery(job: Case, clause: EnumeratedClause, tally: Tally): Promise<Found> {
  let runs = 0;
  let departed: Problem | undefined;
  for (const value of chosenOf(clause.every, job.driver)) {
    let ended = false;
    runs++;
    const problem = await playScene(job, tally, job.seed, 0, async (scene) => {
      ended = (await clause.check(scene, value)) === END;
    });
    if (problem !== undefined && departs(job, problem)) departed ??= problem;
    else if (problem !== undefined) {
      const operations = [fc.stringify(value)];
      const counterexample = { operations, faults: [], schedule: [], shrinks: 0 };
      return { problem, runs, counterexample: { ...counterexample, originalLength: 1 } };
    }
    if (ended) break;
  }
  return { problem: departed, runs };
}

/** All of them; of a program's, which cost processes each, so many at even distances. */
function chosenOf<T>(values: readonly T[], driver: Manifest): readonly T[] {
  const most = runsMax(driver);
  if (values.length <= most) return values;
  return Array.from(
    { length: most },
    (_, index) => values[Math.floor((index * values.length) / most)] as T,
  );
}

function runsMax(driver: Manifest): number {
  return isProcess(driver) ? driver.runsMax : Infinity;
}

async function playProperty(job: Case, clause: PropertyClause, tally: Tally): Promise<Found> {
  let last: Problem | undefined;
  let failures = 0;
  const given = fc.tuple(clause.given, fc.nat({ max: 0x7fffffff }));
  const details = await fc.check(
    fc.asyncProperty(given, async ([value, order]) => {
      if (failures > SHRINK_EXECUTIONS_MAX) return;
      const problem = await playScene(job, tally, job.seed, order, (scene) =>
        clause.check(scene, value),
      );
      if (problem === undefined) return;
      failures++;
      last = problem;
      throw new Failed();
    }),
    {
      seed: job.seed | 0,
      numRuns:
        job.path === undefined
          ? Math.min(job.runs, job.target.runsMax ?? Infinity, runsMax(job.driver))
          : 1,
      ...(job.path === undefined ? {} : { path: job.path }),
      endOnFailure: job.shrink === false || isProcess(job.driver),
    },
  );
  if (!details.failed) return { problem: undefined, runs: details.numRuns };
  const [smallest, order] = details.counterexample?.[0] ?? [undefined, 0];
  // The last failing execution need not be the smallest: play that one again for its journal.
  const replay: Tally = { hashes: [], gaps: new GapCount(), virtualNs: 0 };
  const problem = await playScene(job, replay, job.seed, order, (scene) =>
    clause.check(scene, smallest),
  );
  const operations = clause.show?.(smallest) ?? [fc.stringify(smallest)];
  return {
    problem: problem ?? last,
    runs: details.numRuns,
    hash: combine(replay.hashes),
    picture: replay.picture,
    ...(details.counterexamplePath === null ? {} : { path: details.counterexamplePath }),
    counterexample: {
      operations: [...operations],
      faults: [],
      schedule: order === 0 ? [] : [`random order ${order}`],
      shrinks: details.numShrinks,
      originalLength: operations.length,
    },
  };
}

class Failed extends Error {}

async function playScene(
  job: Case,
  tally: Tally,
  seed: number,
  order: number,
  check: (scene: Scene) => void | Promise<void>,
): Promise<Problem | undefined> {
  let scene: Scene;
  try {
    scene = new Scene({
      target: job.target,
      driver: job.driver,
      seed,
      rules: job.rules,
      exercises: job.exercises,
      settle: job.settle,
      // Order 0, to which everything shrinks, is the default order.
      ...(order === 0 ? {} : { schedule: randomly(new Random(order, 'schedule')) }),
    });
  } catch (error) {
    return diagnose(undefined, { end: 'threw', error }, job.clause);
  }
  tally.gaps.watch(scene.world.journal);
  const end = await scene.world.run(async () => {
    await check(scene);
    if (scene.started) await scene.stop();
  }, job.limits);
  tally.hashes.push(scene.world.journal.hash());
  tally.virtualNs += scene.world.now;
  tally.picture = scene.device.picture?.();
  job.onScene?.(scene);
  await scene.close();
  for (const reason of job.takeUnhandled?.() ?? []) {
    if (!isProcess(job.driver)) scene.host.unhandled(reason);
  }
  return diagnose(scene, end, job.clause);
}

function combine(hashes: readonly string[]): string {
  if (hashes.length === 1) return hashes[0] ?? '';
  const word = (seed: number) =>
    (hashes.reduce((hash, text) => hashText(text, hash), seed) >>> 0).toString(16).padStart(8, '0');
  return word(1) + word(2);
}
