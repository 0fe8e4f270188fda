/** Mutants of the NOR flash driver: what is read, programmed, erased and protected. */
import type { DriverMutant } from '../mutant.ts';

const folder = 'drivers-under-test/samples/spi-nor';
const nor = { driver: 'spi-nor', expected: [] } as const;
const driver = { ...nor, file: `${folder}/driver.ts` } as const;
const chip = { ...nor, file: `${folder}/chip.ts` } as const;
const protection = { ...nor, file: `${folder}/protection.ts` } as const;

const VERIFIED = 'if (stored.every((byte, index) => byte === wanted[index])) return;';

export const norWork: readonly DriverMutant[] = [
  {
    ...driver,
    id: 'spi-nor/pages-ignored',
    bugClass: 'BC-11',
    what: 'A program goes by 256 bytes from where it begins, across pages.',
    expected: ['flash-device/data/page-boundaries', 'NOR-R03'],
    edits: [
      {
        find: 'Math.min(pageBytes - (at % pageBytes), copy.length - done)',
        replace: 'Math.min(pageBytes, copy.length - done)',
      },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/erase-unaligned',
    bugClass: 'BC-11',
    what: 'The largest erase that is no longer than what is left is chosen, wherever it begins.',
    expected: ['flash-device/data/erase-sizes'],
    edits: [{ find: 'at % bytes === 0 && bytes <= left', replace: 'bytes <= left' }],
  },
  {
    ...driver,
    id: 'spi-nor/last-byte-refused',
    bugClass: 'BC-11',
    what: 'The last byte of the flash is out of bounds.',
    expected: ['flash-device/data/edges'],
    edits: [{ find: 'offset + length <= bytes', replace: 'offset + length < bytes' }],
  },
  {
    ...driver,
    id: 'spi-nor/no-lower-bound',
    bugClass: 'BC-12',
    what: 'Negative offsets are let through.',
    expected: ['flash-device/data/beyond'],
    edits: [{ find: 'areWhole && offset >= 0 &&', replace: 'areWhole &&' }],
  },
  {
    ...driver,
    id: 'spi-nor/nothing-refused',
    bugClass: 'BC-11',
    what: 'Reading no bytes is an error.',
    expected: ['flash-device/data/nothing'],
    edits: [{ find: 'length >= 0 &&', replace: 'length > 0 &&' }],
  },
  {
    ...driver,
    id: 'spi-nor/clients-buffer',
    bugClass: 'BC-23',
    what: "The client's own buffer is programmed, as it is then.",
    expected: ['flash-device/data/own-copy'],
    edits: [{ find: 'const copy = bytes.slice();', replace: 'const copy = bytes;' }],
  },
  {
    ...driver,
    id: 'spi-nor/failure-spreads',
    bugClass: 'BC-24',
    what: 'A call that fails takes all later ones with it.',
    expected: ['flash-device/promises/one-fails'],
    edits: [{ find: 'this.#last = mine.catch(() => {});', replace: 'this.#last = mine;' }],
  },
  {
    ...chip,
    id: 'spi-nor/other-unique-id',
    bugClass: 'BC-17',
    what: 'An instruction that no flash knows is to tell the unique id.',
    expected: ['flash-device/data/unique-id'],
    edits: [{ find: 'UniqueId: 0x4b', replace: 'UniqueId: 0x4c' }],
  },
  {
    ...driver,
    id: 'spi-nor/programs-not-counted',
    bugClass: 'BC-17',
    what: 'Programs are not counted.',
    expected: ['flash-device/data/statistics'],
    edits: [{ find: 'this.#statistics.programs++;', replace: '' }],
  },
  {
    ...driver,
    id: 'spi-nor/protection-is-an-error',
    bugClass: 'BC-12',
    what: 'What is protected is taken for broken.',
    expected: ['flash-device/robustness/protected'],
    edits: [
      {
        find: 'if (isProtected) fail(',
        replace: "if (isProtected) fail('kIOReturnIOError', '');\n    if (at < 0) fail(",
      },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/protects-nothing-instead',
    bugClass: 'BC-12',
    what: 'A size that cannot be protected protects nothing, without a word.',
    expected: ['flash-device/robustness/protection-sizes'],
    edits: [
      {
        find: 'const bits = byBytes.get(bytes);',
        replace: 'const bits = byBytes.get(bytes) ?? 0;',
      },
    ],
  },
  {
    ...protection,
    id: 'spi-nor/all-is-half',
    bugClass: 'BC-02',
    what: 'The protection of all protects half of it.',
    expected: ['flash-device/promises/protect-all'],
    edits: [{ find: 'all: 0x1c', replace: 'all: 0x14' }],
  },
  {
    ...chip,
    id: 'spi-nor/volatile-protection',
    bugClass: 'BC-25',
    what: 'Protection is written until the next power-on only.',
    expected: ['flash-device/promises/protection-kept'],
    edits: [
      {
        find: 'await this.#tell([Opcode.WriteStatus, value]);',
        replace:
          'await this.#tell([Opcode.WriteDisable]);\n    await this.#tell([0x50]);\n' +
          '    await this.#tell([Opcode.WriteStatus, value]);',
      },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/one-more-size',
    bugClass: 'BC-01',
    what: 'An erase of 256 bytes is offered that the flash does not have.',
    expected: ['flash-device/promises/facts'],
    edits: [
      {
        find: 'eraseBytes: usable.map(({ bytes }) => bytes)',
        replace: 'eraseBytes: [...usable.map(({ bytes }) => bytes), 2 ** 20]',
      },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/three-bytes',
    target: 'sim:w25q256',
    bugClass: 'BC-11',
    what: 'A large flash is addressed with three bytes.',
    expected: ['flash-device/data/distinct', 'flash-device/promises/block-boundaries'],
    edits: [
      {
        find: 'this.#chip.fourByteAddresses = facts.fourByteAddresses;',
        replace: 'this.#chip.fourByteAddresses = facts.bytes < 0;',
      },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/read-repeats',
    bugClass: 'BC-11',
    what: 'Each piece of a long read is the first one.',
    expected: ['flash-device/promises/long-read'],
    edits: [
      {
        find: 'result.set(await this.#chip.read(offset + done, part), done);',
        replace: 'result.set(await this.#chip.read(offset, part), done);',
      },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/exact-programs',
    bugClass: 'BC-17',
    what: 'A program is to leave exactly its bytes, whatever was there.',
    expected: ['flash-device/promises/program-over'],
    edits: [
      {
        find: 'bytes.map((byte, index) => byte & (before[index] ?? 0))',
        replace: 'bytes.map((byte, index) => byte & (before.length > index ? 0xff : 0))',
      },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/programs-unverified',
    bugClass: 'BC-12',
    what: 'What was programmed is not looked at.',
    expected: ['flash-device/robustness/lost-transaction'],
    edits: [{ find: VERIFIED, replace: 'if (stored.length === wanted.length) return;' }],
  },
  {
    ...driver,
    id: 'spi-nor/erases-unverified',
    bugClass: 'BC-12',
    what: 'What was erased is not looked at.',
    edits: [
      {
        find: 'if (!(await isErased()) && !(await isErased())) await this.#blame(at + done);',
        replace: 'if (part < 0 && !(await isErased())) await this.#blame(at + done);',
      },
    ],
  },
  {
    ...driver,
    id: 'spi-nor/trusts-first-read',
    bugClass: 'BC-17',
    what: 'What seems to be programmed already is not programmed.',
    expected: ['flash-device/recovery/stuck-low'],
    edits: [
      {
        find: 'for (let tries = 0; tries < TRIES_MAX; tries++) {',
        replace:
          'if (before.every((byte, index) => byte === wanted[index])) return;\n' +
          '    for (let tries = 0; tries < TRIES_MAX; tries++) {',
      },
    ],
  },
];
