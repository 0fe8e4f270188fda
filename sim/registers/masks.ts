/** The masks of a map: one word per lane for each effect and property. */
import { MASK_NAMES, type MaskName, type Masks, type Register } from './compiled-map.ts';
import { fieldMask } from './fields.ts';

export function buildMasks(registers: readonly Register[], lanes: number): Masks {
  const masks = Object.fromEntries(
    MASK_NAMES.map((name) => [name, new Uint32Array(lanes)]),
  ) as Record<MaskName, Uint32Array>;
  const add = (mask: Uint32Array, register: Register, bits: bigint) => {
    mask[register.lane] = (mask[register.lane] ?? 0) | Number(bits & 0xffffffffn);
    if (register.bytes === 8) {
      mask[register.lane + 1] = (mask[register.lane + 1] ?? 0) | Number(bits >> 32n);
    }
  };
  for (const register of registers) {
    const { resetMask } = register.declaration;
    for (const field of register.fields) {
      const bits = field.mask;
      add(masks.defined, register, bits);
      add(masks.reset, register, field.reset << BigInt(field.lsb));
      add(masks.resetKnown, register, bits & BigInt(resetMask ?? -1n));
      if (field.read !== 'none') add(masks.readable, register, bits);
      if (field.read === 'clear') add(masks.readClear, register, bits);
      if (field.read === 'set') add(masks.readSet, register, bits);
      if (field.volatile) add(masks.volatile, register, bits);
      if (field.gap !== undefined) add(masks.gap, register, bits);
      if (field.gap?.word === 'reserved') add(masks.reserved, register, bits);
      if (field.write !== 'ignore') add(masks.writable, register, bits);
      if (field.write === 'value-once') add(masks.once, register, bits);
      else if (field.write !== 'ignore') add(masks[field.write], register, bits);
    }
    const named = register.fields.reduce((all, { mask }) => all | mask, 0n);
    add(masks.reserved, register, fieldMask(register.bytes * 8 - 1, 0) & ~named);
  }
  return masks;
}

/** The bits that a domain sets to their reset value. */
export function resettable(
  registers: readonly Register[],
  lanes: number,
  domain: string,
): Uint32Array {
  const mask = new Uint32Array(lanes);
  for (const register of registers) {
    for (const field of register.fields) {
      if (field.keptBy.includes(domain)) continue;
      const bits = field.mask;
      mask[register.lane] = (mask[register.lane] ?? 0) | Number(bits & 0xffffffffn);
      if (register.bytes === 8) {
        mask[register.lane + 1] = (mask[register.lane + 1] ?? 0) | Number(bits >> 32n);
      }
    }
  }
  return mask;
}
