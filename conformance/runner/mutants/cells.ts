/**
 * Which mutant is judged by which clause, in which order. Once a mutant is caught, and a clause has
 * caught one, their other meetings say nothing new about survivors and idle clauses.
 */
import type { PlanItem } from '../plan.ts';
import type { KnownCatches } from './known.ts';
import { type Cell, type MatrixInput, type MatrixMutant, caughtItself } from './matrix.ts';

/** A mutant with what would judge it. */
export interface Candidate {
  readonly mutant: MatrixMutant;
  readonly items: readonly PlanItem[];
}

export interface CellsInput extends Pick<MatrixInput, 'isSmoke' | 'clauses'> {
  readonly healthy: readonly PlanItem[];
  readonly candidates: readonly Candidate[];
  /** These meet first. */
  readonly known: KnownCatches;
  /** Every meeting, whatever is known already. */
  readonly all: boolean;
  /** Clauses that have caught nothing yet are tried on every mutant. */
  readonly seekIdle: boolean;
}

export class Cells {
  readonly #input: CellsInput;
  readonly #subjects: ReadonlyMap<string, string>;
  readonly #caught = new Map<string, Set<string>>();
  readonly #busy = new Set<string>();
  readonly #wallMs = new Map<string, number>();
  readonly #given = new Set<PlanItem>();
  #heard = 0;
  #stopped = false;

  constructor(input: CellsInput) {
    this.#input = input;
    this.#subjects = new Map(input.clauses.map(({ address, subject }) => [address, subject]));
  }

  /** Decides about each item when it is taken, by what was heard until then. */
  *items(): Generator<PlanItem, void> {
    const { healthy, candidates, known, all, seekIdle, isSmoke } = this.#input;
    yield* healthy;
    for (const { mutant, items } of candidates) {
      const first = ({ address }: PlanItem) =>
        isSmoke(address) ||
        mutant.expected.includes(address) ||
        known[mutant.id]?.includes(address) === true;
      yield* this.#fresh(items.filter(first));
    }
    for (const { mutant, items } of candidates) {
      for (const item of this.#cheapFirst(items)) {
        if (all || !this.#isDone(mutant)) yield* this.#fresh([item]);
      }
    }
    if (!seekIdle) return;
    const left = candidates.flatMap(({ items }) => items);
    for (const item of this.#cheapFirst(left)) {
      if (!this.#busy.has(item.address)) yield* this.#fresh([item]);
    }
  }

  heard({ mutant, clause, verdict, cause, rules, wallMs }: Cell): void {
    this.#heard++;
    if (mutant === undefined) this.#wallMs.set(clause, wallMs);
    if (mutant === undefined || verdict !== 'fail' || this.#input.isSmoke(clause)) return;
    const candidate = this.#input.candidates.find((each) => each.mutant.id === mutant);
    const subject = this.#subjects.get(clause);
    if (subject !== 'pair' && subject !== candidate?.mutant.subject) return;
    const by = this.#caught.get(mutant) ?? new Set();
    this.#caught.set(mutant, by.add(clause));
    for (const rule of rules) by.add(rule);
    if (caughtItself({ cause })) this.#busy.add(clause);
  }

  /** Gives nothing more. */
  stop(): void {
    this.#stopped = true;
  }

  /** How far it is, in one line. */
  progress(): string {
    const { candidates } = this.#input;
    const done = candidates.filter(({ mutant }) => this.#isDone(mutant)).length;
    const { size } = this.#busy;
    const mutants = `${done} of ${candidates.length} mutants caught`;
    return `${this.#heard} verdicts; ${mutants}, by ${size} clauses`;
  }

  #isDone({ id, expected }: MatrixMutant): boolean {
    const by = this.#caught.get(id);
    return by !== undefined && expected.every((name) => by.has(name));
  }

  #cheapFirst(items: readonly PlanItem[]): PlanItem[] {
    const cost = ({ address }: PlanItem) => this.#wallMs.get(address) ?? 0;
    return items.toSorted((a, b) => cost(a) - cost(b));
  }

  *#fresh(items: readonly PlanItem[]): Generator<PlanItem, void> {
    for (const item of items) {
      if (this.#stopped || this.#given.has(item)) continue;
      this.#given.add(item);
      yield item;
    }
  }
}
