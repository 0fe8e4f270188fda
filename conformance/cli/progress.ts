/** Lines while a run goes: one per suite, a failure at once, and a counter on a terminal. */
import { styleText } from 'node:util';
import { failureLines } from '../../reports/renderers/failure-text.ts';
import type { Clause as ClauseRow, Verdict, VerdictWord } from '../../reports/verdict.ts';
import type { Catalog } from '../config.ts';
import { clauseRow } from '../runner/clause-row.ts';
import { allClauses } from '../runner/plan.ts';

/** Off a terminal, a line at least so often. */
const QUIET_MS = 10_000;

export class Progress {
  readonly #total: number;
  readonly #catalog: Catalog;
  #done = 0;
  #lastLine = performance.now();
  #clauses: Map<string, ClauseRow> | undefined;

  constructor(total: number, catalog: Catalog) {
    this.#total = total;
    this.#catalog = catalog;
  }

  verdict(verdict: Verdict): void {
    this.#done++;
    this.#clauses ??= rows(this.#catalog);
    const clause = this.#clauses.get(verdict.clause);
    if (verdict.waived !== undefined && verdict.verdict !== 'pass') {
      this.#clear();
      const { issue } = verdict.waived;
      process.stdout.write(`departs ${verdict.clause} on ${verdict.target}: ${issue}\n`);
    } else if (clause !== undefined && verdict.failure !== undefined) {
      this.#clear();
      process.stdout.write(`${failureLines(verdict, clause).join('\n')}\n\n`);
    } else if (verdict.verdict === 'error' || verdict.verdict === 'inconclusive') {
      this.#clear();
      const word = coloured(verdict.verdict);
      process.stdout.write(`${word} ${verdict.clause} on ${verdict.target}: ${verdict.reason}\n`);
    }
    this.#counter();
  }

  /** Takes the counter away. */
  end(): void {
    this.#clear();
  }

  #counter(): void {
    const text = `${this.#done} of ${this.#total} judged`;
    if (process.stdout.isTTY) {
      process.stdout.write(`\r${text}`);
    } else if (performance.now() - this.#lastLine > QUIET_MS) {
      this.#lastLine = performance.now();
      process.stdout.write(`${text}\n`);
    }
  }

  #clear(): void {
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
  }
}

const COLOURS = {
  pass: 'green',
  fail: 'red',
  error: 'magenta',
  inconclusive: 'yellow',
  'not-run': 'gray',
  'not-applicable': 'gray',
} as const satisfies Record<VerdictWord, string>;

export function coloured(verdict: VerdictWord, text: string = verdict): string {
  return styleText(COLOURS[verdict], text);
}

function rows(catalog: Catalog): Map<string, ClauseRow> {
  return new Map(allClauses(catalog).map((located) => [located.address, clauseRow(located)]));
}
