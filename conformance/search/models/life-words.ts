/** The words of every driver's life, for all models. */
import { nanoseconds } from '../faults.ts';
import type { OperationWord, Situation } from '../model.ts';
import type { Parameter } from '../scenario.ts';

const isUp = (situation: Situation) => situation['life'] === 'up';
const isOff = (situation: Situation) => situation['life'] === 'off';
const isAsleep = (situation: Situation) => situation['life'] === 'asleep';

/** A driver is started before the first step. */
export const LIFE_START: Situation = { life: 'up' };

function leadsTo(life: string): (situation: Situation) => Situation {
  return (situation) => ({ ...situation, life });
}

function number(max: number, likely: readonly number[]): Parameter {
  return { type: 'integer', min: 0, max, likely };
}

export const LIFE_WORDS: Readonly<Record<string, OperationWord>> = {
  pass: { weight: 3, parameters: { ns: nanoseconds } },
  stop: { weight: 1, parameters: {}, applies: (it) => !isOff(it), leads: leadsTo('off') },
  start: { weight: 20, parameters: {}, applies: isOff, leads: leadsTo('up') },
  sleep: { weight: 1, parameters: {}, applies: isUp, leads: leadsTo('asleep') },
  wake: { weight: 20, parameters: {}, applies: isAsleep, leads: leadsTo('up') },
  crash: { weight: 1, parameters: {}, applies: isUp, leads: leadsTo('off') },
  'reset-device': { weight: 1, parameters: {}, needs: 'device-reset' },
  'user-client': {
    weight: 1,
    parameters: {
      type: { type: 'integer', min: 0, max: 3 },
      selector: number(0xffffffff, [0, 1, 2, 7, 0x7fffffff, 0xffffffff]),
      numbers: number(20, [0, 1, 2, 16, 17]),
      value: number(0xffffffff, [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]),
      answers: number(20, [0, 1, 16, 17]),
      bytes: number(8192, [0, 1, 4, 4096, 4097]),
    },
    applies: isUp,
  },
  'cut-power': { weight: 1, parameters: {}, needs: 'power-cut', leads: leadsTo('off') },
};
