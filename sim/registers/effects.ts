/**
 * What a read and a write do to a field: two independent axes, and the names other standards give
 * to their combinations. The axes are the truth; names are aliases.
 *
 * Names: the 25 access policies of UVM (`uvm_reg_field`, accellera uvm-core, 2024-09-03), and
 * NOACCESS.
 */

/** `none`: no readable value. `clear`, `set`: the value is returned, then all zeros or all ones. */
export const READ_EFFECTS = ['none', 'value', 'clear', 'set'] as const;
export type ReadEffect = (typeof READ_EFFECTS)[number];

/**
 * `value` stores what is written, `clear` and `set` ignore it, `w1c` clears where a one is written,
 * `w0t` toggles where a zero is written, and so on; `value-once` stores the first write after a
 * reset only.
 */
export const WRITE_EFFECTS = [
  'ignore',
  'value',
  'clear',
  'set',
  'w1c',
  'w1s',
  'w1t',
  'w0c',
  'w0s',
  'w0t',
  'value-once',
] as const;
export type WriteEffect = (typeof WRITE_EFFECTS)[number];

/** The named combinations of the two axes. */
export const ACCESS = {
  NOACCESS: { read: 'none', write: 'ignore' },
  RO: { read: 'value', write: 'ignore' },
  RC: { read: 'clear', write: 'ignore' },
  RS: { read: 'set', write: 'ignore' },
  WO: { read: 'none', write: 'value' },
  RW: { read: 'value', write: 'value' },
  WRC: { read: 'clear', write: 'value' },
  WRS: { read: 'set', write: 'value' },
  WOC: { read: 'none', write: 'clear' },
  WC: { read: 'value', write: 'clear' },
  WCRS: { read: 'set', write: 'clear' },
  WOS: { read: 'none', write: 'set' },
  WS: { read: 'value', write: 'set' },
  WSRC: { read: 'clear', write: 'set' },
  W1C: { read: 'value', write: 'w1c' },
  W1CRS: { read: 'set', write: 'w1c' },
  W1S: { read: 'value', write: 'w1s' },
  W1SRC: { read: 'clear', write: 'w1s' },
  W1T: { read: 'value', write: 'w1t' },
  W0C: { read: 'value', write: 'w0c' },
  W0CRS: { read: 'set', write: 'w0c' },
  W0S: { read: 'value', write: 'w0s' },
  W0SRC: { read: 'clear', write: 'w0s' },
  W0T: { read: 'value', write: 'w0t' },
  W1: { read: 'value', write: 'value-once' },
  WO1: { read: 'none', write: 'value-once' },
} as const satisfies Record<string, { read: ReadEffect; write: WriteEffect }>;
export type AccessName = keyof typeof ACCESS;

/** The name of a combination, or undefined for the 18 that have none. */
export function accessName(read: ReadEffect, write: WriteEffect): AccessName | undefined {
  for (const [name, effects] of Object.entries(ACCESS)) {
    if (effects.read === read && effects.write === write) return name as AccessName;
  }
  return undefined;
}
