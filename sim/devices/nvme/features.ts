/**
 * The values of features: current, saved and default ones. What a value does happens where it is
 * used; who must act at once is told.
 *
 * NVM Express Base Specification 1.4, "Get Features command", "Set Features command" (secondary).
 */
import { FEATURES, type FeatureRow } from './feature-table.ts';
import { Feature } from './structures.ts';

/** SEL of Get Features. */
export const Select = { Current: 0, Default: 1, Saved: 2, Capabilities: 3 } as const;

/** Values are kept by feature and part: a sensor, a vector, a namespace. */
const PARTS = 0x1_0000_0000;

export class Features {
  readonly #current = new Map<number, number>();
  readonly #saved = new Map<number, number>();
  readonly #dword = new Uint8Array(Feature.WHOLE.bytes);
  readonly #changed: (feature: number, part: number) => void;

  constructor(changed: (feature: number, part: number) => void) {
    this.#changed = changed;
  }

  row(feature: number): FeatureRow | undefined {
    return FEATURES.get(feature);
  }

  /** The current value. */
  get(feature: number, part = 0): number {
    return this.#current.get(feature * PARTS + part) ?? this.saved(feature, part);
  }

  saved(feature: number, part = 0): number {
    return this.#saved.get(feature * PARTS + part) ?? this.initial(feature, part);
  }

  initial(feature: number, part = 0): number {
    return FEATURES.get(feature)?.initial(part) ?? 0;
  }

  /** The current value as a structure: `Feature.ARBITRATION.AB.get(features.dword(...))`. */
  dword(feature: number, part = 0): Uint8Array {
    Feature.WHOLE.VALUE.set(this.#dword, 0, this.get(feature, part));
    return this.#dword;
  }

  set(feature: number, part: number, value: number, save: boolean): void {
    this.#current.set(feature * PARTS + part, value);
    if (save) this.#saved.set(feature * PARTS + part, value);
    this.#changed(feature, part);
  }

  /** A reset of the controller: what was not saved is lost. */
  reset(): void {
    const changed = new Set([...this.#current.keys(), ...this.#saved.keys()]);
    this.#current.clear();
    for (const key of changed) this.#changed(Math.floor(key / PARTS), key % PARTS);
  }
}
