/** Programs and erases: where they go, how long they take, what the power takes from them. */
import { type Clause, enumerated } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { places } from '../driver/attempt.ts';
import { pattern } from '../memory-device/facts.ts';
import { BUSY, Bare, LongestNs, PAGE, SECTOR, SHEET, ones, threeBytes } from './bare.ts';

interface Erase {
  readonly opcode: number;
  readonly bytes: number;
  readonly longestNs: number;
}

const ERASES: readonly Erase[] = [
  { opcode: 0x20, bytes: 4096, longestNs: LongestNs.sectorErase },
  { opcode: 0x52, bytes: 32_768, longestNs: LongestNs.halfBlockErase },
  { opcode: 0xd8, bytes: 65_536, longestNs: LongestNs.blockErase },
];
const STEPS = 24;

export const array: readonly Clause[] = [
  {
    id: 'program',
    cite: SHEET('Page Program (02h)'),
    text: 'A program clears bits, of the bytes that it brings alone, and sets none.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.program(16, [0xf0, 0x3c, 0xff]);
      await bare.program(17, [0x0f, 0x55]);
      await bare.holds(15, [0xff, 0xf0, 0x0c, 0x55, 0xff], 'the bytes');
    },
  },
  {
    id: 'page-wrap',
    cite: SHEET('Page Program (02h)'),
    text: 'A program that runs over the end of its page goes on at its beginning.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.program(2 * PAGE - 2, [1, 2, 3, 4]);
      await bare.holds(2 * PAGE - 2, [1, 2, 0xff], 'the end of the page');
      await bare.holds(PAGE, [3, 4, 0xff], 'the beginning of the page');
    },
  },
  {
    id: 'more-than-a-page',
    cite: SHEET('Page Program (02h)'),
    text: 'Of more than 256 bytes the last 256 are programmed.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      const bytes = pattern(3, PAGE + 8);
      await bare.program(PAGE, bytes);
      const expected = bytes.slice(0, PAGE);
      expected.set(bytes.subarray(PAGE));
      await bare.holds(PAGE, expected, 'the page');
    },
  },
  {
    id: 'whole-page',
    cite: SHEET('Page Program (02h)'),
    text: 'A page is programmed whole, and the pages beside it stay.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.program(PAGE, pattern(PAGE, PAGE));
      await bare.holds(PAGE - 8, ones(8), 'the page before');
      await bare.holds(PAGE, pattern(PAGE, PAGE), 'the page');
      await bare.holds(2 * PAGE, ones(8), 'the page behind');
    },
  },
  enumerated({
    id: 'erase',
    cite: SHEET('Sector Erase (20h) to 64KB Block Erase (D8h)'),
    text: 'An erase takes the sector or block that its address lies in, whole, and nothing else.',
    level: 'shall',
    subject: 'device',
    every: ERASES,
    async check(scene, { opcode, bytes, longestNs }) {
      const bare = await Bare.open(scene);
      const from = 2 * bytes;
      for (const at of [from - 1, from, from + bytes - 1, from + bytes]) {
        await bare.program(at, [0x77]);
      }
      await bare.begin(opcode, from + 300);
      await bare.pass(longestNs);
      await bare.holds(from - 1, [0x77, 0xff], 'around the beginning');
      await bare.holds(from + bytes - 1, [0xff, 0x77], 'around the end');
    },
  }),
  enumerated({
    id: 'chip-erase',
    cite: SHEET('Chip Erase (C7h / 60h)'),
    text: 'Either opcode erases all.',
    level: 'shall',
    subject: 'device',
    needs: ['virtual-time'],
    every: [0xc7, 0x60],
    async check(scene, opcode) {
      const bare = await Bare.open(scene);
      const { bytes, chipEraseNs } = bare.facts;
      const reached = Math.min(bytes, 2 ** 24);
      for (const at of [0, reached / 2, reached - 8]) await bare.program(at, pattern(at, 8));
      await bare.enable();
      await bare.tell(opcode);
      await bare.pass(chipEraseNs);
      expect.equal(await bare.has(BUSY), false, 'BUSY after the longest chip erase');
      for (const at of [0, reached / 2, reached - 8]) await bare.holds(at, ones(8), `at ${at}`);
    },
  }),
  enumerated({
    id: 'times',
    cite: SHEET('AC Electrical Characteristics, tPP, tSE, tBE1, tBE2'),
    text: 'A program or erase is busy at once, and over in the longest time of the data sheet.',
    level: 'shall',
    subject: 'device',
    needs: ['operation-times'],
    every: [{ opcode: 0x02, longestNs: LongestNs.program }, ...ERASES],
    async check(scene, { opcode, longestNs }) {
      const bare = await Bare.open(scene);
      await bare.begin(opcode, 0, opcode === 0x02 ? [0] : []);
      expect.equal(await bare.has(BUSY), true, `BUSY right behind ${opcode}`);
      await bare.pass(longestNs);
      expect.equal(await bare.has(BUSY), false, 'BUSY after the longest time');
    },
  }),
  {
    id: 'chip-erase-time',
    cite: SHEET('AC Electrical Characteristics, tCE'),
    text: 'A chip erase is busy for longer than the longest block erase.',
    level: 'shall',
    subject: 'device',
    needs: ['operation-times'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.enable();
      await bare.tell(0xc7);
      await bare.pass(LongestNs.blockErase);
      expect.equal(await bare.has(BUSY), true, 'BUSY after 2 s');
    },
  },
  {
    id: 'busy-is-deaf',
    cite: SHEET('BUSY'),
    text: 'While it is busy it hears status reads, suspend and reset alone.',
    level: 'shall',
    subject: 'device',
    needs: ['operation-times'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.program(0, pattern(0, 4));
      await bare.begin(0x20, 65_536);
      expect.equal(await bare.read(0, 4), ones(4), 'a read while an erase runs');
      expect.equal(await bare.ask([0x9f], 3), ones(3), 'the id while an erase runs');
      await bare.tell(0x04);
      expect.equal(await bare.has(BUSY + 0x02), true, 'BUSY and WEL after Write Disable');
      await bare.tell(0x02, ...threeBytes(8), 0);
      await bare.tell(0xb9);
      await bare.pass(LongestNs.sectorErase);
      await bare.holds(0, [...pattern(0, 4), 0xff, 0xff, 0xff, 0xff, 0xff], 'the bytes afterwards');
    },
  },
  {
    id: 'incomplete',
    cite: SHEET('Page Program (02h)'),
    text: 'An instruction that ends within its address, or a program without data, does nothing.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.program(0, [0x12]);
      await bare.enable();
      await bare.tell(0x20, 0, 0);
      await bare.pass(LongestNs.sectorErase);
      await bare.enable();
      await bare.tell(0x02, 0, 0);
      await bare.pass(LongestNs.program);
      await bare.enable();
      await bare.tell(0x02, 0, 0, 0);
      await bare.pass(LongestNs.program);
      await bare.holds(0, [0x12, 0xff], 'the bytes');
    },
  },
  {
    id: 'not-volatile',
    cite: SHEET('Page Program (02h)'),
    text: 'What was programmed and what was erased survives a power cut.',
    level: 'shall',
    subject: 'device',
    needs: ['power-cut'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.program(SECTOR, pattern(0, 8));
      await bare.eraseSector(SECTOR);
      await bare.program(PAGE, pattern(1, 8));
      bare.cutPower();
      await bare.holds(SECTOR, ones(8), 'the erased bytes');
      await bare.holds(PAGE, pattern(1, 8), 'the programmed bytes');
    },
  },
  enumerated({
    id: 'cut-program',
    cite: SHEET('Page Program (02h)'),
    text: 'A power cut at any time of a program leaves of each byte what was, what was to be, or some of it.',
    level: 'shall',
    subject: 'device',
    needs: ['power-cut', 'operation-times'],
    every: places(STEPS),
    async check(scene, step) {
      const bare = await Bare.open(scene);
      await bare.program(0, pattern(0, PAGE));
      await bare.program(2 * PAGE, pattern(2, PAGE));
      const bytes = pattern(7, PAGE);
      await bare.begin(0x02, PAGE, bytes);
      await bare.pass((LongestNs.program / STEPS / 4) * (step - 1));
      bare.cutPower();
      expect.equal(await bare.has(BUSY), false, 'BUSY after power-on');
      const seen = await bare.read(PAGE, PAGE);
      const wrong = bytes.findIndex((byte, at) => (byte & (seen[at] ?? 0)) !== byte);
      expect.equal(wrong, -1, 'the first byte with a bit cleared that was to stay');
      await bare.holds(0, pattern(0, PAGE), 'the page before');
      await bare.holds(2 * PAGE, pattern(2, PAGE), 'the page behind');
    },
  }),
  enumerated({
    id: 'cut-erase',
    cite: SHEET('Sector Erase (20h)'),
    text: 'A power cut at any time of an erase changes nothing outside, and it can be erased again.',
    level: 'shall',
    subject: 'device',
    needs: ['power-cut', 'operation-times'],
    every: places(STEPS),
    async check(scene, step) {
      const bare = await Bare.open(scene);
      for (const at of [SECTOR - PAGE, SECTOR, 2 * SECTOR]) {
        await bare.program(at, pattern(at, PAGE));
      }
      await bare.begin(0x20, SECTOR);
      await bare.pass((LongestNs.sectorErase / STEPS / 4) * (step - 1));
      bare.cutPower();
      expect.equal(await bare.has(BUSY), false, 'BUSY after power-on');
      await bare.holds(SECTOR - PAGE, pattern(SECTOR - PAGE, PAGE), 'the sector before');
      await bare.holds(2 * SECTOR, pattern(2 * SECTOR, PAGE), 'the sector behind');
      await bare.eraseSector(SECTOR);
      await bare.holds(SECTOR, ones(PAGE), 'the sector, erased again');
    },
  }),
];
