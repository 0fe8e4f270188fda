/**
 * Register map of the TMP105: Texas Instruments SLLS648D, February 2005, revised September 2011.
 * Tables 1 to 5 (pointer, temperature register) read; the rest secondary, from the data sheets of
 * its sisters TMP106 (SLLS672A) and TMP275 (SBOS363D), which word it alike.
 *
 * `at` is a place in the table only: on the wire the pointer selects a register, and registers of
 * two bytes go most significant byte first.
 */
import { type RegisterMap, bit, bits } from '../../registers/declare.ts';

export const registers = {
  name: 'tmp105',
  width: 16,
  registers: {
    TEMPERATURE: {
      at: 0,
      access: 'RO',
      volatile: true,
      fields: { T: bits(15, 4) },
    },
    /** OS starts a conversion and always reads zero. */
    CONFIGURATION: {
      at: 2,
      width: 8,
      fields: {
        SD: bit(0),
        TM: bit(1),
        POL: bit(2),
        F: bits(4, 3),
        R: bits(6, 5),
        OS: bit(7, { access: 'WO' }),
      },
    },
    T_LOW: { at: 4, fields: { L: bits(15, 4, { reset: 0x4b0 }) } },
    T_HIGH: { at: 6, fields: { H: bits(15, 4, { reset: 0x500 }) } },
  },
} as const satisfies RegisterMap;

/** What the pointer selects (Table 2). */
export const POINTER = { temperature: 0, configuration: 1, low: 2, high: 3 } as const;
/** Temperatures are in sixteenths of a degree, above four bits that are zero (Tables 3 to 5). */
export const MILLIDEGREES_OF_DEGREE = 1000;
export const STEPS_OF_DEGREE = 16;
export const UNUSED_BITS = 16;

/** Consecutive faults by the field F, conversion times by the field R: 9, 10, 11, 12 bits. */
export const FAULTS = [1, 2, 4, 6] as const;
export const RESOLUTIONS = [9, 10, 11, 12] as const;
const CONVERSION_TYPICAL_NS = 27_500_000;
const CONVERSION_MAX_NS = 37_500_000;
export const conversionNs = (r: number): number => CONVERSION_TYPICAL_NS * 2 ** r;
/** The longest that it takes; electrical characteristics (secondary). */
export const conversionMaxNs = (r: number): number => CONVERSION_MAX_NS * 2 ** r;

/** Addresses on the bus that are not the part's own. */
export const GENERAL_CALL = 0x00;
export const ALERT_RESPONSE = 0x0c;
/** Second byte of a general call. */
export const GENERAL_CALL_RESET = 0x06;
export const GENERAL_CALL_LATCH = 0x04;
