/** Mutants of the EEPROM driver that mistake where bytes go, or whose they are. */
import type { DriverMutant } from '../mutant.ts';
import { BLIND, eeprom } from './edits.ts';

const LENGTH = 'const length = Math.min(pageBytes - (at % pageBytes), bytes.length - done);';

export const eepromData: readonly DriverMutant[] = [
  {
    ...eeprom,
    id: 'eeprom/page-of-the-next-part',
    bugClass: 'BC-25',
    what: 'The page is twice as large as it is.',
    expected: ['memory-device/data/page-boundaries'],
    edits: [
      {
        find: 'const { pageBytes } = this.#part;\n    const pages',
        replace: 'const pageBytes = 2 * this.#part.pageBytes;\n    const pages',
      },
      BLIND,
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/one-byte-over-the-page',
    bugClass: 'BC-25',
    what: 'A page write goes one byte over the end of its page.',
    expected: ['memory-device/data/page-boundaries', 'memory-device/data/integrity'],
    edits: [
      { find: LENGTH, replace: LENGTH.replace('(at % pageBytes)', '(at % pageBytes) + 1') },
      BLIND,
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/half-pages',
    bugClass: 'BC-06',
    what: 'A page is written in two halves: twice the wear and the time.',
    expected: ['memory-device/data/statistics'],
    edits: [
      {
        find: 'const { pageBytes } = this.#part;\n    const pages',
        replace: 'const pageBytes = this.#part.pageBytes / 2;\n    const pages',
      },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/one-address-byte',
    target: 'sim:24c32',
    bugClass: 'BC-17',
    what: 'Large parts get a word address of one byte too.',
    expected: ['memory-device/data/integrity'],
    edits: [{ find: 'this.#part.addressBytes === 1\n', replace: 'this.#part.bytes > 0\n' }, BLIND],
  },
  {
    ...eeprom,
    id: 'eeprom/two-address-bytes',
    bugClass: 'BC-17',
    what: 'Small parts get a word address of two bytes too: its lower one is written.',
    expected: ['memory-device/data/page-boundaries'],
    edits: [{ find: 'this.#part.addressBytes === 1\n', replace: 'this.#part.bytes < 0\n' }, BLIND],
  },
  {
    ...eeprom,
    id: 'eeprom/low-byte-first',
    target: 'sim:24c32',
    bugClass: 'BC-17',
    what: 'The word address goes low byte first.',
    expected: ['memory-device/data/whole'],
    edits: [
      {
        find: 'Uint8Array.of(Math.floor(at / 256), low)',
        replace: 'Uint8Array.of(low, Math.floor(at / 256))',
      },
      BLIND,
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/one-block',
    target: 'sim:24c16',
    bugClass: 'BC-17',
    what: 'The upper bits of an address are left out of the device address.',
    expected: ['memory-device/data/whole'],
    edits: [
      { find: 'return Math.floor(at / reachOf(this.#part));', replace: 'return 0 * at;' },
      BLIND,
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/block-bits-shifted',
    target: 'sim:24c16',
    bugClass: 'BC-17',
    what: 'The upper bits of an address go to the device address one place too high.',
    expected: ['memory-device/data/whole'],
    edits: [
      {
        find: 'return Math.floor(at / reachOf(this.#part));',
        replace: 'return (Math.floor(at / reachOf(this.#part)) * 2) % 8;',
      },
      BLIND,
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/reads-of-the-first-block',
    target: 'sim:24c16',
    bugClass: 'BC-17',
    what: 'The block is told for the word address, and not for the read behind it.',
    expected: ['memory-device/data/whole'],
    edits: [{ find: '{ read: length, block },', replace: '{ read: length },' }, BLIND],
  },
  {
    ...eeprom,
    id: 'eeprom/same-part-again',
    target: 'sim:24c16',
    bugClass: 'BC-25',
    what: 'A long read gives its first part again and again.',
    expected: ['memory-device/data/whole'],
    edits: [
      {
        find: 'result.set(await this.#readPart(at, part), done);',
        replace: 'result.set(await this.#readPart(offset, part), done);',
      },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/erased-is-skipped',
    bugClass: 'BC-25',
    what: 'Bytes of FFh are not written, as if the memory were always fresh.',
    expected: ['memory-device/data/any-value'],
    edits: [
      {
        find: '    const { at, bytes } = page;\n    for (let tries',
        replace:
          '    const { at, bytes } = page;\n' +
          '    if (bytes.every((byte) => byte === 0xff)) return true;\n    for (let tries',
      },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/one-byte-beyond',
    bugClass: 'BC-27',
    what: 'One byte beyond the memory passes.',
    expected: ['memory-device/data/beyond'],
    edits: [
      {
        find: 'offset + length <= this.#part.bytes)',
        replace: 'offset + length <= this.#part.bytes + 1)',
      },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/fractions-pass',
    bugClass: 'BC-27',
    what: 'Offsets that are no whole numbers pass.',
    expected: ['memory-device/data/beyond'],
    edits: [{ find: 'Number.isInteger(offset) && Number', replace: 'offset < 1e9 && Number' }],
  },
  {
    ...eeprom,
    id: 'eeprom/last-byte-refused',
    bugClass: 'BC-27',
    what: 'The last byte cannot be reached.',
    expected: ['memory-device/data/last-byte'],
    edits: [
      {
        find: 'offset + length <= this.#part.bytes)',
        replace: 'offset + length < this.#part.bytes)',
      },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/nothing-refused',
    bugClass: 'BC-27',
    what: 'Reads and writes of no bytes are refused.',
    expected: ['memory-device/data/nothing'],
    edits: [{ find: 'offset >= 0 && length >= 0', replace: 'offset >= 0 && length > 0' }],
  },
  {
    ...eeprom,
    id: 'eeprom/bytes-of-the-client',
    bugClass: 'BC-23',
    what: "A write takes the client's bytes as they are when their page comes up.",
    expected: ['memory-device/data/own-copy'],
    edits: [{ find: 'const copy = bytes.slice();', replace: 'const copy = bytes;' }],
  },
  {
    ...eeprom,
    id: 'eeprom/one-buffer',
    bugClass: 'BC-23',
    what: 'All writes use one buffer: the next client overwrites what waits in it.',
    expected: ['memory-device/data/clients'],
    edits: [
      {
        find: '  #offline = false;\n',
        replace: '  #offline = false;\n  readonly #buffer = new Uint8Array(65_536);\n',
      },
      {
        find: 'const copy = bytes.slice();',
        replace:
          'this.#buffer.set(bytes);\n    const copy = this.#buffer.subarray(0, bytes.length);',
      },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/writes-mix',
    bugClass: 'BC-23',
    what: 'Operations do not wait for each other.',
    expected: ['memory-device/data/clients'],
    edits: [
      {
        find: 'const mine = this.#last.then(async',
        replace: 'const mine = Promise.resolve().then(async',
      },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/cycles-uncounted',
    bugClass: 'BC-26',
    what: 'Write cycles are not counted.',
    expected: ['memory-device/data/statistics'],
    edits: [{ find: '      this.#statistics.cycles++;\n', replace: '' }],
  },
  {
    ...eeprom,
    id: 'eeprom/general-call',
    bugClass: 'BC-11',
    what: 'Start sends a reset to whoever is on the bus, by the address of the general call.',
    expected: ['I2C-R01'],
    edits: [
      {
        find: '      // Nobody before us may have',
        replace:
          '      const reset = { write: Uint8Array.of(0x06), block: -0x50 };\n' +
          '      await this.#device.Transfer([reset]).catch(() => {});\n' +
          '      // Nobody before us may have',
      },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/reads-nothing',
    bugClass: 'BC-11',
    what: 'A read of no bytes goes to the bus.',
    expected: ['I2C-R06'],
    edits: [
      {
        find: 'for (let done = 0; done < length;) {',
        replace: 'for (let done = 0, first = true; first || done < length; first = false) {',
      },
    ],
  },
];
