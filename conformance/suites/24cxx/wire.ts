/** What a 24Cxx EEPROM does on the wires, byte by byte, and when transfers break off. */
import type { I2cFault } from '../../../sim/faults/i2c-plan.ts';
import { END, enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { places } from '../driver/attempt.ts';
import { CYCLE_NS, DATA_SHEET, pattern, UM10204 } from '../memory-device/facts.ts';
import { Bare } from './bare.ts';

/** Of seven bits, without the reserved ones at both ends (UM10204, table 4). */
const ADDRESSES = { first: 0x08, last: 0x77 };
const CLOCKS_OF_BYTE = 9;
const PAGE_MAX = 64;
const DATA = 6;
/** The device address, the word address, the data. */
const BYTES_MAX = 1 + 2 + DATA;
const BREAKS = ['no-acknowledge', 'lost-arbitration', 'stuck-data'] as const;

export const wire = suite({
  id: '24cxx/wire',
  for: { device: '24cxx' },
  clauses: [
    {
      id: 'address-width',
      cite: DATA_SHEET('6.1'),
      text: 'The word address has its one or two bytes: they write nothing, one more does.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        const expected = pattern(0, 8, 1);
        await bare.program(0, expected);
        await bare.program(2, []);
        expect.equal(await bare.read(0, 8), expected, 'the bytes after an address alone');
        await bare.program(2, [0x77]);
        expected[2] = 0x77;
        expect.equal(await bare.read(0, 8), expected, 'the bytes after one byte more');
      },
    },
    {
      id: 'address-bits',
      cite: DATA_SHEET('5.0'),
      text: 'Each bit of an address counts: bytes whose addresses differ in one are two bytes.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        const bits = 31 - Math.clz32(bare.size.bytes);
        const all = [0, ...Array.from({ length: bits }, (_, bit) => 2 ** bit)];
        for (const [index, at] of all.entries()) await bare.program(at, [0xc0 + index]);
        for (const [index, at] of all.entries()) {
          const seen = await bare.read(at, 1);
          expect.equal(seen, Uint8Array.of(0xc0 + index), `the byte at ${at}`);
        }
      },
    },
    {
      id: 'own-addresses',
      cite: DATA_SHEET('5.0'),
      text: 'It acknowledges its own device address, one for each block, and none of its neighbours.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        const { address: first } = scene.i2c;
        const { bytes, addressBytes } = bare.size;
        const last = first + Math.ceil(bytes / 256 ** addressBytes) - 1;
        // Other devices of the board may sit farther away.
        const from = Math.max(ADDRESSES.first, first - 8);
        for (let address = from; address <= Math.min(ADDRESSES.last, last + 8); address++) {
          const { end } = await bare.transfer({ address, write: new Uint8Array(0) });
          const isOwn = address >= first && address <= last;
          expect.equal(end, isOwn ? 'done' : 'no-address', `address ${address}`);
        }
      },
    },
    enumerated({
      id: 'lengths',
      cite: DATA_SHEET('6.2'),
      text: 'A page write of any length up to a page writes so many bytes, and no other one.',
      level: 'shall',
      subject: 'device',
      every: places(PAGE_MAX),
      async check(scene, length) {
        const bare = new Bare(scene);
        const { pageBytes } = bare.size;
        if (length > pageBytes) return END;
        const expected = pattern(0, pageBytes, 1);
        await bare.program(0, expected);
        const bytes = pattern(0, length, 2);
        const offset = pageBytes - length;
        await bare.program(offset, bytes);
        expected.set(bytes, offset);
        expect.equal(await bare.read(0, pageBytes), expected, 'the page');
      },
    }),
    {
      id: 'unfinished',
      cite: DATA_SHEET('6.1'),
      text: 'Without a stop no write cycle begins: a start in its place drops the bytes.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        const { address } = scene.i2c;
        await bare.program(0, [0x41]);
        const data = Uint8Array.of(...bare.address(0), 0x42);
        const again = Uint8Array.from(bare.address(0));
        const { end } = await bare.transfer({ address, write: data }, { address, write: again });
        expect.equal(end, 'done', 'the transfer');
        expect.equal(await bare.read(0, 1), Uint8Array.of(0x41), 'the byte');
      },
    },
    {
      id: 'busy-reads',
      cite: DATA_SHEET('7.0'),
      text: 'While a write cycle runs a read is not acknowledged either.',
      level: 'shall',
      subject: 'device',
      needs: ['virtual-time'],
      async check(scene) {
        const bare = new Bare(scene);
        const { address } = scene.i2c;
        await bare.write([...bare.address(0), 0x12]);
        const { end } = await bare.transfer({ address, read: 1 });
        expect.equal(end, 'no-address', 'a read during the cycle');
      },
    },
    {
      id: 'protected-later',
      cite: DATA_SHEET('6.3'),
      text: 'WP counts at the stop: raised after it, it keeps no byte of the write back.',
      level: 'shall',
      subject: 'device',
      needs: ['board-lines', 'virtual-time'],
      async check(scene) {
        const bare = new Bare(scene);
        await bare.program(0, [0x31]);
        await bare.write([...bare.address(0), 0x32]);
        scene.i2c.lines.get('WP')?.drive(scene, 'high');
        await scene.pass(CYCLE_NS);
        expect.equal(await bare.read(0, 1), Uint8Array.of(0x32), 'the byte');
      },
    },
    {
      id: 'clocks',
      cite: UM10204('3.1.5'),
      text: 'Each byte on the wires takes nine clocks, the addresses too.',
      level: 'shall',
      subject: 'device',
      needs: ['virtual-time'],
      async check(scene) {
        const bare = new Bare(scene);
        const from = scene.world.now;
        await bare.read(0, 8);
        const bytes = 1 + bare.size.addressBytes + 1 + 8;
        const expected = (bytes * CLOCKS_OF_BYTE * 1e9) / scene.i2c.i2c.clockHz;
        expect.equal(scene.world.now - from, expected, 'the time of a read of eight bytes');
      },
    },
    enumerated({
      id: 'broken-off',
      cite: UM10204('3.1.6'),
      text: 'A write that breaks off at any byte changes no other byte, and the next transfer works.',
      level: 'shall',
      subject: 'device',
      every: BREAKS.flatMap((kind) => places(BYTES_MAX).map((at) => ({ kind, at }))),
      async check(scene, { kind, at }) {
        const before = pattern(0, 8, 1);
        const whole = new Bare(scene);
        await whole.program(0, before);
        if (at > 1 + whole.size.addressBytes + DATA) return;
        const fault: I2cFault = { kind, at, bytes: 1 };
        const bare = new Bare(scene, [fault]);
        const fresh = pattern(0, 8, 2);
        await bare.write([...bare.address(0), ...fresh.subarray(0, DATA)]);
        await bare.recover();
        await scene.pass(CYCLE_NS);
        const seen = await bare.read(0, 8);
        const legal = (byte: number, index: number) =>
          byte === before[index] || (index < DATA && byte === fresh[index]);
        expect.that(seen.every(legal), 'the bytes', 'old ones, or new ones of the write', 'others');
        await bare.program(4, [0x99]);
        expect.equal(await bare.read(4, 1), Uint8Array.of(0x99), 'a byte written afterwards');
      },
    }),
  ],
});
