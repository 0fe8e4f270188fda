/** Mutants of the NVMe driver around requests, their ends and their data. */
import type { DriverMutant } from '../mutant.ts';

const FOLDER = 'drivers-under-test/samples/nvme';
const nvme = { driver: 'nvme', expected: [] } as const;

export const nvmeRequests: readonly DriverMutant[] = [
  {
    ...nvme,
    id: 'nvme/retries-what-must-not',
    file: `${FOLDER}/status.ts`,
    bugClass: 'BC-07',
    what: 'Do Not Retry is not looked at.',
    edits: [
      {
        find: 'Status.DO_NOT_RETRY.get(bytes) === 0',
        replace: 'Status.DO_NOT_RETRY.get(bytes) <= 1',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/retries-for-ever',
    file: `${FOLDER}/io.ts`,
    bugClass: 'BC-07',
    what: 'A command that fails again and again is tried for ever.',
    edits: [
      {
        find: '!outcome.mayRetry || request.attempts >= ATTEMPTS_MAX',
        replace: '!outcome.mayRetry',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/errors-swallowed',
    file: `${FOLDER}/io.ts`,
    bugClass: 'BC-25',
    what: 'A request that failed ends with success.',
    edits: [
      {
        find: 'this.#finish(request, outcome.code, outcome.why);',
        replace: "this.#finish(request, 'kIOReturnSuccess', '');",
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/every-error-is-one',
    file: `${FOLDER}/status.ts`,
    bugClass: 'BC-25',
    what: 'Every error is the same to clients.',
    edits: [
      {
        find: 'const { code, why } = MEANINGS[type]?.[statusCode] ?? fallback;',
        replace: 'const { code, why } = fallback;',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/completed-twice',
    file: `${FOLDER}/io.ts`,
    bugClass: 'BC-13',
    what: 'A request that failed is completed twice.',
    edits: [
      {
        find: 'this.#ends.completed(id, isGood ? bytes : 0, code, why);',
        replace:
          'this.#ends.completed(id, isGood ? bytes : 0, code, why);\n    if (!isGood) this.#ends.completed(id, 0, code, why);',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/short',
    file: `${FOLDER}/io.ts`,
    bugClass: 'BC-25',
    what: 'A transfer is said to have moved one block less.',
    edits: [{ find: 'isGood ? bytes : 0', replace: 'isGood ? Math.max(0, bytes - 512) : 0' }],
  },
  {
    ...nvme,
    id: 'nvme/reset-forgets',
    file: `${FOLDER}/io.ts`,
    bugClass: 'BC-13',
    what: 'Requests that the reset interrupted are forgotten.',
    edits: [
      {
        find: '        command.aborted = false;\n        if (command.attempts < ATTEMPTS_MAX)',
        replace: '        command.aborted = false;\n        if (command.attempts < 1)',
      },
      {
        find: "        else this.#finish(command, 'kIOReturnTimeout', 'the controller does not answer it');\n",
        replace: '',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/gone-forgets',
    file: `${FOLDER}/io.ts`,
    bugClass: 'BC-12',
    what: 'Requests in flight when the device goes are forgotten.',
    edits: [
      {
        find: '        if (command instanceof IoRequest) this.#finish(command, code, why);\n',
        replace: '',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/does-not-drain',
    file: `${FOLDER}/io.ts`,
    bugClass: 'BC-20',
    what: 'Nobody waits for requests in flight before sleep and stop.',
    edits: [
      {
        find: '    while (this.pending > this.#waiting.length) await this.#queue.Sleep(DRAINED);\n',
        replace: '',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/left-mapped-on-error',
    file: `${FOLDER}/io.ts`,
    bugClass: 'BC-15',
    what: 'The memory of a request that failed stays mapped.',
    edits: [
      {
        find: '    request.complete(isGood);\n',
        replace: '    if (isGood) request.complete(isGood);\n',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/unmapped-too-early',
    file: `${FOLDER}/io.ts`,
    bugClass: 'BC-14',
    what: 'Memory is unmapped as soon as its command is sent.',
    edits: [
      {
        find: '    pair.submit(request);\n',
        replace: '    pair.submit(request);\n    request.complete(false);\n',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/zeroes-too-few',
    file: `${FOLDER}/request.ts`,
    bugClass: 'BC-25',
    what: 'Write Zeroes leaves its last block out.',
    edits: [
      {
        find: 'ReadWrite.NLB.set(entry, 0, this.#zeroes() - 1);',
        replace: 'ReadWrite.NLB.set(entry, 0, Math.max(0, this.#zeroes() - 2));',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/trim-one-further',
    file: `${FOLDER}/request.ts`,
    bugClass: 'BC-02',
    what: 'A trim begins one block too far.',
    edits: [
      {
        find: 'DatasetRange.SLBA.set(bytes, index * DatasetRange.bytes, lba);',
        replace: 'DatasetRange.SLBA.set(bytes, index * DatasetRange.bytes, lba + 1);',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/one-block-more',
    file: `${FOLDER}/request.ts`,
    bugClass: 'BC-01',
    what: 'A transfer moves one block more than there is memory for.',
    edits: [
      {
        find: 'ReadWrite.NLB.set(entry, 0, this.blocks - 1);',
        replace: 'ReadWrite.NLB.set(entry, 0, this.blocks);',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/address-wraps',
    file: `${FOLDER}/request.ts`,
    bugClass: 'BC-26',
    what: 'Block addresses wrap at 15 bits.',
    edits: [
      {
        find: 'ReadWrite.SLBA.set(entry, 0, this.lba);',
        replace: 'ReadWrite.SLBA.set(entry, 0, this.lba % 0x8000);',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/address-of-512',
    file: `${FOLDER}/request.ts`,
    bugClass: 'BC-17',
    what: 'Block addresses are counted in units of 512 bytes, whatever the block.',
    edits: [
      {
        find: 'ReadWrite.SLBA.set(entry, 0, this.lba);',
        replace: 'ReadWrite.SLBA.set(entry, 0, (this.lba * this.bytes) / this.blocks / 512);',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/always-the-first-unit',
    file: `${FOLDER}/driver.ts`,
    bugClass: 'BC-02',
    what: 'Every request goes to the first namespace.',
    edits: [
      {
        find: 'request.nsid = this.#namespace(unit).nsid;',
        replace: 'request.nsid = this.#namespace(0).nsid;',
      },
    ],
  },
  {
    ...nvme,
    id: 'nvme/unaligned-entries',
    file: `${FOLDER}/prp.ts`,
    bugClass: 'BC-17',
    what: 'Entries after the first may begin inside of a page.',
    edits: [{ find: ' && address % pageBytes === offset', replace: '' }],
  },
  {
    ...nvme,
    id: 'nvme/offset-everywhere',
    file: `${FOLDER}/prp.ts`,
    bugClass: 'BC-17',
    what: 'Every page of a transfer is taken to begin where the first does.',
    edits: [{ find: '    left -= length;\n    offset = 0;\n', replace: '    left -= length;\n' }],
  },
  {
    ...nvme,
    id: 'nvme/list-one-short',
    file: `${FOLDER}/request.ts`,
    bugClass: 'BC-01',
    what: 'The last page of a long transfer is left out of its list.',
    edits: [{ find: 'list.write(entries, 1)', replace: 'list.write(entries.slice(0, -1), 1)' }],
  },
  {
    ...nvme,
    id: 'nvme/three-pages-in-two',
    file: `${FOLDER}/request.ts`,
    bugClass: 'BC-25',
    what: 'A transfer of three pages has no list.',
    edits: [
      { find: 'if (entries.length > 2) Command', replace: 'if (entries.length > 3) Command' },
    ],
  },
  {
    ...nvme,
    id: 'nvme/not-copied-back',
    file: `${FOLDER}/transfer.ts`,
    bugClass: 'BC-25',
    what: 'What was read into pages of the driver stays there.',
    edits: [
      { find: '      if (isGood && this.#isRead) this.#copyAll(pages, false);\n', replace: '' },
    ],
  },
  {
    ...nvme,
    id: 'nvme/not-copied-out',
    file: `${FOLDER}/transfer.ts`,
    bugClass: 'BC-25',
    what: 'What is to be written through pages of the driver never gets there.',
    edits: [{ find: '    if (!this.#isRead) this.#copyAll(pages, true);\n', replace: '' }],
  },
  {
    ...nvme,
    id: 'nvme/pages-left',
    file: `${FOLDER}/transfer.ts`,
    bugClass: 'BC-15',
    what: 'Pages that data were copied through are not given back.',
    edits: [{ find: '      pages.release();\n', replace: '' }],
  },
  {
    ...nvme,
    id: 'nvme/commands-left',
    file: `${FOLDER}/transfer.ts`,
    bugClass: 'BC-15',
    what: 'DMA commands are not given back.',
    edits: [
      { find: '    for (const command of this.#commands) command.release();\n', replace: '' },
    ],
  },
  {
    ...nvme,
    id: 'nvme/ranges-left',
    file: `${FOLDER}/request.ts`,
    bugClass: 'BC-15',
    what: 'The list of ranges of a trim is not given back.',
    edits: [{ find: '    this.#rangeList?.release();\n', replace: '' }],
  },
];
