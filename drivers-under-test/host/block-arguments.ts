/** What clients of block storage ask, checked before any driver hears of it. */
import type { BlockGeometry, BlockRange, BlockSegment } from './classes/block-device.ts';
import { IOBufferMemoryDescriptor } from './io-buffer-memory-descriptor.ts';
import { fail } from './io-return.ts';

/** Pieces of one transfer. */
const SEGMENTS_MAX = 1024;
/** Ranges of one trim. */
const RANGES_MAX = 4096;
const SEGMENT_ALIGNMENT = 4;

/**
 * @param direction what the device does with the memory
 * @returns the bytes of all segments
 * @throws kIOReturnBadArgument
 */
export function checkSegments(segments: readonly BlockSegment[], direction: number): number {
  if (!Array.isArray(segments) || segments.length === 0 || segments.length > SEGMENTS_MAX) {
    bad(`a transfer has 1 to ${SEGMENTS_MAX} segments`);
  }
  let bytes = 0;
  for (let index = 0; index < segments.length; index++) {
    const { buffer, offset, length } = segments[index] as BlockSegment;
    if (!(buffer instanceof IOBufferMemoryDescriptor) || buffer.released) {
      bad(`segment ${index} has no memory`);
    }
    const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(length);
    if (!whole || offset < 0 || length < 1 || offset + length > buffer.GetLength()) {
      bad(`segment ${index}: bytes ${offset} to ${offset + length} are not in its memory`);
    }
    if (offset % SEGMENT_ALIGNMENT !== 0) {
      bad(`segment ${index} begins at ${offset}, which is no multiple of ${SEGMENT_ALIGNMENT}`);
    }
    if (Math.floor(buffer.direction / direction) % 2 === 0) {
      bad(`the memory of segment ${index} is for the other direction`);
    }
    bytes += length;
  }
  return bytes;
}

/** @returns the blocks of a transfer @throws kIOReturnBadArgument */
export function checkTransfer(geometry: BlockGeometry, lba: number, bytes: number): number {
  const { blockBytes, maxTransferBlocks } = geometry;
  const blocks = bytes / blockBytes;
  if (!Number.isInteger(blocks)) bad(`${bytes} bytes are no whole blocks of ${blockBytes}`);
  if (blocks > maxTransferBlocks) {
    bad(`${blocks} blocks are more than the ${maxTransferBlocks} of one transfer`);
  }
  checkRange(geometry, lba, blocks);
  return blocks;
}

/** @throws kIOReturnBadArgument */
export function checkRange({ blocks: all }: BlockGeometry, lba: number, blocks: number): void {
  const whole = Number.isSafeInteger(lba) && Number.isSafeInteger(blocks);
  if (!whole || lba < 0 || blocks < 1 || lba + blocks > all) {
    bad(`blocks ${lba} to ${lba + blocks} are not among ${all}`);
  }
}

/** @throws kIOReturnBadArgument */
export function checkRanges(geometry: BlockGeometry, ranges: readonly BlockRange[]): void {
  if (!Array.isArray(ranges) || ranges.length === 0 || ranges.length > RANGES_MAX) {
    bad(`a trim has 1 to ${RANGES_MAX} ranges`);
  }
  for (const range of ranges) checkRange(geometry, range.lba, range.blocks);
}

/** @throws kIOReturnBadArgument */
export function checkImage(image: Uint8Array): void {
  if (!(image instanceof Uint8Array) || image.length === 0 || image.length % 4 !== 0) {
    bad('an image has a multiple of four bytes');
  }
}

function bad(why: string): never {
  fail('kIOReturnBadArgument', why);
}
