/** Gaps that were touched: whose they are, where, how often. The report lists every one. */
import { EventKind, type Journal } from '../../sim/kernel/journal.ts';
import { GAPS } from '../../sim/registers/declare.ts';
import type { Verdict } from '../../reports/verdict.ts';

type Limitation = Verdict['limitations'][number];

/** Different gaps that one verdict lists. */
const LISTED_MAX = 50;

export class GapCount {
  readonly #counts = new Map<string, number>();

  /** Texts of `Gap` events are `word: where: what`. */
  watch(journal: Journal): void {
    journal.observe(EventKind.Gap, (at) => {
      const text = journal.textAt(at);
      const count = this.#counts.get(text);
      if (count !== undefined) this.#counts.set(text, count + 1);
      else if (this.#counts.size < LISTED_MAX) this.#counts.set(text, 1);
    });
  }

  list(): Limitation[] {
    return [...this.#counts].map(([text, count]) => {
      const [word = '', where = '', ...rest] = text.split(': ');
      const known = GAPS.find((gap) => gap === word) ?? 'limitation';
      return { word: known, where, text: rest.join(': '), count };
    });
  }
}
