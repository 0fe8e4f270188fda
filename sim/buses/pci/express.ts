/**
 * The PCI Express capability of an endpoint: device capabilities and control with the
 * function-level reset, and a link that never changes.
 *
 * PCI Express Base Specification 2.0 (secondary source).
 * Not modelled: error reporting, link training, ASPM, the time that a reset takes, what the second
 * set of registers (device and link 2) offers.
 */
import { RegisterBank } from '../../registers/bank.ts';
import { type RegisterMap, bit, bits } from '../../registers/declare.ts';
import { CAPABILITY_MAP, type Capability, CapabilityId, capabilityHeader } from './capability.ts';
import { memoised } from './memoised.ts';

export interface ExpressOptions {
  readonly kind: 'express';
  /** Function-level reset. */
  readonly flr?: boolean;
  /** Device/port type: 0 an endpoint, 9 one that is integrated into the root complex. */
  readonly type?: 0 | 9;
}

const expressMap = memoised(
  ({ flr, type }: Required<Pick<ExpressOptions, 'flr' | 'type'>>) =>
    ({
      ...CAPABILITY_MAP,
      name: 'PCI Express',
      registers: {
        ...capabilityHeader(CapabilityId.Express),
        CAPABILITIES: {
          at: 0x02,
          access: 'RO',
          fields: { VERSION: bits(3, 0, { reset: 2 }), TYPE: bits(7, 4, { reset: type }) },
        },
        DEVICE_CAPABILITIES: {
          at: 0x04,
          width: 32,
          access: 'RO',
          fields: {
            PAYLOAD: bits(2, 0),
            ROLE_BASED_ERRORS: bit(15, { reset: 1 }),
            FLR: bit(28, { reset: flr ? 1 : 0 }),
          },
        },
        DEVICE_CONTROL: {
          at: 0x08,
          fields: {
            REPORT: bits(3, 0),
            RELAXED: bit(4, { reset: 1 }),
            PAYLOAD: bits(7, 5, { keptBy: ['function'] }),
            NO_SNOOP: bit(11, { reset: 1 }),
            READ_REQUEST: bits(14, 12, { reset: 2 }),
            // Always reads as zero; the write itself resets.
            INITIATE_FLR: bit(15, { access: flr ? 'WC' : 'RO' }),
          },
        },
        DEVICE_STATUS: {
          at: 0x0a,
          access: 'RO',
          fields: { ERRORS: bits(3, 0, { access: 'W1C' }), PENDING: bit(5) },
        },
        LINK_CAPABILITIES: {
          at: 0x0c,
          width: 32,
          access: 'RO',
          fields: { SPEED: bits(3, 0, { reset: 1 }), WIDTH: bits(9, 4, { reset: 1 }) },
        },
        LINK_CONTROL: { at: 0x10, access: 'RO' },
        LINK_STATUS: {
          at: 0x12,
          access: 'RO',
          fields: { SPEED: bits(3, 0, { reset: 1 }), WIDTH: bits(9, 4, { reset: 1 }) },
        },
        // Slot and root registers, then the second set: an endpoint without their options.
        REST: { at: 0x14, width: 32, access: 'RO', array: { count: 10, stride: 4 } },
      },
    }) as const satisfies RegisterMap,
);

export class Express implements Capability {
  readonly bank;

  constructor(options: ExpressOptions, functionReset: () => void) {
    const { flr = false, type = 0 } = options;
    this.bank = new RegisterBank(expressMap({ flr, type }), {
      write: {
        DEVICE_CONTROL: ({ INITIATE_FLR }) => {
          if (flr && INITIATE_FLR === 1) functionReset();
        },
      },
    });
  }

  get hasReset(): boolean {
    return this.bank.registers.DEVICE_CAPABILITIES.FLR === 1;
  }
}
