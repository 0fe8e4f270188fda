/**
 * How blocks of the binary form are packed with what Node has: zstd (since 22.15), or else deflate,
 * which every Node reads. Codes are part of the format.
 */
import * as zlib from 'node:zlib';
import { type BlockPacker, type BlockUnpacker } from '../codecs/binary/layout.ts';

const ZSTD = 1;
const DEFLATE = 2;
/** Fast: traces are written while something runs, and repeat themselves. */
const ZSTD_LEVEL = 1;
const DEFLATE_LEVEL = 1;

const hasZstd = typeof zlib.zstdCompressSync === 'function';

const zstd: BlockPacker = {
  code: ZSTD,
  pack: (raw) =>
    zlib.zstdCompressSync(raw, {
      params: { [zlib.constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL },
    }),
};

/** For traces that any Node from 22.12 on must read. */
export const deflate: BlockPacker = {
  code: DEFLATE,
  pack: (raw) => zlib.deflateRawSync(raw, { level: DEFLATE_LEVEL }),
};

/** The best that this Node has. */
export const bestPacker: BlockPacker = hasZstd ? zstd : deflate;

export const unpack: BlockUnpacker = (code, stored, rawLength) => {
  // One byte more shows that there would be more.
  const maxOutputLength = rawLength + 1;
  if (code === DEFLATE) return guarded(() => zlib.inflateRawSync(stored, { maxOutputLength }));
  if (code !== ZSTD) throw new Error(`this block is packed in a way (${code}) that is not known`);
  if (!hasZstd) {
    const { node } = process.versions;
    throw new Error(
      `this trace is packed with zstd, which Node.js ${node} lacks: read it with ` +
        'Node.js 22.15 or later, or convert it there to the text form',
    );
  }
  return guarded(() => zlib.zstdDecompressSync(stored, { maxOutputLength }));
};

function guarded(work: () => Uint8Array): Uint8Array {
  try {
    return work();
  } catch {
    throw new Error('this block cannot be unpacked');
  }
}
