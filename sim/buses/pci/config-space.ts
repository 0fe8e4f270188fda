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

  /** `bytes`: 256, or 4096 for a PCI Express function. */
  constructor(bytes: number, header: ConfigRegisters, capabilities: readonly Capability[]) {
    this.bytes = bytes;
    this.#byDword = Array.from({ length: bytes / 4 });
    this.#place(0, header);
    let at = CAPABILITIES_BASE;
    capabilities.forEach(({ bank }, index) => {
      this.#place(at, bank);
      at += alignUp(bank.map.extent, 4);
      if (at > 256) throw new RangeError('The capabilities do not fit into 256 bytes.');
      bank.registers.NEXT.value = index + 1 < capabilities.length ? at : 0;
    });
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
