/**
 * The interrupt side of the driver: moves characters between the chip and the two boxes, keeps
 * flow control, counts, and says whom it woke.
 */
import type { ModemStatus, SerialEvent, SerialSettings } from '../../host/classes/serial-port.ts';
import type { Chip, LineStatus, ModemRegister } from './chip.ts';
import type { Inbox } from './inbox.ts';
import type { Outbox } from './outbox.ts';

const XON = 0x11;
const XOFF = 0x13;

/** IIR.ID (PC16550D data sheet, Table IV). */
const LINE_STATUS = 3;
const DATA_AVAILABLE = 2;
const TIMEOUT = 6;
const THR_EMPTY = 1;
const MODEM_STATUS = 0;

/** Sources served, and characters taken, by one call of the handler: no device holds us longer. */
const PASSES_MAX = 32;
const CHARACTERS_MAX = 256;
/** Interrupts in a row with nothing pending, after which ours are turned off. */
const SPURIOUS_MAX = 2000;

export interface Wakes {
  /** Characters, or an event, have arrived. */
  arrived(): void;
  /** The device has taken characters, or may not take more. */
  sent(): void;
  gone(): void;
}

export class Port {
  flowControl: SerialSettings['flowControl'] = 'none';
  readonly counts = {
    received: 0,
    sent: 0,
    breaks: 0,
    parityErrors: 0,
    framingErrors: 0,
    overruns: 0,
    overflows: 0,
    interrupts: 0,
    spurious: 0,
    lostInterrupts: 0,
  };
  readonly #chip: Chip;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #wakes: Wakes;
  /** The client wants RTS; flow control may still hold it down. */
  #wantsRts = false;
  #spuriousInARow = 0;
  /** The other end was asked to pause. */
  #pausing = false;

  constructor(chip: Chip, inbox: Inbox, outbox: Outbox, wakes: Wakes) {
    this.#chip = chip;
    this.#inbox = inbox;
    this.#outbox = outbox;
    this.#wakes = wakes;
  }

