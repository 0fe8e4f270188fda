/**
 * The power management capability: D0 and D3hot.
 *
 * PCI Bus Power Management Interface Specification 1.2 (secondary source).
 * Not modelled: D1, D2, D3cold, power data, the delays between states.
 */
import { RegisterBank } from '../../registers/bank.ts';
import { type RegisterMap, bit, bits } from '../../registers/declare.ts';
import { CAPABILITY_MAP, type Capability, CapabilityId, capabilityHeader } from './capability.ts';
import { memoised } from './memoised.ts';

export const PowerState = { D0: 0, D1: 1, D2: 2, D3: 3 } as const;

export interface PowerManagementOptions {
  readonly kind: 'power-management';
  /** The way from D3hot to D0 keeps the state of the function. */
  readonly noSoftReset?: boolean;
}

const powerManagementMap = memoised(
  (noSoftReset: boolean) =>
    ({
      ...CAPABILITY_MAP,
      name: 'PCI power management',
      registers: {
        ...capabilityHeader(CapabilityId.PowerManagement),
        PMC: {
          at: 2,
          access: 'RO',
          fields: { VERSION: bits(2, 0, { reset: 3 }), D1: bit(9), D2: bit(10), PME: bits(15, 11) },
        },
        PMCSR: {
          at: 4,
          fields: {
            STATE: bits(1, 0, { values: PowerState }),
            NO_SOFT_RESET: bit(3, { access: 'RO', reset: noSoftReset ? 1 : 0 }),
            PME_ENABLE: bit(8, { access: 'RO' }),
            PME_STATUS: bit(15, { access: 'W1C', keptBy: ['d3'] }),
          },
        },
        BRIDGE: { at: 6, width: 8, access: 'RO' },
        DATA: { at: 7, width: 8, access: 'RO' },
      },
    }) as const satisfies RegisterMap,
);

export class PowerManagement implements Capability {
  readonly bank;

  /** `changed` hears whether the function came back to D0 and lost its state on the way. */
  constructor(options: PowerManagementOptions, changed: (softReset: boolean) => void) {
    const { D0, D3 } = PowerState;
    this.bank = new RegisterBank(powerManagementMap(options.noSoftReset ?? false), {
      write: {
        PMCSR: (written, before) => {
          const { PMCSR } = this.bank.registers;
          // A write of a state that the function does not support is discarded (PCI PM 1.2).
          if (written.STATE !== D0 && written.STATE !== D3) PMCSR.STATE = before.STATE;
          if (PMCSR.STATE === before.STATE) return;
          changed(PMCSR.STATE === D0 && PMCSR.NO_SOFT_RESET === 0);
        },
      },
    });
  }

  get awake(): boolean {
    return this.bank.registers.PMCSR.STATE === PowerState.D0;
  }
}
