/**
 * The 16550 behind BAR 0: what to write where, and nothing about who asked for it.
 *
 * PC16550D data sheet (National Semiconductor TL/C/8652, June 1995), by section.
 */
import { FIFO_DEPTH, type registers as map } from '../../../sim/devices/uart-16550/registers.ts';
import type { DriverRegisters } from '../../../sim/registers/driver-access.ts';
import type { ModemOutputs } from '../../host/classes/serial-port.ts';
import { fail } from '../../host/io-return.ts';
import { type LineSetup, lineControl } from './settings.ts';

/** What nobody answers reads as. */
const ALL_ONES = 0xff;
const SCRATCH_PATTERNS = [0x55, 0xaa];
const FIFOS_WORK = 3;
/** FCR.TRIGGER: the handler has eight characters' time before the receiver overruns. */
const TRIGGER_EIGHT = 2;
/** An XOFF that waits in the FIFO comes too late. */
const TRIGGER_ONE = 0;
/** What a FIFO and a shift register can hold, and as much again for what arrives meanwhile. */
const STALE_CHARACTERS_MAX = 64;

export type LineStatus = ReturnType<DriverRegisters<typeof map>['LSR']['fields']>;
export type ModemRegister = ReturnType<DriverRegisters<typeof map>['MSR']['fields']>;

export class Chip {
  /** Characters that fit after THRE: 16, or 1 in a chip whose FIFOs do not work. */
  depth = 1;
  readonly registers: DriverRegisters<typeof map>;
  #trigger = TRIGGER_EIGHT;
  #ier = { ERBFI: 0, ETBEI: 0, ELSI: 0, EDSSI: 0 };
  #mcr = { DTR: 0, RTS: 0, OUT2: 0 };
  #lcr: Partial<Record<'WLS' | 'STB' | 'PEN' | 'EPS' | 'STICK' | 'SBRK', number>> = { WLS: 3 };

  constructor(registers: DriverRegisters<typeof map>) {
    this.registers = registers;
  }

  /** IER has bits that are always zero: read as ones, nobody is there. */
  isGone(): boolean {
    return this.registers.IER.read() === ALL_ONES;
  }

  /** Silences a chip of which nothing is known; LCR first, since DLAB moves IER. */
  quiesce(): void {
    const { FCR } = this.registers;
    this.#lcr = { WLS: 3 };
    this.registers.LCR.write(this.#lcr);
    this.silence();
    this.#mcr = { DTR: 0, RTS: 0, OUT2: 0 };
    this.registers.MCR.write(this.#mcr);
    FCR.write({ FIFOEN: 1 });
    FCR.write({ FIFOEN: 1, RFRES: 1, XFRES: 1 });
    FCR.write({ FIFOEN: 0 });
    this.#discard();
  }

  /** @throws kIOReturnNoDevice when this is no 16550 */
  probe(): void {
    if (this.isGone()) fail('kIOReturnNoDevice', 'nobody answers');
    const { SCR, FCR, IIR, MCR, MSR } = this.registers;
    for (const pattern of SCRATCH_PATTERNS) {
      SCR.write(pattern);
      if (SCR.read() !== pattern) fail('kIOReturnNoDevice', 'the scratch register does not hold');
    }
    // In the loop DCD follows OUT2 and CTS follows RTS (§8.8).
    MCR.write({ LOOP: 1, OUT2: 1, RTS: 1 });
    const { CTS, DSR, RI, DCD } = MSR.fields();
    MCR.write(this.#mcr);
    MSR.read();
    if (!CTS || DSR || RI || !DCD) fail('kIOReturnNoDevice', 'the modem lines do not loop');
    FCR.write({ FIFOEN: 1 });
    this.depth = IIR.get('FIFOED') === FIFOS_WORK ? FIFO_DEPTH : 1;
    FCR.write({ FIFOEN: 0 });
  }

  /** Empties both FIFOs and turns them on. */
  start(setup: LineSetup): void {
    this.program(setup);
    if (this.depth > 1) {
      this.registers.FCR.write({ FIFOEN: 1, RFRES: 1, XFRES: 1, TRIGGER: this.#trigger });
    }
    this.#discard();
    // OUT2 lets the interrupt through on boards that gate it.
    this.#mcr = { DTR: 0, RTS: 0, OUT2: 1 };
    this.registers.MCR.write(this.#mcr);
    this.enable({ ERBFI: 1, ELSI: 1, EDSSI: 1 });
  }

  /** Speed and format; the transmitter is idle. */
  program({ settings, divisor }: LineSetup): void {
    const { LCR, DLL, DLM, FCR } = this.registers;
    this.#lcr = lineControl(settings);
    LCR.write({ ...this.#lcr, DLAB: 1 });
    DLL.write({ DATA: divisor % 256 });
    DLM.write({ DATA: Math.floor(divisor / 256) });
    LCR.write(this.#lcr);
    this.#trigger = settings.flowControl === 'xon-xoff' ? TRIGGER_ONE : TRIGGER_EIGHT;
    if (this.depth > 1) FCR.write({ FIFOEN: 1, TRIGGER: this.#trigger });
  }

  enable(sources: Partial<Record<'ERBFI' | 'ETBEI' | 'ELSI' | 'EDSSI', 0 | 1>>): void {
    this.#ier = { ...this.#ier, ...sources };
    this.registers.IER.write(this.#ier);
  }

  /** No interrupt from here on. */
  silence(): void {
    this.enable({ ERBFI: 0, ETBEI: 0, ELSI: 0, EDSSI: 0 });
  }

  /** Whether the transmitter's interrupt is on. */
  get asksForData(): boolean {
    return this.#ier.ETBEI === 1;
  }

  setModemLines({ dtr, rts }: Partial<ModemOutputs>): void {
    if (dtr !== undefined) this.#mcr.DTR = dtr ? 1 : 0;
    if (rts !== undefined) this.#mcr.RTS = rts ? 1 : 0;
    this.registers.MCR.write(this.#mcr);
  }

  setBreak(on: boolean): void {
    this.registers.LCR.write({ ...this.#lcr, SBRK: on ? 1 : 0 });
  }

  /** Forgets what was received; without FIFOs, one character. */
  emptyReceiver(): void {
    const { FCR, RBR } = this.registers;
    if (this.depth === 1) RBR.read();
    else FCR.write({ FIFOEN: 1, RFRES: 1, TRIGGER: this.#trigger });
  }

  /** Forgets what waits to be sent, but for the character that is going out. */
  emptyTransmitter(): void {
    const { FCR } = this.registers;
    if (this.depth > 1) FCR.write({ FIFOEN: 1, XFRES: 1, TRIGGER: this.#trigger });
  }

  /** Reads away what is left of before: characters, errors, interrupts, changes. */
  #discard(): void {
    const { LSR, RBR, IIR, MSR } = this.registers;
    for (let count = 0; LSR.get('DR') === 1 && count < STALE_CHARACTERS_MAX; count++) RBR.read();
    IIR.read();
    MSR.read();
  }
}
