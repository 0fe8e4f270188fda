/** The index at the end of a binary trace, and a block by its entry; layout.ts has the layout. */
import { hashBytes } from '../../../sim/kernel/hash.ts';
import { TraceError, atByte } from '../../format/trace-error.ts';
import {
  BLOCK,
  BLOCK_HEAD,
  BLOCK_RAW_MAX,
  BLOCKS_MAX,
  type BlockUnpacker,
  END,
  END_HEAD,
  INDEX_ENTRY,
  TAIL,
  TAIL_LENGTH,
} from './layout.ts';

export interface BlockEntry {
  /** Where it begins in the file. */
  readonly offset: number;
  /** The number of its first event, and how many it has. */
  readonly first: number;
  readonly events: number;
  /** When its first event was. */
  readonly timeNs: number;
}

/** Gives bytes of the file: exactly so many. */
export type ReadAt = (offset: number, length: number) => Uint8Array;

/** @throws TraceError */
export function readIndex(read: ReadAt, fileLength: number) {
  const tailAt = fileLength - TAIL_LENGTH;
  const tail = read(tailAt, TAIL_LENGTH);
  if (TAIL.some((byte, at) => tail[4 + at] !== byte)) {
    throw new TraceError('the file has no index: it was cut off', atByte(tailAt));
  }
  const length = viewOf(tail).getUint32(0, true);
  const endAt = tailAt - length;
  const blocks = (length - END_HEAD) / INDEX_ENTRY;
  if (endAt < 0 || !Number.isInteger(blocks) || blocks < 0 || blocks > BLOCKS_MAX) {
    throw new TraceError('the index has an impossible length', atByte(tailAt));
  }
  const end = read(endAt, length);
  const view = viewOf(end);
  if (end[0] !== END || view.getUint32(4, true) !== blocks) {
    throw new TraceError('here must be the end', atByte(endAt));
  }
  const events = view.getFloat64(8, true);
  const entries = Array.from({ length: blocks }, (_, index): BlockEntry => {
    const at = END_HEAD + index * INDEX_ENTRY;
    const first = view.getFloat64(at + 8, true);
    const next = index + 1 < blocks ? view.getFloat64(at + INDEX_ENTRY + 8, true) : events;
    return {
      offset: view.getFloat64(at, true),
      first,
      events: next - first,
      timeNs: view.getFloat64(at + 16, true),
    };
  });
  const wrong = entries.findIndex(({ offset, first, events: count }, index) => {
    const before = entries[index - 1];
    const follows = before === undefined ? first === 0 : offset > before.offset;
    return !Number.isSafeInteger(offset) || !(count > 0) || !follows || offset >= endAt;
  });
  if (wrong >= 0 || (blocks === 0 && events !== 0)) {
    throw new TraceError(`entry ${Math.max(wrong, 0)} of the index is damaged`, atByte(endAt));
  }
  return { blocks: entries, events };
}

/** The raw bytes of a block. @throws TraceError */
export function readBlock(read: ReadAt, { offset, events }: BlockEntry, unpack: BlockUnpacker) {
  const fail = (sentence: string) => new TraceError(sentence, atByte(offset));
  const head = viewOf(read(offset, BLOCK_HEAD));
  const stored = head.getUint32(4, true);
  const rawLength = head.getUint32(8, true);
  if (head.getUint8(0) !== BLOCK || head.getUint32(12, true) !== events) {
    throw fail('here must be the block of the index');
  }
  if (stored > BLOCK_RAW_MAX || rawLength > BLOCK_RAW_MAX) {
    throw fail(`a block has at most ${BLOCK_RAW_MAX} bytes`);
  }
  const packed = read(offset + BLOCK_HEAD, stored);
  const code = head.getUint8(1);
  const raw = code === 0 ? packed : unpack(code, packed, rawLength);
  if (raw.length !== rawLength || hashBytes(raw) !== head.getInt32(16, true)) {
    throw fail('this block is damaged');
  }
  return raw;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
