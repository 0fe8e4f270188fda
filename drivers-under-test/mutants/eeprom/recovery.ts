/** Mutants of the EEPROM driver that take failures for success, or make more of them. */
import type { DriverMutant } from '../mutant.ts';
import { BLIND, eeprom } from './edits.ts';

const RECOVER = "if (error.codeName === 'kIOReturnOffline') await this.#device.RecoverBus();\n";
const CATCH = '        if (tries === TRIES_MAX || !(await this.#getOver(error))) throw error;\n';

export const eepromRecovery: readonly DriverMutant[] = [
  {
    ...eeprom,
    id: 'eeprom/believes',
    bugClass: 'BC-17',
    what: 'Nothing is read back.',
    expected: ['memory-device/robustness/flipped-bits'],
    edits: [BLIND],
  },
  {
    ...eeprom,
    id: 'eeprom/one-look',
    target: 'sim:24c16',
    bugClass: 'BC-25',
    what: 'A page that went wrong is written again, and not the one that it went to.',
    expected: ['memory-device/robustness/flipped-bits'],
    edits: [
      {
        find: 'rounds = 0; !isSure; rounds++',
        replace: 'rounds = 0; !isSure && rounds < 0; rounds++',
      },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/ignores-refusal',
    bugClass: 'BC-25',
    what: 'A byte that is not acknowledged in the middle of a page is passed over.',
    expected: ['memory-device/robustness/no-acknowledge'],
    edits: [
      {
        find: CATCH,
        replace:
          '        const code = error instanceof IOReturnError ? error.codeName : undefined;\n' +
          `        if (code === 'kIOReturnIOError') return [];\n${CATCH}`,
      },
      BLIND,
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/resumes-beside',
    bugClass: 'BC-25',
    what: 'After a failure it goes on with the next byte, at the address of the first.',
    expected: ['memory-device/robustness/no-acknowledge'],
    edits: [
      {
        find: '      await this.#transfer([{ write, block: this.#block(at) }]);\n',
        replace: `      const block = this.#block(at);
      try {
        await this.#device.Transfer([{ write, block }]);
      } catch {
        const rest = Uint8Array.of(...this.#address(at), ...bytes.subarray(1));
        await this.#untilReady();
        await this.#transfer([{ write: rest, block }]);
      }
`,
      },
      BLIND,
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/leaves-the-bus-stuck',
    bugClass: 'BC-22',
    what: 'A bus that is stuck is not freed.',
    expected: ['memory-device/robustness/stuck-data', 'I2C-R02'],
    edits: [
      { find: `    ${RECOVER}    // A transfer`, replace: '    // A transfer' },
      { find: `        ${RECOVER}        this.#stat`, replace: '        this.#stat' },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/frees-a-free-bus',
    bugClass: 'BC-22',
    what: 'Nine clocks follow each failure, whatever it was.',
    expected: ['I2C-R03'],
    edits: [
      {
        find: `    ${RECOVER}    // A transfer`,
        replace: '    await this.#device.RecoverBus();\n    // A transfer',
      },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/loses-arbitration',
    bugClass: 'BC-07',
    what: 'Whoever takes the bus from it once makes the call fail.',
    expected: ['memory-device/robustness/gets-over'],
    edits: [{ find: "  'kIOReturnBusy',\n", replace: '' }],
  },
  {
    ...eeprom,
    id: 'eeprom/arbitration-is-success',
    bugClass: 'BC-12',
    what: 'A transfer that another controller cut short counts as done.',
    expected: ['memory-device/robustness/lost-arbitration'],
    edits: [
      {
        find: CATCH,
        replace:
          "        if (error instanceof IOReturnError && error.codeName === 'kIOReturnBusy') {\n" +
          `          return [];\n        }\n${CATCH}`,
      },
      BLIND,
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/keeps-freeing',
    bugClass: 'BC-07',
    what: 'A bus that stays stuck is freed again and again.',
    expected: ['memory-device/cycles/stuck-for-ever', 'I2C-R04'],
    edits: [
      {
        find: `    ${RECOVER}    // A transfer`,
        replace: `    while (error.codeName === 'kIOReturnOffline') {
      try {
        await this.#device.RecoverBus();
        break;
      } catch {
        await this.IOSleep(POLL_MS);
      }
    }
    // A transfer`,
      },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/reads-zeros',
    bugClass: 'BC-12',
    what: 'Where the device does not answer a read gives zeros.',
    expected: ['memory-device/robustness/silent'],
    edits: [
      {
        find: 'const [bytes = new Uint8Array(0)] = await this.#transfer(parts);',
        replace:
          'const [bytes = new Uint8Array(0)] = await this.#transfer(parts).catch(() => [\n' +
          '      new Uint8Array(length),\n    ]);',
      },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/pin-is-not-looked-at',
    bugClass: 'BC-03',
    what: 'The write-protect pin is not looked at.',
    expected: ['memory-device/robustness/write-protected'],
    edits: [{ find: "lines.has('WP') && lines.level('WP')", replace: "lines.has('NONE')" }],
  },
  {
    ...eeprom,
    id: 'eeprom/protected-and-blind',
    bugClass: 'BC-03',
    what: 'The pin is looked at before the first page only, and nothing is read back.',
    expected: ['memory-device/robustness/protected-midway'],
    edits: [
      { find: '      this.#requireWritable();\n      if (tries', replace: '      if (tries' },
      {
        find: '      const pages = this.#pages(offset, copy);\n',
        replace: '      this.#requireWritable();\n      const pages = this.#pages(offset, copy);\n',
      },
      BLIND,
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/whole-pages',
    bugClass: 'BC-25',
    what: 'A part of a page is written as a whole page, with what was read of the rest.',
    expected: ['memory-device/robustness/power-cut'],
    edits: [
      {
        find: '    const { at, bytes } = page;\n    for (let tries',
        replace: `    const { pageBytes } = this.#part;
    const at = page.at - (page.at % pageBytes);
    const bytes = await this.#readPart(at, pageBytes);
    bytes.set(page.bytes, page.at - at);
    for (let tries`,
      },
    ],
  },
];
