/** Plays scenarios, each in a scene of its own, and says what came of it. */
import type { Schedule } from '../../sim/kernel/schedule.ts';
import { DEFAULT_LIMITS, type Limits, type RunEnd } from '../../sim/kernel/world.ts';
import { type Manifest, isProcess } from '../../drivers-under-test/host/manifest.ts';
import type { Catalog } from '../config.ts';
import { type Problem, diagnose } from '../runner/diagnose.ts';
import { Scene } from '../scene.ts';
import type { Target } from '../target.ts';
import type { SearchModel } from './model.ts';
import type { Scenario } from './scenario.ts';
import { following } from './schedules.ts';
import { signature } from './signature.ts';
import { plan, playSteps } from './steps.ts';
import type { Begun } from './without-steps.ts';

/** What came of one scenario. */
export interface Outcome {
  /** Undefined: nothing was found. */
  readonly problem?: Problem;
  /** Which failure it is, the same while the scenario shrinks. */
  readonly signature?: string;
  /** Of the journal: the run's identity. */
  readonly hash: string;
  /** What the schedule chose, where it had a choice. */
  readonly choices: readonly number[];
  /** States of the model that must be reached at least once, and were. */
  readonly reached: readonly string[];
  /** Each `state: word` that came up, once: where the driver was when a step began. */
  readonly pairs: readonly string[];
  /** The steps that were begun, and what had been counted then: choices, accesses. */
  readonly begun: readonly Begun[];
  /** A planned fault did strike. */
  readonly struck: boolean;
}

export interface RunnerOptions {
  readonly catalog: Pick<Catalog, 'rules' | 'exercises'>;
  readonly driver: Manifest;
  readonly target: Target;
  readonly model: SearchModel;
  readonly settle: () => Promise<void>;
  /** Of virtual time and events, of one scenario. */
  readonly limits?: Limits;
  /** Rejections that nobody handled since the last call. */
  readonly takeUnhandled?: () => readonly unknown[];
  /** Sees each scene when it is over: coverage. */
  readonly onScene?: (scene: Scene) => void;
}

export interface RunOptions {
  /** Instead of the scenario's own. */
  readonly schedule?: Schedule;
}

export type Runner = (scenario: Scenario, options?: RunOptions) => Promise<Outcome>;

/** Many calls may time out, one after the other. */
const LIMITS: Limits = { ...DEFAULT_LIMITS, virtualNs: 3 * DEFAULT_LIMITS.virtualNs };

/** Everything counts against the driver. */
const DRIVER = { subject: 'driver' } as const;

export function makeRunner(options: RunnerOptions): Runner {
  const { limits = LIMITS } = options;
  return async (scenario, { schedule = following(scenario.schedule) } = {}) => {
    const scene = open(options, scenario, schedule);
    const reached = new Set<string>();
    const pairs = new Set<string>();
    const begun: Begun[] = [];
    let state = () => 'before';
    const end = await scene.world.run(
      async () => {
        plan(scene, scenario);
        await playSteps(scene, options.model, scenario.steps, {
          step: (where, { word }) => {
            begun.push({ choices: scene.world.choices.length, counts: [scene.accesses] });
            pairs.add(`${where}: ${word}`);
          },
          reached: (name) => reached.add(name),
          watch: (ask) => (state = ask),
        });
        if (scene.started) await scene.stop();
      },
      allowing(limits, scenario.steps),
    );
    const problem = await judged(options, scene, end);
    return {
      ...(problem === undefined ? {} : { problem, signature: signature(problem, state()) }),
      hash: scene.world.journal.hash(),
      choices: scene.world.choices,
      reached: [...reached],
      pairs: [...pairs],
      begun,
      struck: scene.struck,
    };
  };
}

/** The time that clients let pass is not the driver's. */
function allowing(limits: Limits, steps: Scenario['steps']): Limits {
  const passed = steps.reduce((sum, { word, with: { ns } }) => {
    return word === 'pass' && typeof ns === 'number' ? sum + ns : sum;
  }, 0);
  return { ...limits, virtualNs: limits.virtualNs + passed };
}

function open(options: RunnerOptions, { seed }: Scenario, schedule: Schedule): Scene {
  const { catalog, driver, target, settle } = options;
  const { rules, exercises } = catalog;
  return new Scene({ target, driver, seed, rules, exercises, settle, schedule });
}

async function judged(
  options: RunnerOptions,
  scene: Scene,
  end: RunEnd<void>,
): Promise<Problem | undefined> {
  options.onScene?.(scene);
  if (isProcess(options.driver)) await scene.close();
  else for (const reason of options.takeUnhandled?.() ?? []) scene.host.unhandled(reason);
  return diagnose(scene, end, DRIVER);
}
