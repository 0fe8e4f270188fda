/**
 * The MSI capability: 1 to 32 vectors, 64-bit addresses and masks per vector as options.
 *
 * PCI Local Bus Specification 3.0, "MSI Capability" (secondary source).
 */
import { RegisterBank } from '../../registers/bank.ts';
import {
  type FieldDeclaration,
  type RegisterDeclaration,
  type RegisterMap,
  bit,
  bits,
} from '../../registers/declare.ts';
import { CAPABILITY_MAP, type Capability, CapabilityId, capabilityHeader } from './capability.ts';
import { memoised } from './memoised.ts';
import { exponentOf } from './powers.ts';

export const MSI_VECTORS_MAX = 32;

export interface MsiOptions {
  readonly kind: 'msi';
  /** A power of two up to 32. */
  readonly vectors: number;
  /** 64-bit message addresses. */
  readonly wide?: boolean;
  readonly masking?: boolean;
}

const msiMap = memoised(({ vectors, wide = false, masking = false }: MsiOptions) => {
  const data = wide ? 12 : 8;
  const upper: Record<string, RegisterDeclaration> = wide ? { UPPER: { at: 8, width: 32 } } : {};
  const masks: Record<string, RegisterDeclaration> = masking
    ? {
        MASK: { at: data + 4, width: 32, fields: perVector(vectors, {}) },
        PENDING: {
          at: data + 8,
          width: 32,
          fields: perVector(vectors, { access: 'RO', volatile: true }),
        },
      }
    : {};
  return {
    ...CAPABILITY_MAP,
    name: 'MSI',
    registers: {
      ...capabilityHeader(CapabilityId.Msi),
      CONTROL: {
        at: 2,
        fields: {
          ENABLE: bit(0),
          CAPABLE: bits(3, 1, { access: 'RO', reset: exponentOf(vectors) ?? 0 }),
          ENABLED: bits(6, 4),
          WIDE: bit(7, { access: 'RO', reset: wide ? 1 : 0 }),
          MASKING: bit(8, { access: 'RO', reset: masking ? 1 : 0 }),
        },
      },
      ADDRESS: { at: 4, width: 32, fields: { ADDRESS: bits(31, 2) } },
      DATA: { at: data },
      RESERVED: { at: data + 2, access: 'RO' },
      ...upper,
      ...masks,
    },
  } as const satisfies RegisterMap;
});

/** Fields `V0` ... one bit for each vector. */
export function perVector(
  vectors: number,
  options: Omit<FieldDeclaration, 'bits'>,
): Record<string, FieldDeclaration> {
  const names = Array.from({ length: vectors }, (_, at) => [`V${at}`, bit(at, options)] as const);
  return Object.fromEntries(names);
}

type VectorBits = Record<string, number>;

export class Msi implements Capability {
  readonly bank;
  readonly vectors: number;
  readonly #send: (vector: number) => void;
  readonly #mask: VectorBits | undefined;
  readonly #pending: VectorBits | undefined;

  /** `send` puts a message on the bus; `changed` is called after every write. */
  constructor(options: MsiOptions, send: (vector: number) => void, changed: () => void) {
    const { vectors } = options;
    if (vectors > MSI_VECTORS_MAX || exponentOf(vectors) === undefined) {
      throw new RangeError(`MSI has 1, 2, 4, 8, 16 or 32 vectors, not ${vectors}.`);
    }
    this.vectors = vectors;
    this.#send = send;
    this.bank = new RegisterBank(msiMap(options), {
      write: {
        // Granting more than was asked for is undefined; QEMU 7.2 grants what was asked for.
        CONTROL: () => {
          const { CONTROL } = this.bank.registers;
          CONTROL.ENABLED = Math.min(CONTROL.ENABLED, CONTROL.CAPABLE);
        },
      },
      settled: () => {
        changed();
        this.#sendPending();
      },
    });
    const views = this.bank.registers as unknown as Record<string, VectorBits | undefined>;
    this.#mask = views['MASK'];
    this.#pending = views['PENDING'];
  }

  get enabled(): boolean {
    return this.bank.registers.CONTROL.ENABLE === 1;
  }

  /** Grants the vectors that were asked for, rounded up to what the field can say. */
  enable(on: boolean, vectors: number): void {
    const { CONTROL } = this.bank.registers;
    let exponent = 0;
    while (2 ** exponent < Math.min(vectors, this.vectors)) exponent++;
    CONTROL.ENABLED = exponent;
    CONTROL.ENABLE = on ? 1 : 0;
    this.bank.settle();
  }

  /** The device signals; with fewer vectors granted than it wants, they fold. */
  signal(vector: number): void {
    const granted = Math.min(2 ** this.bank.registers.CONTROL.ENABLED, this.vectors);
    const sent = vector % granted;
    if (this.#mask?.[`V${sent}`] === 1) (this.#pending as VectorBits)[`V${sent}`] = 1;
    else this.#send(sent);
  }

  #sendPending(): void {
    if (this.#mask === undefined || this.#pending === undefined || !this.enabled) return;
    if (this.#pending['value'] === 0) return;
    for (let vector = 0; vector < this.vectors; vector++) {
      const name = `V${vector}`;
      if (this.#pending[name] !== 1 || this.#mask[name] === 1) continue;
      this.#pending[name] = 0;
      this.#send(vector);
    }
  }
}
