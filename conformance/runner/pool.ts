/**
 * Worker threads that judge a plan, with a watchdog: a driver that loops for ever without touching
 * anything costs one verdict and one worker, not the run.
 */
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Coverage, Verdict } from '../../reports/verdict.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './messages.ts';
import type { PlanItem } from './plan.ts';
import { besideThis } from './beside.ts';
import { reproduceLine } from './reproduce.ts';

export interface PoolOptions {
  readonly setup: WorkerSetup;
  readonly workers: number;
  /** Wall time that one verdict may take. */
  readonly watchdogMs: number;
  onVerdict(verdict: Verdict): void;
  onCoverage(coverage: Coverage): void;
}

const WORKER = besideThis(import.meta.url, 'worker');

/** A clause that takes a driver of this process a second takes a program a hundred runs. */
const PROGRAM_PATIENCE = 5;

/** Processes that workers started and that must not outlive them. */
const children = new Set<number>();

export function adoptChild(pid: number): void {
  children.add(pid);
}

/** Before the process ends from outside: a thread may be waiting for one of its children. */
export function endChildren(pids: Iterable<number> = children): void {
  for (const pid of pids) {
    children.delete(pid);
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
}

/**
 * Judges every item, each taken when a worker is free for it; resolves when the last verdict is in.
 * @throws what `onVerdict` throws; nothing more is judged then
 */
export async function judgeAll(items: Iterable<PlanItem>, options: PoolOptions): Promise<void> {
  const queue = items[Symbol.iterator]();
  const count = Math.max(1, options.workers);
  const lanes = Array.from({ length: count }, () => new Lane(queue, options));
  try {
    await Promise.all(lanes.map((lane) => lane.run()));
  } finally {
    await Promise.all(lanes.map((lane) => lane.stop()));
  }
}

/** One worker after another, taking items from the common queue. */
class Lane {
  readonly #queue: Iterator<PlanItem>;
  readonly #options: PoolOptions;
  #worker: Worker | undefined;
  #children: number[] = [];
  /** What the worker saw until now. */
  #coverage: readonly Coverage[] = [];

  constructor(queue: Iterator<PlanItem>, options: PoolOptions) {
    this.#queue = queue;
    this.#options = options;
  }

  async run(): Promise<void> {
    for (let next = take(this.#queue); next !== undefined; next = take(this.#queue)) {
      const lost = await this.#runWorker(next);
      await this.stop();
      this.#coverage.forEach((record) => this.#options.onCoverage(record));
      this.#coverage = [];
      if (lost === undefined) return;
      this.#options.onVerdict(lost);
    }
  }

  /** Ends the worker and the processes that it started. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    endChildren(this.#children);
    this.#children = [];
    if (worker === undefined) return;
    worker.removeAllListeners();
    // What a lost worker still throws concerns nobody.
    worker.on('error', () => {});
    await worker.terminate();
  }

  /** Until the queue is empty (undefined), or the worker is lost: the verdict of its last item. */
  #runWorker(first: PlanItem): Promise<Verdict | undefined> {
    const worker = new Worker(WORKER, { workerData: this.#options.setup });
    this.#worker = worker;
    let current: PlanItem | undefined = first;
    let timer: NodeJS.Timeout | undefined;
    const running = new Promise<Verdict | undefined>((resolve, reject) => {
      const judge = (item: PlanItem | undefined) => {
        clearTimeout(timer);
        current = item;
        const message: ToWorker = item ? { type: 'judge', item } : { type: 'finish' };
        worker.postMessage(message);
        timer = setTimeout(() => {
          resolve(item && this.#lost(item, 'hang'));
        }, this.#patienceMs(item));
      };
      const heard = (message: FromWorker) => {
        if (message.type === 'ready') judge(first);
        else if (message.type === 'child') this.#adopt(message.pid);
        else if (message.type === 'verdict') {
          this.#coverage = message.coverage;
          this.#options.onVerdict(message.verdict);
          judge(take(this.#queue));
        } else resolve(undefined);
      };
      worker.on('message', (message: FromWorker) => {
        try {
          heard(message);
        } catch (error) {
          reject(asError(error));
        }
      });
      worker.on('error', (error: unknown) => {
        // Before the first item it was not the driver's code that ran.
        if (timer === undefined) reject(asError(error));
        else resolve(current && this.#lost(current, 'crash', error));
      });
      worker.on('exit', () => resolve(current && this.#lost(current, 'crash')));
    });
    return running.finally(() => clearTimeout(timer));
  }

  #patienceMs(item: PlanItem | undefined): number {
    return this.#options.watchdogMs * (item?.program === true ? PROGRAM_PATIENCE : 1);
  }

  #adopt(pid: number): void {
    this.#children.push(pid);
    adoptChild(pid);
  }

  #lost(item: PlanItem, how: 'hang' | 'crash', error?: unknown): Verdict {
    const { setup } = this.#options;
    const watchdogMs = this.#patienceMs(item);
    const message =
      how === 'hang'
        ? `The driver did not come back within ${watchdogMs / 1000} s and touched nothing.`
        : `The driver ended its thread: ${oneLine(error)}`;
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
        reproduce: reproduceLine(setup, item, item.path),
      },
    };
  }
}

function oneLine(error: unknown): string {
  if (error === undefined) return 'it exited.';
  const { name, message } = asError(error);
  return `${name}: ${message}`;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(inspect(error));
}

function take(queue: Iterator<PlanItem>): PlanItem | undefined {
  const { done, value } = queue.next();
  return done === true ? undefined : value;
}
