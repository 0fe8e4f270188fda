/** The instructions of a NOR flash that the driver uses, one transaction each. */
import { fail } from '../../host/io-return.ts';
import type { IOSPIDevice } from '../../host/io-spi-device.ts';

const Opcode = {
  WriteStatus: 0x01,
  PageProgram: 0x02,
  Read: 0x03,
  WriteDisable: 0x04,
  ReadStatus: 0x05,
  WriteEnable: 0x06,
  FourBytePageProgram: 0x12,
  FourByteRead: 0x13,
  UniqueId: 0x4b,
  Sfdp: 0x5a,
  EnableReset: 0x66,
  Reset: 0x99,
  JedecId: 0x9f,
  Release: 0xab,
  PowerDown: 0xb9,
  ChipErase: 0xc7,
} as const;

/** The erases by the opcodes of three address bytes, with those of four. */
const FOUR_BYTE_ERASES: ReadonlyMap<number, number> = new Map([
  [0x20, 0x21],
  [0xd8, 0xdc],
]);

const BUSY = 0x01;
const WRITE_ENABLED = 0x02;
/** Over tRES1 and tRST of all parts that we know. */
const WAKE_US = 50;
const UNIQUE_ID_BYTES = 8;

export class NorChip {
  fourByteAddresses = false;
  readonly #device: IOSPIDevice;

  constructor(device: IOSPIDevice) {
    this.#device = device;
  }

  async jedecId(): Promise<Uint8Array> {
    return this.#query([Opcode.JedecId], 3);
  }

  async sfdp(length: number): Promise<Uint8Array> {
    return this.#query([Opcode.Sfdp, 0, 0, 0, 0], length);
  }

  async uniqueId(): Promise<Uint8Array> {
    return this.#query([Opcode.UniqueId, 0, 0, 0, 0], UNIQUE_ID_BYTES);
  }

  async read(at: number, length: number): Promise<Uint8Array> {
    const opcode = this.fourByteAddresses ? Opcode.FourByteRead : Opcode.Read;
    return this.#query([opcode, ...this.#address(at)], length);
  }

  async status(): Promise<number> {
    const [status = 0] = await this.#query([Opcode.ReadStatus], 1);
    return status;
  }

  isBusy(status: number): boolean {
    return status % 2 === BUSY;
  }

  /** @throws kIOReturnIOError when the device does not take it */
  async writeEnable(): Promise<void> {
    await this.#tell([Opcode.WriteEnable]);
    const status = await this.status();
    const isEnabled = status % 4 === WRITE_ENABLED;
    if (!isEnabled) fail('kIOReturnIOError', 'the write enable latch does not set');
  }

  async writeDisable(): Promise<void> {
    await this.#tell([Opcode.WriteDisable]);
  }

  async program(at: number, bytes: Uint8Array): Promise<void> {
    const opcode = this.fourByteAddresses ? Opcode.FourBytePageProgram : Opcode.PageProgram;
    await this.#tell([opcode, ...this.#address(at), ...bytes]);
  }

  async erase(opcode: number, at: number): Promise<void> {
    const four = FOUR_BYTE_ERASES.get(opcode);
    if (this.fourByteAddresses && four === undefined) {
      fail('kIOReturnUnsupported', `no erase with four address bytes goes with ${opcode}`);
    }
    const chosen = this.fourByteAddresses ? (four as number) : opcode;
    await this.#tell([chosen, ...this.#address(at)]);
  }

  /** Whether `erase` can do it. */
  canErase(opcode: number): boolean {
    return !this.fourByteAddresses || FOUR_BYTE_ERASES.has(opcode);
  }

  async eraseAll(): Promise<void> {
    await this.#tell([Opcode.ChipErase]);
  }

  async writeStatus(value: number): Promise<void> {
    await this.#tell([Opcode.WriteStatus, value]);
  }

  async powerDown(): Promise<void> {
    await this.#tell([Opcode.PowerDown]);
  }

  /** Out of power-down, whatever was before. */
  async wake(): Promise<void> {
    await this.#tell([Opcode.Release]);
    this.#device.IODelay(WAKE_US);
  }

  /** Nothing is suspended, latched or half entered afterwards. Only while it is not busy. */
  async reset(): Promise<void> {
    await this.#tell([Opcode.EnableReset]);
    await this.#tell([Opcode.Reset]);
    this.#device.IODelay(WAKE_US);
  }

  #address(at: number): number[] {
    const low = [Math.floor(at / 65_536) % 256, Math.floor(at / 256) % 256, at % 256];
    return this.fourByteAddresses ? [Math.floor(at / 2 ** 24), ...low] : low;
  }

  async #tell(bytes: readonly number[]): Promise<void> {
    await this.#device.Transfer([{ write: Uint8Array.from(bytes) }]);
  }

  async #query(bytes: readonly number[], length: number): Promise<Uint8Array> {
    const segments = [{ write: Uint8Array.from(bytes) }, { read: length }];
    const [answer = new Uint8Array(length)] = await this.#device.Transfer(segments);
    return answer;
  }
}
