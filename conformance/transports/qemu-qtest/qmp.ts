/**
 * Synchronous client of QMP, QEMU's machine protocol: one JSON object a line.
 *
 * Source: QEMU Machine Protocol Specification, docs/interop/qmp-spec, as shipped with QEMU 7.2.
 */
import type { LineChannel } from './line-channel.ts';

/** Events between a command and its answer; more than this is a peer out of order. */
const EVENTS_PER_COMMAND_MAX = 10_000;

/** QEMU refused a command, or answered what is no QMP. */
export class QmpRefusal extends Error {
  override readonly name = 'QmpRefusal';
}

type Message = Readonly<Record<string, unknown>>;

export class Qmp {
  readonly #channel: Pick<LineChannel, 'writeLine' | 'readLine'>;

  /** Reads the greeting and enters command mode. */
  constructor(channel: Pick<LineChannel, 'writeLine' | 'readLine'>) {
    this.#channel = channel;
    if (!('QMP' in this.#message())) throw new QmpRefusal('QEMU does not greet with QMP');
    this.execute('qmp_capabilities');
  }

  /** @returns the `return` member @throws QmpRefusal, QemuDied */
  execute(command: string, options: Message = {}): unknown {
    this.#channel.writeLine(JSON.stringify({ execute: command, arguments: options }));
    for (let events = 0; events < EVENTS_PER_COMMAND_MAX; events++) {
      const message = this.#message();
      if ('return' in message) return message['return'];
      if ('error' in message) {
        throw new QmpRefusal(`QEMU refuses ${command}: ${JSON.stringify(message['error'])}`);
      }
    }
    throw new QmpRefusal(`QEMU sends events but no answer to ${command}`);
  }

  /** Lets the CPU and the virtual clock run. */
  cont(): void {
    this.execute('cont');
  }

  stop(): void {
    this.execute('stop');
  }

  #message(): Message {
    const line = this.#channel.readLine();
    try {
      const message: unknown = JSON.parse(line);
      if (typeof message === 'object' && message !== null) return message as Message;
    } catch {
      // Reported below.
    }
    throw new QmpRefusal(`QEMU sends "${line.slice(0, 80)}", which is no QMP message`);
  }
}
