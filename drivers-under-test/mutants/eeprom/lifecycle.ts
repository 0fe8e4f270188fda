/** Mutants of the EEPROM driver that break what every driver owes: start, stop, sleep. */
import type { DriverMutant } from '../mutant.ts';
import { eeprom } from './edits.ts';

export const eepromLifecycle: readonly DriverMutant[] = [
  {
    ...eeprom,
    id: 'eeprom/keeps-the-device',
    bugClass: 'BC-19',
    what: 'Stop does not close the device.',
    expected: ['driver/lifecycle/restart'],
    edits: [{ find: '    this.#device.Close(this);\n', replace: '' }],
  },
  {
    ...eeprom,
    id: 'eeprom/failed-start-keeps-it',
    bugClass: 'BC-21',
    what: 'A Start that fails does not close the device.',
    expected: ['memory-device/cycles/absent'],
    edits: [{ find: '      provider.Close(this);\n', replace: '' }],
  },
  {
    ...eeprom,
    id: 'eeprom/stops-at-once',
    bugClass: 'BC-19',
    what: 'Stop and sleep do not wait for the operation under way.',
    expected: ['memory-device/cycles/quiet-asleep'],
    edits: [
      {
        find: '    this.#offline = true;\n    await this.#last;',
        replace: '    this.#offline = true;',
      },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/waits-to-be-woken',
    bugClass: 'BC-24',
    what: 'The operation under way waits for the end of the sleep that waits for it.',
    expected: ['driver/lifecycle/stop-in-flight', 'driver/lifecycle/sleep-in-flight'],
    edits: [
      {
        find: '        await this.IOSleep(POLL_MS);\n',
        replace: '        do await this.IOSleep(POLL_MS);\n        while (this.#offline);\n',
      },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/never-wakes',
    bugClass: 'BC-20',
    what: 'After sleep every call fails.',
    expected: [
      'driver/lifecycle/sleep',
      'driver/lifecycle/sleep-in-flight',
      'driver/lifecycle/sleep-loses-state',
    ],
    edits: [{ find: '    else this.#offline = false;\n', replace: '' }],
  },
  {
    ...eeprom,
    id: 'eeprom/works-asleep',
    bugClass: 'BC-20',
    what: 'While asleep calls are served.',
    expected: ['memory-device/data/offline', 'driver/lifecycle/asleep'],
    edits: [
      {
        find: "if (this.#offline) fail('kIOReturnOffline'",
        replace: "if (this.#device === undefined) fail('kIOReturnOffline'",
      },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/one-client',
    bugClass: 'BC-24',
    what: 'A call during another one is refused.',
    expected: ['driver/lifecycle/concurrent', 'memory-device/data/clients'],
    edits: [
      { find: '  #offline = false;\n', replace: '  #offline = false;\n  #isBusy = false;\n' },
      {
        find: '    const mine = this.#last.then(async () => {\n',
        replace: `    if (this.#isBusy) fail('kIOReturnBusy', 'another call is under way');
    this.#isBusy = true;
    const mine = this.#last.then(async () => {
`,
      },
      {
        find: '    await mine;\n',
        replace: '    await mine.finally(() => (this.#isBusy = false));\n',
      },
    ],
  },
];
