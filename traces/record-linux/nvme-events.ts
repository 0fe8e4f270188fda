/**
 * Commands and completions of Linux's nvme driver, with all their bytes. Commands come from the
 * kernel: a probe of blk_mq_start_request reads each when it is complete, and the event
 * nvme_setup_cmd before it tells the queue. Of completions the kernel tells when it took one and
 * the controller's head (nvme_sq), QEMU the rest.
 */
import { type TraceEvent, TraceKind, traceEvent } from '../format/event.ts';
import type { ModelNote } from './device-log.ts';
import type { GuestEvent } from './guest-log.ts';
import { handlerEvent } from './handlers.ts';
import type { Joined } from './merge.ts';
import { COMMAND_BYTES, COMPLETION_BYTES, NvmeQueues } from './nvme-queues.ts';

const ASYNC_EVENT_REQUEST = 0x0c;
const SETUP = /^nvme\d+: (?:disk=\w+, )?qid=(\d+), cmdid=(\d+), nsid=(\d+),/;
const SUBMIT = /entry=\{(0x[0-9a-f]+(?:,0x[0-9a-f]+){7})\}$/;
const TAKEN = /^nvme\d+: (?:disk=\w+, )?qid=(\d+), head=(\d+), tail=\d+$/;
const COMPLETED =
  /^nvme\d+: (?:disk=\w+, )?qid=(\d+), cmdid=(\d+), res=(0x[0-9a-f]+), .* status=(0x[0-9a-f]+)$/;
/** The handler of queue N has vector N. */
const HANDLER = /^irq=\d+ name=nvme\d+q(\d+)$/;

/** @throws Error when what QEMU and the kernel say does not fit together */
export function nvmeEvents(joined: readonly Joined[], notes: readonly ModelNote[]): TraceEvent[] {
  const reader = new NvmeReader(notes);
  return joined.flatMap((it) => {
    if (it.from === 'within') {
      const event = reader.take(it.event);
      return event === undefined ? [] : [{ ...event, timeNs: it.timeNs }];
    }
    reader.queues.written(it.event);
    return [it.event];
  });
}

class NvmeReader {
  readonly queues = new NvmeQueues();
  readonly #asyncIds: number[];
  readonly #posted: ModelNote['numbers'][];
  #setup: RegExpExecArray | undefined;
  /** Completions that the driver took and has not yet told of. */
  readonly #taken = new Map<string, string>();

  constructor(notes: readonly ModelNote[]) {
    this.#asyncIds = notes
      .filter(({ point, numbers }) => {
        return point === 'pci_nvme_admin_cmd' && numbers['opc'] === ASYNC_EVENT_REQUEST;
      })
      .map(({ numbers }) => numbers['cid']!);
    this.#posted = notes
      .filter(({ point }) => point === 'pci_nvme_enqueue_req_completion')
      .map(({ numbers }) => numbers);
  }

  take({ name, text }: GuestEvent): TraceEvent | undefined {
    switch (name) {
      case 'nvme_setup_cmd':
        this.#setup = matched(SETUP, text);
        return undefined;
      case 'submit':
        return this.#submit(matched(SUBMIT, text)[1]!.split(','));
      case 'async_event':
        return this.#asyncEvent();
      case 'nvme_sq':
        return this.#complete(matched(TAKEN, text));
      case 'nvme_complete_rq':
        this.#confirm(matched(COMPLETED, text));
        return undefined;
      case 'irq_handler_entry':
        return handlerEvent(Number(matched(HANDLER, text)[1]));
      default:
        throw new Error(`The trace has an unknown event ${name}.`);
    }
  }

  #submit(words: readonly string[]): TraceEvent {
    const entry = new DataView(new ArrayBuffer(COMMAND_BYTES));
    words.forEach((word, index) => entry.setBigUint64(index * 8, BigInt(word), true));
    const [, queue, id, namespace] = (this.#setup ?? []).map(Number);
    if (id !== entry.getUint16(2, true) || namespace !== entry.getUint32(4, true)) {
      throw new Error(`The probe of blk_mq_start_request does not read commands: ${words[0]}.`);
    }
    this.#setup = undefined;
    return this.#command(queue!, entry);
  }

  /** The driver makes it without a request; nothing but its opcode and identifier is set. */
  #asyncEvent(): TraceEvent {
    const id = this.#asyncIds.shift();
    if (id === undefined) throw new Error('QEMU saw no asynchronous event request.');
    const entry = new DataView(new ArrayBuffer(COMMAND_BYTES));
    entry.setUint8(0, ASYNC_EVENT_REQUEST);
    entry.setUint16(2, id, true);
    return this.#command(0, entry);
  }

  #command(queue: number, entry: DataView): TraceEvent {
    const address = this.queues.submit(queue, entry);
    const bytes = new Uint8Array(entry.buffer);
    return traceEvent({ kind: TraceKind.Command, space: queue, address, bytes });
  }

  #complete([, queue, head]: RegExpExecArray): TraceEvent {
    const id = Number(queue);
    const index = this.#posted.findIndex(({ cqid }) => cqid === id);
    const [posted] = index < 0 ? [] : this.#posted.splice(index, 1);
    if (posted === undefined) throw new Error(`QEMU posted no completion to queue ${id}.`);
    const { cid, dw0, dw1, status } = posted;
    const { address, phase } = this.queues.complete(id);
    const entry = new DataView(new ArrayBuffer(COMPLETION_BYTES));
    entry.setUint32(0, dw0!, true);
    entry.setUint32(4, dw1!, true);
    entry.setUint16(8, Number(head), true);
    entry.setUint16(10, id, true);
    entry.setUint16(12, cid!, true);
    entry.setUint16(14, status! * 2 + phase, true);
    this.#taken.set(`${id}:${cid}`, `${entry.getBigUint64(0, true)} ${status}`);
    const bytes = new Uint8Array(entry.buffer);
    return traceEvent({ kind: TraceKind.Completion, space: id, address, bytes });
  }

  #confirm([, queue, id, result, status]: RegExpExecArray): void {
    const key = `${queue}:${id}`;
    const told = `${BigInt(result!)} ${Number(status)}`;
    if (this.#taken.get(key) !== told) {
      throw new Error(`QEMU and the kernel differ in the completion of command ${key}: ${told}.`);
    }
    this.#taken.delete(key);
  }
}

function matched(pattern: RegExp, text: string): RegExpExecArray {
  const found = pattern.exec(text);
  if (found === null) throw new Error(`The trace has an event of unknown form: ${text}`);
  return found;
}
