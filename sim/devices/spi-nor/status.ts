/**
 * The three status registers of a W25Q and what they protect: W25Q128JV rev. F, "Status and
 * Configuration Registers"; for parts with four-byte addresses W25Q256JV rev. G (secondary).
 *
 * Not modelled: individual block locks (WPS), the one-time lock of the status registers.
 */
import { RegisterBank } from '../../registers/bank.ts';
import { type RegisterMap, bit, bits } from '../../registers/declare.ts';
import { BLOCK_BYTES, HALF_BLOCK_BYTES, type NorPart, SECTOR_BYTES } from './parts.ts';

const BUSY = bit(0, { access: 'RO', volatile: true });
const WEL = bit(1, { access: 'RO', volatile: true });
const SR2 = {
  at: 1,
  access: 'RW',
  fields: {
    SRL: bit(0),
    QE: bit(1),
    LB: bits(5, 3),
    CMP: bit(6),
    SUS: bit(7, { access: 'RO', volatile: true }),
  },
} as const;
const DRV = bits(6, 5, { reset: 3 });

export const statusMap = {
  name: 'spi-nor-status',
  width: 8,
  registers: {
    SR1: {
      at: 0,
      access: 'RW',
      fields: { BUSY, WEL, BP: bits(4, 2), TB: bit(5), SEC: bit(6), SRP: bit(7) },
    },
    SR2,
    SR3: { at: 2, access: 'RW', fields: { WPS: bit(2), DRV } },
  },
} as const satisfies RegisterMap;

/** With four-byte addresses: one more bit of BP instead of SEC, and the mode of addresses. */
export const largeStatusMap = {
  name: 'spi-nor-large-status',
  width: 8,
  registers: {
    SR1: {
      at: 0,
      access: 'RW',
      fields: { BUSY, WEL, BP: bits(5, 2), TB: bit(6), SRP: bit(7) },
    },
    SR2,
    SR3: {
      at: 2,
      access: 'RW',
      fields: { ADS: bit(0, { access: 'RO', volatile: true }), ADP: bit(1), WPS: bit(2), DRV },
    },
  },
} as const satisfies RegisterMap;

/** With SEC the smallest areas are sectors, up to half a block. */
const SECTOR_STEPS_MAX = 4;
const PARTS_OF_CHIP = 64;

export interface Area {
  readonly from: number;
  readonly until: number;
}

export class NorStatus {
  readonly bank: RegisterBank<typeof statusMap> | RegisterBank<typeof largeStatusMap>;
  readonly #part: NorPart;
  readonly #bytes: number;
  /** The non-volatile values. */
  readonly #kept: number[];

  constructor(part: NorPart) {
    this.#part = part;
    this.#bytes = part.bytes;
    this.bank = part.fourByteAddresses
      ? new RegisterBank(largeStatusMap)
      : new RegisterBank(statusMap);
    this.#kept = [this.read(1), this.read(2), this.read(3)];
  }

  get registers() {
    return this.bank.registers;
  }

  read(index: 1 | 2 | 3): number {
    return this.bank.read(index - 1, 1);
  }

  /** Addresses of four bytes, not three. */
  get fourByteMode(): boolean {
    const { SR3 } = this.registers;
    return 'ADS' in SR3 && SR3.ADS === 1;
  }

  set fourByteMode(isOn: boolean) {
    const { SR3 } = this.registers;
    if ('ADS' in SR3) SR3.ADS = isOn ? 1 : 0;
  }

  /** One-time bits stay set; what is written volatile is forgotten at the next reset. */
  write(index: 1 | 2 | 3, value: number, isVolatile: boolean): void {
    const { SR2: second } = this.registers;
    const locked = second.LB;
    this.bank.write(index - 1, 1, value);
    second.LB = isVolatile ? locked : second.LB | locked;
    if (!isVolatile) this.#kept[index - 1] = this.read(index);
  }

  /** The cells of the registers come back. The lock of SRL goes with the power alone. */
  restore(isPowerOn: boolean): void {
    const { SR1, SR2: second, SR3 } = this.registers;
    const { SRL } = second;
    this.#kept.forEach((value, index) => this.bank.write(index, 1, value));
    second.SRL = isPowerOn ? 0 : SRL;
    second.SUS = 0;
    SR1.BUSY = 0;
    SR1.WEL = 0;
    this.fourByteMode = 'ADP' in SR3 && SR3.ADP === 1;
  }

  /** Status registers cannot be written while WP is low and SRP set, or SRL is. */
  isLocked(writeProtectIsHigh: boolean): boolean {
    const { SR1: first, SR2: second } = this.registers;
    return second.SRL === 1 || (first.SRP === 1 && second.QE === 0 && !writeProtectIsHigh);
  }

  /** The protected part of the array. */
  protectedArea(): Area {
    const { SR1: first, SR2: second } = this.registers;
    const bySectors = 'SEC' in first && first.SEC === 1;
    const length = this.#protectedBytes(first.BP, bySectors);
    const inverted = second.CMP === 1;
    const isLow = (first.TB === 1) !== inverted;
    const size = inverted ? this.#bytes - length : length;
    return isLow ? { from: 0, until: size } : { from: this.#bytes - size, until: this.#bytes };
  }

  protects(from: number, length: number): boolean {
    const area = this.protectedArea();
    return from < area.until && area.from < from + length;
  }

  #protectedBytes(blockProtect: number, bySectors: boolean): number {
    if (blockProtect === 0) return 0;
    if (blockProtect >= this.#part.protectsAllFrom) return this.#bytes;
    if (bySectors) {
      const steps = Math.min(blockProtect, SECTOR_STEPS_MAX);
      return Math.min(SECTOR_BYTES * 2 ** (steps - 1), HALF_BLOCK_BYTES);
    }
    const share = this.#part.fourByteAddresses ? BLOCK_BYTES : this.#bytes / PARTS_OF_CHIP;
    const unit = Math.max(BLOCK_BYTES, share);
    return Math.min(this.#bytes, unit * 2 ** (blockProtect - 1));
  }
}
