/**
 * What a run can choose from. Our own lists and a vendor's private ones have the same form: a
 * `dyno.config.ts` default-exports `defineConfig({ ... })` and is merged over ours.
 */
import type { Level, Subject, Suite } from './clause.ts';
import type { Exercises } from './scene.ts';
import type { Rule } from './rule.ts';
import type { SearchModel } from './search/model.ts';
import type { BusKind, Target, Tier } from './target.ts';

export interface TargetContext {
  /** To be told of every process that the target starts: it is ended when the thread is. */
  onChild(pid: number): void;
}

/** Makes a target ready; what is heavy is imported inside. @throws TargetUnavailable */
export type TargetMaker = (context: TargetContext) => Target | Promise<Target>;

export interface TargetEntry {
  /** The device behind it; clauses are chosen by it without opening anything. */
  readonly device: string;
  readonly tier: Tier;
  /** Which of a family of devices: only targets of the same one are compared. */
  readonly part?: string;
  /** Default: `pci`. */
  readonly bus?: BusKind;
  readonly make: TargetMaker;
}

export interface DriverEntry {
  /** The manifest module, as a URL. */
  readonly module: string;
  /** Targets that `certify` uses when none is named. */
  readonly targets: readonly string[];
  /** What others wrote: `certify` without a name is about what comes with us. */
  readonly thirdParty?: true;
}

/** What "certified" means: pure data, frozen under its version. */
export interface Profile {
  readonly id: string;
  readonly version: string;
  /** Values that each property generates. */
  readonly runs: number;
  readonly seed: number;
  readonly levels: readonly Level[];
  /** Whom its clauses judge: what a device lacks or does wrong is no matter of its driver. */
  readonly subjects: readonly Subject[];
  /** Suites, or the beginnings of their paths. */
  readonly suites: readonly string[];
  /** By tier: suites or clauses that must have run on every target of it; `not-run` blocks. */
  readonly mustRun: Readonly<Partial<Record<Tier, readonly string[]>>>;
}

export interface Config {
  readonly drivers?: Readonly<Record<string, DriverEntry>>;
  readonly targets?: Readonly<Record<string, TargetEntry>>;
  readonly suites?: readonly Suite[];
  readonly rules?: readonly Rule[];
  /** Simple I/O by class contract, for the clauses that any driver must meet. */
  readonly exercises?: Exercises;
  readonly profiles?: readonly Profile[];
  /** What the search knows, by class contract. */
  readonly models?: Readonly<Record<string, SearchModel>>;
}

export type Catalog = Required<Config>;

export function defineConfig(config: Config): Config {
  return config;
}

export function merge(base: Catalog, more: Config): Catalog {
  return {
    drivers: { ...base.drivers, ...more.drivers },
    targets: { ...base.targets, ...more.targets },
    suites: [...base.suites, ...(more.suites ?? [])],
    rules: [...base.rules, ...(more.rules ?? [])],
    exercises: { ...base.exercises, ...more.exercises },
    profiles: [...base.profiles, ...(more.profiles ?? [])],
    models: { ...base.models, ...more.models },
  };
}
