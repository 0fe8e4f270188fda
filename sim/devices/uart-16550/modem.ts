/**
 * Modem control and status: outputs from MCR, inputs with their changes in MSR, and the loop that
 * joins the two. PC16550D data sheet §8.8 and §8.9.
 */
import type { SerialLine } from '../../buses/uart/line.ts';
import type { UartRegisters } from './format.ts';

interface Levels {
  CTS: boolean;
  DSR: boolean;
  RI: boolean;
  DCD: boolean;
}

export class Modem {
  readonly #registers: UartRegisters;
  readonly #line: SerialLine;
  #levels: Levels;

  constructor(registers: UartRegisters, line: SerialLine, changed: () => void) {
    this.#registers = registers;
    this.#line = line;
    this.#levels = this.#inputs();
    for (const signal of Object.values(line.inputs)) {
      signal.onEdge(() => {
        this.#compare();
        changed();
      });
    }
  }

  /** MCR was written. The loop holds the pins inactive. */
  control(): void {
    const { MCR } = this.#registers;
    this.#line.outputs.DTR.drive(MCR.DTR === 1 && !MCR.LOOP);
    this.#line.outputs.RTS.drive(MCR.RTS === 1 && !MCR.LOOP);
    this.#compare();
  }

  /** Bits 4 to 7 follow the inputs; bits 0 to 3 stay until they are read. */
  compose(MSR: UartRegisters['MSR']): void {
    MSR.CTS = this.#levels.CTS ? 1 : 0;
    MSR.DSR = this.#levels.DSR ? 1 : 0;
    MSR.RI = this.#levels.RI ? 1 : 0;
    MSR.DCD = this.#levels.DCD ? 1 : 0;
  }

  get hasChanged(): boolean {
    const { DCTS, DDSR, TERI, DDCD } = this.#registers.MSR;
    return DCTS + DDSR + TERI + DDCD > 0;
  }

  reset(): void {
    this.#line.outputs.DTR.drive(false);
    this.#line.outputs.RTS.drive(false);
    this.#levels = this.#inputs();
  }

  #compare(): void {
    const { MSR } = this.#registers;
    const before = this.#levels;
    const now = this.#inputs();
    if (now.CTS !== before.CTS) MSR.DCTS = 1;
    if (now.DSR !== before.DSR) MSR.DDSR = 1;
    // RI counts only as it ends: the pin, active low, goes from low to high.
    if (before.RI && !now.RI) MSR.TERI = 1;
    if (now.DCD !== before.DCD) MSR.DDCD = 1;
    this.#levels = now;
  }

  #inputs(): Levels {
    const { MCR } = this.#registers;
    if (MCR.LOOP) {
      return {
        CTS: MCR.RTS === 1,
        DSR: MCR.DTR === 1,
        RI: MCR.OUT1 === 1,
        DCD: MCR.OUT2 === 1,
      };
    }
    const { CTS, DSR, RI, DCD } = this.#line.inputs;
    return { CTS: CTS.level, DSR: DSR.level, RI: RI.level, DCD: DCD.level };
  }
}
