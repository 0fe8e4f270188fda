/** Tables from an offset to the register that holds it, in blocks so that wide maps stay small. */
import type { DecodeTable, DecodeTables, Register } from './compiled-map.ts';
import type { RegisterMap } from './declare.ts';

export function buildDecode(
  map: RegisterMap,
  registers: readonly Register[],
  pages: readonly string[],
  extent: number,
): DecodeTables {
  if (extent > EXTENT_MAX) {
    throw new RangeError(`${map.name} spans ${extent} bytes; declare parts of ${EXTENT_MAX}.`);
  }
  const read = pages.map(() => emptyTable(extent));
  const write = pages.map(() => emptyTable(extent));
  const place = (register: Register, side: 'read' | 'write', tables: DecodeTable[]) => {
    const own = register.page < 0 ? [...pages.keys()] : [register.page];
    for (const page of own) {
      for (let byte = register.at; byte < register.at + register.bytes; byte++) {
        const other = claim(tables[page] ?? [], byte, register.slot);
        if (other !== 0) {
          throw new RangeError(
            `${map.name}: registers ${registers[other - 1]?.name} and ${register.name} overlap ` +
              `at offset 0x${byte.toString(16)} for a ${side}.`,
          );
        }
      }
    }
  };
  for (const register of registers) {
    // A register that is neither (all NOACCESS) still claims its place on both sides.
    if (register.readable || !register.writable) place(register, 'read', read);
    if (register.writable || !register.readable) place(register, 'write', write);
  }
  return { read, write };
}

/** What one map may span, in bytes. */
export const EXTENT_MAX = 1 << 28;

export const BLOCK_BITS = 12;
export const BLOCK_BYTES = 1 << BLOCK_BITS;
const NOTHING = new Uint16Array(BLOCK_BYTES);

function emptyTable(extent: number): DecodeTable {
  return Array.from({ length: Math.ceil(extent / BLOCK_BYTES) }, () => NOTHING);
}

/** Enters a slot at a byte; returns what was there before (slot + 1), or 0. */
function claim(table: DecodeTable, byte: number, slot: number): number {
  const index = byte >>> BLOCK_BITS;
  let block = table[index] ?? NOTHING;
  if (block === NOTHING) {
    block = new Uint16Array(BLOCK_BYTES);
    table[index] = block;
  }
  const before = block[byte % BLOCK_BYTES] ?? 0;
  block[byte % BLOCK_BYTES] = slot + 1;
  return before;
}
