/** How a campaign goes: one line that changes on a terminal, a line now and then elsewhere. */
import type { Campaign } from './campaign.ts';
import { FeatureKind } from './coverage/features.ts';

const TERMINAL_MS = 500;
const QUIET_MS = 10_000;
const CLEAR = '\r\x1b[K';

export interface DashboardOptions {
  readonly campaign: Pick<Campaign, 'gains' | 'newAt' | 'executions'>;
  /** Those that must come up. */
  readonly states: readonly string[];
  readonly isTerminal: boolean;
  readonly clock: () => number;
  write(text: string): void;
}

export class Dashboard {
  readonly #options: DashboardOptions;
  #timer: NodeJS.Timeout | undefined;
  #lastAt: number;
  #lastExecutions = 0;

  constructor(options: DashboardOptions) {
    this.#options = options;
    this.#lastAt = options.clock();
  }

  begin(): void {
    const { isTerminal } = this.#options;
    this.#timer = setInterval(() => this.#tick(), isTerminal ? TERMINAL_MS : QUIET_MS);
  }

  /** Lines that stay. */
  say(lines: readonly string[]): void {
    const { isTerminal, write } = this.#options;
    write(`${isTerminal ? CLEAR : ''}${lines.join('\n')}\n`);
  }

  end(): void {
    clearInterval(this.#timer);
    if (this.#options.isTerminal) this.#options.write(CLEAR);
  }

  #tick(): void {
    const { campaign, clock, isTerminal, write } = this.#options;
    const now = clock();
    const { executions } = campaign;
    const rate = ((executions - this.#lastExecutions) * 1000) / Math.max(1, now - this.#lastAt);
    this.#lastAt = now;
    this.#lastExecutions = executions;
    const line = this.line(rate, now);
    write(isTerminal ? `${CLEAR}${line}` : `${line}\n`);
  }

  /** @param rate executions per second */
  line(rate: number, now: number): string {
    const { campaign, states } = this.#options;
    const { totals, reached, features, edges, entries, known } = campaign.gains;
    return [
      `${totals.runs} runs`,
      `${Math.round(rate)}/s`,
      `states ${states.filter((state) => reached.has(state)).length} of ${states.length}`,
      `edges ${features.counts[FeatureKind.Edge]} of ${edges}`,
      `corpus ${entries}`,
      `new ${durationText(now - campaign.newAt)} ago`,
      `findings ${known.size}`,
    ].join(', ');
  }
}

/** As a person says it: 5 s, 12 min, 3 h. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
