/**
 * The binary form, for volume. All integers are little-endian; offsets in bytes.
 *
 * - The beginning: `MAGIC`, u32 length of the header, the header's lines as in the text form.
 * - A block: u8 `B`, u8 packing, u16 0, u32 stored length, u32 raw length, u32 events, u32 hash of
 *   the raw bytes, the stored bytes.
 * - The end: u8 `E`, u8 1 if there is a hash, u16 0, u32 blocks, f64 events, eight bytes of hash;
 *   for each block f64 where it begins, f64 the number of its first event, f64 the time of that.
 * - The tail: u32 length of the end, `TAIL`.
 *
 * A block's events, each: u8 kind, u8 flags, then as the flags say, as variable-length integers
 * (seven bits a byte, the lowest first): the difference of time (always), space, address, u8 size,
 * value, high, number of bytes and the bytes, number of a text. Text numbers count within the
 * block; a number that is new is followed by the length of the text in UTF-8, and the text. Each
 * block begins at time 0 with no texts, so that any block can be read alone.
 */
export const MAGIC = Uint8Array.of(0x89, 0x64, 0x79, 0x6e, 0x6f, 0x0d, 0x0a, 0x01);
export const TAIL = Uint8Array.of(0x64, 0x79, 0x6e, 0x6f, 0x65, 0x6e, 0x64, 0x0a);

export const BLOCK = 0x42;
export const END = 0x45;
export const BLOCK_HEAD = 20;
export const END_HEAD = 24;
export const INDEX_ENTRY = 24;
export const TAIL_LENGTH = 12;

export const HEADER_MAX = 1_048_576;
/** A block is written when its events take that much. */
export const BLOCK_RAW = 262_144;
/** One event may be the largest payload and the largest text. */
export const BLOCK_RAW_MAX = 2_097_152;
export const BLOCKS_MAX = 1_000_000;

export const Flag = {
  Space: 1,
  Address: 2,
  Size: 4,
  Value: 8,
  High: 16,
  Bytes: 32,
  Text: 64,
  /** Time went back. */
  Back: 128,
} as const;

/** How blocks are packed; the code is in each. */
export interface BlockPacker {
  readonly code: number;
  pack(raw: Uint8Array): Uint8Array;
}

/**
 * Undoes what any packer did. It must not make more than `rawLength` bytes.
 * @throws Error with a sentence for a code that it does not know, and for broken bytes
 */
export type BlockUnpacker = (code: number, stored: Uint8Array, rawLength: number) => Uint8Array;

/** Code 0: as they are. */
export const STORED: BlockPacker = { code: 0, pack: (raw) => raw };
