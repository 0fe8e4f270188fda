/**
 * 16550 UART with FIFOs, on a serial line, clocked at 1.8432 MHz.
 *
 * PC16550D data sheet (National Semiconductor TL/C/8652, June 1995), whose section and table
 * numbers the files of this folder cite.
 *
 * Not modelled: the pins RXRDY and TXRDY (FCR.DMA), the receiver clock apart from the
 * transmitter's, delays of a few clocks between the line and a status bit, factory writes to LSR.
 * A divisor of zero stops the clock.
 */
import { SerialLine, Wire } from '../../buses/uart/line.ts';
import { Signal } from '../../kernel/signal.ts';
import type { World } from '../../kernel/world.ts';
import { RegisterBank } from '../../registers/bank.ts';
import { pendingInterrupt } from './interrupts.ts';
import { Modem } from './modem.ts';
import { Receiver } from './receiver.ts';
import { InterruptId, registers } from './registers.ts';
import { Transmitter } from './transmitter.ts';

export class Uart16550 {
  /**
   * The pin INTR. Boards of the PC gate it with OUT2; a card whose interrupt can be shared has no
   * need to, and neither does QEMU's pci-serial: nothing gates it here.
   */
  readonly interrupt = new Signal();
  readonly receiver: Receiver;
  readonly transmitter: Transmitter;
  readonly modem: Modem;

  readonly bank = new RegisterBank(registers, {
    compose: {
      RBR: (RBR) => {
        RBR.DATA = this.receiver.top;
      },
      IIR: (IIR) => this.#identify(IIR),
      LSR: (LSR) => {
        LSR.DR = this.receiver.isReady ? 1 : 0;
        LSR.THRE = this.transmitter.holdingEmpty ? 1 : 0;
        LSR.TEMT = this.transmitter.isIdle ? 1 : 0;
        LSR.FIFOERR = this.receiver.hasErrors ? 1 : 0;
      },
      MSR: (MSR) => this.modem.compose(MSR),
    },
    read: {
      RBR: () => this.receiver.take(),
      IIR: () => {
        // Only the source that is identified is withdrawn.
        if (this.#pending() === InterruptId.ThrEmpty) this.transmitter.emptied = false;
      },
    },
    write: {
      THR: ({ DATA }) => this.transmitter.write(DATA),
      DLL: () => this.transmitter.clockChanged(),
      DLM: () => this.transmitter.clockChanged(),
      IER: (written, before) => {
        if (written.ETBEI && !before.ETBEI) this.transmitter.enableInterrupt();
      },
      FCR: (written, before) => this.#controlFifos(written, before),
      LCR: () => this.#drive(),
      MCR: (written, before) => {
        this.modem.control();
        if (written.LOOP !== before.LOOP) this.receiver.disconnect();
        this.#drive();
      },
    },
    settled: () => this.interrupt.drive(this.#pending() !== undefined),
  });

  readonly #registers = this.bank.registers;
  readonly #line: SerialLine;
  /** From the transmitter to the receiver, while MCR.LOOP is set. */
  readonly #loop: Wire;

  constructor(world: World, line: SerialLine) {
    this.#line = line;
    this.#loop = new Wire(world);
    const settle = () => this.bank.settle();
    const { MCR } = this.#registers;
    const wire = () => (MCR.LOOP ? this.#loop : line.toPeer);
    this.receiver = new Receiver(world, this.#registers, settle);
    this.transmitter = new Transmitter(world, this.#registers, wire, settle);
    this.modem = new Modem(this.#registers, line, settle);
    line.toDevice.listen(this.receiver.listener(() => !MCR.LOOP));
    this.#loop.listen(this.receiver.listener(() => MCR.LOOP === 1));
  }

  /** `master`: the pin MR; `power`: what MR leaves alone is set up too. */
  reset(domain: 'power' | 'master'): void {
    this.bank.reset(domain);
    this.receiver.reset();
    this.transmitter.reset();
    this.modem.reset();
    this.#drive();
    this.bank.settle();
  }

  #pending(): InterruptId | undefined {
    return pendingInterrupt(this.#registers, this);
  }

  #identify(IIR: Uart16550['bank']['registers']['IIR']): void {
    const id = this.#pending();
    IIR.IPN = id === undefined ? 1 : 0;
    IIR.ID = id ?? 0;
    IIR.FIFOED = this.#registers.FCR.FIFOEN ? 3 : 0;
  }

  /** SOUT spaces while LCR.SBRK is set; the loop holds it marking and takes the break itself. */
  #drive(): void {
    const { LCR, MCR } = this.#registers;
    this.#line.toPeer.setBreak(LCR.SBRK === 1 && !MCR.LOOP);
    this.#loop.setBreak(LCR.SBRK === 1 && MCR.LOOP === 1);
  }

  #controlFifos(written: FcrView, before: FcrView): void {
    const { FCR } = this.#registers;
    if (!written.FIFOEN) {
      // Without bit 0 the other bits are not programmed (§8.5).
      FCR.TRIGGER = before.TRIGGER;
      FCR.DMA = before.DMA;
    }
    const changed = written.FIFOEN !== before.FIFOEN;
    if (changed || (written.FIFOEN && written.RFRES)) this.receiver.clear();
    if (changed || (written.FIFOEN && written.XFRES)) this.transmitter.clear();
    if (changed) this.transmitter.changeMode();
    FCR.RFRES = 0;
    FCR.XFRES = 0;
  }
}

type FcrView = Uart16550['bank']['registers']['FCR'];
