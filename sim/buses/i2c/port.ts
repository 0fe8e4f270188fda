/**
 * The host's end of an I2C bus: transfers of drivers go through here one after the other, whatever
 * the bus, and are journaled. It outlives the drivers: what one began goes on when it has died.
 */
import { Completion } from '../../kernel/completion.ts';
import { EventKind } from '../../kernel/journal.ts';
import type { World } from '../../kernel/world.ts';
import type { I2cBus, I2cMessage, I2cOutcome } from './bus.ts';

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
      const { journal } = this.#world;
      for (const message of messages) {
        if (!('write' in message)) continue;
        journal.recordBytes(EventKind.Command, message.address, 0, message.write);
      }
      this.#bus.transfer(messages, (outcome) => {
        const address = messages[0]?.address ?? 0;
        for (const bytes of outcome.read) {
          journal.recordBytes(EventKind.Completion, address, 0, bytes);
        }
        done.resolve(outcome);
      });
      return done.promise;
    });
  }

  /** Whether the bus is free after nine clocks and a stop. */
  recover(): Promise<boolean> {
    return this.#next(() => {
      const done = new Completion<boolean>(this.#world);
      this.#bus.recover((free) => done.resolve(free));
      return done.promise;
    });
  }

  #next<T>(action: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(action);
    this.#last = mine.catch(() => {});
    return mine;
  }
}
