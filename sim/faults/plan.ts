/**
 * The vocabulary of faults at a bus, as data: which fault strikes where. A plan is generated,
 * shrunk, recorded and replayed like any other input.
 *
 * `at` counts from 1 in what the fault waits for: accesses (of configuration space and BARs
 * together), interrupts, or calls. `ns` are virtual nanoseconds.
 */
export type PciFault =
  /** The function is pulled out at this access, which already reads as all ones. */
  | { readonly kind: 'removal'; readonly at: number }
  /** From this access on, so many accesses get no answer: reads are all ones, writes are lost. */
  | { readonly kind: 'no-answer'; readonly at: number; readonly accesses: number }
  /**
   * From this read of a register on, the bits of `mask` never change: they stay as `value` says,
   * or as they were then.
   */
  | ({ readonly kind: 'stuck-bits'; readonly mask: number; readonly value?: number } & Place)
  /** This read of a register, and `reads` in all, return `value`: the device lies. */
  | ({ readonly kind: 'false-read'; readonly value: number; readonly reads: number } & Place)
  /** Nobody hears of this interrupt (a rising level, or a message). */
  | { readonly kind: 'lost-interrupt'; readonly at: number }
  /** This interrupt arrives later; a level that fell in the meantime does not. */
  | { readonly kind: 'late-interrupt'; readonly at: number; readonly ns: number }
  /** After this access an interrupt that the device did not raise; a level lasts `ns`. */
  | {
      readonly kind: 'spurious-interrupt';
      readonly at: number;
      readonly vector: number;
      readonly ns: number;
    }
  /** This interrupt comes again and again. */
  | {
      readonly kind: 'interrupt-storm';
      readonly at: number;
      readonly times: number;
      readonly everyNs: number;
    }
  /** From this access on, memory writes wait for the next read, or for `ns`. */
  | { readonly kind: 'posted-writes'; readonly at: number; readonly ns: number }
  /**
   * Right after this read, by the driver, of memory that the device may write, the bytes read
   * change (exclusive or with `bits`).
   */
  | { readonly kind: 'changed-buffer'; readonly at: number; readonly bits: number }
  /** This allocation of DMA memory fails. */
  | { readonly kind: 'failed-allocation'; readonly at: number }
  /** This mapping for DMA fails. */
  | { readonly kind: 'failed-mapping'; readonly at: number }
  /** At this access the device resets itself; the platform keeps its configuration. */
  | { readonly kind: 'self-reset'; readonly at: number };

/** A register: its BAR, its offset there, and which of its reads is meant. */
interface Place {
  readonly at: number;
  readonly bar: number;
  readonly offset: number;
}

export type PciFaultPlan = readonly PciFault[];

/** A bound on plans that a generator or a file makes. */
export const FAULTS_MAX = 256;
/** A storm ends. */
export const STORM_TIMES_MAX = 100_000;

/** One line for the journal and for reports: the kind and its parameters. */
export function describeFault(fault: { readonly kind: string }): string {
  const parameters = Object.entries(fault)
    .filter(([name]) => name !== 'kind')
    .map(([name, value]) => `${name} ${value}`);
  return `${fault.kind}: ${parameters.join(', ')}`;
}
