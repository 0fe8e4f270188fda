/**
 * MSI-X: the capability, and the table of vectors and the pending bits in a BAR.
 *
 * PCI Local Bus Specification 3.0, "MSI-X Capability and Table Structures" (secondary source).
 */
import { RegisterBank } from '../../registers/bank.ts';
import { type AccessSize, type RegisterMap, bit, bits } from '../../registers/declare.ts';
import type { BarHandler } from './bars.ts';
import { CAPABILITY_MAP, type Capability, CapabilityId, capabilityHeader } from './capability.ts';
import { allOnes } from './config-space.ts';
import { RESET_DOMAINS } from './header.ts';
import { memoised } from './memoised.ts';
import { perVector } from './msi.ts';

export const MSIX_VECTORS_MAX = 2048;
const ENTRY_BYTES = 16;
const PENDING_BITS = 64;

export interface MsixOptions {
  readonly kind: 'msix';
  readonly vectors: number;
  /** Index of the BAR with the table and the pending bits; offsets are multiples of eight. */
  readonly bar: number;
  readonly tableOffset: number;
  readonly pendingOffset: number;
}

const msixMap = memoised(
  ({ vectors, bar, tableOffset, pendingOffset }: MsixOptions) =>
    ({
      ...CAPABILITY_MAP,
      name: 'MSI-X',
      registers: {
        ...capabilityHeader(CapabilityId.MsiX),
        CONTROL: {
          at: 2,
          fields: {
            SIZE: bits(10, 0, { access: 'RO', reset: vectors - 1 }),
            FUNCTION_MASK: bit(14),
            ENABLE: bit(15),
          },
        },
        TABLE: { at: 4, width: 32, access: 'RO', reset: tableOffset + bar },
        PENDING: { at: 8, width: 32, access: 'RO', reset: pendingOffset + bar },
      },
    }) as const satisfies RegisterMap,
);

const tableMap = memoised((vectors: number) => {
  const array = { count: vectors, stride: ENTRY_BYTES };
  return {
    name: 'MSI-X table',
    width: 32,
    sizes: [4, 8],
    domains: RESET_DOMAINS,
    registers: {
      ADDRESS: { at: 0, array, fields: { ADDRESS: bits(31, 2) } },
      UPPER: { at: 4, array },
      DATA: { at: 8, array },
      CONTROL: { at: 12, array, fields: { MASK: bit(0, { reset: 1 }) } },
    },
  } as const satisfies RegisterMap;
});

const pendingMap = memoised((vectors: number) => {
  const words = Math.ceil(vectors / PENDING_BITS) * 2;
  return {
    name: 'MSI-X pending bits',
    width: 32,
    sizes: [4, 8],
    domains: RESET_DOMAINS,
    registers: {
      PENDING: {
        at: 0,
        array: { count: words, stride: 4 },
        fields: perVector(32, { access: 'RO', volatile: true }),
      },
    },
  } as const satisfies RegisterMap;
});

export class Msix implements Capability {
  readonly bank;
  readonly vectors: number;
  /** The first byte after the table and the pending bits. */
  readonly end: number;
  readonly #parts: readonly Part[];
  readonly #table;
  readonly #pending;
  readonly #send: (vector: number) => void;

