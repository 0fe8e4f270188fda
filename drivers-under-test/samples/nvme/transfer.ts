/**
 * The memory of one request while the controller may use it: mapped piece by piece, described by
 * PRPs, and copied through pages of ours where those cannot.
 */
import type { BlockSegment } from '../../host/classes/block-device.ts';
import { IODMACommand } from '../../host/io-dma-command.ts';
import { kIOMemoryDirectionIn, kIOMemoryDirectionOut } from '../../host/io-memory-descriptor.ts';
import { DmaArea, type DmaOwner } from './dma-area.ts';
import { type Bounce, type Piece, planPrps, type PrpPlan } from './prp.ts';

const ADDRESS_BITS = 64;

export class Transfer {
  readonly #owner: DmaOwner;
  readonly #pageBytes: number;
  /** Made once and used again. */
  readonly #commands: IODMACommand[] = [];
  #prepared = 0;
  readonly #pieces: Piece[] = [];
  readonly #plan: PrpPlan = { entries: [], bounces: [] };
  #pages: DmaArea | undefined;
  #segments: readonly BlockSegment[] = [];
  #isRead = false;

  constructor(owner: DmaOwner, pageBytes: number) {
    this.#owner = owner;
    this.#pageBytes = pageBytes;
  }

  /** PRP entries in order. */
  get entries(): readonly number[] {
    return this.#plan.entries;
  }

  /** @throws kIOReturnNoMemory, kIOReturnNoResources, ...; nothing is mapped then */
  prepare(segments: readonly BlockSegment[], isRead: boolean): void {
    this.#segments = segments;
    this.#isRead = isRead;
    this.#pieces.length = 0;
    try {
      for (let index = 0; index < segments.length; index++) {
        const { buffer, offset, length } = segments[index] as BlockSegment;
        const command = (this.#commands[index] ??= IODMACommand.Create(
          this.#owner.pci,
          ADDRESS_BITS,
        ));
        const { segments: mapped } = command.PrepareForDMA(buffer, offset, length);
        this.#prepared++;
        for (const piece of mapped) this.#pieces.push(piece);
      }
      planPrps(this.#pieces, this.#pageBytes, this.#plan);
      if (this.#plan.bounces.length > 0) this.#addPages();
    } catch (error) {
      this.complete(false);
      throw error;
    }
  }

  /** The controller is done with the memory. What it read into pages of ours goes to its place. */
  complete(isGood: boolean): void {
    while (this.#prepared > 0) this.#commands[--this.#prepared]?.CompleteDMA();
    const pages = this.#pages;
    this.#pages = undefined;
    if (pages !== undefined) {
      if (isGood && this.#isRead) this.#copyAll(pages, false);
      pages.release();
    }
    this.#segments = [];
  }

  /** Gives the DMA commands back. Only while nothing is prepared. */
  release(): void {
    for (const command of this.#commands) command.release();
    this.#commands.length = 0;
  }

  #addPages(): void {
    const { bounces, entries } = this.#plan;
    const direction = this.#isRead ? kIOMemoryDirectionIn : kIOMemoryDirectionOut;
    const pages = new DmaArea(
      this.#owner,
      direction,
      bounces.length * this.#pageBytes,
      this.#pageBytes,
    );
    this.#pages = pages;
    for (let index = 0; index < bounces.length; index++) {
      const { entry, offset } = bounces[index] as Bounce;
      entries[entry] = pages.address + index * this.#pageBytes + offset;
    }
    if (!this.#isRead) this.#copyAll(pages, true);
  }

  #copyAll(pages: DmaArea, toPages: boolean): void {
    const { bounces } = this.#plan;
    for (let index = 0; index < bounces.length; index++) {
      this.#copy(pages, index * this.#pageBytes, bounces[index] as Bounce, toPages);
    }
  }

  /** One page, which may hold parts of several segments. */
  #copy(pages: DmaArea, page: number, { at, length, offset }: Bounce, toPages: boolean): void {
    let begin = 0;
    for (const segment of this.#segments) {
      const from = Math.max(at, begin);
      const end = Math.min(at + length, begin + segment.length);
      if (from < end) {
        const memory = segment.buffer.CreateMapping();
        const ours = page + offset + from - at;
        const theirs = segment.offset + from - begin;
        if (toPages) pages.memory.write(ours, memory.read(theirs, end - from));
        else memory.write(theirs, pages.memory.read(ours, end - from));
      }
      begin += segment.length;
    }
  }
}
