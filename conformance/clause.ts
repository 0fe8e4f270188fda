/** Clauses are data: what is required, where it says so, what it takes to judge it, and a check. */
import type { Arbitrary } from 'fast-check';
import type { Citation } from './citation.ts';
import type { Scene } from './scene.ts';
import type { BusKind, Capability } from './target.ts';

export type Level = 'shall' | 'should' | 'may';
/** Whom the clause judges. What a target does wrong never blames the driver. */
export type Subject = 'driver' | 'device' | 'pair';

interface ClauseBase {
  /** Unique in its suite; never changes its meaning. */
  readonly id: string;
  readonly cite: Citation;
  /** Our own sentence. */
  readonly text: string;
  readonly level: Level;
  readonly subject: Subject;
  readonly needs?: readonly Capability[];
  /** Keys of the ICS that must be truthy; otherwise the clause is not applicable. */
  readonly ics?: readonly string[];
  /** Only these rules count against the subject here; default: all of its kind. */
  readonly rules?: readonly string[];
  /** Classes of driver bugs that this clause looks for, such as `BC-12`. */
  readonly bugClasses?: readonly string[];
}

export interface ExampleClause extends ClauseBase {
  readonly given?: undefined;
  readonly every?: undefined;
  check(scene: Scene): void | Promise<void>;
}

/** Judged for many generated values, each in a fresh scene; a failing one is shrunk. */
export interface PropertyClause<T = unknown> extends ClauseBase {
  readonly given: Arbitrary<T>;
  readonly every?: undefined;
  check(scene: Scene, given: T): void | Promise<void>;
  /** The value as readable lines, one per step; default: fast-check's own words. */
  show?(given: T): readonly string[];
}

/** Judged for every value, in this order, each in a fresh scene: nothing is left to chance. */
export interface EnumeratedClause<T = unknown> extends ClauseBase {
  readonly given?: undefined;
  readonly every: readonly T[];
  /** `END` says that later values have nothing new: what they count no longer comes up. */
  check(scene: Scene, value: T): Promise<typeof END | void>;
}

export const END = 'end';

export type Clause = ExampleClause | PropertyClause | EnumeratedClause;

/** Keeps the type of `every` and `check` together. */
export function enumerated<T>(clause: EnumeratedClause<T>): EnumeratedClause {
  return clause;
}

/** Keeps the type of `given` and `check` together. */
export function property<T>(clause: PropertyClause<T>): PropertyClause {
  return clause;
}

export interface Suite {
  /** Path of the suite, such as `uart-16550/receiver`. */
  readonly id: string;
  /** What it applies to; every named one must match. */
  readonly for: { readonly class?: string; readonly device?: string; readonly bus?: BusKind };
  readonly clauses: readonly Clause[];
}

export function suite(declaration: Suite): Suite {
  return declaration;
}

export function clauseAddress(owner: Suite, clause: Clause): string {
  return `${owner.id}/${clause.id}`;
}
