/** Rules of the I2C bus that no driver may break, whatever device it drives. */
import type { Citation } from '../../citation.ts';
import type { Rule } from '../../rule.ts';
import { follow } from './traffic.ts';

const UM10204 = (section: string): Citation => ({
  document: 'NXP UM10204, I2C-bus specification',
  revision: '7.0',
  section,
  basis: 'secondary',
});
const CONTRACT: Citation = {
  document: 'driver-dyno, contract of an I2C bus',
  revision: '1',
  section: 'checkMessages',
  basis: 'read',
};

/** 0000 xxx and 1111 xxx. */
const LOWEST = 0x08;
const HIGHEST = 0x77;
/** Transfers that find SDA held low, one after the other, until somebody must free it. */
const STUCK_MAX = 2;
/** Recoveries in vain, one after the other; the specification has none after the first. */
const VAIN_MAX = 2;
/** Ours: ten times what the slowest write cycle takes at the usual pace of polls. */
const SILENCE_MAX = 256;

function rule(options: Pick<Rule, 'id' | 'cite' | 'text' | 'bugClasses' | 'watch'>): Rule {
  return { ...options, subject: 'driver', bus: 'i2c' };
}

const hex = (value: number): string => `${value.toString(16).padStart(2, '0')}h`;

const reserved = rule({
  id: 'I2C-R01',
  cite: UM10204('3.1.12'),
  text: 'No message goes to a reserved address, below 08h or above 77h.',
  bugClasses: ['BC-11'],
  watch(watch) {
    follow(watch, {
      start(address, isTenBit) {
        if (isTenBit) return;
        watch.arm();
        if (address < LOWEST || address > HIGHEST) watch.violate(`a message to ${hex(address)}`);
      },
    });
  },
});

const freed = rule({
  id: 'I2C-R02',
  cite: UM10204('3.1.16'),
  text: 'A bus that was found stuck twice gets nine clocks and a stop before it is tried again.',
  bugClasses: ['BC-22'],
  watch(watch) {
    let stuck = 0;
    follow(watch, {
      anew: () => (stuck = 0),
      recovered: () => (stuck = 0),
      end(end) {
        stuck = end === 'stuck' ? stuck + 1 : 0;
        if (stuck > 0) watch.arm();
        if (stuck === STUCK_MAX + 1) watch.violate('the bus is stuck, and nobody frees it');
      },
    });
  },
});

const stuckOnly = rule({
  id: 'I2C-R03',
  cite: UM10204('3.1.16'),
  text: 'Nine clocks are for a bus that is held: none after a transfer that found it free.',
  bugClasses: ['BC-22'],
  watch(watch) {
    // Before its first transfer a driver may free what another one left behind.
    let isFree = false;
    follow(watch, {
      anew: () => (isFree = false),
      end: (end) => (isFree = end !== 'stuck' && end !== 'timeout'),
      recovered() {
        watch.arm();
        if (isFree) watch.violate('nine clocks on a bus that is free');
      },
    });
  },
});

const notForEver = rule({
  id: 'I2C-R04',
  cite: UM10204('3.1.16'),
  text: 'A bus that nine clocks do not free is not clocked on and on: it needs a reset, or power.',
  bugClasses: ['BC-07'],
  watch(watch) {
    let inVain = 0;
    follow(watch, {
      anew: () => (inVain = 0),
      end: () => (inVain = 0),
      recovered(isFree) {
        watch.arm();
        inVain = isFree ? 0 : inVain + 1;
        if (inVain === VAIN_MAX + 1) watch.violate(`${inVain} recoveries in vain`);
      },
    });
  },
});

const patient = rule({
  id: 'I2C-R05',
  cite: UM10204('3.1.6'),
  text: `One call does not ask ${SILENCE_MAX} times in a row for an address that nobody acknowledges.`,
  bugClasses: ['BC-05'],
  watch(watch) {
    let silent = 0;
    follow(watch, {
      anew: () => (silent = 0),
      operation: () => (silent = 0),
      end(end, address) {
        silent = end === 'no-address' ? silent + 1 : 0;
        if (silent > 0) watch.arm();
        if (silent === SILENCE_MAX) {
          watch.violate(`${hex(address)} was not acknowledged ${silent} times in a row`);
        }
      },
    });
  },
});

const possible = rule({
  id: 'I2C-R06',
  cite: CONTRACT,
  text:
    'No message is one that no controller takes, such as a read of no bytes, ' +
    'whose target could hold SDA low against the stop.',
  bugClasses: ['BC-11'],
  watch(watch) {
    follow(watch, {
      end: () => watch.arm(),
      refused(address) {
        watch.arm();
        watch.violate(`messages to ${hex(address)} that no controller takes`);
      },
    });
  },
});

export const i2cRules: readonly Rule[] = [
  reserved,
  freed,
  stuckOnly,
  notForEver,
  patient,
  possible,
];
