/** Mutants of the TMP105 driver that break what every driver owes: start, stop, sleep, clients. */
import type { DriverMutant } from '../mutant.ts';
import { inDriver } from './edits.ts';

export const tmp105Lifecycle: readonly DriverMutant[] = [
  {
    ...inDriver,
    id: 'tmp105/keeps-the-device',
    bugClass: 'BC-19',
    what: 'Stop does not close the device.',
    expected: ['driver/lifecycle/restart'],
    edits: [{ find: '    this.#device.Close(this);\n', replace: '' }],
  },
  {
    ...inDriver,
    id: 'tmp105/failed-start-keeps-it',
    bugClass: 'BC-21',
    what: 'A Start that fails does not close the device.',
    expected: ['temperature-sensor/robustness/absent'],
    edits: [{ find: '      provider.Close(this);\n', replace: '' }],
  },
  {
    ...inDriver,
    id: 'tmp105/sleepless-device',
    bugClass: 'BC-20',
    what: 'The device is not shut down for the sleep.',
    expected: ['temperature-sensor/robustness/sleeps-quietly'],
    edits: [
      {
        find: '      await this.#chip.configure(configurationOf(this.#settings, true));\n',
        replace: '',
      },
    ],
  },
  {
    ...inDriver,
    id: 'tmp105/wakes-itself-only',
    bugClass: 'BC-20',
    what: 'After sleep the device is left shut down until somebody asks it.',
    expected: ['temperature-sensor/alerts/after-sleep'],
    edits: [
      {
        find: '      await this.#setUp();\n      this.#offline = false;',
        replace: '      this.#offline = false;',
      },
    ],
  },
  {
    ...inDriver,
    id: 'tmp105/wakes-as-it-slept',
    bugClass: 'BC-28',
    what: 'After sleep the configuration alone is set, and what the device holds is not looked at.',
    expected: ['temperature-sensor/robustness/power-lost-asleep'],
    edits: [
      {
        find: '      await this.#setUp();\n      this.#offline = false;',
        replace:
          '      await this.#chip.configure(configurationOf(this.#settings, false));\n' +
          '      await this.#conversion();\n      this.#offline = false;',
      },
      { find: '      if (!isIntact) {\n', replace: '      if (!isIntact && looks < 0) {\n' },
    ],
  },
  {
    ...inDriver,
    id: 'tmp105/works-asleep',
    bugClass: 'BC-20',
    what: 'While asleep calls are served.',
    expected: ['temperature-sensor/data/offline', 'driver/lifecycle/asleep'],
    edits: [
      {
        find: "if (this.#offline) fail('kIOReturnOffline'",
        replace: "if (this.#device === undefined) fail('kIOReturnOffline'",
      },
    ],
  },
  {
    ...inDriver,
    id: 'tmp105/mixes-calls',
    bugClass: 'BC-23',
    what: 'Operations do not wait for each other.',
    expected: ['temperature-sensor/data/clients'],
    edits: [
      {
        find: 'const mine = this.#last.then(() => {',
        replace: 'const mine = Promise.resolve().then(() => {',
      },
    ],
  },
  {
    ...inDriver,
    id: 'tmp105/lock-left-behind',
    bugClass: 'BC-28',
    what: 'A lock that only Stop gives back keeps the next driver out.',
    expected: ['temperature-sensor/robustness/power-cut', 'driver/lifecycle/after-crash'],
    edits: [
      {
        find: "const ALERT = 'ALERT';\n",
        replace: "const ALERT = 'ALERT';\nconst taken = new WeakSet<object>();\n",
      },
      {
        find: '    await super.Start(provider);\n',
        replace: `    await super.Start(provider);
    if (taken.has(this.host.world)) fail('kIOReturnExclusiveAccess', 'somebody has it');
    taken.add(this.host.world);
`,
      },
      {
        find: '    this.#device.Close(this);\n',
        replace: '    this.#device.Close(this);\n    taken.delete(this.host.world);\n',
      },
    ],
  },
];
