/** Mutants of the NVMe driver that work, but not as well as they say or should. */
import type { DriverMutant } from '../mutant.ts';

const FOLDER = 'drivers-under-test/samples/nvme';
const nvme = { driver: 'nvme' } as const;

export const nvmePromises: readonly DriverMutant[] = [
  {
    ...nvme,
    id: 'nvme/strays-uncounted',
    file: `${FOLDER}/queue-pair.ts`,
    bugClass: 'BC-02',
    what: 'An answer that belongs to no command is not counted.',
    expected: ['nvme/recovery/unknown-identifier'],
    edits: [{ find: '      this.strays++;\n      return;', replace: '      return;' }],
  },
  {
    ...nvme,
    id: 'nvme/impatient',
    file: `${FOLDER}/io.ts`,
    bugClass: 'BC-06',
    what: 'A command is given up after half of the time that the driver says.',
    expected: ['nvme/recovery/patient'],
    edits: [
      {
        find: 'this.#queue.host.world.now + COMMAND_TIMEOUT_NS',
        replace: 'this.#queue.host.world.now + COMMAND_TIMEOUT_NS / 2',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/completion-read-twice',
    file: `${FOLDER}/queue-pair.ts`,
    bugClass: 'BC-04',
    what: 'A completion is read once for its phase tag and once for the rest.',
    expected: ['PCI-R16', 'nvme/recovery/changed-under-hand'],
    edits: [
      {
        find: '      this.#accept(entry);\n',
        replace: `      const last = this.#head === 0 ? this.entries - 1 : this.#head - 1;
      this.#accept(this.#completions.memory.read(last * COMPLETION_BYTES, COMPLETION_BYTES));
`,
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/atomic-beyond',
    file: `${FOLDER}/identify.ts`,
    bugClass: 'BC-16',
    what: 'Writes of more blocks than the controller says are promised to be atomic.',
    expected: ['nvme/transfers/atomicity'],
    edits: [
      { find: "number('AWUPF') + 1", replace: "number('AWUPF') + 64" },
      { find: ': own + 1;', replace: ': own + 64;' },
    ],
  },
  {
    ...nvme,
    id: 'nvme/wakes-deaf',
    file: `${FOLDER}/interrupts.ts`,
    bugClass: 'BC-20',
    what: 'After sleep interrupts stay off, and the queues are looked after by time.',
    expected: ['nvme/power/wake-interrupts'],
    edits: [
      {
        find: 'this.#pci.ConfigureInterrupts(this.#type, this.vectors);\n    for (const source of this.#sources) source.SetEnable(true);',
        replace: 'this.#pci.ConfigureInterrupts(this.#type, this.vectors);',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/never-retries',
    file: `${FOLDER}/io.ts`,
    bugClass: 'BC-07',
    what: 'A command that may be tried again is not.',
    expected: ['nvme/statuses/retried'],
    edits: [
      {
        find: '!outcome.mayRetry || request.attempts >= ATTEMPTS_MAX',
        replace: '!outcome.mayRetry || request.attempts >= 1',
      },
    ],
  },
];
