/** Mutants of the SSD1306 model, by hand. */
import type { DeviceMutant } from '../../../drivers-under-test/mutants/mutant.ts';

type DisplayEdit = readonly [id: string, what: string, find: string, replace: string];

const edits: readonly DisplayEdit[] = [
  [
    'upside-down-bytes',
    'The lowest bit of a byte is its lowest dot.',
    'byte / 2 ** (row % ROWS_OF_PAGE)',
    'byte / 2 ** (ROWS_OF_PAGE - 1 - (row % ROWS_OF_PAGE))',
  ],
  [
    'co-ignored',
    'A control byte holds for all that follows.',
    "if (this.#isSingle) this.#next = 'control';",
    "if (this.#isSingle && byte > 255) this.#next = 'control';",
  ],
  [
    'always-single',
    'A control byte holds for one byte.',
    "if (this.#isSingle) this.#next = 'control';",
    "this.#next = 'control';",
  ],
  [
    'command-in-one-piece',
    'A command ends with its transfer.',
    '  stop(): void {}',
    '  stop(): void {\n    this.#command = undefined;\n  }',
  ],
  [
    'control-remembered',
    'A new transfer goes on without a control byte.',
    "  start(): boolean {\n    this.#next = 'control';\n",
    "  start(): boolean {\n    if (this.#isSingle || this.#next === 'command') this.#next = 'control';\n",
  ],
  [
    'modes-exchanged',
    'Horizontal addressing is vertical, and the other way round.',
    'if (this.#mode === MODE.vertical) {',
    'if (this.#mode === MODE.horizontal) {',
  ],
  [
    'no-next-column',
    'Vertical addressing stays in its column.',
    "if (this.#step('page')) this.#step('column');",
    "this.#step('page');",
  ],
  [
    'no-next-page',
    'Horizontal addressing stays in its page.',
    "} else if (this.#step('column') && this.#mode === MODE.horizontal) {",
    "} else if (this.#step('column') && this.#mode > MODE.page) {",
  ],
  [
    'page-mode-goes-on',
    'Page addressing goes on to the next page.',
    "} else if (this.#step('column') && this.#mode === MODE.horizontal) {",
    "} else if (this.#step('column')) {",
  ],
  [
    'no-window-start',
    'Behind the end of a window comes column or page 0.',
    'const next = isLast ? first : at + 1;',
    'const next = isLast ? first - first : at + 1;',
  ],
  [
    'window-without-end',
    'A window reaches to the edge.',
    'const isLast = at === last || at === end;',
    'const isLast = (at === last && at > end) || at === end;',
  ],
  [
    'column-of-the-window-kept',
    'Setting the columns of a window leaves the pointer.',
    '        this.#column = this.#columns.first;\n',
    '',
  ],
  [
    'page-of-the-window-kept',
    'Setting the pages of a window leaves the pointer.',
    '        this.#page = this.#pages.first;\n',
    '',
  ],
  [
    'lower-half-alone',
    'The lower half of a column clears the upper one.',
    'this.#column - (this.#column % NIBBLE) + within;',
    'within;',
  ],
  [
    'upper-half-alone',
    'The upper half of a column clears the lower one.',
    '((within * NIBBLE) % COLUMNS) + (this.#column % NIBBLE);',
    '(within * NIBBLE) % COLUMNS;',
  ],
  [
    'half-the-memory',
    'Pages 4 to 7 are pages 0 to 3.',
    'this.ram[this.#page * COLUMNS + segment] = byte;',
    'this.ram[(this.#page % 4) * COLUMNS + segment] = byte;',
  ],
  ['on-at-first', 'After power-on it is on.', '  isOn = false;', '  isOn = true;'],
  ['dim-at-first', 'After power-on the contrast is 0.', 'contrast = 0x7f;', 'contrast = 0x00;'],
  [
    'horizontal-at-first',
    'After power-on addressing is horizontal.',
    '#mode: number = MODE.page;',
    '#mode: number = MODE.horizontal;',
  ],
  [
    'status-of-nothing',
    'The status never says that it is off.',
    'return this.isOn ? 0 : STATUS_OFF;',
    'return this.isOn ? 0 : 0 * STATUS_OFF;',
  ],
  [
    'shines-when-off',
    'Off it shines as before.',
    'if (!this.isOn) return false;',
    'if (!this.isOn && this.contrast > 255) return false;',
  ],
  [
    'off-clears',
    'Off it forgets its memory.',
    '        this.isOn = within === 1;\n',
    '        this.isOn = within === 1;\n        if (!this.isOn) this.ram.fill(0);\n',
  ],
  [
    'entirely-on-fills',
    'Entirely on fills the memory.',
    '        this.#isEntirelyLit = within === 1;\n',
    '        this.#isEntirelyLit = within === 1;\n        if (within === 1) this.ram.fill(255);\n',
  ],
  [
    'never-entirely-on',
    'Entirely on is ignored.',
    'if (this.#isEntirelyLit) return true;',
    'if (this.#isEntirelyLit && line > ROWS) return true;',
  ],
  ['never-inverse', 'Inverse is ignored.', 'return isSet !== this.isInverse;', 'return isSet;'],
  ['contrast-ignored', 'The contrast stays what it is.', '        this.contrast = first;\n', ''],
  [
    'start-line-ignored',
    'The start line is always 0.',
    '        this.#startLine = within;\n',
    '        this.#startLine = 0 * within;\n',
  ],
  [
    'offset-down',
    'An offset moves the picture down.',
    'this.#offset = first % ROWS;',
    'this.#offset = (ROWS - first) % ROWS;',
  ],
  [
    'all-rows',
    'The multiplex ratio is ignored.',
    'this.#multiplex = (first % ROWS) + 1;',
    'this.#multiplex = first > ROWS ? first : ROWS;',
  ],
  [
    'remap-at-once',
    'Remapping of segments turns over what is shown.',
    '        this.#isRemapped = within === 1;\n',
    `        if (this.#isRemapped !== (within === 1)) {
          for (let page = 0; page < PAGES; page++) {
            this.ram.subarray(page * COLUMNS, (page + 1) * COLUMNS).reverse();
          }
        }
        this.#isRemapped = within === 1;
`,
  ],
  [
    'scan-ignored',
    'The direction of the scan is ignored.',
    'this.#isScannedDown = within === 8;',
    'this.#isScannedDown = within >= 0;',
  ],
];

const FOLDER = 'sim/devices/ssd1306';

export const ssd1306Mutants: readonly DeviceMutant[] = [
  ...edits.map(([id, what, find, replace]) => ({
    id: `ssd1306-model/${id}`,
    target: 'sim:ssd1306',
    file: `${FOLDER}/model.ts`,
    what,
    edits: [{ find, replace }],
  })),
  {
    id: 'ssd1306-model/nop-with-parameter',
    target: 'sim:ssd1306',
    file: `${FOLDER}/registers.ts`,
    what: 'NOP takes a parameter.',
    edits: [
      {
        find: "{ name: 'nop', first: 0xe3, parameters: 0 }",
        replace: "{ name: 'nop', first: 0xe3, parameters: 1 }",
      },
    ],
  },
  {
    id: 'ssd1306-model/short-window',
    target: 'sim:ssd1306',
    file: `${FOLDER}/registers.ts`,
    what: 'The columns of a window are one parameter.',
    edits: [
      {
        find: "{ name: 'column window', first: 0x21, parameters: 2 }",
        replace: "{ name: 'column window', first: 0x21, parameters: 1 }",
      },
    ],
  },
];
