/**
 * The host's end of an I2C bus: transfers of drivers go through here one after the other, whatever
 * the bus, and are journaled. It outlives the drivers: what one began goes on when it has died.
 */
import { Completion } from '../../kernel/completion.ts';
import { EventKind } from '../../kernel/journal.ts';
import type { World } from '../../kernel/world.ts';
import {
  I2C_ENDS,
  I2cEvent,
  type I2cBus,
  type I2cMessage,
  type I2cOutcome,
  checkMessages,
} from './bus.ts';

/** Steps of time in which a transfer that blocks must end: of a byte each. */
const BYTE_TIMES_MAX = 1_000_000;
const CLOCKS_OF_BYTE = 9;

export class I2cPort {
  readonly #world: World;
  readonly #bus: I2cBus;
  /** The transfer under way; the next one waits for it. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(world: World, bus: I2cBus) {
    this.#world = world;
    this.#bus = bus;
  }

  /** Rejects with a RangeError for messages that no controller takes. */
  transfer(messages: readonly I2cMessage[]): Promise<I2cOutcome> {
    return this.#next(() => {
      const done = new Completion<I2cOutcome>(this.#world);
      this.#transfer(messages, (outcome) => done.resolve(outcome));
      return done.promise;
    });
  }

  /**
   * The same for a program that waits in a system call: time passes, no code of it runs.
   * @throws RangeError for messages that no controller takes, while another transfer is under
   * way, and where the bus is not in this process
   */
  transferNow(messages: readonly I2cMessage[]): I2cOutcome {
    const result: { outcome?: I2cOutcome } = {};
    this.#transfer(messages, (outcome) => (result.outcome = outcome));
    const byteNs = Math.ceil((CLOCKS_OF_BYTE * 1e9) / this.#bus.clockHz);
    for (let steps = 0; steps < BYTE_TIMES_MAX; steps++) {
      if (result.outcome !== undefined) return result.outcome;
      this.#world.advance(byteNs);
    }
    throw new RangeError('The transfer never ends: this bus cannot be waited for in one call.');
  }

  #transfer(messages: readonly I2cMessage[], done: (outcome: I2cOutcome) => void): void {
    const { journal } = this.#world;
    const address = messages[0]?.address ?? 0;
    try {
      checkMessages(messages);
    } catch (error) {
      journal.record(EventKind.Line, I2cEvent.Refused, address, 0);
      throw error;
    }
    for (const message of messages) {
      if (!('write' in message)) continue;
      journal.recordBytes(EventKind.Command, message.address, 0, message.write);
    }
    this.#bus.transfer(messages, (outcome) => {
      for (const bytes of outcome.read) {
        journal.recordBytes(EventKind.Completion, address, 0, bytes);
      }
      journal.record(EventKind.Line, I2cEvent.End, address, I2C_ENDS.indexOf(outcome.end));
      done(outcome);
    });
  }

  /** Whether the bus is free after nine clocks and a stop. */
  recover(): Promise<boolean> {
    return this.#next(() => {
      const done = new Completion<boolean>(this.#world);
      this.#bus.recover((free) => {
        this.#world.journal.record(EventKind.Line, I2cEvent.Recovered, 0, free ? 1 : 0);
        done.resolve(free);
      });
      return done.promise;
    });
  }

  #next<T>(action: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(action);
    this.#last = mine.catch(() => {});
    return mine;
  }
}
