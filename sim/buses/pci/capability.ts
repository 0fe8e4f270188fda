/** What every capability structure has in common: an id, the way to the next, a place. */
import type { RegisterMap } from '../../registers/declare.ts';
import { CONFIG_SIZES, RESET_DOMAINS } from './header.ts';

/** PCI Code and ID Assignment: capability ids (secondary source). */
export const CapabilityId = {
  PowerManagement: 0x01,
  Msi: 0x05,
  Express: 0x10,
  MsiX: 0x11,
} as const;

/** Any register bank over configuration space. */
export interface ConfigRegisters {
  readonly map: { readonly extent: number };
  read(offset: number, size: 1 | 2 | 4): number;
  write(offset: number, size: 1 | 2 | 4, value: number): void;
  reset(domain: string): void;
}

export interface Capability {
  readonly bank: ConfigRegisters & { readonly registers: { readonly NEXT: { value: number } } };
}

export const CAPABILITY_MAP = {
  width: 16,
  sizes: CONFIG_SIZES,
  refused: 'zeros',
  domains: RESET_DOMAINS,
} as const satisfies Partial<RegisterMap>;

/** The first two bytes; where the next one lies is wired, so no reset changes it. */
export const capabilityHeader = (id: number) =>
  ({
    ID: { at: 0, width: 8, access: 'RO', reset: id },
    NEXT: { at: 1, width: 8, access: 'RO', keptBy: RESET_DOMAINS },
  }) as const satisfies RegisterMap['registers'];
