/**
 * What the driver's own configuration accesses say about the function: nothing else is asked, so
 * that rules work on any target and on imported traces. What was not seen is not known.
 */
import { EventKind } from '../../../sim/kernel/journal.ts';
import type { Watch } from '../../rule.ts';

export const Command = { Io: 0x1, Memory: 0x2, Master: 0x4, IntxDisable: 0x400 } as const;
export const CapabilityId = { PowerManagement: 0x01, Msi: 0x05, MsiX: 0x11 } as const;

const CONFIG_BYTES = 4096;
const UNKNOWN = -1;
const COMMAND = 0x04;
const BAR0 = 0x10;
const BAR_IS_IO = 0x1;
const CAPABILITIES = 0x34;
/** A list longer than this runs in a circle. */
const CAPABILITIES_MAX = 48;
const PMCSR = 0x04;
const POWER_STATE = 0x3;
const D3 = 3;
const CONTROL = 0x02;
const MSI_ENABLE = 0x1;
const MSIX_ENABLE = 0x8000;
/** The size of the table, less one, is in bits 10:0. */
const MSIX_TABLE_SIZES = 0x800;

/** Registers of the type 0 header that no write changes, as [first, last] bytes. */
const READ_ONLY: readonly (readonly [number, number])[] = [
  [0x00, 0x03],
  [0x08, 0x0b],
  [0x0e, 0x0e],
  [0x2c, 0x2f],
  [0x34, 0x34],
  [0x3d, 0x3d],
];

const IN_HEADER = Uint8Array.from({ length: CONFIG_BYTES }, (_, offset) =>
  READ_ONLY.some(([first, last]) => offset >= first && offset <= last) ? 1 : 0,
);

export class ConfigKnowledge {
  /** One byte each, or UNKNOWN. */
  readonly #bytes = new Int16Array(CONFIG_BYTES).fill(UNKNOWN);
  /** Offsets of capabilities by id; resets do not move them. */
  readonly #capabilities = new Map<number, number>();
  /** Whether a BAR is I/O, as its answers told. */
  readonly #isIo = new Map<number, boolean>();
  /** The command register, where it is known. */
  command: number | undefined;
  /** The function was put into D3. */
  asleep = false;
  /** Pulled out: what it says is no longer news. */
  gone = false;

  constructor(watch: Watch) {
    const { journal } = watch;
    watch.on(EventKind.ConfigRead, (at) => {
      this.#sawRead(journal.addressAt(at), journal.sizeAt(at), journal.valueAt(at));
    });
    watch.on(EventKind.ConfigWrite, (at) => {
      this.#sawWrite(journal.addressAt(at), journal.sizeAt(at), journal.valueAt(at));
    });
    watch.on(EventKind.Reset, () => this.#forget());
    watch.on(EventKind.Removed, () => (this.gone = true));
  }

  /** What a byte holds, or undefined. */
  byte(offset: number): number | undefined {
    const byte = this.#bytes[offset] ?? UNKNOWN;
    return byte === UNKNOWN ? undefined : byte;
  }

  /** True where no write changes a byte: header registers and heads of capabilities. */
  isReadOnly(offset: number): boolean {
    if (IN_HEADER[offset] === 1) return true;
    for (const at of this.#capabilities.values()) {
      if (offset === at || offset === at + 1) return true;
    }
    return false;
  }

  /** Whether a BAR is decoded now; undefined where that cannot be told. */
  decodes(bar: number): boolean | undefined {
    if (this.command === undefined) return undefined;
    const memory = (this.command & Command.Memory) !== 0;
    const io = (this.command & Command.Io) !== 0;
    if (memory === io) return memory;
    const low = this.byte(BAR0 + bar * 4);
    const isIo = low === undefined ? this.#isIo.get(bar) : (low & BAR_IS_IO) !== 0;
    return isIo === undefined ? undefined : isIo === io;
  }

  /** A BAR answered: with one decoder on, that tells its kind. */
  answered(bar: number): void {
    const decoders = (this.command ?? 0) & (Command.Io + Command.Memory);
    if (decoders === Command.Io) this.#isIo.set(bar, true);
    else if (decoders === Command.Memory) this.#isIo.set(bar, false);
  }

  /** Whether MSI or MSI-X is on; undefined where that cannot be told. */
  enabled(id: typeof CapabilityId.Msi | typeof CapabilityId.MsiX): boolean | undefined {
    const at = this.#capabilities.get(id);
    const control = at === undefined ? undefined : this.#word(at + CONTROL);
    if (control === undefined) return undefined;
    return (control & (id === CapabilityId.Msi ? MSI_ENABLE : MSIX_ENABLE)) !== 0;
  }

  /** Messages in the table of MSI-X; undefined without one, or where it was not looked at. */
  get vectors(): number | undefined {
    const at = this.#capabilities.get(CapabilityId.MsiX);
    const control = at === undefined ? undefined : this.#word(at + CONTROL);
    return control === undefined ? undefined : (control % MSIX_TABLE_SIZES) + 1;
  }

  #word(offset: number): number | undefined {
    const low = this.byte(offset);
    const high = this.byte(offset + 1);
    return low === undefined || high === undefined ? undefined : high * 256 + low;
  }

  #sawRead(offset: number, size: number, value: number): void {
    // All ones is what nobody answers.
    if (this.gone || value === 256 ** size - 1) return;
    this.#learn(offset, size, value, () => true);
    this.#findCapabilities();
    this.#conclude();
  }

  #sawWrite(offset: number, size: number, value: number): void {
    if (this.gone) return;
    const slept = this.asleep;
    this.#learn(offset, size, value, (at) => !this.isReadOnly(at));
    this.#conclude();
    // On the way back to D0 a function may reset itself.
    if (slept && !this.asleep) this.#forget();
  }

  #learn(offset: number, size: number, value: number, accept: (at: number) => boolean): void {
    let rest = value;
    for (let at = offset; at < offset + size; at++) {
      if (accept(at)) this.#bytes[at] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }

  #conclude(): void {
    this.command = this.#word(COMMAND);
    const power = this.#capabilities.get(CapabilityId.PowerManagement);
    const state = power === undefined ? undefined : this.byte(power + PMCSR);
    this.asleep = state !== undefined && (state & POWER_STATE) === D3;
  }

  #findCapabilities(): void {
    let at = this.byte(CAPABILITIES);
    for (let seen = 0; at !== undefined && at !== 0 && seen < CAPABILITIES_MAX; seen++) {
      const id = this.byte(at);
      if (id !== undefined) this.#capabilities.set(id, at);
      at = this.byte(at + 1);
    }
  }

  #forget(): void {
    for (let at = 0; at < CONFIG_BYTES; at++) {
      if (!this.isReadOnly(at)) this.#bytes[at] = UNKNOWN;
    }
    this.#conclude();
  }
}