  /** `send` puts a message on the bus; `changed` is called after every write of the capability. */
  constructor(options: MsixOptions, send: (vector: number) => void, changed: () => void) {
    const { vectors, tableOffset, pendingOffset } = options;
    if (!Number.isInteger(vectors) || vectors < 1 || vectors > MSIX_VECTORS_MAX) {
      throw new RangeError(`MSI-X has 1 to ${MSIX_VECTORS_MAX} vectors, not ${vectors}.`);
    }
    if (tableOffset % 8 !== 0 || pendingOffset % 8 !== 0) {
      throw new RangeError('The MSI-X table and pending bits start at multiples of eight.');
    }
    this.vectors = vectors;
    this.#send = send;
    this.bank = new RegisterBank(msixMap(options), {
      settled: () => {
        changed();
        this.#sendPending();
      },
    });
    this.#table = new RegisterBank(tableMap(vectors), { settled: () => this.#sendPending() });
    this.#pending = new RegisterBank(pendingMap(vectors));
    const tableEnd = tableOffset + vectors * ENTRY_BYTES;
    const pendingEnd = pendingOffset + Math.ceil(vectors / PENDING_BITS) * 8;
    this.#parts = [
      { at: tableOffset, end: tableEnd, handler: this.#table },
      { at: pendingOffset, end: pendingEnd, handler: this.#pending },
    ];
    this.end = Math.max(tableEnd, pendingEnd);
  }

  get enabled(): boolean {
    return this.bank.registers.CONTROL.ENABLE === 1;
  }

  /** What the platform does for a driver: the first vectors with an address, unmasked. */
  enable(on: boolean, vectors: number): void {
    const { CONTROL, ADDRESS, DATA } = this.#table.registers;
    for (let vector = 0; vector < this.vectors; vector++) {
      const used = on && vector < vectors;
      ADDRESS[vector]!.value = used ? MESSAGE_ADDRESS : 0;
      DATA[vector]!.value = used ? vector : 0;
      CONTROL[vector]!.MASK = used ? 0 : 1;
    }
    this.bank.registers.CONTROL.FUNCTION_MASK = 0;
    this.bank.registers.CONTROL.ENABLE = on ? 1 : 0;
    this.bank.settle();
  }

  /** The device signals; a masked vector stays pending. A vector that it lacks is our error. */
  signal(vector: number): void {
    const control = this.#table.registers.CONTROL[vector];
    if (control === undefined) throw new RangeError(`There is no MSI-X vector ${vector}.`);
    const masked = control.MASK === 1 || this.bank.registers.CONTROL.FUNCTION_MASK === 1;
    if (masked) this.#setPending(vector, 1);
    else this.#send(vector);
  }

  reset(domain: string): void {
    this.#table.reset(domain);
    this.#pending.reset(domain);
  }

  /** The BAR with the table in it: what lies around the table is the device's own. */
  inBar(device: BarHandler | undefined): BarHandler {
    return new MsixBar(this.#parts, device);
  }

  #setPending(vector: number, pending: 0 | 1): void {
    const word = this.#pending.registers.PENDING[Math.floor(vector / 32)];
    if (word !== undefined) word[`V${vector % 32}`] = pending;
  }

  #sendPending(): void {
    const { FUNCTION_MASK } = this.bank.registers.CONTROL;
    if (!this.enabled || FUNCTION_MASK === 1) return;
    this.#pending.registers.PENDING.forEach((word, index) => {
      if (word.value === 0) return;
      for (let at = 0; at < 32; at++) {
        const vector = index * 32 + at;
        if (word[`V${at}`] !== 1 || this.#table.registers.CONTROL[vector]?.MASK !== 0) continue;
        word[`V${at}`] = 0;
        this.#send(vector);
      }
    });
  }
}

/** Where a PC's interrupt controller takes messages; only its being an address matters here. */
export const MESSAGE_ADDRESS = 0xfee0_0000;

interface Part {
  readonly at: number;
  readonly end: number;
  readonly handler: BarHandler;
}

class MsixBar implements BarHandler {
  high = 0;
  readonly #parts: readonly Part[];
  readonly #device: BarHandler | undefined;

  constructor(parts: readonly Part[], device: BarHandler | undefined) {
    this.#parts = parts;
    this.#device = device;
  }

  read(offset: number, size: AccessSize): number {
    const part = this.#part(offset);
    const handler = part?.handler ?? this.#device;
    if (handler === undefined) {
      this.high = allOnes(4);
      return allOnes(size);
    }
    const value = handler.read(offset - (part?.at ?? 0), size);
    this.high = handler.high;
    return value;
  }

  write(offset: number, size: AccessSize, value: number, high: number): void {
    const part = this.#part(offset);
    const handler = part?.handler ?? this.#device;
    handler?.write(offset - (part?.at ?? 0), size, value, high);
  }

  #part(offset: number): Part | undefined {
    return this.#parts.find(({ at, end }) => offset >= at && offset < end);
  }
}
