/** Mutants of the EEPROM driver that wait for write cycles too short, too long, or wrongly. */
import type { DriverMutant } from '../mutant.ts';
import { BLIND, eeprom, IMPATIENT } from './edits.ts';

const WAIT = '      await this.#untilWritten();\n';

export const eepromCycles: readonly DriverMutant[] = [
  {
    ...eeprom,
    id: 'eeprom/does-not-poll',
    bugClass: 'BC-06',
    what: 'A page write has ended when its bytes are sent.',
    expected: ['memory-device/cycles/over-when-done', 'memory-device/robustness/durable'],
    edits: [{ find: WAIT, replace: '' }, BLIND],
  },
  {
    ...eeprom,
    id: 'eeprom/sleep-too-short',
    bugClass: 'BC-06',
    what: 'Three milliseconds are to be enough for a write cycle, and nobody polls.',
    expected: ['memory-device/cycles/over-when-done', 'memory-device/robustness/durable'],
    edits: [{ find: WAIT, replace: '      await this.IOSleep(3);\n' }, BLIND],
  },
  {
    ...eeprom,
    id: 'eeprom/oversleeps',
    bugClass: 'BC-06',
    what: 'It sleeps for 50 milliseconds where it should poll.',
    expected: ['memory-device/robustness/cycle-time'],
    edits: [{ find: WAIT, replace: '      await this.IOSleep(50);\n' }],
  },
  {
    ...eeprom,
    id: 'eeprom/time-of-the-start',
    bugClass: 'BC-06',
    what: 'The write cycle is counted from the first byte sent on, not from the stop.',
    expected: ['memory-device/robustness/stretched-clock'],
    edits: [
      {
        find: '      const write = Uint8Array.of(',
        replace: '      const began = this.host.world.now;\n      const write = Uint8Array.of(',
      },
      {
        find: WAIT,
        replace:
          '      await this.IOSleep(Math.max(0, 5.5 - (this.host.world.now - began) / 1e6));\n',
      },
      BLIND,
      IMPATIENT,
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/polls-without-pause',
    bugClass: 'BC-05',
    what: 'It polls as fast as the bus can.',
    expected: ['memory-device/robustness/polls'],
    edits: [
      { find: '        await this.IOSleep(POLL_MS);\n', replace: '' },
      { find: 'polls === POLLS_MAX', replace: 'polls === 50 * POLLS_MAX' },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/polls-for-ever',
    bugClass: 'BC-05',
    what: 'It polls until the device answers.',
    expected: ['memory-device/robustness/silent', 'I2C-R05'],
    edits: [{ find: ' || polls === POLLS_MAX', replace: '' }],
  },
  {
    ...eeprom,
    id: 'eeprom/gives-up-early',
    bugClass: 'BC-06',
    what: 'It gives a write cycle two milliseconds.',
    expected: ['memory-device/data/integrity'],
    edits: [{ find: 'polls === POLLS_MAX', replace: 'polls === 4' }],
  },
  {
    ...eeprom,
    id: 'eeprom/asks-nobody',
    bugClass: 'BC-03',
    what: 'Start does not look whether the device is there.',
    expected: ['memory-device/cycles/absent'],
    edits: [
      {
        find: '      await this.#untilReady();\n    } catch (error) {\n      provider.Close',
        replace: '    } catch (error) {\n      provider.Close',
      },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/asks-once',
    bugClass: 'BC-28',
    what: 'Start takes a device that is busy for one that is not there.',
    expected: ['memory-device/cycles/left-running', 'driver/lifecycle/after-crash'],
    edits: [
      {
        find: '      await this.#untilReady();\n    } catch (error) {\n      provider.Close',
        replace:
          '      await this.#device.Transfer([{ write: new Uint8Array(0) }]);\n' +
          '    } catch (error) {\n      provider.Close',
      },
    ],
  },
  {
    ...eeprom,
    id: 'eeprom/silence-of-a-cycle',
    bugClass: 'BC-05',
    what: 'A write cycle that does not end is told as a device that is not there.',
    expected: ['memory-device/cycles/never-ends'],
    edits: [{ find: '      if (!isSilent) throw error;\n', replace: '      throw error;\n' }],
  },
];
