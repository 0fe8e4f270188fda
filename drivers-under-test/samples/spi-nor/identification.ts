/**
 * Who the flash is and how large: its JEDEC id and its discoverable parameters (JESD216B,
 * secondary). What a device tells is checked: sizes that make no sense are refused.
 */
import type { FlashFacts } from '../../host/classes/flash-device.ts';
import { fail } from '../../host/io-return.ts';

export interface EraseType {
  readonly bytes: number;
  readonly opcode: number;
}

export interface Identification {
  readonly facts: FlashFacts;
  /** Smallest first. */
  readonly eraseTypes: readonly EraseType[];
}

export const SFDP_BYTES = 256;
const SIGNATURE = [0x53, 0x46, 0x44, 0x50];
/** Nine words in the first revision of the table, sixteen since JESD216A. */
const TABLE_BYTES = { first: 36, later: 64 } as const;
const DENSITY_AT = 4;
const ERASE_TYPES_AT = 28;
const ERASE_TYPES = 4;
const PAGE_AT = 40;
const ERASE_EXPONENT_MAX = 24;
const BYTES_MIN = 64 * 1024;
const BYTES_MAX = 256 * 1024 * 1024;
/** Beyond it three bytes of address do not reach. */
const THREE_BYTES = 2 ** 24;
const DEFAULT_PAGE = 256;

/** @throws kIOReturnNoDevice for a bus on which nobody drives data, kIOReturnUnsupported */
export function identify(jedec: Uint8Array, sfdp: Uint8Array): Identification {
  const [manufacturer = 0, type = 0, capacity = 0] = jedec;
  const isIdle = [0x00, 0xff].some((idle) => jedec.every((byte) => byte === idle));
  if (isIdle) fail('kIOReturnNoDevice', 'nobody answers the read of the id');
  const table = parameterTable(sfdp);
  const bytes = density(table);
  // Every maker of 25-series flash has the capacity as the exponent of two in the third byte.
  if (bytes !== 2 ** capacity) {
    fail('kIOReturnUnsupported', `the id says 2^${capacity} bytes, its parameters ${bytes}`);
  }
  const eraseTypes = eraseTypesOf(table, bytes);
  return {
    eraseTypes,
    facts: {
      id: [manufacturer, type, capacity],
      bytes,
      pageBytes: pageBytes(table),
      eraseBytes: eraseTypes.map((each) => each.bytes),
      fourByteAddresses: bytes > THREE_BYTES,
    },
  };
}

function parameterTable(sfdp: Uint8Array): DataView {
  const hasSignature = SIGNATURE.every((byte, index) => sfdp[index] === byte);
  if (!hasSignature) fail('kIOReturnUnsupported', 'the flash has no discoverable parameters');
  const words = sfdp[11] ?? 0;
  const at = (sfdp[12] ?? 0) + 256 * (sfdp[13] ?? 0) + 65_536 * (sfdp[14] ?? 0);
  const length = Math.min(words * 4, TABLE_BYTES.later);
  if (length < TABLE_BYTES.first || at + length > sfdp.length) {
    fail('kIOReturnUnsupported', `its parameter table of ${words} words at ${at} is out of reach`);
  }
  return new DataView(sfdp.buffer, sfdp.byteOffset + at, length);
}

/** Bits less one, or the exponent of the bits where the highest bit is set. */
function density(table: DataView): number {
  const word = table.getUint32(DENSITY_AT, true);
  const bits = word < 2 ** 31 ? word + 1 : 2 ** (word - 2 ** 31);
  const bytes = bits / 8;
  const isPowerOfTwo = /^10*$/.test(bytes.toString(2));
  if (isPowerOfTwo && bytes >= BYTES_MIN && bytes <= BYTES_MAX) return bytes;
  return fail('kIOReturnUnsupported', `its parameters claim ${bytes} bytes`);
}

function eraseTypesOf(table: DataView, bytes: number): EraseType[] {
  const types: EraseType[] = [];
  for (let index = 0; index < ERASE_TYPES; index++) {
    const exponent = table.getUint8(ERASE_TYPES_AT + 2 * index);
    const opcode = table.getUint8(ERASE_TYPES_AT + 2 * index + 1);
    if (exponent === 0) continue;
    const size = 2 ** exponent;
    if (exponent > ERASE_EXPONENT_MAX || bytes % size !== 0 || size < DEFAULT_PAGE) {
      fail('kIOReturnUnsupported', `its parameters claim an erase of 2^${exponent} bytes`);
    }
    types.push({ bytes: size, opcode });
  }
  if (types.length === 0) fail('kIOReturnUnsupported', 'its parameters name no erase');
  return types.toSorted((a, b) => a.bytes - b.bytes);
}

function pageBytes(table: DataView): number {
  // Tables of the first revision end before it.
  if (table.byteLength <= PAGE_AT) return DEFAULT_PAGE;
  const exponent = Math.floor(table.getUint8(PAGE_AT) / 16);
  if (exponent === 0) return DEFAULT_PAGE;
  if (exponent < 4 || exponent > 12) {
    fail('kIOReturnUnsupported', `its parameters claim pages of 2^${exponent} bytes`);
  }
  return 2 ** exponent;
}
