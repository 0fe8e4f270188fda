/**
 * The driver's own work that waits: some of it must be alone with the controller, and all of it is
 * over before the driver stops.
 */
import { type IODispatchQueue, kIODispatchQueueWakeupAll } from '../../host/io-dispatch-queue.ts';
import { IOReturnError } from '../../host/io-return.ts';

const IDLE = 'idle';
const TURN = 'turn';

export class Tasks {
  readonly #queue: IODispatchQueue;
  #running = 0;
  #alone = false;

  constructor(queue: IODispatchQueue) {
    this.#queue = queue;
  }

  /** Begins work that nobody waits for; that it fails as the bus may fail is no crash. */
  begin(work: () => Promise<void>): void {
    this.#running++;
    this.#queue.DispatchAsync(async () => {
      try {
        await work();
      } catch (error) {
        if (!(error instanceof IOReturnError)) throw error;
      } finally {
        this.#ended();
      }
    });
  }

  /** Work that a client waits for. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#running++;
    try {
      return await work();
    } finally {
      this.#ended();
    }
  }

  /** One at a time. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone) await this.#queue.Sleep(TURN);
    this.#alone = true;
    try {
      return await work();
    } finally {
      this.#alone = false;
      this.#queue.Wakeup(TURN);
    }
  }

  /** Ends when nothing that was begun is left. */
  async idle(): Promise<void> {
    while (this.#running > 0) await this.#queue.Sleep(IDLE);
  }

  #ended(): void {
    this.#running--;
    if (this.#running === 0) this.#queue.Wakeup(IDLE, kIODispatchQueueWakeupAll);
  }
}
