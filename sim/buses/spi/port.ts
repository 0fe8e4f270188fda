/**
 * The host's end of an SPI bus: transactions of drivers go through here one after the other,
 * whatever the bus, and are journaled; `address` of what is written is its place in the
 * transaction. It outlives the drivers.
 */
import { Completion } from '../../kernel/completion.ts';
import { EventKind } from '../../kernel/journal.ts';
import type { World } from '../../kernel/world.ts';
import { SpiEvent, type SpiBus, type SpiMode, type SpiSegment } from './bus.ts';

export class SpiPort {
  readonly #world: World;
  readonly #bus: SpiBus;
  /** The transaction under way; the next one waits for it. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(world: World, bus: SpiBus) {
    this.#world = world;
    this.#bus = bus;
  }

  configure(select: number, mode: SpiMode): void {
    this.#bus.configure(select, mode);
    const { clockHz, mode: number } = mode;
    this.#world.journal.record(EventKind.Line, select, SpiEvent.Configure, clockHz, number);
  }

  /** Rejects with a RangeError for segments that no controller takes. */
  transfer(select: number, segments: readonly SpiSegment[]): Promise<readonly Uint8Array[]> {
    const mine = this.#last.then(() => {
      const done = new Completion<readonly Uint8Array[]>(this.#world);
      const { journal } = this.#world;
      segments.forEach(({ write, lines = 1 }, index) => {
        if (lines !== 1) journal.record(EventKind.Line, select, SpiEvent.Lines, lines, index);
        if (write !== undefined) journal.recordBytes(EventKind.Command, select, index, write);
      });
      this.#bus.transfer(select, segments, (read) => {
        for (const bytes of read) journal.recordBytes(EventKind.Completion, select, 0, bytes);
        done.resolve(read);
      });
      return done.promise;
    });
    this.#last = mine.catch(() => {});
    return mine;
  }
}
