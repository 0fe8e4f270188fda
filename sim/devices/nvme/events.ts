/**
 * Asynchronous events: requests of the host that wait, and events that wait for a request.
 *
 * NVM Express Base Specification 1.4, "Asynchronous Event Request command" (secondary). An event
 * that was reported masks its type until the host reads the log page that it named.
 */
import type { CommandExecution } from './command.ts';
import { Status } from './status.ts';
import { AsyncEvent, Dword } from './structures.ts';

/** Requests that may wait at once; Identify Controller reports one less (AERL is zero-based). */
export const EVENT_REQUESTS_MAX = 4;
/** Events that wait for a request; further ones of the same kind are the same event. */
const PENDING_MAX = 16;

export const EventType = { Error: 0, Health: 1, Notice: 2 } as const;
export const ErrorEvent = {
  InvalidDoorbell: 0,
  InvalidDoorbellValue: 1,
  DiagnosticFailure: 2,
  InternalError: 3,
  TransientError: 4,
  ImageLoadError: 5,
} as const;
export const HealthEvent = { Reliability: 0, Temperature: 1, Spare: 2 } as const;
export const NoticeEvent = { NamespaceChanged: 0, FirmwareStarting: 1 } as const;

const TYPES = 8;

interface Pending {
  readonly type: number;
  readonly info: number;
  readonly page: number;
}

export class AsyncEvents {
  readonly #requests: CommandExecution[] = [];
  readonly #pending: Pending[] = [];
  /** By type: one from a report until its log page is read. */
  readonly #masked = new Uint8Array(TYPES);
  /** By type: the page that the last report named. */
  readonly #pages = new Uint8Array(TYPES);
  readonly #value = new Uint8Array(AsyncEvent.bytes);

  /** A request of the host; false when it is one too many. */
  request(command: CommandExecution): boolean {
    if (this.#requests.length === EVENT_REQUESTS_MAX) return false;
    this.#requests.push(command);
    this.#report();
    return true;
  }

  /** A request was aborted. */
  withdraw(command: CommandExecution): void {
    const at = this.#requests.indexOf(command);
    if (at >= 0) this.#requests.splice(at, 1);
  }

  /** Something happened; `page` is the log page that tells more. */
  raise(type: number, info: number, page: number): void {
    const known = this.#pending.some((each) => each.type === type && each.info === info);
    if (known || this.#pending.length === PENDING_MAX) return;
    this.#pending.push({ type, info, page });
    this.#report();
  }

  /** The host has read a log page without retaining its event. */
  read(page: number): void {
    for (let at = this.#pending.length - 1; at >= 0; at--) {
      const pending = this.#pending[at] as Pending;
      if (pending.page === page) this.#pending.splice(at, 1);
    }
    for (let type = 0; type < TYPES; type++) {
      if (this.#pages[type] === page) this.#masked[type] = 0;
    }
    this.#report();
  }

  reset(): void {
    this.#requests.length = 0;
    this.#pending.length = 0;
    this.#masked.fill(0);
  }

  #report(): void {
    for (let at = 0; at < this.#pending.length && this.#requests.length > 0;) {
      const { type, info, page } = this.#pending[at] as Pending;
      if (this.#masked[type] === 1) {
        at++;
        continue;
      }
      this.#pending.splice(at, 1);
      this.#masked[type] = 1;
      this.#pages[type] = page;
      const value = this.#value;
      AsyncEvent.TYPE.set(value, 0, type);
      AsyncEvent.INFO.set(value, 0, info);
      AsyncEvent.LID.set(value, 0, page);
      const request = this.#requests.shift() as CommandExecution;
      request.complete(Status.Success, Dword.VALUE.get(value));
    }
  }
}
