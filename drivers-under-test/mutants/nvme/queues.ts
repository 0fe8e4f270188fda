/** Mutants of the NVMe driver around queues, completions and interrupts. */
import type { DriverMutant } from '../mutant.ts';

const FOLDER = 'drivers-under-test/samples/nvme';
const nvme = { driver: 'nvme', expected: [] } as const;

export const nvmeQueues: readonly DriverMutant[] = [
  {
    ...nvme,
    id: 'nvme/phase-never-flips',
    file: `${FOLDER}/queue-pair.ts`,
    bugClass: 'BC-26',
    what: 'The phase tag is not inverted when the completion queue wraps.',
    edits: [{ find: '        this.#phase = 1 - this.#phase;\n', replace: '' }],
  },
  {
    ...nvme,
    id: 'nvme/head-wraps-late',
    file: `${FOLDER}/queue-pair.ts`,
    bugClass: 'BC-02',
    what: 'The head of the completion queue runs past its end.',
    edits: [
      { find: 'if (this.#head === this.entries) {', replace: 'if (this.#head > this.entries) {' },
    ],
  },
  {
    ...nvme,
    id: 'nvme/tail-wraps-late',
    file: `${FOLDER}/queue-pair.ts`,
    bugClass: 'BC-01',
    what: 'The tail of the submission queue runs past its end.',
    edits: [
      { find: 'this.#tail + 1 === this.entries ? 0', replace: 'this.#tail === this.entries ? 0' },
    ],
  },
  {
    ...nvme,
    id: 'nvme/any-identifier',
    file: `${FOLDER}/queue-pair.ts`,
    bugClass: 'BC-02',
    what: 'Of a command identifier only the slot is looked at.',
    edits: [{ find: '!isOurs || this.#identifiers[slot] !== identifier', replace: '!isOurs' }],
  },
  {
    ...nvme,
    id: 'nvme/identifier-whole',
    file: `${FOLDER}/queue-pair.ts`,
    bugClass: 'BC-02',
    what: 'The whole identifier is taken for the slot.',
    noSmoke: 'The second answer to a slot is taken for a stray.',
    edits: [
      { find: 'const slot = identifier % this.#stride;', replace: 'const slot = identifier;' },
    ],
  },
  {
    ...nvme,
    id: 'nvme/identifiers-used-again',
    file: `${FOLDER}/queue-pair.ts`,
    bugClass: 'BC-23',
    what: 'A slot has the same identifier for every command.',
    edits: [
      {
        find: 'return last === undefined ? slot : (last + this.#stride) % IDENTIFIERS;',
        replace: 'return last ?? slot;',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/overfull',
    file: `${FOLDER}/queue-pair.ts`,
    bugClass: 'BC-01',
    what: 'There is a slot for every entry of the queue, which is one too many.',
    edits: [{ find: 'let slot = this.entries - 2;', replace: 'let slot = this.entries - 1;' }],
  },
  {
    ...nvme,
    id: 'nvme/doorbell-first',
    file: `${FOLDER}/queue-pair.ts`,
    bugClass: 'BC-16',
    what: 'The doorbell is rung before the entry lies in the queue.',
    edits: [
      {
        find: '    this.#submissions.memory.write(this.#tail * COMMAND_BYTES, entry);\n    this.#tail =',
        replace: '    const at = this.#tail;\n    this.#tail =',
      },
      {
        find: 'this.entries ? 0 : this.#tail + 1;\n',
        replace:
          'this.entries ? 0 : this.#tail + 1;\n    this.ring();\n    this.#submissions.memory.write(at * COMMAND_BYTES, entry);\n',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/head-not-rung',
    file: `${FOLDER}/queue-pair.ts`,
    bugClass: 'BC-11',
    what: 'The controller is never told which completions were taken.',
    edits: [
      {
        find: '    if (taken > 0 && !this.#frozen) this.#doorbells.ringCompletion(this.id, this.#head);\n',
        replace: '',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/stray-is-a-crash',
    file: `${FOLDER}/queue-pair.ts`,
    bugClass: 'BC-02',
    what: 'An answer that belongs to no command is a crash.',
    edits: [
      {
        find: '      this.strays++;\n      return;',
        replace: "      throw new RangeError('No such command.');",
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/spurious-is-a-crash',
    file: `${FOLDER}/interrupts.ts`,
    bugClass: 'BC-09',
    what: 'An interrupt with nothing to do is a crash.',
    edits: [
      {
        find: '    this.#counts.spurious++;\n',
        replace:
          "    if (idleOf(this.#idle, vector) >= 0) throw new RangeError('Nothing to do.');\n",
      },
      {
        find: 'export interface InterruptCounts',
        replace:
          'const idleOf = (idle: readonly number[], vector: number) => idle[vector] ?? 0;\n\nexport interface InterruptCounts',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/sources-left',
    file: `${FOLDER}/interrupts.ts`,
    bugClass: 'BC-19',
    what: 'Interrupt sources are not given back.',
    edits: [{ find: '    for (const source of this.#sources) source.Cancel();\n', replace: '' }],
  },
  {
    ...nvme,
    id: 'nvme/vectors-not-counted',
    file: `${FOLDER}/interrupts.ts`,
    bugClass: 'BC-10',
    what: 'Interrupts are not counted.',
    edits: [{ find: '    this.#counts.interrupts++;\n', replace: '' }],
  },
  {
    ...nvme,
    id: 'nvme/pump-leaves-one',
    file: `${FOLDER}/io.ts`,
    bugClass: 'BC-24',
    what: 'The last request that waits for a slot is left behind.',
    edits: [
      {
        find: 'while (!this.#held && this.#backlog.length > 0 &&',
        replace: 'while (!this.#held && this.#backlog.length > 1 &&',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/no-back-pressure',
    file: `${FOLDER}/io.ts`,
    bugClass: 'BC-24',
    what: 'A full queue is given another command.',
    edits: [
      {
        find: 'if (pair !== undefined && !pair.isFull) return pair;',
        replace: 'if (pair !== undefined) return pair;',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/sends-while-resetting',
    file: `${FOLDER}/io.ts`,
    bugClass: 'BC-23',
    what: 'Requests are sent while the controller is being reset.',
    edits: [
      {
        find: 'else if (this.#held || this.#backlog.length > 0)',
        replace: 'else if (this.#backlog.length > 0)',
      },
    ],
  },
];
