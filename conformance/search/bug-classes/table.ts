/**
 * The 28 classes of `bug-classes.md`: a driver with one defect of each, and the smallest scenarios
 * that show it, known by hand.
 *
 * A scenario begins with a start and ends with a stop. If anything was done or went wrong, a final
 * proof comes before that: the driver works (a round of simple I/O), after a start or a wake if
 * need be. So what any use shows takes one step or fault; with none of them the driver is not used.
 */

/** A smallest scenario: steps, faults, answers and deviations of the schedule together. */
export interface Minimal {
  /** Occurs in the signature of the failure that it shows; empty: any other. */
  readonly failure: string;
  readonly size: number;
  /** Why nothing smaller can show it. */
  readonly why: string;
}

export interface BugClass {
  readonly id: string;
  readonly name: string;
  readonly mutant: string;
  /** A defect may show in several ways; the first that fits counts. */
  readonly minimal: readonly Minimal[];
}

/** The part of a class that none of these devices can show. */
export const NOT_HERE: Readonly<Record<string, string>> = {
  'BC-03': 'descriptors of USB: none of these devices sits on it; its identification lies instead',
};

export const BUG_CLASSES: readonly BugClass[] = [
  {
    id: 'BC-01',
    name: 'device-supplied length',
    mutant: 'edu/length-from-device',
    minimal: [
      {
        failure: 'HOST-MEMORY',
        size: 2,
        why: 'the length that lies, and a copy out or a restart that reads it: alone neither shows',
      },
    ],
  },
  {
    id: 'BC-02',
    name: 'device-supplied index',
    mutant: 'edu/source-from-table',
    minimal: [
      {
        failure: 'unhandled-rejection',
        size: 2,
        why: 'the same when a call may fail, since something went wrong before',
      },
      { failure: '', size: 1, why: 'a self-test with a status that is not in the table' },
    ],
  },
  {
    id: 'BC-03',
    name: 'lying descriptors',
    mutant: 'edu/any-device-will-do',
    minimal: [
      { failure: 'Start on another device', size: 1, why: 'the identification that lies at Start' },
    ],
  },
  {
    id: 'BC-04',
    name: 'double fetch',
    mutant: 'edu/command-read-twice',
    minimal: [
      {
        failure: 'PCI-R16',
        size: 2,
        why: 'the change between two reads, and a step: without any the driver is not used at all',
      },
    ],
  },
  {
    id: 'BC-05',
    name: 'poll loop without timeout',
    mutant: 'edu/computation-polled-for-ever',
    minimal: [{ failure: 'dead-poll', size: 1, why: 'the bit that never flips, at Start' }],
  },
  {
    id: 'BC-06',
    name: 'timeout too short',
    mutant: 'edu/timeout-in-microseconds',
    minimal: [{ failure: '', size: 1, why: 'any transfer; without a step the driver is not used' }],
  },
  {
    id: 'BC-07',
    name: 'infinite retry',
    mutant: 'edu/recovery-without-limit',
    minimal: [{ failure: 'over-budget', size: 1, why: 'the transfer that never ends, at Start' }],
  },
  {
    id: 'BC-08',
    name: 'interrupt storm',
    mutant: 'edu/handler-waits-for-silence',
    minimal: [
      { failure: 'dead-poll', size: 2, why: 'the status that stays, and a step that interrupts' },
    ],
  },
  {
    id: 'BC-09',
    name: 'spurious interrupt',
    mutant: 'nvme/spurious-is-a-crash',
    minimal: [{ failure: '', size: 1, why: 'one interrupt with nothing to do, during Start' }],
  },
  {
    id: 'BC-10',
    name: 'lost interrupt',
    mutant: 'edu/no-timeout',
    minimal: [
      {
        failure: 'over-budget',
        size: 2,
        why: 'what keeps the interrupt away, and a call that waits for it',
      },
    ],
  },
  {
    id: 'BC-11',
    name: 'status not acknowledged',
    mutant: 'edu/no-acknowledge',
    minimal: [
      { failure: '', size: 2, why: 'a second interrupt, and a step that the first one belongs to' },
    ],
  },
  {
    id: 'BC-12',
    name: 'use after disconnect',
    mutant: 'edu/touches-after-stop',
    minimal: [
      {
        failure: 'simple I/O',
        size: 3,
        why: 'the same with another start, since what is left then shows first otherwise',
      },
      { failure: '', size: 2, why: 'a call that waits, and the stop during it' },
    ],
  },
  {
    id: 'BC-13',
    name: 'request completed too early, twice or never',
    mutant: 'nvme/write-acknowledged-early',
    minimal: [{ failure: '', size: 1, why: 'one write' }],
  },
  {
    id: 'BC-14',
    name: 'DMA after unmap',
    mutant: 'edu/unmapped-too-early',
    minimal: [{ failure: '', size: 1, why: 'any transfer; without a step the driver is not used' }],
  },
  {
    id: 'BC-15',
    name: 'DMA mapping leak',
    mutant: 'edu/memory-leaks-on-error',
    minimal: [
      {
        failure: 'HOST-BALANCE',
        size: 1,
        why: 'any transfer; without a step the driver is not used',
      },
    ],
  },
  {
    id: 'BC-16',
    name: 'missing order',
    mutant: 'edu/doorbell-first',
    minimal: [{ failure: '', size: 1, why: 'any transfer; without a step the driver is not used' }],
  },
  {
    id: 'BC-17',
    name: 'wrong width or sign',
    mutant: 'edu/liveness-signed',
    minimal: [{ failure: 'the answer of liveness', size: 1, why: 'one check' }],
  },
  {
    id: 'BC-18',
    name: 'reserved bits',
    mutant: 'uart-16550/fcr-reserved',
    minimal: [
      { failure: 'PCI-R19', size: 1, why: 'an open; Start does not write the register so' },
    ],
  },
  {
    id: 'BC-19',
    name: 'start and stop order',
    mutant: 'uart-16550/opened-twice',
    minimal: [
      { failure: 'a second open', size: 2, why: 'two opens' },
      { failure: '', size: 2, why: 'two opens' },
    ],
  },
  {
    id: 'BC-20',
    name: 'power errors',
    mutant: 'edu/asleep-but-open',
    minimal: [{ failure: '', size: 2, why: 'the sleep, and a call during it' }],
  },
  {
    id: 'BC-21',
    name: 'error-path leak',
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
    id: 'BC-22',
    name: 'reset recovery',
    mutant: 'edu/recovery-forgotten',
    minimal: [
      {
        failure: 'statistics tells',
        size: 5,
        why: 'a transfer, the sleep that gives it up, the wake, an operation that then takes no interrupt, the count of them',
      },
      { failure: '', size: 2, why: 'a transfer, and the sleep that gives it up' },
    ],
  },
  {
    id: 'BC-23',
    name: 'races',
    mutant: 'edu/turn-not-checked-again',
    minimal: [{ failure: '', size: 3, why: 'one who works, and two who wait for their turn' }],
  },
  {
    id: 'BC-24',
    name: 'deadlock',
    mutant: 'edu/next-client-not-woken',
    minimal: [{ failure: 'stuck', size: 2, why: 'one who works, and one who waits for his turn' }],
  },
  {
    id: 'BC-25',
    name: 'short transfer',
    mutant: 'edu/short-copy',
    minimal: [
      {
        failure: 'a byte of the device buffer',
        size: 2,
        why: 'a copy in, and a copy out that sees what is missing',
      },
    ],
  },
  {
    id: 'BC-26',
    name: 'counter wrap',
    mutant: 'edu/interrupt-count-wraps',
    minimal: [
      {
        failure: 'statistics tells',
        size: 5,
        why: 'four interrupts until the count wraps, and a look at it',
      },
    ],
  },
  {
    id: 'BC-27',
    name: 'bad client input',
    mutant: 'edu/checked-too-late',
    minimal: [
      {
        failure: '',
        size: 2,
        why: 'a wrong call while the device may not be touched: asleep or stopped',
      },
    ],
  },
  {
    id: 'BC-28',
    name: 'state of an earlier driver',
    mutant: 'edu/trusts-reset-state',
    minimal: [
      {
        failure: '',
        size: 2,
        why: 'a transfer, and the end of its driver during it; the next start is that of the final proof',
      },
    ],
  },
];
