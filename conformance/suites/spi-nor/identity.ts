/** Who the flash says it is, and how it is read. */
import type { SpiLines } from '../../../sim/buses/spi/bus.ts';
import { type Clause, enumerated } from '../../clause.ts';
import { expect, show } from '../../expect.ts';
import { JESD216 } from '../flash-device/facts.ts';
import { pattern } from '../memory-device/facts.ts';
import { Bare, QE, SHEET, fastRead, idText, isKnownId, ones } from './bare.ts';

const HEADER_BYTES = 16;
const WORD = 4;

/** The basic flash parameter table, word n from 1 on. */
async function parameters(bare: Bare): Promise<(word: number) => number> {
  const header = await sfdp(bare, 0, HEADER_BYTES);
  const at = (header[12] ?? 0) + 256 * (header[13] ?? 0) + 65_536 * (header[14] ?? 0);
  const bytes = await sfdp(bare, at, WORD * (header[11] ?? 0));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (word) => (word * WORD <= bytes.length ? view.getUint32((word - 1) * WORD, true) : 0);
}

function sfdp(bare: Bare, at: number, length: number): Promise<Uint8Array> {
  return bare.ask([0x5a, 0, Math.floor(at / 256), at % 256, 0xff], length);
}

const bit = (value: number, index: number): number => Math.floor(value / 2 ** index) % 2;
const byte = (value: number, index: number): number => Math.floor(value / 256 ** index) % 256;

interface FastRead {
  readonly name: string;
  readonly opcode: number;
  readonly addressLines: SpiLines;
  readonly dummies: number;
  readonly dataLines: SpiLines;
  /** Where SFDP speaks of it: bit of word 1, word and its half. */
  readonly told?: { readonly bit: number; readonly word: number; readonly half: 0 | 1 };
}

const FAST_READS: readonly FastRead[] = [
  { name: 'fast read', opcode: 0x0b, addressLines: 1, dummies: 1, dataLines: 1 },
  {
    name: 'dual output',
    opcode: 0x3b,
    addressLines: 1,
    dummies: 1,
    dataLines: 2,
    told: { bit: 16, word: 4, half: 0 },
  },
  {
    name: 'quad output',
    opcode: 0x6b,
    addressLines: 1,
    dummies: 1,
    dataLines: 4,
    told: { bit: 22, word: 3, half: 1 },
  },
  {
    name: 'dual I/O',
    opcode: 0xbb,
    addressLines: 2,
    dummies: 1,
    dataLines: 2,
    told: { bit: 20, word: 4, half: 1 },
  },
  {
    name: 'quad I/O',
    opcode: 0xeb,
    addressLines: 4,
    dummies: 3,
    dataLines: 4,
    told: { bit: 21, word: 3, half: 0 },
  },
];

