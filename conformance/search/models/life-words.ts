/** The words of every driver's life, for all models. */
import { nanoseconds } from '../faults.ts';
import type { OperationWord, Situation } from '../model.ts';

const isUp = (situation: Situation) => situation['life'] === 'up';
const isOff = (situation: Situation) => situation['life'] === 'off';
const isAsleep = (situation: Situation) => situation['life'] === 'asleep';

/** A driver is started before the first step. */
export const LIFE_START: Situation = { life: 'up' };

function leadsTo(life: string): (situation: Situation) => Situation {
  return (situation) => ({ ...situation, life });
}

export const LIFE_WORDS: Readonly<Record<string, OperationWord>> = {
  pass: { weight: 3, parameters: { ns: nanoseconds } },
  stop: { weight: 1, parameters: {}, applies: (it) => !isOff(it), leads: leadsTo('off') },
  start: { weight: 20, parameters: {}, applies: isOff, leads: leadsTo('up') },
  sleep: { weight: 1, parameters: {}, applies: isUp, leads: leadsTo('asleep') },
  wake: { weight: 20, parameters: {}, applies: isAsleep, leads: leadsTo('up') },
  crash: { weight: 1, parameters: {}, applies: isUp, leads: leadsTo('off') },
  'reset-device': { weight: 1, parameters: {}, needs: 'device-reset' },
  'cut-power': { weight: 1, parameters: {}, needs: 'power-cut', leads: leadsTo('off') },
};
