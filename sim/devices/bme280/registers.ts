/**
 * Control registers of the BME280: Bosch Sensortec BST-BME280-DS002, revision 1.6 (September 2018),
 * sections 5.3 and 5.4 (secondary). What a part was calibrated to, and what it measured, are bytes
 * around them.
 */
import { type RegisterMap, bit, bits } from '../../registers/declare.ts';

export const registers = {
  name: 'bme280',
  width: 8,
  registers: {
    ID: { at: 0xd0, access: 'RO', fields: { CHIP_ID: bits(7, 0, { reset: 0x60 }) } },
    /** Reads as zero. */
    RESET: { at: 0xe0, access: 'WO', fields: { WORD: bits(7, 0) } },
    CTRL_HUM: { at: 0xf2, fields: { OSRS_H: bits(2, 0) } },
    STATUS: {
      at: 0xf3,
      access: 'RO',
      volatile: true,
      fields: { IM_UPDATE: bit(0), MEASURING: bit(3) },
    },
    CTRL_MEAS: {
      at: 0xf4,
      volatile: true,
      fields: { MODE: bits(1, 0), OSRS_P: bits(4, 2), OSRS_T: bits(7, 5) },
    },
    CONFIG: {
      at: 0xf5,
      fields: { SPI3W_EN: bit(0), FILTER: bits(4, 2), T_SB: bits(7, 5) },
    },
  },
} as const satisfies RegisterMap;

export const ADDRESS = {
  id: 0xd0,
  reset: 0xe0,
  humidity: 0xf2,
  status: 0xf3,
  measuring: 0xf4,
  config: 0xf5,
  data: 0xf7,
  /** Trimming words: of temperature, pressure and the first of humidity; the others of it. */
  trimLow: 0x88,
  trimHigh: 0xe1,
} as const;

/** Bytes at `data`: pressure and temperature in 20 bits each, left-justified, humidity in 16. */
export const DATA_RESET = [0x80, 0, 0, 0x80, 0, 0, 0x80, 0] as const;

export const RESET_WORD = 0xb6;
/** Both 1 and 2 are forced mode (Table 25). */
export const MODE = { sleep: 0, forced: 1, normal: 3 } as const;
/** By the fields osrs_*: higher ones are the last; 0 is skipped. */
export const OVERSAMPLING = [0, 1, 2, 4, 8, 16] as const;
/** By the field filter: higher ones are the last. */
export const FILTERS = [1, 2, 4, 8, 16] as const;
/** By the field t_sb (Table 27). */
export const STANDBY_NS = [0.5e6, 62.5e6, 125e6, 250e6, 500e6, 1000e6, 10e6, 20e6] as const;

/** Typical times of a measurement (section 9.1). */
export const TIME = { baseNs: 1e6, sampleNs: 2e6, switchNs: 0.5e6 } as const;
/** NVM is copied to the image registers after a reset: the start-up time's maximum. */
export const UPDATE_NS = 2e6;
