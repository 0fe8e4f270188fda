/** The lines of the board that a driver may drive and hear: reset, write protect, alert. */
import type { GpioLine } from '../../sim/buses/gpio/line.ts';
import { fail } from './io-return.ts';
import type { QueueHost } from './service-host.ts';

export class BoardLines {
  readonly #lines: ReadonlyMap<string, GpioLine>;

  readonly #host: QueueHost;

  constructor(host: QueueHost, lines: ReadonlyMap<string, GpioLine>) {
    this.#host = host;
    this.#lines = lines;
  }

  names(): readonly string[] {
    return [...this.#lines.keys()];
  }

  has(name: string): boolean {
    return this.#lines.has(name);
  }

  /** High or not. @throws kIOReturnNotFound */
  level(name: string): boolean {
    return this.#line(name).level;
  }

  /** `undefined` lets it go. @throws kIOReturnNotFound */
  drive(name: string, level: boolean | undefined): void {
    const drive = level === undefined ? 'released' : level ? 'high' : 'low';
    this.#line(name).drive(this, drive);
  }

  /** Like an interrupt: the driver hears of an edge when it runs next. @throws kIOReturnNotFound */
  onEdge(name: string, listener: (level: boolean) => void): void {
    const host = this.#host;
    this.#line(name).onEdge((level) => {
      host.world.ready(() => {
        if (!host.dead) listener(level);
      });
    });
  }

  #line(name: string): GpioLine {
    const line = this.#lines.get(name);
    if (line === undefined) fail('kIOReturnNotFound', `the board has no line ${name}`);
    return line;
  }
}
