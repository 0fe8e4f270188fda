/**
 * A Winbond W25Q serial NOR flash: W25Q128JV rev. F; the other parts differ as `parts.ts` says
 * (secondary sources).
 *
 * Not modelled: QPI, continuous read mode, wrapped reads, individual block locks, the extended
 * address register, wear, the HOLD pin, clock limits.
 */
import { EventKind } from '../../kernel/journal.ts';
import type { World } from '../../kernel/world.ts';
import type { SpiLines } from '../../buses/spi/bus.ts';
import type { SpiTarget } from '../../buses/spi/sim-bus.ts';
import type { GpioLine } from '../../buses/gpio/line.ts';
import { NorArray } from './array.ts';
import {
  FOUR_BYTE_OPCODES,
  INSTRUCTIONS,
  type Instruction,
  type InstructionName,
  WHILE_BUSY,
} from './instructions.ts';
import { BLOCK_BYTES, HALF_BLOCK_BYTES, type NorPart, PAGE_BYTES, SECTOR_BYTES } from './parts.ts';
import { NorStatus } from './status.ts';
import { SecurityRegisters } from './security.ts';
import { sfdp } from './sfdp.ts';
import { type Operation, Operations } from './operations.ts';

const IDLE = 0xff;
const MODES = [0, 3] as const;

export class SpiNor implements SpiTarget {
  readonly modes = MODES;
  readonly array: NorArray;
  readonly status: NorStatus;
  readonly security = new SecurityRegisters();
  readonly #part: NorPart;
  readonly #world: World;
  readonly #writeProtect: GpioLine | undefined;
  readonly #sfdp: Uint8Array;
  readonly #operations: Operations;
  #instruction: Instruction | undefined;
  /** Bytes of this transaction so far, its opcode included. */
  #count = 0;
  #address = 0;
  /** Where data begin. */
  #dataFrom = 0;
  /** What a program or a write of a status register brought: the last page of it. */
  readonly #page = new Uint8Array(PAGE_BYTES);
  #received = 0;
  #isAsleep = false;
  #volatileEnabled = false;
  #resetEnabled = false;
  /** No instruction is heard before. */
  #deafUntil = 0;

  constructor(world: World, part: NorPart, writeProtect?: GpioLine) {
    this.#world = world;
    this.#part = part;
    this.#writeProtect = writeProtect;
    this.array = new NorArray(part.bytes);
    this.status = new NorStatus(part);
    this.#sfdp = sfdp(part);
    this.#operations = new Operations(world, this.status, this.array, this.security);
  }

  select(): void {
    this.#instruction = undefined;
    this.#count = 0;
    this.#address = 0;
    this.#received = 0;
  }

  exchange(byte: number, lines: SpiLines, isRead: boolean): number {
    const at = this.#count++;
    if (at === 0) {
      this.#begin(byte, lines);
      return IDLE;
    }
    const instruction = this.#instruction;
    if (instruction === undefined) return IDLE;
    const addressed = 1 + this.#addressBytes(instruction);
    if (at < this.#dataFrom) {
      if (lines !== (instruction.addressLines ?? 1)) this.#instruction = undefined;
      else if (at < addressed) this.#address = this.#address * 256 + byte;
      return IDLE;
    }
    if (lines !== (instruction.dataLines ?? 1)) return IDLE;
    if (!isRead || lines === 1) this.#page[this.#received++ % PAGE_BYTES] = byte;
    return this.#output(instruction.name, at - this.#dataFrom);
  }

  deselect(): void {
    const instruction = this.#instruction;
    this.#instruction = undefined;
    if (instruction === undefined || this.#count < this.#dataFrom) {
      // ABh without its dummies still releases.
      if (instruction?.name === 'release') this.#wake();
      return;
    }
    this.#execute(instruction.name);
    if (instruction.name !== 'enableReset') this.#resetEnabled = false;
  }

  /** The power fails and comes back: what was under way is neither here nor there. */
  cutPower(): void {
    this.#world.journal.note(EventKind.Reset, 'power');
    this.#operations.breakOff(this.#world.random('spi-nor'));
    this.#volatileReset(true);
  }

