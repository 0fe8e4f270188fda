/** Mutants of the edu driver around interrupts, time and registers. */
import type { DriverMutant } from '../mutant.ts';

const edu = {
  driver: 'edu',
  file: 'drivers-under-test/samples/edu/driver.ts',
  expected: [],
} as const;

export const eduInterrupts: readonly DriverMutant[] = [
  {
    ...edu,
    id: 'edu/no-acknowledge',
    bugClass: 'BC-11',
    what: 'The handler does not acknowledge what it served.',
    edits: [
      {
        find: 'this.#registers.INTERRUPT_ACKNOWLEDGE.write(bits);\n    const wait',
        replace: 'const wait',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/acknowledge-everything',
    bugClass: 'BC-11',
    what: 'The handler acknowledges bits that it has not seen, and loses them.',
    edits: [
      {
        find: 'INTERRUPT_ACKNOWLEDGE.write(bits);\n    const wait',
        replace: 'INTERRUPT_ACKNOWLEDGE.write(ALL_ONES);\n    const wait',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/first-bit-ends-all',
    bugClass: 'BC-13',
    what: 'Any interrupt ends the operation that waits, whatever it waits for.',
    edits: [
      {
        find: 'if (wait.seen === wait.bits) this.#queue.Wakeup(wait);',
        replace: 'this.#queue.Wakeup(wait);',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/spurious-counted-as-work',
    bugClass: 'BC-09',
    what: 'An interrupt with status 0 ends the operation that waits.',
    edits: [
      {
        find: 'this.#statistics.spurious++;\n      return;',
        replace:
          'this.#statistics.spurious++;\n' +
          '      if (this.#wait !== undefined) this.#queue.Wakeup(this.#wait);\n      return;',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/no-timeout',
    bugClass: 'BC-10',
    what: 'An operation waits for its interrupt for ever.',
    edits: [
      {
        find: 'await this.#queue.Sleep(wait, TIMEOUT_NS);',
        replace: 'await this.#queue.Sleep(wait, TIMEOUT_NS * 1e6);',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/lost-message-fails',
    bugClass: 'BC-10',
    what: 'A lost interrupt is taken for work that is done, whatever the status says.',
    edits: [
      {
        find: 'if ((wait.seen | (bits & wait.bits)) >>> 0 !== wait.bits) {',
        replace: 'if (bits === 0 && wait.seen !== 0) {',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/timeout-in-microseconds',
    bugClass: 'BC-06',
    what: 'The timeout of a transfer is a thousand times too short.',
    edits: [
      { find: 'const TIMEOUT_NS = 1_000_000_000;', replace: 'const TIMEOUT_NS = 1_000_000;' },
    ],
  },
  {
    ...edu,
    id: 'edu/polls-without-end',
    bugClass: 'BC-05',
    what: 'The result is polled for, without a limit.',
    edits: [
      {
        find: 'this.#registers.STATUS.write({ IRFACT: 0 });\n      return',
        replace:
          'this.#registers.STATUS.write({ IRFACT: 0 });\n' +
          "      while (this.#registers.STATUS.get('COMPUTING') === 1);\n      return",
      },
    ],
  },
  {
    ...edu,
    id: 'edu/recovery-without-limit',
    bugClass: 'BC-07',
    what: 'A transfer that was given up is waited for without a limit.',
    edits: [
      {
        find: "if (polls === RECOVERY_POLLS) fail('kIOReturnBusy', 'an earlier transfer does not end');",
        replace: 'if (polls === RECOVERY_POLLS) polls = 0;',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/computation-polled-for-ever',
    bugClass: 'BC-05',
    what: 'Start polls for the end of an earlier computation without a limit.',
    edits: [
      {
        find: "      if (waits === RECOVERY_POLLS) fail('kIOReturnBusy', 'an earlier computation does not end');\n      await this.IOSleep(RECOVERY_POLL_MS);\n",
        replace: '      waits = 0;\n',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/source-from-table',
    bugClass: 'BC-02',
    what: 'The status of an interrupt is looked up in a table that does not have every one.',
    edits: [
      {
        find: 'this.#registers.INTERRUPT_ACKNOWLEDGE.write(bits);\n    const wait',
        replace:
          'this.#registers.INTERRUPT_ACKNOWLEDGE.write(bits);\n' +
          "    const sources = new Map([[1, 'factorial'], [0x100, 'transfer']]);\n" +
          '    if ((sources.get(bits) as string).length === 0) return;\n    const wait',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/handler-waits-for-silence',
    bugClass: 'BC-08',
    what: 'The handler does not return before the device has taken its interrupt back.',
    edits: [
      {
        find: 'this.#registers.INTERRUPT_ACKNOWLEDGE.write(bits);\n    const wait',
        replace:
          'this.#registers.INTERRUPT_ACKNOWLEDGE.write(bits);\n' +
          '    while (this.#registers.INTERRUPT_STATUS.read() !== 0);\n    const wait',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/storm-answers-storm',
    bugClass: 'BC-08',
    what: 'The handler asks the device for an interrupt that it then serves again.',
    edits: [
      {
        find: 'if (wait === undefined) return;\n    wait.seen',
        replace:
          'if (wait === undefined) {\n' +
          '      this.#registers.INTERRUPT_RAISE.write(bits);\n      return;\n    }\n    wait.seen',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/half-width-identification',
    bugClass: 'BC-17',
    what: 'The identification register is read by its lower half.',
    edits: [
      {
        find: 'const { MAJOR, MINOR } = this.#registers.IDENTIFICATION.fields();',
        replace:
          'const { MAJOR, MINOR } = this.#registers.IDENTIFICATION.fields();\n' +
          '    this.#pci.MemoryRead16(0, 0);',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/version-swapped',
    bugClass: 'BC-17',
    what: "Major and minor version are taken from each other's bytes.",
    edits: [
      {
        find: 'return { major: MAJOR, minor: MINOR };',
        replace: 'return { major: MINOR, minor: MAJOR };',
      },
    ],
    noSmoke: 'the version is what the smoke test looks at',
  },
  {
    ...edu,
    id: 'edu/reserved-bits',
    bugClass: 'BC-18',
    what: 'Reserved bits of the status register are written as ones.',
    edits: [
      {
        find: 'this.#registers.STATUS.write({ IRFACT: 1 });',
        replace: 'this.#registers.STATUS.write(0xffff_ff80);',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/liveness-signed',
    bugClass: 'BC-17',
    what: 'The complement of the liveness pattern is compared as a signed number.',
    edits: [{ find: '=== ~pattern >>> 0;', replace: '=== ~pattern;' }],
  },
  {
    ...edu,
    id: 'edu/twelve-is-too-large',
    bugClass: 'BC-27',
    what: 'The largest factorial that fits is refused.',
    edits: [{ find: 'n > FACTORIAL_MAX)', replace: 'n >= FACTORIAL_MAX)' }],
  },
  {
    ...edu,
    id: 'edu/factorial-unchecked',
    bugClass: 'BC-27',
    what: 'A factorial that does not fit is computed and returned cut off.',
    edits: [
      {
        find: '!Number.isInteger(n) || n < 0 || n > FACTORIAL_MAX',
        replace: '!Number.isInteger(n)',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/checked-too-late',
    bugClass: 'BC-27',
    what: 'The arguments of a copy are checked after the device was touched.',
    edits: [
      {
        find: 'this.#requireInBuffer(offset, length);\n    return',
        replace:
          'this.#registers.STATUS.read();\n    this.#requireInBuffer(offset, length);\n    return',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/interrupt-count-wraps',
    bugClass: 'BC-26',
    what: 'The count of interrupts wraps after three.',
    edits: [
      {
        find: 'this.#statistics.interrupts++;',
        replace: 'this.#statistics.interrupts = (this.#statistics.interrupts + 1) % 4;',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/liveness-unchecked',
    bugClass: 'BC-17',
    what: 'Any answer but the pattern itself passes for a live device.',
    edits: [{ find: '=== ~pattern >>> 0;', replace: '!== pattern >>> 0;' }],
  },
  {
    ...edu,
    id: 'edu/any-device-will-do',
    bugClass: 'BC-03',
    what: 'Start takes any device for edu that answers at all.',
    edits: [{ find: "get('MAGIC') !== MAGIC)", replace: "get('MAGIC') === 0xff)" }],
  },
  {
    ...edu,
    id: 'edu/spurious-not-counted',
    bugClass: 'BC-09',
    what: 'Spurious interrupts are not counted.',
    edits: [{ find: 'this.#statistics.spurious++;', replace: '' }],
  },
];
