/**
 * Configuration space as far as a recording knows it: what the header keeps of the beginning, and
 * what was read first of the rest. For whoever looks at it before, or beside, the driver.
 */
import { TraceKind } from '../format/event.ts';
import type { Asked } from './asked.ts';

/** Name in a header's identity: the first bytes in hexadecimal. */
export const CONFIGURATION = 'pci-configuration';

const BYTE = 256;

export class RecordedConfiguration {
  readonly #bytes = new Map<number, number>();

  constructor(kept: string | undefined, asked: readonly Asked[]) {
    for (const [at, digits] of (kept?.match(/[0-9a-f]{2}/g) ?? []).entries()) {
      this.#bytes.set(at, Number.parseInt(digits, 16));
    }
    for (const { recorded } of asked) {
      if (recorded.kind !== TraceKind.ConfigRead) continue;
      let { value } = recorded;
      for (let at = recorded.address; at < recorded.address + recorded.size; at++) {
        if (!this.#bytes.has(at)) this.#bytes.set(at, value % BYTE);
        value = Math.floor(value / BYTE);
      }
    }
  }

  /** Undefined where the recording does not know all of it. */
  read(offset: number, size: number): number | undefined {
    let value = 0;
    for (let at = offset + size - 1; at >= offset; at--) {
      const byte = this.#bytes.get(at);
      if (byte === undefined) return undefined;
      value = value * BYTE + byte;
    }
    return value;
  }
}
