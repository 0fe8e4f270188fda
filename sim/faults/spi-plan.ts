/**
 * The vocabulary of faults of an SPI bus, as data. `at` counts bytes from 1 in all transactions of
 * a scene, in the order of the wires.
 */
export type SpiFault =
  /** These bits of this byte flip: on MISO, and on MOSI where the controller drives it. */
  | {
      readonly kind: 'flipped-bits';
      readonly at: number;
      readonly bits: number;
      /** MOSI is left alone: the device hears what was said. */
      readonly onlyAnswers?: true;
    }
  /** From this byte on, so many bytes from the device read as this: all ones, all zeros, ... */
  | {
      readonly kind: 'floating-data';
      readonly at: number;
      readonly bytes: number;
      readonly value: number;
    }
  /** The device does not see this transaction, counted from 1, at all. */
  | { readonly kind: 'lost-transaction'; readonly at: number }
  /** From this byte on nothing answers any more. */
  | { readonly kind: 'unplugged'; readonly at: number };

export type SpiFaultPlan = readonly SpiFault[];
