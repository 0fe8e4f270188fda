/**
 * Client of QEMU's qtest protocol: one line a command, one line an answer, in order.
 *
 * Source: QEMU 7.2 itself, by experiment (the protocol is described in QEMU's qtest source only).
 * Not modelled: clock_step and clock_set, which need the qtest accelerator that Debian leaves out.
 */
import type { LineChannel } from './line-channel.ts';

/** Interrupt lines of the intercepted controller; the I/O APIC has 24. */
export const IRQ_LINES = 24;

export interface Quad {
  readonly low: number;
  readonly high: number;
}

/** The peer answered what the protocol does not allow, or refused a command. */
export class QtestRefusal extends Error {
  override readonly name = 'QtestRefusal';
}

const LETTER = { 1: 'b', 2: 'w', 4: 'l' } as const;

export class Qtest {
  /** Level of each line, kept up to date by every command; poll() just looks. */
  readonly irqLevels = new Uint8Array(IRQ_LINES);
  readonly #channel: Pick<LineChannel, 'writeLine' | 'readLine'>;

  constructor(channel: Pick<LineChannel, 'writeLine' | 'readLine'>) {
    this.#channel = channel;
  }

  read(address: number, size: 1 | 2 | 4): number {
    return number(this.command(`read${LETTER[size]} 0x${address.toString(16)}`));
  }

  write(address: number, size: 1 | 2 | 4, value: number): void {
    this.command(`write${LETTER[size]} 0x${address.toString(16)} 0x${(value >>> 0).toString(16)}`);
  }

  readQuad(address: number): Quad {
    return quad(this.command(`readq 0x${address.toString(16)}`));
  }

  writeQuad(address: number, { low, high }: Quad): void {
    const digits = hex(high) + hex(low);
    this.command(`writeq 0x${address.toString(16)} 0x${digits}`);
  }

  in(port: number, size: 1 | 2 | 4): number {
    return number(this.command(`in${LETTER[size]} 0x${port.toString(16)}`));
  }

  out(port: number, size: 1 | 2 | 4, value: number): void {
    this.command(`out${LETTER[size]} 0x${port.toString(16)} 0x${(value >>> 0).toString(16)}`);
  }

  /** From here on the lines of this controller are reported to us and reach no CPU. */
  interceptInterrupts(controller = 'ioapic'): void {
    this.command(`irq_intercept_in ${controller}`);
  }

  /** The same for the output lines of a device, by its place in QEMU's object tree. */
  interceptOutputs(path: string): void {
    this.command(`irq_intercept_out ${path}`);
  }

  /** A round trip that touches nothing: QEMU's main loop turns, and interrupts reach us. */
  poll(): void {
    this.command('endianness');
  }

  /** Sends one command. @returns what follows `OK` @throws QtestRefusal, QemuDied */
  command(line: string): string {
    this.#channel.writeLine(line);
    return this.#answer(line);
  }

  /**
   * Sends them at once, which costs hardly more than one.
   * @returns what follows each `OK` @throws as `command`
   */
  commands(lines: readonly string[]): string[] {
    this.#channel.writeLine(lines.join('\n'));
    return lines.map((line) => this.#answer(line));
  }

  #answer(line: string): string {
    for (;;) {
      const answer = this.#channel.readLine();
      if (answer.startsWith('OK')) return answer.slice(3);
      if (!answer.startsWith('IRQ ')) {
        throw new QtestRefusal(`QEMU answers "${shorten(answer)}" to "${shorten(line)}"`);
      }
      this.#interrupt(answer);
    }
  }

  #interrupt(line: string): void {
    const found = /^IRQ (raise|lower) (\d{1,3})$/.exec(line);
    const index = Number(found?.[2]);
    if (!found || index >= IRQ_LINES) {
      throw new QtestRefusal(`QEMU reports "${shorten(line)}", which names no interrupt line`);
    }
    this.irqLevels[index] = found[1] === 'raise' ? 1 : 0;
  }
}

/** @throws QtestRefusal unless the text is a number of at most 32 bits */
export function number(text: string): number {
  const { low, high } = quad(text);
  if (high !== 0) throw new QtestRefusal(`QEMU answers "${shorten(text)}", not 32 bits`);
  return low;
}

/** @throws QtestRefusal unless the text is 0x and 1 to 16 digits */
export function quad(text: string): Quad {
  if (!/^0x[0-9a-f]{1,16}$/i.test(text)) {
    throw new QtestRefusal(`QEMU answers "${shorten(text)}" where a number belongs`);
  }
  const low = text.length > 10 ? text.slice(-8) : text.slice(2);
  const high = text.length > 10 ? text.slice(2, -8) : '0';
  return { low: Number.parseInt(low, 16), high: Number.parseInt(high, 16) };
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
