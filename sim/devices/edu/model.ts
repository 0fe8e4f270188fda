/**
 * QEMU's "edu" education device (QEMU docs/specs/edu.txt, 7.2). Where that text is silent, the
 * behaviour of QEMU 7.2's own device decides; each such place says so.
 *
 * Not modelled: `dma_mask` other than the default 28 bits.
 */
import type { ScheduledEvent } from '../../kernel/event-queue.ts';
import { EventKind } from '../../kernel/journal.ts';
import type { World } from '../../kernel/world.ts';
import type { DeviceSide } from '../../buses/pci/sim-function.ts';
import { RegisterBank } from '../../registers/bank.ts';
import { DMA_BUFFER, EduInterrupt, registers } from './registers.ts';

/** QEMU's device computes in a thread; the figure only makes drivers wait. */
const MULTIPLICATION_NS = 10;
/** From the command to the end of the transfer (QEMU's timer; the text gives none). */
export const DMA_NS = 100_000_000;
/** The widest access, and room for a part that begins at its last byte. */
const ACCESS_BYTES = 12;
/** 34! is a multiple of 2^32, and so is every later factorial. */
const FACTORIAL_IS_ZERO_FROM = 34;
/** Registers below this offset take four bytes only, those from it on four or eight. */
const WIDE_FROM = 0x80;

export class Edu {
  readonly bank: RegisterBank<typeof registers>;
  readonly #world: World;
  #bus!: DeviceSide;
  #high = 0;
  readonly #buffer = new Uint8Array(DMA_BUFFER.bytes);
  #computation: ScheduledEvent | undefined;
  #transfer: ScheduledEvent | undefined;

  constructor(world: World) {
    this.#world = world;
    this.bank = new RegisterBank(registers, {
      write: {
        LIVENESS: (written) => {
          this.bank.registers.LIVENESS.value = ~written.value;
        },
        FACTORIAL: (written, before) => this.#compute(written.value, before.value),
        INTERRUPT_RAISE: (written) => this.#raise(written.value),
        INTERRUPT_ACKNOWLEDGE: (written) => this.#acknowledge(written.value),
        DMA_SOURCE: (_, before) => this.#keepWhileRunning('DMA_SOURCE', before.value),
        DMA_DESTINATION: (_, before) => this.#keepWhileRunning('DMA_DESTINATION', before.value),
        DMA_COUNT: (_, before) => this.#keepWhileRunning('DMA_COUNT', before.value),
        DMA_COMMAND: (written, before) => this.#command(written.START === 1, before.value),
      },
    });
  }

  /** Wires the model to its function; once, before the first access. */
  connect(bus: DeviceSide): void {
    this.#bus = bus;
    bus.onReset(() => this.reset());
  }

  /** Upper half of the last eight-byte read. */
  get high(): number {
    return this.#high;
  }

  read(offset: number, size: 1 | 2 | 4 | 8): number {
    if (offset % size === 0 && size >= 4) return this.#read(offset, size);
    const bytes = new DataView(new ArrayBuffer(ACCESS_BYTES));
    split(offset, size, (at, part, done) => {
      const value = this.#read(at, part);
      if (part < 4) return;
      bytes.setUint32(done, value, true);
    });
    this.#high = bytes.getUint32(4, true);
    return bytes.getUint32(0, true);
  }

  write(offset: number, size: 1 | 2 | 4 | 8, value: number, high = 0): void {
    if (offset % size === 0 && size >= 4) {
      this.#write(offset, size, value, high);
      return;
    }
    const bytes = new DataView(new ArrayBuffer(ACCESS_BYTES));
    bytes.setUint32(0, value, true);
    bytes.setUint32(4, high, true);
    split(offset, size, (at, part, done) => this.#write(at, part, bytes.getUint32(done, true), 0));
  }

  #read(offset: number, size: 1 | 2 | 4 | 8): number {
    // The upper halves of the wide registers are no addresses of their own (as in QEMU).
    const upper = offset >= WIDE_FROM && size === 4 && offset % 8 !== 0;
    const value = upper ? 0xffffffff : this.bank.read(offset, size);
    this.#high = this.bank.high;
    return value;
  }

