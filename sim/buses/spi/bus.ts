/**
 * The contract of an SPI bus as its controller uses it, whatever makes it reachable. There is no
 * standard of SPI; modes as in Motorola's SPI Block Guide V04.01 (secondary source), instructions
 * over several lines as in JEDEC JESD216 (secondary source).
 */

/** Lines that data go over at once. */
export type SpiLines = 1 | 2 | 4;

/** A piece of a transaction; with both `write` and `read`, at the same time on MOSI and MISO. */
export interface SpiSegment {
  readonly write?: Uint8Array;
  /** Bytes to read. With `write` it is the same length, or absent. */
  readonly read?: number;
  /** Default: 1. Over 2 or 4 lines data go one way at a time. */
  readonly lines?: SpiLines;
}

export interface SpiMode {
  readonly mode: 0 | 1 | 2 | 3;
  readonly clockHz: number;
}

/**
 * `address` of the `Line` events of a bus; `space` is the chip select. Of `Configure` the value is
 * the clock in Hz, the size the mode; of `Lines`, before a segment that goes over several lines at
 * once, the value is their number, the size the segment's place in the transaction.
 */
export const SpiEvent = { Select: 0, Deselect: 1, Configure: 2, Lines: 3 } as const;

export const SPI_SEGMENTS_MAX = 64;
/** Flash of 16 MiB is read whole. */
export const SPI_BYTES_MAX = 2 ** 24 + 64;

export interface SpiBus {
  /**
   * Chip select, the segments, deselect. One transaction at a time. `done` is called once, never
   * before this returns, with what each reading segment read.
   * @throws RangeError for segments that no controller takes
   */
  transfer(
    select: number,
    segments: readonly SpiSegment[],
    done: (read: readonly Uint8Array[]) => void,
  ): void;
  configure(select: number, mode: SpiMode): void;
}

/** @throws RangeError */
export function checkSegments(segments: readonly SpiSegment[]): void {
  if (segments.length < 1 || segments.length > SPI_SEGMENTS_MAX) {
    throw new RangeError(`A transaction has 1 to ${SPI_SEGMENTS_MAX} segments.`);
  }
  let bytes = 0;
  for (const { write, read, lines = 1 } of segments) {
    if (write === undefined && read === undefined) {
      throw new RangeError('A segment writes, reads, or both.');
    }
    if (read !== undefined && (!Number.isInteger(read) || read < 0)) {
      throw new RangeError(`${read} bytes cannot be read.`);
    }
    if (write !== undefined && read !== undefined && (lines !== 1 || read !== write.length)) {
      throw new RangeError('Writing and reading at once takes one line and equal lengths.');
    }
    bytes += write?.length ?? read ?? 0;
  }
  if (bytes > SPI_BYTES_MAX) throw new RangeError(`${bytes} bytes are over ${SPI_BYTES_MAX}.`);
}
