/**
 * How a character looks on an asynchronous serial line: start bit, data bits with the least
 * significant first, parity bit, stop bits; and what a receiver makes of it that samples in the
 * middle of every bit of its own format.
 *
 * PC16550D data sheet (TL/C/8652, June 1995) §8.1: word lengths, parity, stop bits, and that the
 * receiver checks the first stop bit only.
 *
 * Not modelled: a receiver of another speed hears at most one character for each that is sent; a
 * break swallows the character in which it begins.
 */
export type Parity = 'none' | 'odd' | 'even' | 'mark' | 'space';

export interface LineFormat {
  /** Nanoseconds, not necessarily whole; Infinity where no clock runs. */
  readonly bitNs: number;
  readonly dataBits: 5 | 6 | 7 | 8;
  readonly parity: Parity;
  readonly stopBits: 1 | 1.5 | 2;
}

/** Errors that a sender makes on purpose. */
export interface CharacterErrors {
  readonly parity?: boolean;
  readonly framing?: boolean;
}

/** One character on the wire; after its levels the line is marking (true). */
export interface Frame {
  readonly levels: readonly boolean[];
  readonly bitNs: number;
}

export interface ReceivedCharacter {
  readonly data: number;
  readonly parityError: boolean;
  readonly framingError: boolean;
  readonly break: boolean;
}

export function lineFormat(
  baud: number,
  dataBits: LineFormat['dataBits'] = 8,
  parity: Parity = 'none',
  stopBits: LineFormat['stopBits'] = 1,
): LineFormat {
  return { bitNs: 1e9 / baud, dataBits, parity, stopBits };
}

/** From the edge of the start bit to the end of the last stop bit. */
export function characterNs(format: LineFormat): number {
  return format.bitNs * (1 + format.dataBits + parityBits(format) + format.stopBits);
}

/** From the edge of the start bit to the middle of the first stop bit, where a receiver is done. */
export function stopSampleNs(format: LineFormat): number {
  return format.bitNs * (1 + format.dataBits + parityBits(format) + 0.5);
}

export function encode(data: number, format: LineFormat, errors: CharacterErrors = {}): Frame {
  const levels = [false];
  let ones = 0;
  for (let index = 0; index < format.dataBits; index++) {
    const level = bitOf(data, index);
    if (level) ones++;
    levels.push(level);
  }
  if (format.parity !== 'none') {
    levels.push(parityLevel(format.parity, ones) !== (errors.parity === true));
  }
  levels.push(errors.framing !== true);
  return { levels, bitNs: format.bitNs };
}

/** What a receiver of this format takes the frame for; undefined: a false start bit. */
export function sample(frame: Frame, format: LineFormat): ReceivedCharacter | undefined {
  const at = (bit: number) =>
    frame.levels[Math.floor(((bit + 0.5) * format.bitNs) / frame.bitNs)] ?? true;
  if (at(0)) return undefined;
  let data = 0;
  let ones = 0;
  for (let index = 0; index < format.dataBits; index++) {
    if (!at(1 + index)) continue;
    data += 2 ** index;
    ones++;
  }
  let bit = 1 + format.dataBits;
  const { parity } = format;
  const parityError = parity !== 'none' && at(bit++) !== parityLevel(parity, ones);
  return { data, parityError, framingError: !at(bit), break: false };
}

/** What a receiver takes a break for: zeros, a parity bit of zero and no stop bit. */
export function breakCharacter({ parity }: LineFormat): ReceivedCharacter {
  const parityError = parity !== 'none' && parityLevel(parity, 0);
  return { data: 0, parityError, framingError: true, break: true };
}

function parityBits({ parity }: LineFormat): number {
  return parity === 'none' ? 0 : 1;
}

function bitOf(value: number, index: number): boolean {
  return Math.floor(value / 2 ** index) % 2 === 1;
}

function parityLevel(parity: Exclude<Parity, 'none'>, ones: number): boolean {
  switch (parity) {
    case 'odd':
      return ones % 2 === 0;
    case 'even':
      return ones % 2 === 1;
    case 'mark':
      return true;
    case 'space':
      return false;
  }
}
