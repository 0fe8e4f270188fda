/** Requests in a row, linked through themselves. */
import type { IoRequest } from './request.ts';

export class RequestList {
  #first: IoRequest | undefined;
  #last: IoRequest | undefined;
  length = 0;

  get first(): IoRequest | undefined {
    return this.#first;
  }

  add(request: IoRequest): void {
    request.next = undefined;
    if (this.#last === undefined) this.#first = request;
    else this.#last.next = request;
    this.#last = request;
    this.length++;
  }

  take(): IoRequest | undefined {
    const request = this.#first;
    if (request === undefined) return undefined;
    this.#first = request.next;
    if (this.#first === undefined) this.#last = undefined;
    request.next = undefined;
    this.length--;
    return request;
  }
}
