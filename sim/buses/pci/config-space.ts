/**
 * Configuration space of one function: the header, the capabilities in a list from 0x40 on, and
 * zeros where nothing is. A configuration access never crosses a double word.
 */
import type { AccessSize } from '../../registers/declare.ts';
import type { Capability, ConfigRegisters } from './capability.ts';

/** The header ends here; capabilities may follow. */
export const CAPABILITIES_BASE = 0x40;

interface Placed {
  readonly at: number;
  readonly bank: ConfigRegisters;
}

export class ConfigSpace {
  readonly bytes: number;
  readonly #banks: Placed[] = [];
  readonly #byDword: (Placed | undefined)[];

  /**
   * `bytes`: 256, or 4096 for a PCI Express function. Capabilities follow one another, or lie
   * where `places` says; the list goes by their order either way.
   */
  constructor(
    bytes: number,
    header: ConfigRegisters,
    capabilities: readonly Capability[],
    places: readonly (number | undefined)[] = [],
  ) {
    this.bytes = bytes;
    this.#byDword = Array.from({ length: bytes / 4 });
    this.#place(0, header);
    let before: Capability | undefined;
    let behind = CAPABILITIES_BASE;
    for (const [index, capability] of capabilities.entries()) {
      const at = places[index] ?? behind;
      this.#place(at, capability.bank);
      behind = at + alignUp(capability.bank.map.extent, 4);
      if (behind > 256) throw new RangeError('The capabilities do not fit into 256 bytes.');
      if (before !== undefined) before.bank.registers.NEXT.value = at;
      before = capability;
    }
  }

  read(offset: number, size: 1 | 2 | 4): number {
    if (!this.#answers(offset, size)) return allOnes(size);
    const placed = this.#byDword[Math.floor(offset / 4)];
    return placed === undefined ? 0 : placed.bank.read(offset - placed.at, size);
  }

  write(offset: number, size: 1 | 2 | 4, value: number): void {
    if (!this.#answers(offset, size)) return;
    const placed = this.#byDword[Math.floor(offset / 4)];
    placed?.bank.write(offset - placed.at, size, value);
  }

  reset(domain: string): void {
    for (const { bank } of this.#banks) bank.reset(domain);
  }

  #answers(offset: number, size: number): boolean {
    return offset >= 0 && offset + size <= this.bytes && offset % size === 0;
  }

  #place(at: number, bank: ConfigRegisters): void {
    const placed = { at, bank };
    this.#banks.push(placed);
    for (let offset = 0; offset < bank.map.extent; offset += 4) {
      if (this.#byDword[(at + offset) / 4] !== undefined) {
        throw new RangeError(`Two capabilities lie at ${at + offset} of configuration space.`);
      }
      this.#byDword[(at + offset) / 4] = placed;
    }
  }
}

export function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

/** What a bus reads where nobody answers; of eight bytes, each half. */
export function allOnes(size: AccessSize): number {
  return size >= 4 ? 0xffffffff : 2 ** (8 * size) - 1;
}
