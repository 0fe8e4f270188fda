/** Mutants of the TMP105 driver that take failures for success, or do not get over them. */
import type { DriverMutant, Edit } from '../mutant.ts';
import { inChip, inDriver } from './edits.ts';

/** What the device holds is never looked at. */
const TRUSTS: Edit = { find: 'if (isIntact || tries > 0)', replace: 'if (isIntact || tries >= 0)' };
const INTACT: Edit = {
  find: 'return { temperature: wordOf(first), isIntact };',
  replace: 'return { temperature: wordOf(first), isIntact: isIntact || tries >= 0 };',
};
const CATCH =
  '        if (tries === TRIES_MAX || !(error instanceof IOReturnError)) throw error;\n';
const passesOver = (code: string): Edit => ({
  find: CATCH,
  replace:
    `        if (error instanceof IOReturnError && error.codeName === '${code}') return [];\n` +
    CATCH,
});

export const tmp105Recovery: readonly DriverMutant[] = [
  {
    ...inChip,
    id: 'tmp105/reads-once',
    bugClass: 'BC-17',
    what: 'A temperature is read once: a bit that flips is believed.',
    expected: ['temperature-sensor/robustness/flipped-bits'],
    edits: [{ find: 'if (wordOf(first) !== wordOf(second)) continue;\n', replace: '\n' }],
  },
  {
    ...inChip,
    id: 'tmp105/ignores-refusal',
    bugClass: 'BC-12',
    what: 'A byte that is not acknowledged is passed over, and nothing is looked at.',
    expected: ['temperature-sensor/robustness/no-acknowledge'],
    edits: [passesOver('kIOReturnIOError'), TRUSTS, INTACT],
  },
  {
    ...inChip,
    id: 'tmp105/arbitration-is-success',
    bugClass: 'BC-12',
    what: 'A transfer that another controller cut short counts as done.',
    expected: ['temperature-sensor/robustness/lost-arbitration'],
    edits: [passesOver('kIOReturnBusy'), TRUSTS, INTACT],
  },
  {
    ...inChip,
    id: 'tmp105/silence-is-zero',
    bugClass: 'BC-12',
    what: 'A device that does not answer has zero degrees.',
    expected: ['temperature-sensor/robustness/silent', 'temperature-sensor/robustness/absent'],
    edits: [passesOver('kIOReturnNotResponding'), TRUSTS, INTACT],
  },
  {
    ...inChip,
    id: 'tmp105/leaves-the-bus-stuck',
    bugClass: 'BC-22',
    what: 'A bus that is stuck is not freed.',
    expected: ['temperature-sensor/robustness/stuck-data', 'I2C-R02'],
    edits: [
      {
        find: "if (error.codeName === 'kIOReturnOffline') await this.#device.RecoverBus();\n",
        replace: '\n',
      },
    ],
  },
  {
    ...inChip,
    id: 'tmp105/keeps-freeing',
    bugClass: 'BC-07',
    what: 'A bus that stays stuck is freed again and again.',
    expected: ['temperature-sensor/robustness/stuck-for-ever', 'I2C-R04'],
    edits: [
      {
        find: "if (error.codeName === 'kIOReturnOffline') await this.#device.RecoverBus();",
        replace:
          "while (error.codeName === 'kIOReturnOffline') {\n" +
          '          const isFree = this.#device.RecoverBus().then(() => true);\n' +
          '          if (await isFree.catch(() => false)) break;\n        }',
      },
    ],
  },
  {
    ...inChip,
    id: 'tmp105/loses-arbitration',
    bugClass: 'BC-07',
    what: 'Whoever takes the bus from it once makes the call fail.',
    expected: ['temperature-sensor/robustness/gets-over'],
    edits: [{ find: "  'kIOReturnBusy',\n", replace: '' }],
  },
  {
    ...inChip,
    id: 'tmp105/never-looks',
    bugClass: 'BC-28',
    what: 'A device that lost its power is not noticed.',
    expected: ['temperature-sensor/robustness/power-lost'],
    edits: [INTACT],
  },
  {
    ...inDriver,
    id: 'tmp105/half-set-up',
    bugClass: 'BC-21',
    what: 'A set-up that failed on its way is not made again where the registers look right.',
    expected: ['temperature-sensor/robustness/power-lost-on-a-bad-bus'],
    edits: [
      {
        find: '        // It lost its power.\n        this.#isSetUp = false;\n',
        replace: '        await this.#setUp();\n',
      },
      { find: '      if (!this.#isSetUp) await this.#setUp();\n', replace: '' },
    ],
  },
  {
    ...inDriver,
    id: 'tmp105/time-of-the-start',
    bugClass: 'BC-06',
    what: 'The first conversion is counted from before its set-up was sent.',
    expected: ['temperature-sensor/robustness/stretched-clock'],
    edits: [
      {
        find: '      await this.#chip.put(this.#wanted);\n      if (!this.#isShutDown) await this.#conversion();\n',
        replace: `      const began = this.host.world.now;
      await this.#chip.put(this.#wanted);
      const r = RESOLUTIONS.indexOf(this.#settings.resolution);
      const endsMs = (27.5 * 2 ** r + 0.5) - (this.host.world.now - began) / NS_OF_MS;
      if (!this.#isShutDown) await this.IOSleep(Math.max(0, endsMs));
`,
      },
    ],
  },
];
