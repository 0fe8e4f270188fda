/** Three security registers of 256 bytes, at 1000h, 2000h and 3000h, and the unique id. */
import { ERASED } from './array.ts';
import { PAGE_BYTES } from './parts.ts';

const COUNT = 3;
const STRIDE = 0x1000;

export class SecurityRegisters {
  readonly uniqueId = Uint8Array.of(0xd1, 0x64, 0x59, 0x4e, 0x0d, 0x79, 0x2a, 0x31);
  readonly #registers = Array.from({ length: COUNT }, () =>
    new Uint8Array(PAGE_BYTES).fill(ERASED),
  );

  /** 1 .. 3, or undefined where there is none. */
  indexOf(address: number): number | undefined {
    const index = Math.floor(address / STRIDE);
    const isThere = index >= 1 && index <= COUNT && address % STRIDE < PAGE_BYTES;
    return isThere ? index : undefined;
  }

  read(address: number, plus: number): number {
    const index = this.indexOf(address);
    if (index === undefined) return ERASED;
    const register = this.#registers[index - 1] as Uint8Array;
    return register[(address + plus) % PAGE_BYTES] as number;
  }

  program(address: number, byte: number): void {
    const index = this.indexOf(address);
    if (index === undefined) return;
    const register = this.#registers[index - 1] as Uint8Array;
    register[address % PAGE_BYTES] = (register[address % PAGE_BYTES] as number) & byte;
  }

  erase(address: number): void {
    const index = this.indexOf(address);
    if (index !== undefined) (this.#registers[index - 1] as Uint8Array).fill(ERASED);
  }
}
