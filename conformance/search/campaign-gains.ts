/** What the runs of a campaign have brought so far, taken in the order of the runs. */
import { hashText } from '../../sim/kernel/random.ts';
import type { EpochRecord, Totals } from './campaign-log.ts';
import type { Explored, News } from './campaign-messages.ts';
import type { Corpus } from './corpus.ts';
import { Features } from './coverage/features.ts';
import type { Failed, Finding, Findings } from './findings.ts';

const NOTHING: Totals = {
  runs: 0,
  steps: 0,
  failing: 0,
  undecided: 0,
  choices: 0,
  scheduled: 0,
  hash: '',
};

export class Gains {
  readonly features = new Features();
  /** States that the model names. */
  readonly reached = new Set<string>();
  /** Signatures of this campaign, in the order in which they were met. */
  readonly known = new Set<string>();
  totals = NOTHING;
  /** Scenarios of the corpus that reach what those before them do not. */
  entries = 0;
  /** In the code of the driver that was loaded. */
  edges = 0;
  readonly #corpus: Corpus;
  readonly #findings: Findings;

  constructor(corpus: Corpus, findings: Findings) {
    this.#corpus = corpus;
    this.#findings = findings;
  }

  /** At once, whenever it comes: nothing that failed is lost. */
  keep({ failures }: Explored, first: number): void {
    for (const failure of failures) {
      if (!this.known.has(failure.signature)) this.#keep(failure, first);
    }
  }

  /** @param results in the order of their runs, each with the number of its first */
  take(results: readonly { readonly result: Explored; readonly first: number }[]) {
    const entries: { id: string; text: string }[] = [];
    const features: number[] = [];
    const findings: Finding[] = [];
    for (const { result, first } of results) {
      for (const { text, features: fresh } of result.novel) {
        const unknown = fresh.filter((feature) => !this.features.has(feature));
        if (unknown.length === 0) continue;
        this.features.add(unknown);
        features.push(...unknown);
        entries.push({ id: this.#corpus.add(text), text });
      }
      for (const failure of result.failures) {
        if (this.known.has(failure.signature)) continue;
        this.known.add(failure.signature);
        findings.push(this.#keep(failure, first));
      }
      for (const state of result.reached) this.reached.add(state);
      this.edges = Math.max(this.edges, result.edges);
      this.#count(result, first);
    }
    this.entries += entries.length;
    return { entries, features, findings };
  }

  /** What was told before a resume. */
  recall(records: readonly EpochRecord[]): void {
    for (const { reached, signatures } of records) {
      for (const state of reached) this.reached.add(state);
      for (const signature of signatures) this.known.add(signature);
    }
    this.totals = records.at(-1)?.totals ?? NOTHING;
  }

  record({ entries, findings }: ReturnType<Gains['take']>): EpochRecord {
    return {
      entries: entries.map(({ id }) => id),
      signatures: findings.map(({ signature }) => signature),
      reached: [...this.reached].toSorted(),
      totals: this.totals,
    };
  }

  news({ entries, features, findings }: ReturnType<Gains['take']>): News {
    const { choices, scheduled } = this.totals;
    return {
      features,
      entries: entries.map(({ text }) => text),
      signatures: findings.map(({ signature }) => signature),
      choices: scheduled === 0 ? 0 : Math.ceil(choices / scheduled),
    };
  }

  #keep({ at, ...failure }: Explored['failures'][number], first: number): Finding {
    const failed: Failed = { ...failure, run: first < 0 ? first + at : at };
    return this.#findings.add(failed).finding;
  }

  /** Scenarios that are played again are no runs of the campaign. */
  #count({ hash, ...result }: Explored, first: number): void {
    const before = this.totals;
    const both = before.hash + hash;
    this.totals = {
      runs: before.runs + (first < 0 ? 0 : result.runs),
      steps: before.steps + result.steps,
      failing: before.failing + result.failing,
      undecided: before.undecided + result.undecided,
      choices: before.choices + result.choices,
      scheduled: before.scheduled + result.scheduled,
      hash: [1, 2].map((seed) => hex(hashText(both, seed))).join(''),
    };
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
