/**
 * Asynchronous events: requests for them stay with the controller; each that it answers is looked
 * up in its log, told to clients, and asked for again.
 *
 * NVM Express Base Specification 1.4, "Asynchronous Event Request command" (secondary).
 */
import { AsyncEvent, Command, Smart } from '../../../sim/devices/nvme/structures.ts';
import { structure } from '../../../sim/registers/structure.ts';
import type { BlockEvent } from '../../host/classes/block-device.ts';
import { AdminOpcode, type AdminQueue } from './admin.ts';
import { configureEvents, logPage } from './admin-commands.ts';
import type { ControllerFacts } from './identify.ts';
import type { QueuedCommand } from './queue-pair.ts';
import { StatusError, SUCCESS } from './status.ts';
import type { Tasks } from './tasks.ts';

const EventType = { Error: 0, Health: 1, Notice: 2 } as const;
const ErrorInfo = { DiagnosticFailure: 2, PersistentInternal: 3 } as const;
const NoticeInfo = { Namespaces: 0, Firmware: 1 } as const;
const LogPage = { Error: 1, Health: 2, FirmwareSlots: 3, Namespaces: 4 } as const;
const LOG_BYTES = { Error: 64, Health: 512, FirmwareSlots: 512, Namespaces: 4096 } as const;
/** Events between two looks of the watch; a controller that reports more has to wait. */
const BURST_MAX = 16;

const HEALTH_EVENTS = [
  ['SPARE_LOW', 'spare'],
  ['TEMPERATURE_WARNING', 'temperature'],
  ['RELIABILITY_DEGRADED', 'reliability'],
  ['READ_ONLY', 'read-only'],
  ['BACKUP_FAILED', 'backup-failed'],
] as const;
/** By the information of the event, where the log says nothing. */
const HEALTH_INFO = ['reliability', 'temperature', 'spare'] as const;

const Result = structure({ name: 'result', bytes: 4, fields: { VALUE: [0, 0, 32] } });

export interface EventSink {
  event(event: BlockEvent): void;
  /** Namespaces have changed. */
  rescan(): Promise<void>;
  /** The controller says that it is broken. */
  look(): void;
  /** Requests are due again at the next look of the watch. */
  postponed(): void;
}

class EventRequest implements QueuedCommand {
  readonly deadline = Infinity;
  readonly #answered: (request: EventRequest, status: number, result: number) => void;

  constructor(answered: (request: EventRequest, status: number, result: number) => void) {
    this.#answered = answered;
  }

  fill(entry: Uint8Array): void {
    Command.OPC.set(entry, 0, AdminOpcode.AsynchronousEvent);
  }

  ended(status: number, result: number): void {
    this.#answered(this, status, result);
  }
}

export class Events {
  readonly #admin: AdminQueue;
  readonly #tasks: Tasks;
  readonly #sink: EventSink;
  #postponed: EventRequest[] = [];
  #burst = 0;
  /** Grows with every start: answers of before are void. */
  #session = 0;

  constructor(admin: AdminQueue, tasks: Tasks, sink: EventSink) {
    this.#admin = admin;
    this.#tasks = tasks;
    this.#sink = sink;
  }

  /** After the controller was enabled: it knows of no request. */
  async start(facts: ControllerFacts): Promise<void> {
    const session = ++this.#session;
    this.#postponed = [];
    this.#burst = 0;
    const { namespaceEvents: namespaces, firmwareEvents: firmware } = facts;
    try {
      await configureEvents(this.#admin, { namespaces, firmware });
    } catch (error) {
      // It reports what it likes, then.
      if (!(error instanceof StatusError)) throw error;
    }
    for (let count = 0; count < facts.eventRequests; count++) {
      const request = new EventRequest((answered, status, result) => {
        if (session === this.#session) this.#answered(answered, status, result);
      });
      this.#admin.post(request);
    }
  }

  get hasPostponed(): boolean {
    return this.#postponed.length > 0;
  }

  /** The watch has looked: what was put off is asked for again. */
  again(): void {
    this.#burst = 0;
    for (const request of this.#postponed.splice(0)) this.#admin.post(request);
  }

  /** One that ends with an error is asked for no more: there may be fewer than we thought. */
  #answered(request: EventRequest, status: number, result: number): void {
    if (status !== SUCCESS) return;
    const session = this.#session;
    this.#tasks.begin(async () => {
      await this.#handle(result);
      if (session !== this.#session) return;
      this.#burst++;
      if (this.#burst < BURST_MAX) {
        this.#admin.post(request);
        return;
      }
      this.#postponed.push(request);
      this.#sink.postponed();
    });
  }

  async #handle(result: number): Promise<void> {
    const bytes = new Uint8Array(AsyncEvent.bytes);
    Result.VALUE.set(bytes, 0, result);
    const info = AsyncEvent.INFO.get(bytes);
    switch (AsyncEvent.TYPE.get(bytes)) {
      case EventType.Error:
        await logPage(this.#admin, LogPage.Error, LOG_BYTES.Error);
        if (info === ErrorInfo.DiagnosticFailure || info === ErrorInfo.PersistentInternal) {
          this.#sink.event({ kind: 'reliability' });
          this.#sink.look();
        }
        break;
      case EventType.Health:
        await this.#health(info);
        break;
      case EventType.Notice:
        await this.#notice(info);
        break;
      default:
      // Of the vendor, or of a command set that we do not use.
    }
  }

  async #health(info: number): Promise<void> {
    const log = await logPage(this.#admin, LogPage.Health, LOG_BYTES.Health);
    const kinds: (typeof HEALTH_EVENTS)[number][1][] = [];
    for (const [field, kind] of HEALTH_EVENTS) if (Smart[field].get(log) === 1) kinds.push(kind);
    const told = HEALTH_INFO[info];
    if (kinds.length === 0 && told !== undefined) kinds.push(told);
    for (const kind of kinds) this.#sink.event({ kind });
  }

  async #notice(info: number): Promise<void> {
    if (info === NoticeInfo.Namespaces) {
      // Which ones is not believed: all are asked.
      await logPage(this.#admin, LogPage.Namespaces, LOG_BYTES.Namespaces);
      await this.#sink.rescan();
    } else if (info === NoticeInfo.Firmware) {
      await logPage(this.#admin, LogPage.FirmwareSlots, LOG_BYTES.FirmwareSlots);
    }
  }
}
