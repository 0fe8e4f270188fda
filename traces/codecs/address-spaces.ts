/**
 * Addresses of a whole machine as spaces of a trace: ranges that a log names, and who they belong
 * to. The BARs of the device that comes first are spaces 0 to 5, as its own trace would have them;
 * those of each further one follow at the next eight.
 */
import type { TraceSpace } from '../format/header.ts';

/** Where in a trace an access goes that is in no range: the address is the machine's. */
export const ELSEWHERE = 65_535;
const SPACES_PER_DEVICE = 8;
const DEVICES_MAX = 4096;
const RANGES_MAX = 65_536;

interface Range {
  readonly base: number;
  readonly end: number;
  readonly device: string;
  readonly bar: number;
  readonly kind: TraceSpace['kind'];
}

export class AddressSpaces {
  /** Set by each `find` that finds something. */
  space = ELSEWHERE;
  offset = 0;
  /** Whether the device of spaces 0 to 5 was used. */
  isUsed = false;
  readonly #ranges: Range[] = [];
  readonly #devices: string[] = [];
  readonly #first: string | undefined;
  #last: Range | undefined;

  /** `first`: a part of the name of the device that gets spaces 0 to 5, whenever it comes. */
  constructor(first?: string) {
    this.#first = first;
    if (first !== undefined) this.#devices.push(first);
  }

  /** A range of this device; one that it had for the same BAR before is gone. */
  add(device: string, bar: number, kind: TraceSpace['kind'], base: number, length: number): void {
    this.remove(device, bar);
    if (this.#ranges.length < RANGES_MAX) {
      this.#ranges.push({ base, end: base + length, device, bar, kind });
    }
  }

  /** A range of memory, unless it begins within one that is known. */
  addUnlessKnown(device: string, base: number, length: number): void {
    if (this.#ranges.some((it) => base >= it.base && base < it.end)) return;
    this.add(device, 0, 'memory', base, length);
  }

  remove(device: string, bar: number): void {
    const known = this.#ranges.findIndex((it) => it.device === device && it.bar === bar);
    if (known >= 0) this.#ranges.splice(known, 1);
    this.#last = undefined;
  }

  /** Sets `space` and `offset`; without a range `ELSEWHERE` and the address itself. */
  find(address: number): void {
    let range = this.#last;
    if (range === undefined || address < range.base || address >= range.end) {
      range = this.#ranges.find(({ base, end }) => address >= base && address < end);
      this.#last = range;
    }
    this.space = range === undefined ? ELSEWHERE : this.spaceOf(range.device, range.bar);
    this.offset = address - (range?.base ?? 0);
  }

  /** The space of a device's BAR; the device is counted from its first use on. */
  spaceOf(device: string, bar: number): number {
    const isFirst = this.#first !== undefined && device.includes(this.#first);
    if (isFirst) this.#devices[0] = device;
    if (isFirst || this.#first === undefined) this.isUsed = true;
    let at = isFirst ? 0 : this.#devices.indexOf(device);
    if (at < 0) {
      if (this.#devices.length === DEVICES_MAX) return ELSEWHERE;
      at = this.#devices.push(device) - 1;
    }
    return at * SPACES_PER_DEVICE + bar;
  }

  /** Devices in the order of their spaces: only those that were used. */
  get devices(): readonly string[] {
    return this.#devices;
  }

  /** Ranges of the devices that were used so far, for the header. */
  list(max: number): TraceSpace[] {
    return this.#ranges
      .filter(({ device }) => this.#devices.includes(device))
      .map(({ device, bar, kind, base, end }) => {
        return { space: this.spaceOf(device, bar), kind, base, length: end - base };
      })
      .toSorted((one, two) => one.space - two.space)
      .slice(0, max);
  }
}

/** Ranges that a header may list; the rest are named by marks. */
export const LISTED_MAX = 64;
