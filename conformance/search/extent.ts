/** How large scenarios get. */
import { CLIENTS_MAX, PHRASES_MAX, STEPS_MAX } from './scenario.ts';

/** How much a scenario may hold. Nothing here has a default: too little finds nothing. */
export interface Extent {
  readonly steps: {
    /** The average is near this; lengths up to twice as much are as frequent. */
    readonly usual: number;
    /** One scenario in sixteen may have so many. */
    readonly most: number;
  };
  readonly clients: number;
  /** At once; 0 where the target cannot plan any. */
  readonly faults: number;
  readonly answers: number;
}

/** @throws RangeError for an extent that nobody can have meant */
export function checkExtent({ steps, clients, faults, answers }: Extent): void {
  const check = (value: number, min: number, max: number, what: string) => {
    if (Number.isInteger(value) && value >= min && value <= max) return;
    throw new RangeError(`${what} is ${value}; say how many: ${min} .. ${max}.`);
  };
  check(steps.most, 1, STEPS_MAX, 'extent.steps.most');
  check(steps.usual, 1, steps.most, 'extent.steps.usual');
  check(clients, 1, CLIENTS_MAX, 'extent.clients');
  check(faults, 0, PHRASES_MAX, 'extent.faults');
  check(answers, 0, PHRASES_MAX, 'extent.answers');
}
