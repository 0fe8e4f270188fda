/**
 * Requests of clients over the queue pairs: as many as fit are with the controller, the others
 * wait. Each ends exactly once, with success, with its error, or with why nothing can be done.
 */
import { IOReturnError, type IOReturnName } from '../../host/io-return.ts';
import { type IODispatchQueue, kIODispatchQueueWakeupAll } from '../../host/io-dispatch-queue.ts';
import type { DmaOwner } from './dma-area.ts';
import type { QueuePair } from './queue-pair.ts';
import { IoRequest, type RequestOwner } from './request.ts';
import { RequestList } from './request-list.ts';
import { ioOutcomeOf, SUCCESS } from './status.ts';

/** A command that takes longer is lost. */
export const COMMAND_TIMEOUT_NS = 5_000_000_000;
/** How often a command is sent at the most, whether it failed, was lost or was reset away. */
export const ATTEMPTS_MAX = 4;
/** Request objects that are kept for the next ones. */
const SPARE_MAX = 1024;
const DRAINED = 'drained';

export interface IoEnds {
  completed(id: number, bytes: number, code: IOReturnName, why: string): void;
  /** A command is with the controller: somebody must see to it that it ends. */
  started(): void;
}

export class Io implements RequestOwner {
  /** Pairs in use. */
  pairs: readonly QueuePair[] = [];
  /** Requests that have not ended. */
  pending = 0;
  readonly #owner: DmaOwner;
  readonly #queue: IODispatchQueue;
  readonly #pageBytes: number;
  readonly #ends: IoEnds;
  readonly #spare: IoRequest[] = [];
  /** For a free slot, for later because the controller is busy, for the gate. */
  readonly #backlog = new RequestList();
  readonly #postponed = new RequestList();
  readonly #waiting = new RequestList();
  /** The controller takes no commands now. */
  #held = true;
  /** New requests wait until those before are over, and longer. */
  #gated = false;
  #turn = 0;

  constructor(owner: DmaOwner, pageBytes: number, ends: IoEnds) {
    this.#owner = owner;
    this.#queue = owner.service.defaultQueue;
    this.#pageBytes = pageBytes;
    this.#ends = ends;
  }

  /** An empty request, to be filled and submitted. */
  make(id: number): IoRequest {
    const request = this.#spare.pop() ?? new IoRequest(this, this.#owner, this.#pageBytes);
    request.id = id;
    return request;
  }

  submit(request: IoRequest): void {
    this.pending++;
    if (this.#gated) this.#waiting.add(request);
    else if (this.#held || this.#backlog.length > 0) this.#backlog.add(request);
    else this.#place(request)?.ring();
  }

  /** Sends what waits for a slot. */
  pump(): void {
    while (!this.#held && this.#backlog.length > 0 && this.#freePair() !== undefined) {
      this.#place(this.#backlog.take() as IoRequest);
    }
    for (const pair of this.pairs) pair.ring();
  }

  /** Those that the controller was too busy for get another chance. */
  retryPostponed(): void {
    for (let left = this.#postponed.length; left > 0; left--) {
      this.#backlog.add(this.#postponed.take() as IoRequest);
    }
    this.pump();
  }

  /** Nothing is sent until `resume`. */
  hold(): void {
    this.#held = true;
  }

  resume(): void {
    this.#held = false;
    this.pump();
  }

  /** New requests wait; ends when all others have ended. */
  async drain(): Promise<void> {
    this.#gated = true;
    while (this.pending > this.#waiting.length) await this.#queue.Sleep(DRAINED);
  }

  /** @param refusal why a request that waited makes no sense any more, or undefined */
  open(refusal: (request: IoRequest) => IOReturnName | undefined): void {
    this.#gated = false;
    for (let left = this.#waiting.length; left > 0; left--) {
      const request = this.#waiting.take() as IoRequest;
      const code = refusal(request);
      if (code === undefined) this.#backlog.add(request);
      else this.#finish(request, code, 'the unit has changed');
    }
    this.pump();
  }

  /** The controller was reset: what it had not answered is sent again, or has failed too often. */
  takeBack(): void {
    for (const pair of this.pairs) {
      for (const command of pair.reset()) {
        if (!(command instanceof IoRequest)) continue;
        command.aborted = false;
        if (command.attempts < ATTEMPTS_MAX) this.#backlog.add(command);
        else this.#finish(command, 'kIOReturnTimeout', 'the controller does not answer it');
      }
    }
  }

  /** Every request ends so. The controller must not be able to reach memory any more. */
  failAll(code: IOReturnName, why: string): void {
    this.#held = true;
    for (const pair of this.pairs) {
      for (const command of pair.reset()) {
        if (command instanceof IoRequest) this.#finish(command, code, why);
      }
    }
    for (const list of [this.#backlog, this.#postponed, this.#waiting]) {
      for (let left = list.length; left > 0; left--) {
        this.#finish(list.take() as IoRequest, code, why);
      }
    }
  }

  requestEnded(request: IoRequest, status: number): void {
    request.aborted = false;
    if (status === SUCCESS) {
      if (request.advance()) this.#backlog.add(request);
      else this.#finish(request, 'kIOReturnSuccess', '');
      return;
    }
    const outcome = ioOutcomeOf(status);
    if (!outcome.mayRetry || request.attempts >= ATTEMPTS_MAX) {
      this.#finish(request, outcome.code, outcome.why);
    } else if (outcome.isBusy) {
      this.#postponed.add(request);
    } else {
      this.#backlog.add(request);
    }
  }

  /** Gives everything back. Nothing may be pending. */
  release(): void {
    for (const request of this.#spare) request.release();
    this.#spare.length = 0;
  }

  /** @returns the pair that has it now, and is to be rung */
  #place(request: IoRequest): QueuePair | undefined {
    const pair = this.#freePair();
    if (pair === undefined) {
      this.#backlog.add(request);
      return undefined;
    }
    try {
      if (!request.isPrepared) request.prepare();
    } catch (error) {
      if (!(error instanceof IOReturnError)) throw error;
      this.#finish(request, error.codeName, error.message);
      return undefined;
    }
    request.attempts++;
    request.deadline = this.#queue.host.world.now + COMMAND_TIMEOUT_NS;
    pair.submit(request);
    this.#ends.started();
    return pair;
  }

  /** The pairs take turns. */
  #freePair(): QueuePair | undefined {
    const { pairs } = this;
    for (let tries = 0; tries < pairs.length; tries++) {
      this.#turn = this.#turn + 1 >= pairs.length ? 0 : this.#turn + 1;
      const pair = pairs[this.#turn];
      if (pair !== undefined && !pair.isFull) return pair;
    }
    return undefined;
  }

  #finish(request: IoRequest, code: IOReturnName, why: string): void {
    const isGood = code === 'kIOReturnSuccess';
    const { id, bytes } = request;
    request.complete(isGood);
    request.recycle();
    if (this.#spare.length < SPARE_MAX) this.#spare.push(request);
    else request.release();
    this.pending--;
    this.#ends.completed(id, isGood ? bytes : 0, code, why);
    if (this.#gated && this.pending <= this.#waiting.length) {
      this.#queue.Wakeup(DRAINED, kIODispatchQueueWakeupAll);
    }
  }
}
