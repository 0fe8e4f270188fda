/** Faults of a bus as words of the search, and what they leave of the truth. */
import type { PciFault } from '../../sim/faults/plan.ts';
import type { FaultWord } from './model.ts';
import type { Parameter, Phrase } from './scenario.ts';

const ALL_ONES = 0xffffffff;
const SECOND = 1e9;
/** Short, as a handler takes, longer than any driver waits. */
const TIMES = [1000, 50_000, 1e6, 2.5 * SECOND, 45 * SECOND] as const;

export const nanoseconds: Parameter = {
  type: 'integer',
  min: 1,
  max: 60 * SECOND,
  likely: TIMES,
};

const word = {
  type: 'integer',
  min: 0,
  max: ALL_ONES,
  likely: [0, 1, 0x80, 0xff, 0x80000000, ALL_ONES],
} as const;

export interface PciFaultPlaces {
  /** So many of them a scenario of usual size has. */
  readonly accesses: number;
  readonly interrupts: number;
  readonly allocations: number;
  /** Of registers in BAR 0 whose reads decide what a driver does. */
  readonly offsets: readonly number[];
}

export function place(max: number): Parameter {
  return {
    type: 'integer',
    min: 1,
    max: max * 8,
    likely: Array.from({ length: max }, (_, n) => n + 1),
  };
}

/** The vocabulary of `sim/faults/plan.ts`. */
export function pciFaultWords(places: PciFaultPlaces): Readonly<Record<string, FaultWord>> {
  const access = place(places.accesses);
  const interrupt = place(places.interrupts);
  const call = place(places.allocations);
  const offsets = places.offsets;
  const register = {
    at: place(places.interrupts),
    offset: { type: 'integer', min: 0, max: Math.max(...offsets), likely: offsets },
  } as const;
  const few: Parameter = { type: 'integer', min: 1, max: 64, likely: [1, 2, 4] };
  const plain: Readonly<Record<string, FaultWord['parameters']>> = {
    'no-answer': { at: access, accesses: few },
    // Most often all of them: whatever the register says, it says for ever.
    'stuck-bits': {
      ...register,
      mask: { ...word, min: 1, likely: [ALL_ONES, 1, 0x80] },
      value: word,
    },
    'false-read': { ...register, value: word, reads: few },
    'lost-interrupt': { at: interrupt },
    'late-interrupt': { at: interrupt, ns: nanoseconds },
    'spurious-interrupt': {
      at: access,
      vector: { type: 'integer', min: 0, max: 3 },
      ns: { type: 'integer', min: 1, max: 1_000_000, likely: [10_000] },
    },
    'interrupt-storm': {
      at: interrupt,
      times: { type: 'integer', min: 1, max: 5000, likely: [1, 200] },
      everyNs: { type: 'integer', min: 100, max: 1_000_000, likely: [1000] },
    },
    // A bridge holds a write for a moment, not for as long as a driver waits.
    'posted-writes': {
      at: access,
      ns: { type: 'integer', min: 1, max: 1_000_000, likely: [1000, 10_000] },
    },
    'changed-buffer': { at: call, bits: { type: 'integer', min: 1, max: 0xff } },
    'failed-allocation': { at: call },
    'failed-mapping': { at: call },
    'self-reset': { at: access },
  };
  const words = Object.entries(plain).map(([name, parameters]): [string, FaultWord] => [
    name,
    { weight: 1, parameters, needs: 'faults' },
  ]);
  return {
    removal: { weight: 1, parameters: { at: access }, needs: 'removal' },
    ...Object.fromEntries(words),
  };
}

/** Registers are those of BAR 0. */
export function asPciFault(phrase: Phrase): PciFault {
  const { word: kind, with: values } = phrase;
  const bar = 'offset' in values ? { bar: 0 } : {};
  return { kind, ...bar, ...values } as unknown as PciFault;
}

/**
 * Faults after which the device may answer anything: what it says proves nothing until it was
 * reset, and what it does is not held against the driver.
 */
export const LIES: ReadonlySet<string> = new Set([
  'removal',
  'no-answer',
  'self-reset',
  'stuck-bits',
  'false-read',
  'changed-buffer',
  'flipped-bit',
  'false-structure',
]);

/** So many more attempts a fault may spoil after it struck: it says how many answers it takes. */
export function spoils(faults: readonly object[]): number {
  return faults.reduce((sum, fault) => {
    const { accesses = 0, reads = 0 } = fault as { accesses?: number; reads?: number };
    return sum + accesses + reads;
  }, 0);
}
