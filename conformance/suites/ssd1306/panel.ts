/** The panel of an SSD1306: what its settings make of the memory, and what it tells. */
import { suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { DATA_SHEET, HEIGHT, WIDTH } from '../display/facts.ts';
import { Bare } from './bare.ts';

const NEEDS = ['picture'] as const;
const TOP = 0x01;
const DOTS = WIDTH * HEIGHT;
const OFF = 0x40;

export const panel = suite({
  id: 'ssd1306/panel',
  for: { device: 'ssd1306' },
  clauses: [
    {
      id: 'power-on',
      cite: DATA_SHEET('9, table 9-1'),
      text: 'After power-on the display is off, the contrast is 7Fh, and addressing is by pages.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        expect.equal(bare.lit, [], 'the dots');
        expect.equal(bare.contrast, 0x7f, 'the contrast');
        await bare.commands(0xa1, 0xc8, 0xb0, 0x0f, 0x17);
        // A column and a page further on than a row of 128 bytes, in each page.
        for (let page = 0; page < HEIGHT / 8; page++) {
          await bare.commands(0xb0 + page);
          await bare.data(...new Uint8Array(WIDTH));
        }
        await bare.data(TOP);
        await bare.commands(0xaf);
        expect.equal(bare.lit, ['127,56'], 'the dot behind a page of 128 bytes');
      },
    },
    {
      id: 'status',
      cite: DATA_SHEET('9, table 9-2'),
      text: 'Its status says by bit 6 whether it is off.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        expect.equal((await bare.status()) & OFF, OFF, 'bit 6 after power-on');
        await bare.commands(0xaf);
        expect.equal((await bare.status()) & OFF, 0, 'bit 6 on');
        await bare.commands(0xae);
        expect.equal((await bare.status()) & OFF, OFF, 'bit 6 off');
      },
    },
    {
      id: 'own-address',
      cite: DATA_SHEET('8.1.5'),
      text: 'It acknowledges the address that SA0 chooses, and not the other one.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        const { address } = scene.i2c;
        expect.equal((await bare.to(address)).end, 'done', 'its address');
        const other = address % 2 === 0 ? address + 1 : address - 1;
        expect.equal((await bare.to(other)).end, 'no-address', 'the other one');
      },
    },
    {
      id: 'off',
      cite: DATA_SHEET('10.1.12'),
      text: 'Off it is dark; its memory stays, and can be written.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        await bare.data(TOP);
        await bare.commands(0xae);
        expect.equal(bare.lit, [], 'the dots when it is off');
        await bare.data(TOP);
        await bare.commands(0xaf);
        expect.equal(bare.lit, ['0,0', '1,0'], 'the dots when it is on again');
      },
    },
    {
      id: 'entirely-on',
      cite: DATA_SHEET('10.1.9'),
      text: 'Entirely on all dots shine, whatever the memory holds, and then what it holds.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        await bare.data(TOP);
        await bare.commands(0xa5);
        expect.equal(bare.lit.length, DOTS, 'the dots that shine');
        await bare.commands(0xa4);
        expect.equal(bare.lit, ['0,0'], 'the dots afterwards');
      },
    },
    {
      id: 'inverse',
      cite: DATA_SHEET('10.1.10'),
      text: 'Inverse the dots of zeros shine.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        await bare.data(TOP);
        await bare.commands(0xa7);
        expect.equal(bare.lit.length, DOTS - 1, 'the dots that shine');
        expect.equal(bare.lit[0], '1,0', 'the first of them');
        await bare.commands(0xa6);
        expect.equal(bare.lit, ['0,0'], 'the dots afterwards');
      },
    },
    {
      id: 'contrast',
      cite: DATA_SHEET('10.1.7'),
      text: 'The contrast is what was set.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        for (const contrast of [0x00, 0xcf, 0xff]) {
          await bare.commands(0x81, contrast);
          expect.equal(bare.contrast, contrast, 'the contrast');
        }
      },
    },
    {
      id: 'start-line',
      cite: DATA_SHEET('10.1.6'),
      text: 'The start line is the row of the memory that is shown on top; those above it come last.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        await bare.data(0x81);
        await bare.commands(0x47);
        expect.equal(bare.lit, ['0,0', '0,57'], 'rows 7 and 0');
      },
    },
    {
      id: 'offset',
      cite: DATA_SHEET('10.1.15'),
      text: 'An offset moves the picture up, around the edge.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        await bare.data(0x81);
        await bare.commands(0xd3, 7);
        expect.equal(bare.lit, ['0,0', '0,57'], 'rows 7 and 0');
      },
    },
    {
      id: 'multiplex',
      cite: DATA_SHEET('10.1.11'),
      text: 'Rows beyond the multiplex ratio are dark.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        await bare.commands(0xa5, 0xa8, 31);
        expect.equal(bare.lit.length, DOTS / 2, 'the dots that shine of 32 rows');
        await bare.commands(0xa8, 63);
        expect.equal(bare.lit.length, DOTS, 'the dots that shine of 64 rows');
      },
    },
    {
      id: 'remap',
      cite: DATA_SHEET('10.1.8'),
      text: 'Remapping of segments counts for what is written from then on.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        await bare.data(TOP);
        await bare.commands(0xa0);
        expect.equal(bare.lit, ['0,0'], 'the dot of before');
        await bare.data(TOP);
        expect.equal(bare.lit, ['0,0', `${WIDTH - 2},0`], 'it, and the next one');
      },
    },
    {
      id: 'scan-direction',
      cite: DATA_SHEET('10.1.14'),
      text: 'The direction of the scan turns the picture over at once.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        await bare.data(TOP);
        await bare.commands(0xc0);
        expect.equal(bare.lit, ['0,63'], 'the dot from below');
        await bare.commands(0xc8);
        expect.equal(bare.lit, ['0,0'], 'the dot from above');
      },
    },
    {
      id: 'nop',
      cite: DATA_SHEET('9, table 9-1'),
      text: 'NOP changes nothing, and takes no parameter.',
      level: 'shall',
      subject: 'device',
      needs: NEEDS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.setUp();
        await bare.data(TOP);
        await bare.commands(0xe3, 0xa7);
        expect.equal(bare.lit.length, DOTS - 1, 'the dots of the inverse behind it');
      },
    },
  ],
});
