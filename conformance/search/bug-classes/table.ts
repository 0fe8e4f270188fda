/**
 * The 28 classes of `bug-classes.md`: a driver with one defect of each, and the smallest scenarios
 * that show it, known by hand.
 */

/** A smallest scenario: steps, faults, answers and deviations of the schedule together. */
export interface Minimal {
  /** Occurs in the signature of the failure that it shows; a defect may show in several ways. */
  readonly failure: string;
  readonly size: number;
  /** Why nothing smaller can show it. */
  readonly why: string;
}

export interface BugClass {
  readonly id: string;
  readonly name: string;
  readonly mutant: string;
  readonly minimal: readonly Minimal[];
}

/** The part of a class that none of these devices can show. */
export const NOT_HERE: Readonly<Record<string, string>> = {};

export const BUG_CLASSES: readonly BugClass[] = [
  {
    id: 'BC-10',
    name: 'lost, early or late interrupt',
    mutant: 'edu/no-timeout',
    minimal: [
      {
        failure: 'over-budget',
        size: 2,
        why: 'the interrupt that is lost, and a call that waits for it',
      },
    ],
  },
  {
    id: 'BC-20',
    name: 'suspend, resume and power errors',
    mutant: 'edu/asleep-but-open',
    minimal: [
      { failure: 'while asleep', size: 2, why: 'the sleep, and a call during it' },
      { failure: 'the answer of', size: 2, why: 'the sleep, and a call during it' },
    ],
  },
  {
    id: 'BC-21',
    name: 'error-path leak or half-init',
    mutant: 'edu/memory-kept-when-mapping-fails',
    minimal: [
      {
        failure: 'HOST-BALANCE',
        size: 2,
        why: 'the mapping that fails, and a step: without any the driver is not used at all',
      },
    ],
  },
  {
    id: 'BC-25',
    name: 'short, partial, zero-length or babble transfer',
    mutant: 'edu/short-copy',
    minimal: [
      {
        failure: 'a byte of the device buffer',
        size: 2,
        why: 'a copy into the buffer, and one out of it that sees what is missing',
      },
    ],
  },
];