  /** Four bytes to a wide register clear its upper half (as in QEMU). */
  #write(offset: number, size: 1 | 2 | 4 | 8, value: number, high: number): void {
    if (offset >= WIDE_FROM && size === 4) {
      if (offset % 8 === 0) this.bank.write(offset, 8, value, 0);
      return;
    }
    this.bank.write(offset, size, value, high);
  }

  reset(): void {
    this.#computation?.cancel();
    this.#transfer?.cancel();
    this.#computation = undefined;
    this.#transfer = undefined;
    this.#buffer.fill(0);
    this.bank.reset();
    this.#bus.interrupt.drive(false);
  }

  #compute(value: number, before: number): void {
    const { FACTORIAL, STATUS } = this.bank.registers;
    if (this.#computation !== undefined) {
      FACTORIAL.value = before;
      return;
    }
    STATUS.COMPUTING = 1;
    const duration = MULTIPLICATION_NS * (value + 1);
    this.#computation = this.#world.after(duration, () => {
      this.#computation = undefined;
      FACTORIAL.value = factorial(value);
      STATUS.COMPUTING = 0;
      if (STATUS.IRFACT === 1) this.#raise(EduInterrupt.Factorial);
    });
  }

  #raise(bits: number): void {
    const { INTERRUPT_STATUS } = this.bank.registers;
    INTERRUPT_STATUS.value = INTERRUPT_STATUS.value | bits;
    if (INTERRUPT_STATUS.value === 0) return;
    if (!this.#bus.message(0)) this.#bus.interrupt.drive(true);
  }

  #acknowledge(bits: number): void {
    const { INTERRUPT_STATUS } = this.bank.registers;
    INTERRUPT_STATUS.value = INTERRUPT_STATUS.value & ~bits;
    if (INTERRUPT_STATUS.value === 0) this.#bus.interrupt.drive(false);
  }

  /** Writes to the DMA registers have no effect during a transfer (as in QEMU). */
  #keepWhileRunning(name: 'DMA_SOURCE' | 'DMA_DESTINATION' | 'DMA_COUNT', before: bigint): void {
    if (this.#transfer !== undefined) this.bank.registers[name].value = before;
  }

  /** A command without START has no effect either (as in QEMU). */
  #command(start: boolean, before: bigint): void {
    const { DMA_COMMAND } = this.bank.registers;
    if (!start || this.#transfer !== undefined) {
      DMA_COMMAND.value = before;
      return;
    }
    this.#transfer = this.#world.after(DMA_NS, () => {
      this.#transfer = undefined;
      this.#move();
      DMA_COMMAND.START = 0;
      if (DMA_COMMAND.IRQ === 1) this.#raise(EduInterrupt.Dma);
    });
  }

  #move(): void {
    const { DMA_SOURCE, DMA_DESTINATION, DMA_COUNT, DMA_COMMAND } = this.bank.registers;
    const toMemory = DMA_COMMAND.DIRECTION === 1;
    const own = toMemory ? DMA_SOURCE.value : DMA_DESTINATION.value;
    const other = toMemory ? DMA_DESTINATION.value : DMA_SOURCE.value;
    const offset = own - BigInt(DMA_BUFFER.at);
    const count = DMA_COUNT.value;
    if (offset < 0n || offset + count > BigInt(DMA_BUFFER.bytes)) {
      // QEMU 7.2 ends the process here; a device cannot. Nothing moves.
      this.#world.journal.note(EventKind.Gap, 'undocumented: DMA outside the device buffer');
      return;
    }
    // Higher address bits do not leave the device.
    const address = Number(BigInt.asUintN(28, other));
    const start = Number(offset);
    if (toMemory) {
      this.#bus.dma.write(address, this.#buffer.subarray(start, start + Number(count)));
      return;
    }
    const bytes = this.#bus.dma.read(address, Number(count));
    if (bytes !== undefined) this.#buffer.set(bytes, start);
  }
}

/**
 * The text allows accesses of four bytes, from 0x80 on of eight too. Any other is made of aligned
 * ones, by ascending address, of which those below four bytes read zero and write nothing (QEMU).
 */
function split(
  offset: number,
  size: number,
  each: (offset: number, size: 1 | 2 | 4, done: number) => void,
): void {
  for (let done = 0; done < size;) {
    const at = offset + done;
    const part = ([4, 2, 1] as const).find((it) => at % it === 0 && done + it <= size) ?? 1;
    each(at, part, done);
    done += part;
  }
}

function factorial(value: number): number {
  if (value >= FACTORIAL_IS_ZERO_FROM) return 0;
  let result = 1;
  for (let factor = 2; factor <= value; factor++) result = Math.imul(result, factor);
  return result >>> 0;
}
