/**
 * The vocabulary of faults of an I2C bus, as data. `at` counts bytes from 1 in all transfers of a
 * scene, each address being one byte.
 */
export type I2cFault =
  /** Nobody acknowledges this byte, and `bytes` in all: as when the device is gone or busy. */
  | { readonly kind: 'no-acknowledge'; readonly at: number; readonly bytes: number }
  /** These bits of this byte of data flip on the way. */
  | { readonly kind: 'flipped-bits'; readonly at: number; readonly bits: number }
  /** The clock is held low so much longer before this byte. */
  | { readonly kind: 'stretched-clock'; readonly at: number; readonly ns: number }
  /** Another controller takes the bus at this byte. */
  | { readonly kind: 'lost-arbitration'; readonly at: number }
  /**
   * From this byte on SDA is held low, until the controller has sent nine clocks, or has sent them
   * so often.
   */
  | { readonly kind: 'stuck-data'; readonly at: number; readonly recoveries?: number }
  /** From this byte on nothing answers any more. */
  | { readonly kind: 'unplugged'; readonly at: number };

export type I2cFaultPlan = readonly I2cFault[];
