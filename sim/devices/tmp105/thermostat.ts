/**
 * The thermostat of a TMP105: limits, fault queue and alert. Section "High and Low Limit
 * Registers" of SLLS648D (secondary: the wording of its sister TMP106, SLLS672A).
 */

export interface Limits {
  readonly low: number;
  readonly high: number;
  /** Consecutive conversions that it takes. */
  readonly faults: number;
  /** TM: an alert stays until it is read. */
  readonly latches: boolean;
}

export class Thermostat {
  active = false;
  /** The limit that comes next: rising over T_HIGH, or falling below T_LOW. */
  awaits: 'high' | 'low' = 'high';
  #count = 0;

  reset(): void {
    this.active = false;
    this.awaits = 'high';
    this.#count = 0;
  }

  /** One conversion. @returns whether another one with this result could change anything */
  compare(temperature: number, { low, high, faults, latches }: Limits): boolean {
    // A latched alert waits to be read; nothing is counted meanwhile.
    if (latches && this.active) return false;
    const isFault = this.awaits === 'high' ? temperature >= high : temperature < low;
    if (!isFault) {
      this.#count = 0;
      return false;
    }
    this.#count++;
    if (this.#count < faults) return true;
    this.#count = 0;
    this.active = latches || this.awaits === 'high';
    this.awaits = this.awaits === 'high' ? 'low' : 'high';
    // With T_LOW above T_HIGH the other limit may be passed already.
    return true;
  }

  /** A latched alert is read, answered, or shut down. */
  clear(): void {
    this.active = false;
    this.#count = 0;
  }
}
