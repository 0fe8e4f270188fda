/** Mutants of the 24Cxx model, by hand. */
import type { DeviceMutant } from '../../../drivers-under-test/mutants/mutant.ts';

const FILE = 'sim/devices/24cxx/model.ts';
const UNDER_WAY = 'this.#underWay';

type EepromEdit = readonly [
  id: string,
  what: string,
  find: string,
  replace: string,
  part?: '24c16' | '24c32',
];

const edits: readonly EepromEdit[] = [
  [
    'no-page-wrap',
    'A page write goes on behind the end of its page.',
    'this.#page + ((offset + 1) % pageBytes);',
    'this.#page + offset + 1;',
  ],
  [
    'whole-page-erased',
    'Bytes of a page that are not written are erased.',
    'for (const [offset, byte] of written) this.bytes[page + offset] = byte;',
    `this.bytes.fill(ERASED, page, page + this.#part.pageBytes);
    for (const [offset, byte] of written) this.bytes[page + offset] = byte;`,
  ],
  [
    'first-bytes-count',
    'Of two bytes for one place the first one counts.',
    'this.#buffer.set(offset, byte);',
    'if (!this.#buffer.has(offset)) this.#buffer.set(offset, byte);',
  ],
  [
    'four-bytes',
    'The page buffer holds four bytes.',
    'this.#buffer.set(offset, byte);',
    'if (this.#buffer.size < 4) this.#buffer.set(offset, byte);',
  ],
  [
    'reads-in-a-page',
    'A read wraps at the end of a page.',
    'this.#counter = (this.#counter + 1) % this.#part.bytes;',
    `const { pageBytes } = this.#part;
    const offset = this.#counter % pageBytes;
    this.#counter = this.#counter - offset + ((offset + 1) % pageBytes);`,
  ],
  [
    'reads-to-the-end',
    'A read stays at the last byte.',
    'this.#counter = (this.#counter + 1) % this.#part.bytes;',
    'this.#counter = Math.min(this.#counter + 1, this.#part.bytes - 1);',
  ],
  [
    'counter-forgotten',
    'Every stop sets the address counter to zero.',
    '    this.#isSelected = false;\n    if (this.#buffer',
    '    this.#isSelected = false;\n    this.#counter = 0;\n    if (this.#buffer',
  ],
  [
    'counter-at-the-page',
    'After a write the address counter is at the beginning of the page.',
    '    const page = this.#page;\n',
    '    const page = this.#page;\n    this.#counter = page;\n',
  ],
  [
    'never-busy',
    'It acknowledges its address during a write cycle.',
    'this.#isSelected = this.#cycle === undefined;',
    'this.#isSelected = this.#part.bytes > 0;',
  ],
  [
    'readable-when-busy',
    'It acknowledges reads during a write cycle.',
    'this.#isSelected = this.#cycle === undefined;',
    'this.#isSelected = this.#cycle === undefined || isRead;',
  ],
  [
    'slow',
    'A write cycle takes twice its time.',
    'this.#world.after(this.#part.cycleNs,',
    'this.#world.after(2 * this.#part.cycleNs,',
  ],
  [
    'cycle-of-nothing',
    'An address without data begins a write cycle.',
    'if (this.#buffer.size === 0 || this.#addressLeft > 0) return;',
    'if (this.#addressLeft > 0) return;',
  ],
  [
    'two-address-bytes',
    'It takes two bytes of a word address.',
    'isRead ? 0 : this.#part.addressBytes;',
    'isRead ? 0 : 2;',
  ],
  [
    'no-protection',
    'WP is ignored.',
    'if (this.#writeProtect?.level === true) {',
    'if (this.#writeProtect?.level === undefined) {',
  ],
  [
    'protected-too-late',
    'WP is looked at at the end of the write cycle too.',
    '    this.#underWay = undefined;\n    this.#cycle = undefined;\n  }',
    `    if (this.#writeProtect?.level === true) {
      for (const [offset] of written) this.bytes[page + offset] = ERASED;
    }
    this.#underWay = undefined;
    this.#cycle = undefined;
  }`,
  ],
  [
    'no-address-wrap',
    'Address bits beyond the size lead to nothing.',
    '(upper * 256 + byte) % this.#part.bytes;',
    'upper * 256 + byte;',
    '24c32',
  ],
  [
    'half-the-memory',
    'The highest bit of an address is not decoded.',
    '(upper * 256 + byte) % this.#part.bytes;',
    '(upper * 256 + byte) % (this.#part.bytes / 2);',
    '24c32',
  ],
  [
    'one-block',
    'The bits of the device address are not decoded.',
    'const upper = isFirst ? this.#block :',
    'const upper = isFirst ? 0 * this.#block :',
    '24c16',
  ],
  [
    'one-address-more',
    'It acknowledges the device address above its own too.',
    'Math.ceil(part.bytes / reachOf(part)) }',
    'Math.ceil(part.bytes / reachOf(part)) + 1 }',
  ],
  [
    'cut-costs-a-page',
    'A power cut during a write cycle erases the whole page.',
    '    this.#cycle?.cancel();\n',
    `    this.#cycle?.cancel();
    if (${UNDER_WAY} !== undefined) {
      this.bytes.fill(ERASED, ${UNDER_WAY}.page, ${UNDER_WAY}.page + this.#part.pageBytes);
    }
`,
  ],
  [
    'volatile',
    'A power cut erases all.',
    '    this.#counter = 0;\n    this.#isSelected',
    '    this.bytes.fill(ERASED);\n    this.#counter = 0;\n    this.#isSelected',
  ],
  [
    'unfinished-is-written',
    'A start in place of the stop keeps the bytes for the next write.',
    '    this.#buffer.clear();\n    this.#isSelected = this',
    '    this.#isSelected = this',
  ],
  [
    'hangs-in-the-address',
    'A transfer that breaks off between the bytes of an address keeps it busy for a second.',
    '    if (this.#buffer.size === 0 ||',
    `    if (this.#addressLeft === 1) {
      this.#addressLeft = 0;
      this.#cycle = this.#world.after(1e9, () => this.#finish());
      return;
    }
    if (this.#buffer.size === 0 ||`,
    '24c32',
  ],
];

export const eepromMutants: readonly DeviceMutant[] = edits.map(
  ([id, what, find, replace, part = '24c02']) => ({
    id: `24cxx-model/${id}`,
    target: `sim:${part}`,
    file: FILE,
    what,
    edits: [{ find, replace }],
  }),
);
