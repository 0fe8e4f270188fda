/** The shrinks of a campaign: beside its runs, each of one finding, resumable at every step. */
import type { ShrinkResult } from './campaign-messages.ts';
import type { Crew } from './crew.ts';
import type { Finding, Findings } from './findings.ts';
import { isLost } from './lost-runs.ts';

export class Shrinks {
  readonly #crew: Crew;
  readonly #findings: Findings;
  readonly #executions: number;
  readonly #onShrunk: (finding: Finding) => void;
  readonly #going = new Map<string, Promise<void>>();
  readonly #errors: unknown[] = [];

  constructor(
    crew: Crew,
    findings: Findings,
    options: { readonly executions: number; readonly onShrunk: (finding: Finding) => void },
  ) {
    this.#crew = crew;
    this.#findings = findings;
    this.#executions = options.executions;
    this.#onShrunk = options.onShrunk;
  }

  /** Unless it was done before. */
  begin(finding: Finding): void {
    if (this.#going.has(finding.id)) return;
    if (finding.status !== 'unshrunk') this.#onShrunk(finding);
    else if (isLost(finding.signature)) this.#end(finding.id);
    else {
      const going = this.#shrink(finding).catch((error: unknown) => void this.#errors.push(error));
      this.#going.set(finding.id, going);
    }
  }

  /** @throws what is a fault of ours */
  async all(): Promise<void> {
    await Promise.all(this.#going.values());
    for (const error of this.#errors) throw error;
  }

  async #shrink({ id, signature, executions, position }: Finding): Promise<void> {
    const from = { executions, ...(position === undefined ? {} : { position }) };
    const text = this.#findings.smallest(id);
    const result = await this.#crew.do<ShrinkResult>(
      { type: 'shrink', text, signature, executions: this.#executions, from },
      (smaller) => this.#findings.progress(id, { ...smaller, status: 'unshrunk' }),
    );
    if (result.type === 'lost') {
      // A smaller one makes the driver hang: what is known by now is it.
      if (result.how !== 'closed') this.#end(id);
      return;
    }
    const { steady, type: _, ...shrunk } = result;
    const status = steady ? 'shrunk' : 'unsteady';
    this.#onShrunk(this.#findings.progress(id, { ...shrunk, status }));
  }

  /** What is known by now is the smallest. */
  #end(id: string): void {
    const { executions } = this.#findings.get(id);
    const text = this.#findings.smallest(id);
    this.#onShrunk(this.#findings.progress(id, { text, executions, status: 'shrunk' }));
  }
}
