/** What the search knows about a class of drivers: operations as data, and an oracle for them. */
import type { Scene } from '../scene.ts';
import type { Capability } from '../target.ts';
import type { Parameters, Phrase, Step } from './scenario.ts';

/** Where a scenario is, as far as the generator follows it without running it. Plain data. */
export type Situation = Readonly<Record<string, number | string | boolean>>;

export interface OperationWord {
  /** How often, compared with others. */
  readonly weight: number;
  readonly parameters: Parameters;
  /** Only on targets that offer it. */
  readonly needs?: Capability;
  /** Whether it makes sense there; default: always. What does not is still played when written. */
  readonly applies?: (situation: Situation) => boolean;
  /** Where it leads to, when all goes well; default: nowhere else. */
  readonly leads?: (situation: Situation, phrase: Phrase) => Situation;
}

export interface FaultWord {
  readonly weight: number;
  readonly parameters: Parameters;
  /** Only on targets that offer it. */
  readonly needs?: Capability;
}

export interface Vocabulary {
  readonly steps: Readonly<Record<string, OperationWord>>;
  readonly faults: Readonly<Record<string, FaultWord>>;
  readonly answers: Readonly<Record<string, FaultWord>>;
}

/** One for each class contract (and bus, where faults differ). Data and pure functions. */
export interface SearchModel {
  readonly name: string;
  readonly vocabulary: Vocabulary;
  readonly start: Situation;
  /** States that must be reached at least once in a campaign ("sometimes"); told in the report. */
  readonly sometimes?: readonly string[];
  /** Before the first access: faults and answers are in the scene already. */
  play(scene: Scene, reach: (state: string) => void): Play;
}

/** The oracle of one scene. What it throws is judged as what a clause's check throws. */
export interface Play {
  /** Before the first step: the driver starts, where the steps need one that runs. */
  begin?(): Promise<void> | void;
  /**
   * Performs one step through the driver's class contract and checks what it can at once. Returns
   * nothing when it has ended, which costs no settling.
   * @throws ExpectationError for what may not be, whatever faults there are
   */
  perform(step: Step): Promise<void> | void;
  /** When every step has ended: linearizability, exactly-once, nothing left, it works again. */
  finish(): Promise<void> | void;
  /** The state now, for coverage of (state, operation): short, of a small set. */
  state(): string;
}