  /** What does not survive a reset. */
  #volatileReset(isPowerOn: boolean): void {
    this.status.restore(isPowerOn);
    this.#isAsleep = false;
    this.#volatileEnabled = false;
    this.#resetEnabled = false;
    this.#instruction = undefined;
    this.#dataFrom = 0;
  }

  #begin(opcode: number, lines: SpiLines): void {
    const found = INSTRUCTIONS.get(opcode);
    const isThere = this.#part.fourByteAddresses || !FOUR_BYTE_OPCODES.has(opcode);
    this.#instruction = found !== undefined && isThere && lines === 1 ? found : undefined;
    if (this.#instruction === undefined || !this.#hears(this.#instruction)) {
      this.#instruction = undefined;
      return;
    }
    const { dummyBytes = 0 } = this.#instruction;
    this.#dataFrom = 1 + this.#addressBytes(this.#instruction) + dummyBytes;
  }

  #hears({ name, quad }: Instruction): boolean {
    if (this.#world.now < this.#deafUntil) return false;
    if (this.#isAsleep) return name === 'release';
    const { SR1, SR2 } = this.status.registers;
    if (quad === true && SR2.QE === 0) return false;
    return SR1.BUSY === 0 || WHILE_BUSY.has(name);
  }

  #addressBytes({ address }: Instruction): number {
    if (address === 'mode') return this.status.fourByteMode ? 4 : 3;
    return address ?? 0;
  }

  /** The byte that the device drives at this place of the data. */
  #output(name: InstructionName, index: number): number {
    switch (name) {
      case 'readStatus1':
        return this.status.read(1);
      case 'readStatus2':
        return this.status.read(2);
      case 'readStatus3':
        return this.status.read(3);
      case 'read':
        return this.#operations.readAt((this.#address + index) % this.#part.bytes);
      case 'jedecId':
        return this.#part.jedec[index % this.#part.jedec.length] as number;
      case 'deviceId': {
        const isDevice = (index + this.#address) % 2 === 1;
        return isDevice ? this.#part.deviceId : this.#part.jedec[0];
      }
      case 'release':
        return this.#part.deviceId;
      case 'uniqueId':
        return this.security.uniqueId[index % this.security.uniqueId.length] as number;
      case 'sfdp':
        return this.#sfdp[(this.#address + index) % this.#sfdp.length] as number;
      case 'readSecurity':
        return this.security.read(this.#address, index);
      default:
        return IDLE;
    }
  }

  #execute(name: InstructionName): void {
    const { SR1 } = this.status.registers;
    switch (name) {
      case 'writeEnable':
        SR1.WEL = 1;
        break;
      case 'volatileWriteEnable':
        this.#volatileEnabled = true;
        break;
      case 'writeDisable':
        SR1.WEL = 0;
        break;
      case 'writeStatus1':
      case 'writeStatus2':
      case 'writeStatus3':
        this.#writeStatus(name);
        break;
      case 'suspend':
        this.#operations.suspend(this.#part.times.suspend);
        break;
      case 'resume':
        this.#operations.resume();
        break;
      case 'powerDown':
        this.#isAsleep = true;
        break;
      case 'release':
        this.#wake();
        break;
      case 'enableReset':
        this.#resetEnabled = true;
        break;
      case 'reset':
        this.#reset();
        break;
      case 'fourByte':
      case 'threeByte':
        this.status.fourByteMode = name === 'fourByte';
        break;
      default:
        this.#change(name);
    }
  }

  /** Programs and erases: they need WEL, no protection, and nothing suspended there. */
  #change(name: InstructionName): void {
    const operation = this.#operation(name);
    if (operation === undefined || this.status.registers.SR1.WEL === 0) return;
    const isData = name === 'program' || !name.endsWith('Security');
    if (isData && this.status.protects(operation.at, operation.length)) return;
    this.#operations.begin(operation);
  }

  #operation(name: InstructionName): Operation | undefined {
    const { times, bytes } = this.#part;
    const at = this.#address % bytes;
    const erase = (length: number, ns: number): Operation => ({
      kind: 'erase',
      at: at - (at % length),
      length,
      ns,
    });
    switch (name) {
      case 'program':
        return this.#received === 0 ? undefined : this.#programming('program', at);
      case 'sectorErase':
        return erase(SECTOR_BYTES, times.sectorErase);
      case 'halfBlockErase':
        return erase(HALF_BLOCK_BYTES, times.halfBlockErase);
      case 'blockErase':
        return erase(BLOCK_BYTES, times.blockErase);
      case 'chipErase':
        return { kind: 'chip-erase', at: 0, length: bytes, ns: times.chipErase };
      case 'programSecurity':
        return this.#received === 0
          ? undefined
          : this.#programming('program-security', this.#address);
      case 'eraseSecurity': {
        const length = PAGE_BYTES;
        return { kind: 'erase-security', at: this.#address, length, ns: times.sectorErase };
      }
      default:
        return undefined;
    }
  }

  /**
   * Of more than a page the last 256 bytes count, and the address wraps within the page. The
   * buffer is a ring by arrival: byte n of the data goes to the page's place of the address plus n.
   */
  #programming(kind: 'program' | 'program-security', at: number): Operation {
    const page = at - (at % PAGE_BYTES);
    const first = Math.max(0, this.#received - PAGE_BYTES);
    const data: [number, number][] = [];
    for (let index = first; index < this.#received; index++) {
      data.push([page + ((at + index) % PAGE_BYTES), this.#page[index % PAGE_BYTES] as number]);
    }
    const ns = this.#part.times.pageProgram;
    return { kind, at: page, length: PAGE_BYTES, ns, data };
  }

  #writeStatus(name: 'writeStatus1' | 'writeStatus2' | 'writeStatus3'): void {
    const isVolatile = this.#volatileEnabled;
    this.#volatileEnabled = false;
    const isEnabled = isVolatile || this.status.registers.SR1.WEL === 1;
    const [first, second] = this.#page;
    if (!isEnabled || this.#received === 0 || first === undefined) return;
    if (this.status.isLocked(this.#writeProtect?.level ?? true)) return;
    const register = name === 'writeStatus1' ? 1 : name === 'writeStatus2' ? 2 : 3;
    const write = () => {
      this.status.write(register, first, isVolatile);
      // 01h takes SR2 behind SR1.
      if (register === 1 && this.#statusBytes > 1) this.status.write(2, second ?? 0, isVolatile);
    };
    this.#statusBytes = this.#received;
    if (isVolatile) write();
    else
      this.#operations.begin({
        kind: 'status',
        at: 0,
        length: 0,
        ns: this.#part.times.writeStatus,
        write,
      });
  }

  #statusBytes = 0;

  #wake(): void {
    if (!this.#isAsleep) return;
    this.#isAsleep = false;
    this.#deafUntil = this.#world.now + this.#part.times.release;
  }

  /** 66h and right behind it 99h; what runs is broken off as by a power cut. */
  #reset(): void {
    if (!this.#resetEnabled) return;
    this.#operations.breakOff(this.#world.random('spi-nor'));
    this.#volatileReset(false);
    this.#deafUntil = this.#world.now + this.#part.times.reset;
  }
}
