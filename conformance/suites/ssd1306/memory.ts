/** The memory of an SSD1306: where bytes go, by control bytes, addressing modes and windows. */
import type { I2cFault } from '../../../sim/faults/i2c-plan.ts';
import { enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { DATA_SHEET, WIDTH } from '../display/facts.ts';
import { places } from '../driver/attempt.ts';
import { Bare, MODE } from './bare.ts';

const NEEDS = ['picture'] as const;
/** A dot in the upper row of a byte. */
const TOP = 0x01;
const BYTES = 5;
const BREAKS = ['no-acknowledge', 'lost-arbitration', 'stuck-data'] as const;
/** All of the memory. */
const ALL = 1024;

export const memory = suite({
  id: 'ssd1306/memory',
  for: { device: 'ssd1306' },
  clauses: [
    {
      id: 'bits',
      cite: DATA_SHEET('8.7'),
      text: 'A byte is eight dots of a column, its lowest bit on top.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        await bare.data(0x01, 0x80, 0x12);
        expect.equal(bare.lit, ['0,0', '2,1', '2,4', '1,7'], 'the dots');
      },
    },
    {
      id: 'single-bytes',
      cite: DATA_SHEET('8.1.5.2'),
      text: 'A control byte with Co tells of one byte behind it, command or data, then comes another.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        await bare.send(0x80, 0xa7, 0xc0, TOP, 0x80, 0xa6, 0x40, TOP, TOP);
        expect.equal(bare.lit, ['0,0', '1,0', '2,0'], 'the dots');
      },
    },
    {
      id: 'in-pieces',
      cite: DATA_SHEET('8.1.5.2'),
      text: 'A command and its parameters may come in several transfers.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        for (const byte of [0x21, 40, 60]) await bare.commands(byte);
        await bare.data(TOP);
        expect.equal(bare.lit, ['40,0'], 'the dots');
      },
    },
    {
      id: 'horizontal',
      cite: DATA_SHEET('10.1.3'),
      text: 'Horizontal addressing fills a window row by row, and begins anew behind its end.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        await bare.window(10, 11, 2, 3);
        await bare.data(TOP, 0x02, 0x04, 0x08);
        expect.equal(bare.lit, ['10,16', '11,17', '10,26', '11,27'], 'the dots of a window');
        await bare.data(0x80);
        expect.equal(bare.lit, ['11,17', '10,23', '10,26', '11,27'], 'the dots of one byte more');
      },
    },
    {
      id: 'vertical',
      cite: DATA_SHEET('10.1.3'),
      text: 'Vertical addressing fills a window column by column, and begins anew behind its end.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        await bare.window(10, 11, 2, 3);
        await bare.commands(0x20, MODE.vertical);
        await bare.data(TOP, 0x02, 0x04, 0x08);
        expect.equal(bare.lit, ['10,16', '11,18', '10,25', '11,27'], 'the dots of a window');
        await bare.data(0x80);
        expect.equal(bare.lit, ['11,18', '10,23', '10,25', '11,27'], 'the dots of one byte more');
      },
    },
    {
      id: 'page-mode',
      cite: DATA_SHEET('10.1.3'),
      text: 'Page addressing stays in its page: behind the last column comes the first one.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        await bare.commands(0x20, MODE.page, 0xb5, 0x0f, 0x17);
        await bare.data(TOP, 0x02);
        expect.equal(bare.lit, ['127,40', '0,41'], 'the dots');
      },
    },
    {
      id: 'nibbles',
      cite: DATA_SHEET('10.1.1'),
      text: 'In page addressing a column is set by its two halves, in any order.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        await bare.commands(0x20, MODE.page, 0xb0, 0x05, 0x13);
        await bare.data(TOP);
        await bare.commands(0x14, 0x02);
        await bare.data(TOP);
        expect.equal(bare.lit, ['53,0', '66,0'], 'the dots');
      },
    },
    {
      id: 'window-begins',
      cite: DATA_SHEET('10.1.4'),
      text: 'Setting a window sets the pointer to its beginning.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        await bare.data(0, 0, 0);
        await bare.window(20, 30, 4, 5);
        await bare.data(TOP);
        expect.equal(bare.lit, ['20,32'], 'the dots');
      },
    },
    {
      id: 'whole',
      cite: DATA_SHEET('8.7'),
      text: 'There are 1024 bytes, each with its own place, and behind the last one is the first.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        await bare.data(...new Uint8Array(ALL - 1), 0x80);
        expect.equal(bare.lit, [`${WIDTH - 1},63`], 'the last dot');
        await bare.data(TOP);
        expect.equal(bare.lit, ['0,0', `${WIDTH - 1},63`], 'the first dot and the last one');
      },
    },
    enumerated({
      id: 'broken-off',
      cite: DATA_SHEET('8.1.5.1'),
      text: 'Data that breaks off at any byte is there up to it; the next transfer begins anew.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      every: BREAKS.flatMap((kind) => places(BYTES + 2).map((at) => ({ kind, at }))),
      async check(scene, { kind, at }) {
        const whole = new Bare(scene);
        await whole.setUp();
        const fault: I2cFault = { kind, at, bytes: 1 };
        const bare = new Bare(scene, [fault]);
        await bare.send(0x40, ...new Uint8Array(BYTES).fill(TOP));
        await bare.recover();
        const arrived = Array.from({ length: Math.max(at - 3, 0) }, (_, x) => `${x},0`);
        expect.equal(bare.lit, arrived, 'the dots');
        await bare.window(0, WIDTH - 1, 7, 7);
        await bare.data(TOP);
        expect.equal(bare.lit, [...arrived, '0,56'], 'the dots, and one afterwards');
      },
    }),
  ],
});