  /** A handler is called for the line, which others may share: nothing to do is no error. */
  interrupt(): void {
    this.counts.interrupts++;
    for (let pass = 0; pass < PASSES_MAX; pass++) {
      const { IPN, ID } = this.#chip.registers.IIR.fields();
      if (IPN === 1) {
        if (this.#chip.isGone()) this.#wakes.gone();
        else if (pass === 0) this.#nothingPending();
        else this.#spuriousInARow = 0;
        return;
      }
      this.#serve(ID);
    }
    // What we do withdraws nothing: without interrupts, calls find their data by looking.
    this.counts.spurious++;
    this.#chip.silence();
  }

  /** Another device's, as a rule; but one that never ends may be ours, whatever IIR says. */
  #nothingPending(): void {
    this.counts.spurious++;
    this.#spuriousInARow++;
    if (this.#spuriousInARow < SPURIOUS_MAX) return;
    this.#spuriousInARow = 0;
    this.#chip.silence();
  }

  begin(flowControl: SerialSettings['flowControl']): void {
    this.#pausing = false;
    this.#wantsRts = true;
    this.#chip.setModemLines({ dtr: true, rts: true });
    this.changeFlowControl(flowControl);
  }

  changeFlowControl(flowControl: SerialSettings['flowControl']): void {
    this.flowControl = flowControl;
    this.#outbox.stopped = false;
    this.#pausing = false;
    this.#chip.setModemLines({ rts: this.#wantsRts });
    this.readModem();
    this.relieve();
  }

  setRts(on: boolean): void {
    this.#wantsRts = on;
    this.#chip.setModemLines({ rts: on && !(this.#pausing && this.flowControl === 'rts-cts') });
  }

  /**
   * Takes what the receiver holds: LSR once, then its character, as long as there is one.
   * @returns the last status, or undefined when the device is gone
   */
  receive(): LineStatus | undefined {
    const { LSR, RBR } = this.#chip.registers;
    const before = this.#inbox.length;
    let status: LineStatus | undefined;
    for (let count = 0; count < CHARACTERS_MAX; count++) {
      status = LSR.fields();
      if (this.#isGone(status)) return undefined;
      const isGood = this.#noteErrors(status);
      if (!status.DR) break;
      const character = RBR.read();
      if (isGood) this.#accept(character);
    }
    if (this.#inbox.length !== before) this.#wakes.arrived();
    if (this.#inbox.isHigh) this.#askToPause();
    return status;
  }

  /** No interrupt came in time: serves the transmitter. False when it is stuck. */
  rescueTransmitter(): boolean {
    if (this.#outbox.stopped) {
      this.readModem();
      return true;
    }
    const status = this.receive();
    if (status === undefined) return true;
    if (!status.THRE) return false;
    this.counts.lostInterrupts++;
    this.fill();
    return true;
  }

  /** Nothing was heard in time: looks whether something is there. */
  rescueReceiver(): void {
    const before = this.#inbox.length;
    this.receive();
    if (this.#inbox.length !== before) this.counts.lostInterrupts++;
  }

  /** Fills the FIFO; only while THRE is set. */
  fill(): void {
    const { THR } = this.#chip.registers;
    for (let room = this.#chip.depth; room > 0; room--) {
      const character = this.#outbox.take();
      if (character === undefined) break;
      THR.write(character);
      this.counts.sent++;
    }
    const more = this.#outbox.isReady;
    if (more !== this.#chip.asksForData) this.#chip.enable({ ETBEI: more ? 1 : 0 });
    this.#wakes.sent();
  }

  /** The transmitter's interrupt fetches what is there: enabling it interrupts if THRE is set. */
  kick(): void {
    if (this.#outbox.isReady && !this.#chip.asksForData) this.#chip.enable({ ETBEI: 1 });
  }

  /** Reading MSR clears its changes: each read reports them. */
  readModem(): ModemStatus {
    const status = this.#chip.registers.MSR.fields();
    this.#isGone(status);
    const changes = { cts: status.DCTS, dsr: status.DDSR, ri: status.TERI, dcd: status.DDCD };
    const names = ['cts', 'dsr', 'ri', 'dcd'] as const;
    const changed = names.filter((name) => changes[name] === 1);
    if (changed.length > 0) this.#note({ kind: 'modem', changed });
    if (this.flowControl === 'rts-cts') {
      this.#outbox.stopped = status.CTS === 0;
      this.kick();
    }
    return {
      cts: status.CTS === 1,
      dsr: status.DSR === 1,
      ri: status.RI === 1,
      dcd: status.DCD === 1,
    };
  }

  /** The inbox was emptied: the other end may go on. */
  relieve(): void {
    if (!this.#pausing || !this.#inbox.isLow) return;
    this.#pausing = false;
    if (this.flowControl === 'rts-cts') this.setRts(this.#wantsRts);
    if (this.flowControl === 'xon-xoff') this.#hurry(XON);
  }

  /** All ones may be the truth: then IER tells. */
  #isGone(status: LineStatus | ModemRegister): boolean {
    if (!Object.values(status).every((bit) => bit === 1) || !this.#chip.isGone()) return false;
    this.#wakes.gone();
    return true;
  }

  #serve(id: number): void {
    switch (id) {
      case LINE_STATUS:
      case DATA_AVAILABLE:
      case TIMEOUT:
        this.receive();
        break;
      case THR_EMPTY:
        this.fill();
        break;
      case MODEM_STATUS:
        this.readModem();
        break;
      default:
        this.counts.spurious++;
    }
  }

  /** True for a character that may be passed on. */
  #noteErrors({ OE, BI, PE, FE }: LineStatus): boolean {
    if (OE) {
      this.counts.overruns++;
      this.#note({ kind: 'error', error: 'overrun' });
    }
    if (BI) {
      // A break looks like a character without a stop bit, perhaps of wrong parity: it is neither.
      this.counts.breaks++;
      this.#note({ kind: 'break' });
      return false;
    }
    if (PE) {
      this.counts.parityErrors++;
      this.#note({ kind: 'error', error: 'parity' });
    }
    if (FE) {
      this.counts.framingErrors++;
      this.#note({ kind: 'error', error: 'framing' });
    }
    return !PE && !FE;
  }

  #accept(character: number): void {
    if (this.flowControl === 'xon-xoff' && (character === XON || character === XOFF)) {
      this.#outbox.stopped = character === XOFF;
      this.kick();
      return;
    }
    if (this.#inbox.put(character)) {
      this.counts.received++;
      return;
    }
    this.counts.overflows++;
    this.#note({ kind: 'error', error: 'overflow' });
  }

  #askToPause(): void {
    if (this.#pausing) return;
    this.#pausing = true;
    if (this.flowControl === 'rts-cts') this.setRts(this.#wantsRts);
    if (this.flowControl === 'xon-xoff') this.#hurry(XOFF);
  }

  #hurry(character: number): void {
    this.#outbox.hurry(character);
    this.kick();
  }

  #note(event: SerialEvent): void {
    this.#inbox.note(event);
    this.#wakes.arrived();
  }
}