export const identity: readonly Clause[] = [
  {
    id: 'jedec-id',
    cite: SHEET('Read JEDEC ID (9Fh)'),
    text: 'The JEDEC id is that of a part of the family.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const { spi, select } = scene.spi;
      const seen: Uint8Array[] = [];
      spi.transfer(select, [{ write: Uint8Array.of(0x9f) }, { read: 3 }], (read) => {
        seen.push(...read);
      });
      await scene.pass(1_000_000);
      const id = idText(seen[0] ?? []);
      expect.that(isKnownId(id), 'the id', 'ef 40 15, ef 40 18 or ef 40 19', id);
    },
  },
  {
    id: 'device-id',
    cite: SHEET('Read Manufacturer / Device ID (90h)'),
    text: '90h tells manufacturer and device in turn, from the one that the address names.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      const { deviceId } = bare.facts;
      const first = await bare.ask([0x90, 0, 0, 0], 4);
      expect.equal(first, Uint8Array.of(0xef, deviceId, 0xef, deviceId), 'from address 0');
      const second = await bare.ask([0x90, 0, 0, 1], 2);
      expect.equal(second, Uint8Array.of(deviceId, 0xef), 'from address 1');
    },
  },
  {
    id: 'release-id',
    cite: SHEET('Release Power-down / Device ID (ABh)'),
    text: 'ABh with three dummy bytes tells the device id, again and again.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      const { deviceId } = bare.facts;
      const seen = await bare.ask([0xab, 0xff, 0xff, 0xff], 2);
      expect.equal(seen, Uint8Array.of(deviceId, deviceId), 'the device id');
    },
  },
  {
    id: 'unique-id',
    cite: SHEET('Read Unique ID Number (4Bh)'),
    text: 'The unique id has 64 bits, the same each time, and is neither all ones nor all zeros.',
    level: 'shall',
    subject: 'device',
    needs: ['unique-id'],
    async check(scene) {
      const bare = await Bare.open(scene);
      const first = await bare.ask([0x4b, 0, 0, 0, 0], 8);
      expect.equal(await bare.ask([0x4b, 0, 0, 0, 0], 8), first, 'the id, asked again');
      expect.that(new Set(first).size > 1, 'the id', 'bytes that differ', show(first));
    },
  },
  {
    id: 'sfdp-header',
    cite: JESD216('SFDP Header'),
    text: 'The header has signature and revision 1, and leads to a basic table of nine words or more.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      const header = await sfdp(bare, 0, HEADER_BYTES);
      expect.equal(header.subarray(0, 4), Uint8Array.of(0x53, 0x46, 0x44, 0x50), 'the signature');
      expect.equal(header[5], 1, 'the major revision');
      expect.equal(header[8], 0, 'the id of the first parameter table');
      expect.equal(header[10], 1, 'the major revision of the table');
      const words = header[11] ?? 0;
      expect.that(words >= 9, 'words of the table', '9 or more', `${words}`);
    },
  },
  {
    id: 'sfdp-density',
    cite: JESD216('Basic Flash Parameter Table, 2nd DWORD'),
    text: 'The table tells as many bits as the part has.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      const word = await parameters(bare);
      expect.equal(word(2) + 1, bare.facts.bytes * 8, 'the bits of the memory');
    },
  },
  {
    id: 'sfdp-addresses',
    cite: JESD216('Basic Flash Parameter Table, 1st DWORD'),
    text: 'The table tells whether addresses have three bytes only, or three or four.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      const word = await parameters(bare);
      const told = bit(word(1), 17) + 2 * bit(word(1), 18);
      expect.equal(told, bare.facts.fourByteAddresses ? 1 : 0, 'the field of address bytes');
    },
  },
  {
    id: 'sfdp-erases',
    cite: JESD216('Basic Flash Parameter Table, 8th and 9th DWORD'),
    text: 'Each erase that the table names erases as many bytes as it says.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      const word = await parameters(bare);
      const types = [word(8), word(9)].flatMap((each) => [
        { exponent: byte(each, 0), opcode: byte(each, 1) },
        { exponent: byte(each, 2), opcode: byte(each, 3) },
      ]);
      const named = types.filter(({ exponent }) => exponent > 0);
      expect.that(named.length > 0, 'erase types', 'one at least', '0');
      for (const { exponent, opcode } of named) {
        const size = 2 ** exponent;
        for (const at of [size, 2 * size - 1, 2 * size]) await bare.program(at, [0]);
        await bare.begin(opcode, size);
        await bare.pass(2_000_000_000);
        await bare.holds(size, [0xff], `the first byte of an erase by ${opcode}`);
        await bare.holds(2 * size - 1, [0xff], 'the last byte of it');
        await bare.holds(2 * size, [0], 'the byte behind');
      }
    },
  },
  {
    id: 'sfdp-page',
    cite: JESD216('Basic Flash Parameter Table, 11th DWORD'),
    text: 'A table of eleven words or more tells pages of 256 bytes.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      const words = (await sfdp(bare, 11, 1))[0] ?? 0;
      const word = await parameters(bare);
      const exponent = words >= 11 ? Math.floor(byte(word(11), 0) / 16) : 8;
      expect.equal(exponent, 8, 'the exponent of the page size');
    },
  },
  {
    id: 'sfdp-modes',
    cite: JESD216('Basic Flash Parameter Table, 13th and 14th DWORD'),
    text: 'Suspend, resume, power-down and release are told with the opcodes of the data sheet.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      const words = (await sfdp(bare, 11, 1))[0] ?? 0;
      // Tables of the first revision say nothing about them.
      if (words < 14) return;
      const word = await parameters(bare);
      expect.equal(byte(word(13), 3), 0x75, 'suspend');
      expect.equal(byte(word(13), 2), 0x7a, 'resume');
      expect.equal(Math.floor(word(14) / 2 ** 23) % 256, 0xb9, 'power-down');
      expect.equal(Math.floor(word(14) / 2 ** 15) % 256, 0xab, 'release');
    },
  },
  enumerated({
    id: 'sfdp-reads',
    cite: JESD216('Basic Flash Parameter Table, 1st, 3rd and 4th DWORD'),
    text: 'The table names the fast reads of the data sheet, with their dummy clocks.',
    level: 'shall',
    subject: 'device',
    every: FAST_READS.filter(({ told }) => told !== undefined),
    async check(scene, { name, told, opcode, dummies, addressLines }) {
      if (told === undefined) return;
      const bare = await Bare.open(scene);
      const word = await parameters(bare);
      expect.equal(bit(word(1), told.bit), 1, `${name} is supported`);
      expect.equal(byte(word(told.word), 2 * told.half + 1), opcode, `the opcode of ${name}`);
      const clocks = byte(word(told.word), 2 * told.half);
      const wait = (clocks % 32) + Math.floor(clocks / 32);
      expect.equal(wait, (dummies * 8) / addressLines, `mode and dummy clocks of ${name}`);
    },
  }),
  {
    id: 'read',
    cite: SHEET('Read Data (03h)'),
    text: 'A read goes on over pages and sectors, and from the last byte to the first.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      const { bytes, fourByteAddresses } = bare.facts;
      await bare.program(0, pattern(0, 4));
      await bare.program(4092, pattern(4092, 4));
      await bare.program(4096, pattern(4096, 4));
      await bare.holds(4090, [0xff, 0xff, ...pattern(4092, 8)], 'bytes around the end of a sector');
      // Three bytes of address end before the end of a larger part.
      if (fourByteAddresses) return;
      await bare.program(bytes - 2, [0x5a, 0xa5]);
      await bare.holds(bytes - 2, [0x5a, 0xa5, ...pattern(0, 4)], 'bytes around the end');
    },
  },
  enumerated({
    id: 'fast-reads',
    cite: SHEET('Fast Read (0Bh) to Fast Read Quad I/O (EBh)'),
    text: 'Each fast read, over one, two or four lines, reads what a slow one reads.',
    level: 'shall',
    subject: 'device',
    every: FAST_READS,
    async check(scene, { name, opcode, addressLines, dummies, dataLines }) {
      const bare = await Bare.open(scene);
      await bare.writeStatus(2, QE);
      await bare.program(512, pattern(512, 32));
      const options = { addressLines, dummies, dataLines, length: 20 };
      const [seen] = await bare.transfer(fastRead(opcode, 514, options));
      expect.equal(seen, pattern(514, 20), `bytes by ${name}`);
    },
  }),
  {
    id: 'bus-time',
    cite: { document: 'SPI Block Guide', revision: 'V04.01', basis: 'secondary' },
    text: 'Each byte takes eight clocks on one line: 1000 bytes at 10 MHz take 0.8 ms.',
    level: 'shall',
    subject: 'device',
    needs: ['virtual-time'],
    async check(scene) {
      const bare = await Bare.open(scene);
      bare.configure({ mode: 0, clockHz: 10_000_000 });
      const from = scene.world.now;
      await bare.read(0, 1000);
      const ns = scene.world.now - from;
      expect.that(ns >= 800_000 && ns < 810_000, 'the read', '0.8 ms and little more', `${ns} ns`);
    },
  },
  {
    id: 'quad-enable',
    cite: SHEET('Quad Enable (QE)'),
    text: 'Without QE a quad instruction is not heard: nothing is driven, nothing programmed.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.writeStatus(2, 0);
      await bare.program(0, pattern(0, 8));
      const options = { addressLines: 1, dummies: 1, dataLines: 4, length: 4 } as const;
      const [seen] = await bare.transfer(fastRead(0x6b, 0, options));
      expect.equal(seen, ones(4), 'a quad read without QE');
      await bare.enable();
      const address = Uint8Array.of(0x32, 0, 1, 0);
      await bare.transfer([{ write: address }, { write: Uint8Array.of(1, 2, 3), lines: 4 }]);
      await bare.pass(3_000_000);
      await bare.holds(256, ones(3), 'a quad program without QE');
    },
  },
  {
    id: 'quad-program',
    cite: SHEET('Quad Input Page Program (32h)'),
    text: 'With QE a page is programmed over four lines.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.writeStatus(2, QE);
      await bare.enable();
      const address = Uint8Array.of(0x32, 0, 1, 0);
      await bare.transfer([{ write: address }, { write: pattern(256, 20), lines: 4 }]);
      await bare.pass(3_000_000);
      await bare.holds(256, pattern(256, 20), 'the page');
    },
  },
];
