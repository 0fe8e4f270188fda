/** Mutants of the TMP105 driver that mistake temperatures, limits and settings. */
import type { DriverMutant } from '../mutant.ts';
import { inDriver, inEncoding } from './edits.ts';

export const tmp105Values: readonly DriverMutant[] = [
  {
    ...inEncoding,
    id: 'tmp105/no-frost',
    bugClass: 'BC-17',
    what: 'Temperatures below zero are taken for very high ones.',
    expected: ['temperature-sensor/data/temperature', 'temperature-sensor/data/limits'],
    edits: [
      {
        find: 'register >= WORD / 2 ? register - WORD : register;',
        replace: 'register >= WORD ? register - WORD : register;',
      },
    ],
  },
  {
    ...inEncoding,
    id: 'tmp105/rounds-to-zero',
    bugClass: 'BC-17',
    what: 'Limits below zero are rounded up.',
    expected: ['temperature-sensor/data/limits-rounded'],
    edits: [{ find: 'Math.floor((millidegrees', replace: 'Math.trunc((millidegrees' }],
  },
  {
    ...inEncoding,
    id: 'tmp105/any-limit',
    bugClass: 'BC-27',
    what: 'Limits that the device cannot hold pass.',
    expected: ['temperature-sensor/data/limits-refused'],
    edits: [{ find: 'steps >= STEPS_MIN && steps <= STEPS_MAX', replace: 'steps > -1e9' }],
  },
  {
    ...inDriver,
    id: 'tmp105/limits-in-any-order',
    bugClass: 'BC-27',
    what: 'A lower limit above the upper one passes.',
    expected: ['temperature-sensor/data/limits-refused'],
    edits: [{ find: 'if (!(low <= high))', replace: 'if (!(low <= 1e9))' }],
  },
  {
    ...inDriver,
    id: 'tmp105/limits-exchanged',
    bugClass: 'BC-11',
    what: 'The upper limit is told as the lower one.',
    expected: ['temperature-sensor/data/limits'],
    edits: [
      {
        find: 'return { high: millidegreesOf(high), low: millidegreesOf(low) };',
        replace: 'return { high: millidegreesOf(low), low: millidegreesOf(high) };',
      },
    ],
  },
  {
    ...inEncoding,
    id: 'tmp105/any-setting',
    bugClass: 'BC-27',
    what: 'Settings that there are not pass, but for the resolution.',
    expected: ['temperature-sensor/data/settings-refused'],
    edits: [{ find: 'r < 0 || f < 0 || tm < 0 || pol < 0', replace: 'r < 0' }],
  },
  {
    ...inDriver,
    id: 'tmp105/setting-forgotten',
    bugClass: 'BC-11',
    what: 'The fault queue stays what it was.',
    expected: ['temperature-sensor/data/settings'],
    edits: [
      {
        find: '(this.#settings = { resolution, mode, faultQueue, polarity })',
        replace:
          '(this.#settings = { resolution, mode, polarity, faultQueue: ' +
          'faultQueue > 9 ? faultQueue : this.#settings.faultQueue })',
      },
    ],
  },
  {
    ...inEncoding,
    id: 'tmp105/polarity-inverted',
    bugClass: 'BC-11',
    what: 'POL is set where the alert is to be active low.',
    expected: ['temperature-sensor/alerts/comparator'],
    edits: [{ find: 'pol * POL', replace: '(1 - pol) * POL' }],
  },
  {
    ...inEncoding,
    id: 'tmp105/queue-of-one',
    bugClass: 'BC-11',
    what: 'The fault queue is always one.',
    expected: ['temperature-sensor/alerts/fault-queue', 'temperature-sensor/alerts/a-short-peak'],
    edits: [{ find: 'f * F', replace: '0 * f * F' }],
  },
  {
    ...inEncoding,
    id: 'tmp105/coarse',
    bugClass: 'BC-11',
    what: 'The resolution is always nine bits.',
    expected: ['temperature-sensor/data/resolution', 'temperature-sensor/data/temperature'],
    edits: [{ find: 'r * R', replace: '0 * r * R' }],
  },
  {
    ...inEncoding,
    id: 'tmp105/believes-anything',
    bugClass: 'BC-02',
    what: 'A temperature with bits that no temperature has is believed.',
    expected: ['temperature-sensor/robustness/impossible-values'],
    edits: [
      {
        find: 'return register % (UNUSED_BITS * coarse) === 0;',
        replace: 'return register % (UNUSED_BITS * coarse) >= 0;',
      },
    ],
  },
  {
    ...inDriver,
    id: 'tmp105/zero-at-first',
    bugClass: 'BC-09',
    what: 'Nobody waits for the first conversion.',
    expected: ['temperature-sensor/data/first-value', 'temperature-sensor/data/new-resolution'],
    edits: [{ find: '      if (!this.#isShutDown) await this.#conversion();\n', replace: '' }],
  },
  {
    ...inDriver,
    id: 'tmp105/old-one-in-shutdown',
    bugClass: 'BC-09',
    what: 'In shutdown the last temperature is told again.',
    expected: ['temperature-sensor/data/one-shot'],
    edits: [{ find: 'this.#look(this.#isShutDown)', replace: 'this.#look()' }],
  },
  {
    ...inDriver,
    id: 'tmp105/old-one-in-doubt',
    bugClass: 'BC-07',
    what: 'In shutdown a conversion of another resolution makes every question fail.',
    expected: ['temperature-sensor/data/asked-in-shutdown'],
    edits: [{ find: 'isOld || isPossible(', replace: 'isPossible(' }],
  },
  {
    ...inDriver,
    id: 'tmp105/half-the-time',
    bugClass: 'BC-06',
    what: 'A conversion is given half of its time.',
    expected: ['temperature-sensor/data/first-value'],
    edits: [
      { find: 'conversionMaxNs(r) / NS_OF_MS', replace: 'conversionMaxNs(r) / NS_OF_MS / 2' },
    ],
  },
  {
    ...inDriver,
    id: 'tmp105/always-slow',
    bugClass: 'BC-06',
    what: 'Every conversion is given the time of the slowest.',
    expected: ['temperature-sensor/data/one-shot'],
    edits: [{ find: 'conversionMaxNs(r) /', replace: 'conversionMaxNs(r > 3 ? r : 3) /' }],
  },
  {
    ...inDriver,
    id: 'tmp105/stays-shut-down',
    bugClass: 'BC-20',
    what: 'Shutdown, once set, is not taken back.',
    expected: ['temperature-sensor/data/wakes'],
    edits: [
      {
        find: '(this.#isShutDown = isShutDown)',
        replace: '(this.#isShutDown ||= isShutDown)',
      },
    ],
  },
];
