/**
 * A campaign: epochs of so many runs each. What a run does follows from its number, the seed and
 * the corpus at the beginning of its epoch, and what the runs of an epoch found is taken in their
 * order: with a budget in runs, the result does not depend on the number of workers.
 */
import { join } from 'node:path';
import { UsageError } from '../usage-error.ts';
import { Gains } from './campaign-gains.ts';
import { CampaignLog, type EpochRecord, type LogHeader } from './campaign-log.ts';
import type { CampaignSetup, Explored, Task } from './campaign-messages.ts';
import { Shrinks } from './campaign-shrinks.ts';
import { Corpus } from './corpus.ts';
import { Crew } from './crew.ts';
import { type Finding, Findings } from './findings.ts';
import { explorePatiently } from './lost-runs.ts';

const EPOCH_RUNS = 128;
/** What a worker takes at once. */
const CHUNK_RUNS = 8;
/** Runs that may be lost: each costs the patience of the watchdog several times. */
const LOST_MAX = 32;
/** Distinct ones of a campaign: who has so many mends some first. */
const FINDINGS_MAX = 100;

export interface CampaignOptions {
  readonly setup: CampaignSetup;
  readonly header: LogHeader;
  readonly folder: string;
  /** Of a corpus that is only read: scenarios that come with the sources. */
  readonly committed?: string;
  readonly workers: number;
  /** Wall time that one execution may take. */
  readonly watchdogMs: number;
  /** Runs of the whole campaign, those before a resume included. */
  readonly runs: number;
  readonly resume: boolean;
  /** Executions that one shrink may take. */
  readonly shrinkExecutions: number;
  /** Milliseconds, for the time since the last new coverage. */
  readonly clock: () => number;
  /** It was met, and is on disk as it failed. */
  onFound(finding: Finding): void;
  /** It is as small as it gets. */
  onShrunk(finding: Finding): void;
  onNote(note: string): void;
}

/** `runs`: its budget is used up. */
export type CampaignEnd = 'runs' | 'time' | 'interrupt' | 'findings' | 'lost';

type ListTask = Extract<Task, { type: 'explore' | 'replay' }>;

export class Campaign {
  readonly corpus: Corpus;
  readonly findings: Findings;
  readonly gains: Gains;
  /** When something new was last reached. */
  newAt: number;
  readonly #options: CampaignOptions;
  readonly #log: CampaignLog;
  readonly #crew: Crew;
  readonly #shrinks: Shrinks;
  #lost = 0;
  #end: CampaignEnd | undefined;

  constructor(options: CampaignOptions) {
    const { folder, shrinkExecutions: executions, onShrunk } = options;
    this.#options = options;
    this.corpus = new Corpus(join(folder, 'corpus'));
    this.findings = new Findings(join(folder, 'findings'));
    this.gains = new Gains(this.corpus, this.findings);
    this.newAt = options.clock();
    this.#log = new CampaignLog(join(folder, 'campaign.jsonl'));
    this.#crew = new Crew(options);
    this.#shrinks = new Shrinks(this.#crew, this.findings, { executions, onShrunk });
  }

  /** By all workers, shrinks included. */
  get executions(): number {
    return this.#crew.executions;
  }

  /** What runs comes to its end, and is kept. */
  stop(why: CampaignEnd): void {
    this.#end ??= why;
    this.#crew.stop();
  }

