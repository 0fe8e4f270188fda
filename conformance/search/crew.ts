/**
 * The workers of a campaign: tasks in, results out. A worker that does not come back, or dies, is
 * replaced; its task is then lost at a run, and what to do about that is the campaign's matter.
 */
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { besideThis } from '../runner/beside.ts';
import { adoptChild, endChildren } from '../runner/pool.ts';
import { TargetUnavailable } from '../target.ts';
import {
  BEAT_WORDS,
  Beat,
  type CampaignSetup,
  type FromWorker,
  type News,
  type Result,
  type Task,
  type ToWorker,
} from './campaign-messages.ts';

/** The worker was lost in this run of its task. */
export interface Lost {
  readonly type: 'lost';
  /** `closed`: the crew was, meanwhile. */
  readonly how: 'hang' | 'crash' | 'closed';
  readonly message: string;
  readonly at: number;
  /** Steps that were begun in it. */
  readonly steps: number;
}

export interface CrewOptions {
  readonly setup: CampaignSetup;
  readonly workers: number;
  /** Wall time that one execution may take. */
  readonly watchdogMs: number;
}

export type Smaller = Extract<FromWorker, { type: 'smaller' }>;

interface Job {
  readonly task: Task;
  readonly onSmaller: (smaller: Smaller) => void;
  resolve(result: Result | Lost): void;
  reject(error: unknown): void;
}

const WORKER = besideThis(import.meta.url, 'campaign-worker');
/** Looks at a worker in so many parts of its patience. */
const LOOKS = 8;

export class Crew {
  readonly #news: News[] = [];
  readonly #queue: Job[] = [];
  readonly #seats: Seat[];
  #closed = false;

  constructor(options: CrewOptions) {
    this.#seats = Array.from({ length: options.workers }, () => new Seat(options));
  }

  /** Tasks from now on are begun with it. */
  publish(news: News): void {
    this.#news.push(news);
  }

  /** @throws TargetUnavailable, and what is a fault of ours */
  do<R extends Result>(
    task: Task,
    onSmaller: (smaller: Smaller) => void = () => {},
  ): Promise<R | Lost> {
    return new Promise<Result | Lost>((resolve, reject) => {
      this.#queue.push({ task, onSmaller, resolve, reject });
      this.#deal();
    }) as Promise<R | Lost>;
  }

  /** Explorations end early, with what they have. */
  stop(): void {
    for (const { beat } of this.#seats) Atomics.store(beat, Beat.STOP, 1);
  }

  /** Since the beginning, by all workers. */
  get executions(): number {
    return this.#seats.reduce((sum, { beat }) => sum + Atomics.load(beat, Beat.EXECUTIONS), 0);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#seats.map((seat) => seat.close()));
  }

  #deal(): void {
    for (const seat of this.#seats) {
      if (seat.busy || this.#closed) continue;
      const job = this.#queue.shift();
      if (job === undefined) return;
      seat
        .perform(job, this.#news)
        .then(
          (result) => job.resolve(result),
          (error: unknown) => job.reject(error),
        )
        .finally(() => this.#deal());
    }
  }
}

/** One worker after another. */
class Seat {
  busy = false;
  readonly beat = new Int32Array(new SharedArrayBuffer(BEAT_WORDS * Int32Array.BYTES_PER_ELEMENT));
  readonly #options: CrewOptions;
  readonly #children: number[] = [];
  #worker: Worker | undefined;
  #abandon: (() => void) | undefined;
  /** News that the worker has heard. */
  #heard = 0;

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  async perform(job: Job, news: readonly News[]): Promise<Result | Lost> {
    this.busy = true;
    try {
      this.#worker ??= await this.#start();
      const message: ToWorker = { task: job.task, news: news.slice(this.#heard) };
      this.#heard = news.length;
      const result = await this.#ask(this.#worker, message, job);
      if (result.type === 'lost' && result.how !== 'closed') await this.close();
      return result;
    } finally {
      this.busy = false;
    }
  }

  /** Ends the worker and the processes that it started. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#heard = 0;
    this.#abandon?.();
    endChildren(this.#children.splice(0));
    if (worker === undefined) return;
    worker.removeAllListeners();
    // What a lost worker still throws concerns nobody.
    worker.on('error', () => {});
    await worker.terminate();
  }

  #start(): Promise<Worker> {
    const { setup } = this.#options;
    const worker = new Worker(WORKER, { workerData: { setup, beat: this.beat } });
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'child') this.#adopt(message.pid);
        else if (message.type === 'ready') resolve(worker);
        else if (message.type === 'unavailable') reject(new TargetUnavailable(message.message));
      });
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('A worker ended before its first task.')));
    });
  }

  #ask(worker: Worker, message: ToWorker, { onSmaller }: Job): Promise<Result | Lost> {
    let timer: NodeJS.Timeout | undefined;
    const answer = new Promise<Result | Lost>((resolve, reject) => {
      const lost = (how: Lost['how'], why: string) => resolve(this.#lost(how, why));
      worker.removeAllListeners('error').removeAllListeners('exit').removeAllListeners('message');
      worker.on('message', (heard: FromWorker) => {
        try {
          if (heard.type === 'smaller') onSmaller(heard);
          else if (heard.type === 'child') this.#adopt(heard.pid);
          else if (heard.type === 'done') resolve(heard.result);
          else if (heard.type === 'broken') reject(new Error(heard.stack));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(inspect(error)));
        }
      });
      worker.once('error', (error: unknown) => lost('crash', oneLine(error)));
      worker.once('exit', () => lost('crash', 'it exited.'));
      this.#abandon = () => lost('closed', '');
      timer = this.#watch(() => lost('hang', ''));
      worker.postMessage(message);
    });
    return answer.finally(() => {
      this.#abandon = undefined;
      clearInterval(timer);
    });
  }

  /** As long as executions follow each other, all is well. */
  #watch(onHang: () => void): NodeJS.Timeout {
    let last = Atomics.load(this.beat, Beat.EXECUTIONS);
    let idle = 0;
    return setInterval(() => {
      const now = Atomics.load(this.beat, Beat.EXECUTIONS);
      idle = now === last ? idle + 1 : 0;
      last = now;
      if (idle >= LOOKS) onHang();
    }, this.#options.watchdogMs / LOOKS);
  }

  #lost(how: Lost['how'], why: string): Lost {
    const seconds = this.#options.watchdogMs / 1000;
    const message =
      how === 'hang'
        ? `The driver did not come back within ${seconds} s and touched nothing.`
        : `The driver ended its thread: ${why}`;
    const at = Atomics.load(this.beat, Beat.AT);
    return { type: 'lost', how, message, at, steps: Atomics.load(this.beat, Beat.STEPS) };
  }

  #adopt(pid: number): void {
    this.#children.push(pid);
    adoptChild(pid);
  }
}

function oneLine(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : inspect(error);
}
