/**
 * The discoverable parameters of a W25Q, as JEDEC JESD216B lays them out (secondary): the header,
 * one parameter header, and the basic flash parameter table of 16 double words.
 */
import { BLOCK_BYTES, HALF_BLOCK_BYTES, type NorPart, PAGE_BYTES, SECTOR_BYTES } from './parts.ts';

const TABLE_AT = 0x80;
const TABLE_WORDS = 16;
const SFDP_BYTES = 256;

/** Exponent of a power of two. */
const exponent = (value: number): number => value.toString(2).length - 1;

export function sfdp(part: NorPart): Uint8Array {
  const bytes = new Uint8Array(SFDP_BYTES).fill(0xff);
  const view = new DataView(bytes.buffer);
  // Signature, revision 1.6, one parameter header.
  bytes.set([0x53, 0x46, 0x44, 0x50, 0x06, 0x01, 0x00, 0xff], 0);
  // Basic table, revision 1.6, its length in words, where it lies.
  bytes.set([0x00, 0x06, 0x01, TABLE_WORDS, TABLE_AT, 0x00, 0x00, 0xff], 8);
  const word = (index: number, value: number) =>
    view.setUint32(TABLE_AT + 4 * (index - 1), value, true);
  for (let index = 1; index <= TABLE_WORDS; index++) word(index, 0);
  // 4 KiB erase by 20h, 06h enables volatile status writes, fast reads 1-1-2, 1-2-2, 1-4-4, 1-1-4.
  word(1, part.fourByteAddresses ? 0xfffb20e5 : 0xfff920e5);
  // Density: bits, less one.
  word(2, part.bytes * 8 - 1);
  // 1-4-4 by EBh: 4 dummy clocks, 2 mode clocks; 1-1-4 by 6Bh: 8 dummy clocks.
  bytes.set([0x44, 0xeb, 0x08, 0x6b], TABLE_AT + 8);
  // 1-1-2 by 3Bh: 8 dummy clocks; 1-2-2 by BBh: 4 mode clocks.
  bytes.set([0x08, 0x3b, 0x80, 0xbb], TABLE_AT + 12);
  word(5, 0xfffffffe);
  word(6, 0x0000ffff);
  word(7, 0x0000ffff);
  bytes.set(
    [
      exponent(SECTOR_BYTES),
      0x20,
      exponent(HALF_BLOCK_BYTES),
      0x52,
      exponent(BLOCK_BYTES),
      0xd8,
      0,
      0,
    ],
    TABLE_AT + 28,
  );
  // Page size in the upper half of the lowest byte.
  word(11, exponent(PAGE_BYTES) * 16);
  // Erases and programs are suspended by 75h and resumed by 7Ah.
  word(13, 0x757a757a);
  // Deep power-down by B9h, out of it by ABh; BUSY is bit 0 of the status.
  word(14, 0xb9 * 2 ** 23 + 0xab * 2 ** 15 + 4);
  // QE is bit 1 of status register 2.
  word(15, 5 * 2 ** 20);
  // Reset by 66h and 99h, 50h for volatile status; four-byte mode by B7h, out of it by E9h.
  word(16, 2 ** 12 + 8 + (part.fourByteAddresses ? 2 ** 24 + 2 ** 14 : 0));
  return bytes;
}
