import { describe, expect, it } from 'vitest';
import { CODECS } from './codecs.ts';
import { mutations, roundTrips } from './fuzz.ts';

const RUNS = 300;
const SEED = 1;

describe('hostile files', () => {
  for (const codec of CODECS) {
    it(`of ${codec.name} are taken or refused with the place`, () => {
      const { runs, accepted, refused } = mutations(codec, RUNS, SEED);
      expect(accepted + refused).toBe(runs);
      // A harness whose files are all taken, or all refused, looks at one half only.
      expect(Math.min(accepted, refused)).toBeGreaterThan(0);
    });
  }
});

describe('random traces', () => {
  for (const codec of CODECS.filter(({ encoder }) => encoder !== undefined)) {
    it(`go through ${codec.name} and back`, () => {
      expect(roundTrips(codec, RUNS / 10, SEED).runs).toBe(RUNS / 10);
    });
  }
});
