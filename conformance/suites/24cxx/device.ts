/** What a 24Cxx EEPROM owes its bus, whatever driver it has. */
import { enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { places } from '../driver/attempt.ts';
import { CYCLE_NS, DATA_SHEET, pattern } from '../memory-device/facts.ts';
import { Bare } from './bare.ts';

const STEPS = 20;

export const device = suite({
  id: '24cxx/device',
  for: { device: '24cxx' },
  clauses: [
    {
      id: 'page-wrap',
      cite: DATA_SHEET('6.2'),
      text: 'A page write that runs over the end of its page goes on at the beginning of it.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        const { pageBytes } = bare.size;
        await bare.program(0, pattern(0, pageBytes, 1));
        await bare.program(pageBytes, pattern(0, pageBytes, 2));
        await bare.program(pageBytes - 1, [0xe1, 0xe2]);
        const expected = pattern(0, pageBytes, 1);
        expected[pageBytes - 1] = 0xe1;
        expected[0] = 0xe2;
        expect.equal(await bare.read(0, pageBytes), expected, 'the page');
        expect.equal(await bare.read(pageBytes, 1), pattern(0, 1, 2), 'the next page');
      },
    },
    {
      id: 'partial-page',
      cite: DATA_SHEET('6.2'),
      text: 'Bytes of a page that are not written stay.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        const { pageBytes } = bare.size;
        const expected = pattern(0, pageBytes);
        await bare.program(0, expected);
        await bare.program(3, [0xa1, 0xa2]);
        expected.set([0xa1, 0xa2], 3);
        expect.equal(await bare.read(0, pageBytes), expected, 'the page');
      },
    },
    {
      id: 'more-than-a-page',
      cite: DATA_SHEET('6.2'),
      text: 'Of more bytes than a page holds the last ones count.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        const { pageBytes } = bare.size;
        const bytes = pattern(0, pageBytes + 2, 3);
        await bare.program(0, bytes);
        const expected = bytes.slice(0, pageBytes);
        expected.set(bytes.subarray(pageBytes));
        expect.equal(await bare.read(0, pageBytes), expected, 'the page');
      },
    },
    {
      id: 'sequential-read',
      cite: DATA_SHEET('8.3'),
      text: 'A read goes on over page boundaries, and from the last byte to the first.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        const { bytes, pageBytes } = bare.size;
        await bare.program(0, pattern(0, pageBytes, 4));
        await bare.program(bytes - pageBytes, pattern(0, pageBytes, 5));
        const seen = await bare.read(bytes - 2, 4);
        const expected = Uint8Array.of(
          ...pattern(0, pageBytes, 5).subarray(pageBytes - 2),
          ...pattern(0, 2, 4),
        );
        expect.equal(seen, expected, 'bytes around the end');
      },
    },
    {
      id: 'current-address',
      cite: DATA_SHEET('8.1'),
      text: 'A read without an address goes on behind the last byte that was read.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        await bare.program(0, pattern(0, 8));
        await bare.read(0, 3);
        expect.equal(await bare.readOn(2), pattern(3, 2), 'the next bytes');
      },
    },
    {
      id: 'counter-after-write',
      cite: DATA_SHEET('6.1'),
      text: 'After the write of a byte the address counter points behind it.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        await bare.program(0, pattern(0, 8));
        await bare.program(2, [0x77]);
        expect.equal(await bare.readOn(1), pattern(3, 1), 'the byte behind the one written');
      },
    },
    {
      id: 'busy',
      cite: DATA_SHEET('7.0'),
      text: 'While a write cycle runs the device does not acknowledge its address.',
      level: 'shall',
      subject: 'device',
      needs: ['virtual-time'],
      async check(scene) {
        const bare = new Bare(scene);
        await bare.write([...bare.address(0), 0x12]);
        await scene.pass(1_000_000);
        expect.equal((await bare.write([])).end, 'no-address', 'a poll during the cycle');
      },
    },
    {
      id: 'cycle-ends',
      cite: DATA_SHEET('1.0'),
      text: 'A write cycle is over after 5 ms, and the byte is there.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        await bare.write([...bare.address(0), 0x12]);
        await scene.pass(CYCLE_NS);
        expect.equal((await bare.write([])).end, 'done', 'a poll after the cycle');
        expect.equal(await bare.read(0, 1), Uint8Array.of(0x12), 'the byte');
      },
    },
    {
      id: 'address-alone',
      cite: DATA_SHEET('8.2'),
      text: 'An address without data sets the counter and begins no write cycle.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        await bare.program(0, pattern(0, 8));
        await bare.write(bare.address(4));
        expect.equal((await bare.write(bare.address(4))).end, 'done', 'the next transfer');
        expect.equal(await bare.readOn(1), pattern(4, 1), 'the byte there');
      },
    },
    {
      id: 'write-protect',
      cite: DATA_SHEET('6.1'),
      text: 'With WP high a write is acknowledged, nothing is written, and no cycle runs.',
      level: 'shall',
      subject: 'device',
      needs: ['board-lines'],
      async check(scene) {
        const bare = new Bare(scene);
        await bare.program(0, [0x31]);
        scene.i2c.lines.get('WP')?.drive(scene, 'high');
        const { end } = await bare.write([...bare.address(0), 0x32]);
        expect.equal(end, 'done', 'the transfer');
        expect.equal((await bare.write([])).end, 'done', 'a poll right behind it');
        expect.equal(await bare.read(0, 1), Uint8Array.of(0x31), 'the byte');
      },
    },
    {
      id: 'address-wraps',
      cite: DATA_SHEET('5.0'),
      text: 'Address bits beyond the size do not matter.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        // An address of one byte has no more bits than the memory needs.
        if (bare.size.addressBytes === 1) return;
        await bare.program(5, [0x55]);
        expect.equal(await bare.read(bare.size.bytes + 5, 1), Uint8Array.of(0x55), 'the byte');
      },
    },
    enumerated({
      id: 'power-cut',
      cite: DATA_SHEET('6.2'),
      text: 'A power cut at any time of a write cycle changes no byte outside of the write.',
      level: 'shall',
      subject: 'device',
      needs: ['power-cut'],
      every: places(STEPS),
      async check(scene, step) {
        const bare = new Bare(scene);
        const { pageBytes } = bare.size;
        await bare.program(0, pattern(0, pageBytes, 1));
        await bare.write([...bare.address(2), 0xa1, 0xa2]);
        await scene.pass((CYCLE_NS / STEPS) * (step - 1));
        scene.cutPower();
        const seen = await bare.read(0, pageBytes);
        const around = (bytes: Uint8Array) => bytes.filter((_, at) => at !== 2 && at !== 3);
        expect.equal(around(seen), around(pattern(0, pageBytes, 1)), 'the bytes around');
      },
    }),
    {
      id: 'not-volatile',
      cite: DATA_SHEET('6.1'),
      text: 'What a finished write cycle wrote survives a power cut.',
      level: 'shall',
      subject: 'device',
      needs: ['power-cut'],
      async check(scene) {
        const bare = new Bare(scene);
        await bare.program(1, [0x91, 0x92]);
        scene.cutPower();
        expect.equal(await bare.read(1, 2), Uint8Array.of(0x91, 0x92), 'the bytes');
      },
    },
  ],
});
