/**
 * Worker threads that judge a plan, with a watchdog: a driver that loops for ever without touching
 * anything costs one verdict and one worker, not the run.
 */
import { Worker } from 'node:worker_threads';
import type { Coverage, Verdict } from '../../reports/verdict.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './messages.ts';
import type { PlanItem } from './plan.ts';
import { reproduceLine } from './reproduce.ts';

export interface PoolOptions {
  readonly setup: WorkerSetup;
  readonly workers: number;
  /** Wall time that one verdict may take. */
  readonly watchdogMs: number;
  onVerdict(verdict: Verdict): void;
  onCoverage(coverage: Coverage): void;
}

/** Compiled files end in .js, sources in .ts. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js',
  import.meta.url,
);

/** Judges every item; resolves when the last verdict is in. */
export async function judgeAll(items: readonly PlanItem[], options: PoolOptions): Promise<void> {
  const queue = items.values();
  const count = Math.max(1, Math.min(options.workers, items.length));
  await Promise.all(Array.from({ length: count }, () => new Lane(queue, options).run()));
}

/** One worker after another, taking items from the common queue. */
class Lane {
  readonly #queue: Iterator<PlanItem>;
  readonly #options: PoolOptions;
  #children: number[] = [];

  constructor(queue: Iterator<PlanItem>, options: PoolOptions) {
    this.#queue = queue;
    this.#options = options;
  }

  async run(): Promise<void> {
    for (;;) {
      const lost = await this.#runWorker();
      if (lost === undefined) return;
      this.#options.onVerdict(lost);
    }
  }

  /** Until the queue is empty (undefined), or the worker is lost: the verdict of its last item. */
  #runWorker(): Promise<Verdict | undefined> {
    const worker = new Worker(WORKER, { workerData: this.#options.setup });
    this.#children = [];
    return new Promise((resolve, reject) => {
      let current: PlanItem | undefined;
      let timer: NodeJS.Timeout | undefined;
      const end = (verdict: Verdict | undefined) => {
        clearTimeout(timer);
        worker.removeAllListeners();
        // What a lost worker still throws concerns nobody.
        worker.on('error', () => {});
        this.#endChildren();
        void worker.terminate();
        resolve(verdict);
      };
      const next = () => {
        clearTimeout(timer);
        current = take(this.#queue);
        const message: ToWorker = current ? { type: 'judge', item: current } : { type: 'finish' };
        worker.postMessage(message);
        timer = setTimeout(() => {
          if (current === undefined) end(undefined);
          else end(this.#lost(current, 'hang'));
        }, this.#options.watchdogMs);
      };
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'ready') next();
        else if (message.type === 'child') this.#children.push(message.pid);
        else if (message.type === 'verdict') {
          this.#options.onVerdict(message.verdict);
          next();
        } else {
          message.coverage.forEach((record) => this.#options.onCoverage(record));
          end(undefined);
        }
      });
      worker.on('error', (error) => {
        if (current === undefined) {
          end(undefined);
          reject(error);
        } else end(this.#lost(current, 'crash', error));
      });
      worker.on('exit', () => end(current && this.#lost(current, 'crash')));
    });
  }

  #endChildren(): void {
    for (const pid of this.#children) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It is gone already.
      }
    }
  }

  #lost(item: PlanItem, how: 'hang' | 'crash', error?: Error): Verdict {
    const { setup, watchdogMs } = this.#options;
    const message =
      how === 'hang'
        ? `The driver did not come back within ${watchdogMs / 1000} s and touched nothing.`
        : `The driver ended its thread: ${error?.message ?? 'it exited'}.`;
    return {
      record: 'verdict',
      driver: item.driver,
      target: item.target,
      clause: item.address,
      verdict: 'fail',
      cause: how,
      seed: String(item.seed),
      journalHash: '0',
      virtualNs: 0,
      wallMs: how === 'hang' ? watchdogMs : 0,
      limitations: [],
      failure: {
        message,
        violations: [],
        journal: [],
        reproduce: reproduceLine(
          setup.references[item.driver] ?? item.driver,
          item,
          setup.seed,
          item.path,
        ),
      },
    };
  }
}

function take(queue: Iterator<PlanItem>): PlanItem | undefined {
  const { done, value } = queue.next();
  return done === true ? undefined : value;
}
