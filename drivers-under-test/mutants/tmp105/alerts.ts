/** Mutants of the TMP105 driver that miss alerts, or make them up. */
import type { DriverMutant } from '../mutant.ts';
import { inDriver, inEncoding, inWaiters } from './edits.ts';

export const tmp105Alerts: readonly DriverMutant[] = [
  {
    ...inEncoding,
    id: 'tmp105/comparator-only',
    bugClass: 'BC-11',
    what: 'Interrupt mode is never set.',
    expected: ['temperature-sensor/alerts/interrupt'],
    edits: [{ find: 'tm * TM', replace: '0 * tm * TM' }],
  },
  {
    ...inDriver,
    id: 'tmp105/alert-not-taken-back',
    bugClass: 'BC-11',
    what: 'In interrupt mode the device is not read: its line stays.',
    expected: ['temperature-sensor/alerts/interrupt'],
    edits: [
      {
        find: '    const temperature = await this.#look();\n    if (this.#settings.mode',
        replace: '    const temperature = this.#limits.high;\n    if (this.#settings.mode',
      },
    ],
  },
  {
    ...inDriver,
    id: 'tmp105/falling-edges-only',
    bugClass: 'BC-10',
    what: 'The end of an alert in comparator mode is not heard.',
    expected: ['temperature-sensor/alerts/comparator'],
    edits: [
      {
        find: "if (this.#settings.mode === 'interrupt' && !isActive) return;",
        replace: 'if (!isActive) return;',
      },
    ],
  },
  {
    ...inWaiters,
    id: 'tmp105/one-hears',
    bugClass: 'BC-13',
    what: 'Of the clients that wait the first one hears.',
    expected: ['temperature-sensor/alerts/everybody-hears'],
    edits: [
      {
        find: '    for (const heard of this.#waiting) heard.resolve(alert);\n    this.#waiting.clear();',
        replace:
          '    const [first] = this.#waiting;\n    first?.resolve(alert);\n' +
          '    if (first !== undefined) this.#waiting.delete(first);',
      },
    ],
  },
  {
    ...inWaiters,
    id: 'tmp105/microseconds',
    bugClass: 'BC-06',
    what: 'A timeout in nanoseconds is taken for microseconds.',
    expected: ['temperature-sensor/alerts/timeout'],
    edits: [
      { find: 'this.#world.after(timeoutNs,', replace: 'this.#world.after(timeoutNs * 1000,' },
    ],
  },
  {
    ...inDriver,
    id: 'tmp105/waits-for-ever',
    bugClass: 'BC-27',
    what: 'Any timeout passes.',
    expected: ['temperature-sensor/alerts/timeout'],
    edits: [
      {
        find: 'if (!(timeoutNs >= 0 && timeoutNs <= TIMEOUT_MAX_NS)) {',
        replace: 'if (timeoutNs === TIMEOUT_MAX_NS + 1) {',
      },
    ],
  },
  {
    ...inDriver,
    id: 'tmp105/waiters-left',
    bugClass: 'BC-13',
    what: 'Clients that wait for an alert are left alone by stop and sleep.',
    expected: ['temperature-sensor/alerts/aborted'],
    edits: [{ find: '    this.#waiters.abort();\n', replace: '' }],
  },
  {
    ...inDriver,
    id: 'tmp105/one-at-a-time',
    bugClass: 'BC-24',
    what: 'Whoever waits for an alert keeps all others waiting.',
    expected: ['temperature-sensor/alerts/everybody-hears'],
    edits: [
      {
        find: '    return this.#waiters.wait(timeoutNs);\n',
        replace: '    return this.#exclusively(() => this.#waiters.wait(timeoutNs));\n',
      },
    ],
  },
];
