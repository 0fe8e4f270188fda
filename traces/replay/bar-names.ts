/**
 * Where BARs lie is the machine's own: a recorded base address stands for the one that this
 * machine gave the same BAR.
 */
import type { BarInfo } from '../../sim/buses/pci/function.ts';
import type { TraceSpace } from '../format/header.ts';

const FIRST = 0x10;
const DWORD = 4;
const BARS = 6;
const WORD = 2 ** 32;
/** The low bits say of what kind a BAR is; the base is a multiple of this at least. */
const FLAGS = 16;
const IO_FLAGS = 4;

export class BarNames {
  readonly #theirs: ReadonlyMap<number, number>;
  readonly #ours: readonly (BarInfo | undefined)[];

  constructor(spaces: readonly TraceSpace[], bars: readonly (BarInfo | undefined)[]) {
    this.#theirs = new Map(spaces.map(({ space, base }) => [space, base]));
    this.#ours = bars;
  }

  static has(offset: number): boolean {
    return offset >= FIRST && offset < FIRST + BARS * DWORD;
  }

  /** What to write instead of a recorded value, where it is the base of a BAR. */
  translated(offset: number, value: number): number {
    const index = Math.floor((offset - FIRST) / DWORD);
    const own = this.#half(index, value, 0) ?? this.#half(index - 1, value, 1);
    return own ?? value;
  }

  #half(index: number, value: number, half: number): number | undefined {
    const [theirs, ours] = [this.#theirs.get(index), this.#ours[index]];
    if (theirs === undefined || ours === undefined) return undefined;
    if (half === 1) {
      const is64 = ours.kind === 'M64' || ours.kind === 'M64PF';
      if (!is64 || value !== Math.floor(theirs / WORD)) return undefined;
      return Math.floor(ours.address / WORD);
    }
    const unit = ours.kind === 'IO' ? IO_FLAGS : FLAGS;
    const flags = value % unit;
    if (value - flags !== theirs % WORD) return undefined;
    return (ours.address % WORD) + flags;
  }
}
