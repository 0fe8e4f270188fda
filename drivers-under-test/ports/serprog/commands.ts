/** The serprog protocol's commands: flashrom's Documentation/serprog-protocol.txt, interface 1. */

export const ACK = 0x06;
export const NAK = 0x15;

export const Command = {
  Nop: 0x00,
  QueryInterface: 0x01,
  QueryCommands: 0x02,
  QueryName: 0x03,
  QuerySerialBuffer: 0x04,
  QueryBusTypes: 0x05,
  QueryOperationBuffer: 0x07,
  QueryWriteMax: 0x08,
  OperationInit: 0x0b,
  OperationDelay: 0x0e,
  OperationExecute: 0x0f,
  SyncNop: 0x10,
  QueryReadMax: 0x11,
  SetBusType: 0x12,
  SpiOperation: 0x13,
  SetSpiClock: 0x14,
} as const;

/** Bytes of parameters behind an opcode; of an SPI operation those before its data. */
export const PARAMETER_BYTES: ReadonlyMap<number, number> = new Map<number, number>([
  ...Object.values(Command).map((opcode) => [opcode, 0] as const),
  [Command.OperationDelay, 4],
  [Command.SetBusType, 1],
  [Command.SpiOperation, 6],
  [Command.SetSpiClock, 4],
]);

export const BUS_SPI = 0x08;
export const INTERFACE_VERSION = 1;
/** Sixteen bytes at the most. */
export const NAME = 'driver-dyno';

/** Bytes that one SPI operation may send and fetch; what it would send beyond is refused. */
export const WRITE_BYTES_MAX = 4096;
export const READ_BYTES_MAX = 65_536;
/** The operation buffer holds delays of five bytes each. */
export const OPERATION_BUFFER_BYTES = 0xffff;
export const DELAY_BYTES = 5;
/** One hour: of all delays in the operation buffer together. */
export const DELAY_US_MAX = 3_600_000_000;

/** Slower ones are refused: a transaction ends within a minute. */
export const CLOCK_HZ_MIN = 10_000;

/** Little-endian, up to four bytes. */
export function number(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let index = length - 1; index >= 0; index--) value = value * 256 + (bytes[at + index] ?? 0);
  return value;
}

export function littleEndian(value: number, length: number): number[] {
  return Array.from({ length }, (_, index) => Math.floor(value / 256 ** index) % 256);
}

/** One bit for each opcode that is understood. */
export function commandMap(): number[] {
  const map = Array.from({ length: 32 }, () => 0);
  for (const opcode of Object.values(Command)) {
    const at = Math.floor(opcode / 8);
    map[at] = (map[at] ?? 0) + 2 ** (opcode % 8);
  }
  return map;
}

export function programmerName(): number[] {
  return Array.from({ length: 16 }, (_, index) => NAME.codePointAt(index) ?? 0);
}
