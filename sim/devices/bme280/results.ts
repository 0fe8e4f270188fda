/**
 * The data registers of a BME280, and the filter before them: sections 3.4.1 to 3.4.4 and 5.4.7 to
 * 5.4.9 (secondary).
 */
import { DATA_RESET } from './registers.ts';
import type { Converted } from './transducer.ts';

/** Samples of each, 0 where it is skipped, and the filter's coefficient. */
export interface Settings {
  readonly temperature: number;
  readonly pressure: number;
  readonly humidity: number;
  readonly filter: number;
}

const SKIPPED_LONG = 0x8_0000;
const SKIPPED_SHORT = 0x8000;
/** Steps of 20 bits that a single sample has, in 16. */
const COARSEST = 16;
const BYTE = 256;
const NIBBLE = 16;

export class Results {
  #bytes: readonly number[] = DATA_RESET;
  #filtered: { temperature: number; pressure: number } | undefined;

  reset(): void {
    this.#bytes = DATA_RESET;
    this.#filtered = undefined;
  }

  bytes(): readonly number[] {
    return this.#bytes;
  }

  /** One measurement. The filter knows nothing of humidity. */
  take(converted: Converted, settings: Settings): void {
    const old = settings.filter === 1 ? undefined : this.#filtered;
    const filtered = {
      temperature: mixed(old?.temperature, converted.temperature, settings.filter),
      pressure: mixed(old?.pressure, converted.pressure, settings.filter),
    };
    this.#filtered = filtered;
    this.#bytes = [
      ...long(filtered.pressure, settings.pressure, settings.filter),
      ...long(filtered.temperature, settings.temperature, settings.filter),
      ...short(settings.humidity === 0 ? SKIPPED_SHORT : Math.floor(converted.humidity)),
    ];
  }
}

function mixed(old: number | undefined, value: number, filter: number): number {
  return old === undefined ? value : (old * (filter - 1) + value) / filter;
}

/** Without the filter each doubling of the samples makes a bit more; with it there are all. */
function long(value: number, samples: number, filter: number): number[] {
  const step = filter === 1 ? COARSEST / samples : 1;
  const whole = samples === 0 ? SKIPPED_LONG : Math.floor(value / step) * step;
  return [...short(Math.floor(whole / NIBBLE)), (whole % NIBBLE) * NIBBLE];
}

function short(value: number): number[] {
  return [Math.floor(value / BYTE), value % BYTE];
}
