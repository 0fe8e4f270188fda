/** What clauses, rules, profiles and transports are written with, and the judge. */
export type { Citation } from './citation.ts';
export {
  type Clause,
  END,
  type Level,
  type Subject,
  type Suite,
  enumerated,
  property,
  suite,
} from './clause.ts';
export {
  type Config,
  type DriverEntry,
  type Profile,
  type TargetContext,
  type TargetEntry,
  type TargetMaker,
  defineConfig,
} from './config.ts';
export type { Exercise, Exercises } from './scene.ts';
export { ExpectationError, Inconclusive, expect } from './expect.ts';
export type { Rule, Watch } from './rule.ts';
export { Scene, type SceneOptions } from './scene.ts';
export {
  CAPABILITIES,
  type Capability,
  type Hardware,
  type Target,
  TargetUnavailable,
  type Tier,
} from './target.ts';
export { simTarget, type SimTargetOptions } from './transports/sim/target.ts';
export { type Case, judge } from './runner/judge.ts';
export { scenarios } from './search/arbitrary.ts';
export { exportTest } from './search/export-test.ts';
export type { Play, SearchModel, Situation, Vocabulary } from './search/model.ts';
export { type Runner, type RunnerOptions, makeRunner } from './search/run-scenario.ts';
export type { Parameter, Scenario, Step } from './search/scenario.ts';