  /** @throws TargetUnavailable, UsageError, ResultFileError, and what is a fault of ours */
  async run(): Promise<CampaignEnd> {
    try {
      await this.#epochs();
      // Who interrupts does not wait: the next one goes on with them.
      if (this.#end !== 'interrupt') await this.#shrinks.all();
      return this.#end ?? 'runs';
    } finally {
      await this.#crew.close();
    }
  }

  async #epochs(): Promise<void> {
    const { header, resume, runs } = this.#options;
    const records = resume ? this.#log.resume(header) : [];
    if (!resume) this.#log.begin(header);
    if (records.length > 0) await this.#goOn(records);
    else await this.#begin();
    while (this.#end === undefined && this.gains.totals.runs < runs) {
      const first = this.gains.totals.runs;
      const end = Math.min(runs, first + EPOCH_RUNS - (first % EPOCH_RUNS));
      const chunks = Array.from({ length: Math.ceil((end - first) / CHUNK_RUNS) }, (_, index) => {
        const at = first + index * CHUNK_RUNS;
        return { type: 'explore', first: at, count: Math.min(CHUNK_RUNS, end - at) } as const;
      });
      this.#take(
        await Promise.all(
          chunks.map((chunk) => this.#explore({ ...chunk, skip: [] }, chunk.first)),
        ),
      );
    }
  }

  /** What is known already is played first. */
  async #begin(): Promise<void> {
    const before = this.findings.list();
    const failed = before.map(({ id }) => this.findings.smallest(id));
    this.#take(await this.#replay([...failed, ...this.#texts()]));
    const mended = before.filter(({ signature }) => !this.gains.known.has(signature)).length;
    if (mended > 0) this.#options.onNote(`${mended} findings of before did not fail again.`);
  }

  /** As if it had not been cut off: the corpus says what was reached. */
  async #goOn(records: readonly EpochRecord[]): Promise<void> {
    const ids = records.flatMap(({ entries }) => entries);
    const results = await this.#replay(ids.map((id) => this.#entry(id)));
    const gained = this.gains.take(results);
    this.gains.recall(records);
    const signatures = [...this.gains.known];
    this.#crew.publish({ ...this.gains.news(gained), signatures });
    for (const finding of this.findings.list()) {
      if (this.gains.known.has(finding.signature)) this.#found(finding);
    }
  }

  #entry(id: string): string {
    const text = this.corpus.read(id);
    if (text !== undefined) return text;
    throw new UsageError(`${this.corpus.folder} has lost ${id}: run without --resume.`);
  }

  #texts(): string[] {
    const { committed } = this.#options;
    const folders = committed === undefined ? [] : [new Corpus(committed)];
    const entries = [this.corpus, ...folders].flatMap((corpus) => corpus.entries());
    const byId = new Map(entries.map(({ id, text }) => [id, text]));
    return [...byId].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, text]) => text);
  }

  /** Their numbers are below those of all runs. */
  async #replay(texts: readonly string[]) {
    const chunks = Array.from({ length: Math.ceil(texts.length / CHUNK_RUNS) }, (_, index) =>
      texts.slice(index * CHUNK_RUNS, (index + 1) * CHUNK_RUNS),
    );
    return Promise.all(
      chunks.map((chunk, index) =>
        this.#explore(
          { type: 'replay', texts: chunk, skip: [] },
          index * CHUNK_RUNS - texts.length,
        ),
      ),
    );
  }

  async #explore(task: ListTask, first: number) {
    const result = await explorePatiently(task, {
      crew: this.#crew,
      isKnown: (signature) => this.gains.known.has(signature),
      onLost: () => {
        if (++this.#lost >= LOST_MAX) this.stop('lost');
      },
    });
    this.gains.keep(result, first);
    const [refused] = result.refused;
    if (refused !== undefined) {
      const { length } = result.refused;
      this.#options.onNote(`${length} scenarios do not apply any more; the first: ${refused.why}`);
    }
    return { result, first };
  }

  /** At the end of an epoch: in the order of its runs, and for all workers. */
  #take(results: readonly { readonly result: Explored; readonly first: number }[]): void {
    const gained = this.gains.take(results);
    if (gained.features.length > 0) this.newAt = this.#options.clock();
    this.#crew.publish(this.gains.news(gained));
    // One that did not come to its end is done again, and finds the same.
    if (this.#end === undefined) this.#log.append(this.gains.record(gained));
    for (const finding of gained.findings) this.#found(finding);
    if (this.gains.known.size >= FINDINGS_MAX) this.stop('findings');
  }

  #found(finding: Finding): void {
    this.#options.onFound(finding);
    this.#shrinks.begin(finding);
  }
}
