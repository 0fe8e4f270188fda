import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entriesMax, type Piece, planPrps, type PrpPlan } from './prp.ts';

const PAGE = 4096;
/** For properties: what counts is where pages end, not how large they are. */
const SMALL = 64;

function planned(pageBytes: number, ...pieces: Piece[]): PrpPlan {
  const plan: PrpPlan = { entries: [], bounces: [] };
  planPrps(pieces, pageBytes, plan);
  return plan;
}

describe('a plan of PRP entries', () => {
  it('names one page by one entry', () => {
    expect(planned(PAGE, { address: 0x5000, length: 512 })).toEqual({
      entries: [0x5000],
      bounces: [],
    });
  });

  it('begins inside of a page, and goes on with whole pages', () => {
    const plan = planned(PAGE, { address: 0x5104, length: PAGE });
    expect(plan).toEqual({ entries: [0x5104, 0x6000], bounces: [] });
  });

  it('joins pieces that meet at pages', () => {
    const plan = planned(PAGE, { address: 0x5800, length: 0x800 }, { address: 0x9000, length: 16 });
    expect(plan).toEqual({ entries: [0x5800, 0x9000], bounces: [] });
  });

  it('copies the page in which two pieces meet, and what follows unaligned', () => {
    const plan = planned(PAGE, { address: 0x5000, length: 512 }, { address: 0x9000, length: PAGE });
    expect(plan.bounces).toEqual([
      { at: 0, length: PAGE, entry: 0, offset: 0 },
      { at: PAGE, length: 512, entry: 1, offset: 0 },
    ]);
  });

  it('copies a first page that begins at no multiple of four', () => {
    const { bounces } = planned(PAGE, { address: 0x5002, length: 512 });
    expect(bounces).toEqual([{ at: 0, length: 512, entry: 0, offset: 0 }]);
  });

  const length = fc.oneof(fc.integer({ min: 1, max: 3 * SMALL }), fc.constantFrom(SMALL, 128));
  const pieces = fc.array(
    fc.record({
      address: fc.integer({ min: 1, max: 64 }).map((n) => n * 12),
      length,
    }),
    { minLength: 1, maxLength: 8 },
  );

  it('says where every byte lies, in order, for any pieces', () => {
    fc.assert(
      fc.property(pieces, (given) => {
        const { entries, bounces } = planned(SMALL, ...given);
        const bytes = given.flatMap(({ address, length: size }) =>
          Array.from({ length: size }, (_, index) => address + index),
        );
        expect(entries.length).toBeLessThanOrEqual(entriesMax(bytes.length, SMALL));
        const copied = new Map(bounces.map((bounce) => [bounce.entry, bounce]));
        let at = 0;
        for (const [index, entry] of entries.entries()) {
          const bounce = copied.get(index);
          const offset = bounce?.offset ?? entry % SMALL;
          const size = Math.min(SMALL - offset, bytes.length - at);
          expect(index === 0 || offset === 0).toBe(true);
          expect(offset % 4).toBe(0);
          const lies = bounce ?? { at, length: size };
          expect([lies.at, lies.length]).toEqual([at, size]);
          const ours = bounce === undefined ? bytes.slice(at, at + size) : [];
          expect(ours.every((byte, place) => byte === entry + place)).toBe(true);
          at += size;
        }
        expect(at).toBe(bytes.length);
      }),
      { numRuns: 200 },
    );
  });
});
