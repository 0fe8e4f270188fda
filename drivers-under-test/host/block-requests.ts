/**
 * What clients of block storage wait for: each request has an identifier, and ends exactly once.
 * An identifier carries how often its place was used, so that a late second end is told apart.
 */
import { Completion } from '../../sim/kernel/completion.ts';
import { IOReturnError, type IOReturnName, fail } from './io-return.ts';
import type { ServiceHost } from './service-host.ts';

/** Requests that may be pending at once. */
export const BLOCK_REQUESTS_MAX = 65_536;
/** Identifiers are 32 bits. */
const USES = 32_768;

export type BlockRequestKind = 'read' | 'write' | 'flush' | 'trim' | 'writeZeroes';

class Pending {
  readonly kind: BlockRequestKind;
  readonly bytes: number;
  readonly end: Completion<void>;

  constructor(kind: BlockRequestKind, bytes: number, end: Completion<void>) {
    this.kind = kind;
    this.bytes = bytes;
    this.end = end;
  }
}

export class BlockRequests {
  /** Requests that ended, by kind, and those of them that ended with an error. */
  readonly ended = { read: 0, write: 0, flush: 0, trim: 0, writeZeroes: 0 };
  errors = 0;
  readonly #host: ServiceHost;
  readonly #pending: (Pending | undefined)[] = [];
  readonly #uses: number[] = [];
  readonly #free: number[] = [];
  #count = 0;

  constructor(host: ServiceHost) {
    this.#host = host;
  }

  get count(): number {
    return this.#count;
  }

  /** @returns the identifier of a request of so many bytes @throws kIOReturnNoResources */
  begin(kind: BlockRequestKind, bytes: number): number {
    if (this.#count === BLOCK_REQUESTS_MAX) {
      fail('kIOReturnNoResources', `${BLOCK_REQUESTS_MAX} requests are pending`);
    }
    const place = this.#free.pop() ?? this.#pending.length;
    this.#pending[place] = new Pending(kind, bytes, new Completion(this.#host.world));
    this.#count++;
    return (this.#uses[place] ?? 0) * BLOCK_REQUESTS_MAX + place;
  }

  /** What a client awaits. */
  promise(id: number): Promise<void> {
    const { end } = this.#pending[id % BLOCK_REQUESTS_MAX] as Pending;
    return end.promise;
  }

  /** Ends a request; one that does not exist, or has ended before, is a violation. */
  end(id: number, bytes: number, status: IOReturnName, why: string): void {
    const pending = this.#take(id);
    if (pending === undefined) {
      this.#host.violate('HOST-BLOCK', `request ${id} is completed, which is not pending`);
      return;
    }
    this.ended[pending.kind]++;
    if (status === 'kIOReturnSuccess' && bytes !== pending.bytes) {
      this.#host.violate(
        'HOST-BLOCK',
        `a ${pending.kind} of ${pending.bytes} bytes succeeds with ${bytes}`,
      );
    }
    if (status === 'kIOReturnSuccess') {
      pending.end.resolve(undefined);
      return;
    }
    this.errors++;
    pending.end.reject(new IOReturnError(status, why));
  }

  /** Ends all that are left. @returns how many those were */
  abandon(status: IOReturnName, why: string): number {
    const left = this.#count;
    for (let place = 0; place < this.#pending.length && this.#count > 0; place++) {
      if (this.#pending[place] === undefined) continue;
      this.end((this.#uses[place] ?? 0) * BLOCK_REQUESTS_MAX + place, 0, status, why);
    }
    return left;
  }

  #take(id: number): Pending | undefined {
    const place = id % BLOCK_REQUESTS_MAX;
    const uses = this.#uses[place] ?? 0;
    const pending = this.#pending[place];
    if (pending === undefined || uses * BLOCK_REQUESTS_MAX + place !== id) return undefined;
    this.#pending[place] = undefined;
    this.#uses[place] = (uses + 1) % USES;
    this.#free.push(place);
    this.#count--;
    return pending;
  }
}
