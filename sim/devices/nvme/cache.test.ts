import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Random } from '../../kernel/random.ts';
import { CACHE_BYTES_MAX, CACHE_WRITES_MAX, type CachedWrite, WriteCache } from './cache.ts';
import { BlockState, Media } from './media.ts';

const BLOCK = 512;
const BLOCKS = 8;

function bench(atomicBlocks: number, seed = 1) {
  const media = new Media(BLOCK, 100_000);
  const tally = { ended: 0 };
  const random = new Random(seed, 'power cut');
  const cache = new WriteCache(media, { atomicBlocks, random, tally });
  const begin = (lba: number, count: number, value: number): CachedWrite => {
    const data = new Uint8Array(count * BLOCK).fill(value);
    return cache.begin(lba, count, data)!;
  };
  const write = (lba: number, count: number, value: number, durable = false): void =>
    cache.end(begin(lba, count, value), durable);
  const image = (): number[] => {
    const bytes = new Uint8Array(BLOCKS * BLOCK);
    media.read(0, BLOCKS, bytes);
    return Array.from({ length: BLOCKS }, (_, block) => bytes[block * BLOCK + 1]!);
  };
  const flush = (mark = tally.ended): void => cache.flush(mark);
  return { media, cache, tally, begin, write, flush, image };
}

/** What the first eight blocks are after a cut, over many seeds. */
function outcomes(atomicBlocks: number, play: (it: ReturnType<typeof bench>) => void): string[] {
  const seen = new Set<string>();
  for (let seed = 0; seed < 300; seed++) {
    const it = bench(atomicBlocks, seed);
    play(it);
    it.cache.cutPower();
    seen.add(it.image().join(''));
    expect([it.cache.bytes, it.cache.writes]).toEqual([0, 0]);
  }
  return [...seen].toSorted();
}

it('loses or keeps what was not flushed', () => {
  expect(outcomes(8, ({ write }) => write(2, 2, 5))).toEqual(['00000000', '00550000']);
});

it('keeps what was flushed, written durably, or cached when the cache was turned off', () => {
  const flushed = outcomes(8, ({ write, flush }) => {
    write(0, 2, 5);
    flush();
  });
  expect(flushed).toEqual(['55000000']);
  expect(outcomes(8, ({ write }) => write(0, 2, 5, true))).toEqual(['55000000']);
  const turnedOff = outcomes(8, ({ write, cache }) => {
    write(0, 2, 5);
    cache.flushAll();
  });
  expect(turnedOff).toEqual(['55000000']);
});

it('tears a long write at the promised boundary, and a short one nowhere', () => {
  const torn = outcomes(2, ({ write }) => write(1, 4, 5));
  expect(torn).toEqual(['00000000', '00055000', '05500000', '05555000']);
});

it('lets later writes arrive where earlier ones did not', () => {
  const reordered = outcomes(8, ({ write }) => {
    write(0, 1, 5);
    write(1, 1, 6);
  });
  expect(reordered).toEqual(['00000000', '06000000', '50000000', '56000000']);
});

it('flushes what had ended when the flush began, not what was under way', () => {
  const seen = outcomes(8, ({ cache, begin, write, flush, tally }) => {
    const underWay = begin(0, 1, 5);
    write(1, 1, 6);
    const { ended } = tally;
    cache.end(underWay, false);
    flush(ended);
  });
  expect(seen).toEqual(['06000000', '56000000']);
});

it('does not let an old cached write show over a durable one', () => {
  const seen = outcomes(8, ({ write }) => {
    write(0, 4, 5);
    write(1, 1, 6, true);
  });
  expect(seen).toEqual(['06000000', '56550000']);
});

it('takes no later cached write along with a durable one', () => {
  const seen = outcomes(8, ({ cache, begin, write }) => {
    const durable = begin(0, 1, 5);
    write(0, 2, 6);
    cache.end(durable, true);
  });
  expect(seen).toEqual(['50000000', '66000000']);
});

it('lets nothing cached come back where the medium itself changed', () => {
  const seen = outcomes(8, ({ cache, write }) => {
    write(0, 2, 5);
    cache.through(0, 1, 'deallocated');
  });
  expect(seen).toEqual(['00000000', '05000000']);
});

it('makes durable what it is asked to commit, whole writes at a time', () => {
  const seen = outcomes(8, ({ cache, write }) => {
    write(0, 3, 5);
    write(4, 1, 6);
    cache.commit(1, 1);
  });
  expect(seen).toEqual(['55500000', '55506000']);
});

it.each(['zeros', 'deallocated'] as const)('caches %s as it caches data', (content) => {
  const seen = outcomes(8, ({ cache }) => {
    cache.through(0, 2, new Uint8Array(2 * BLOCK).fill(9));
    cache.end(cache.begin(0, 2, content)!, false);
  });
  expect(seen).toEqual(['00000000', '99000000']);
});

it('counts what was under way at a reset as written', () => {
  const seen = outcomes(8, ({ cache, begin, flush }) => {
    begin(0, 1, 5);
    cache.settle();
    flush();
  });
  expect(seen).toEqual(['50000000']);
});

it('puts states back too', () => {
  const { cache, media, write } = bench(1, 3);
  media.spoil(0, 1);
  for (let lba = 0; lba < 40; lba++) write(lba, 1, 5);
  cache.cutPower();
  const lost = Array.from({ length: 40 }, (_, lba) => lba).filter(
    (lba) => media.stateOf(lba) !== BlockState.Written,
  );
  expect(lost.length).toBeGreaterThan(0);
  expect(media.used).toBe(40 - lost.length + media.uncorrectable);
});

it('stays within its bounds by destaging the oldest', () => {
  const { cache, write } = bench(8);
  for (let lba = 0; lba < CACHE_WRITES_MAX + 9; lba++) write(lba, 1, 5);
  expect(cache.writes).toBe(CACHE_WRITES_MAX);
  for (let lba = 0; lba < 99; lba++) write(lba * 256, 256, 5);
  expect(cache.bytes).toBeLessThanOrEqual(CACHE_BYTES_MAX);
});

const step = fc.oneof(
  fc.record({
    kind: fc.constantFrom('write', 'write', 'fua', 'begin'),
    lba: fc.nat(BLOCKS - 1),
    count: fc.integer({ min: 1, max: BLOCKS }),
  }),
  fc.record({ kind: fc.constantFrom('end', 'flush') }),
);

interface Kept {
  readonly value: number;
  readonly lba: number;
  readonly count: number;
  ended: boolean;
}

/** What a power cut may make of one write that is not durable: each piece of it there or not. */
function arrivals(image: string, { value, lba, count }: Kept, atomic: number): string[] {
  let images = [image];
  for (let from = 0; from < count; from += atomic) {
    const to = Math.min(count, from + atomic);
    const piece = { value, lba: lba + from, count: to - from };
    images = images.flatMap((each) => [each, over(each, piece)]);
  }
  return images;
}

function over(image: string, { value, lba, count }: Omit<Kept, 'ended'>): string {
  const blocks = image.split(',');
  return blocks.fill(String(value), lba, lba + count).join(',');
}

it.each([1, 2, 8])('leaves only what a naive device could, promising %s blocks', (atomic) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 7 }), fc.nat(), (steps, seed) => {
      const { cache, begin, flush, image } = bench(atomic, seed);
      // The naive device: what lasts, then the writes that do not, oldest first.
      const last: (Kept | undefined)[] = Array.from({ length: BLOCKS });
      const writes: Kept[] = [];
      const durable = new Set<Kept>();
      const underWay: { readonly write: CachedWrite; readonly kept: Kept }[] = [];
      steps.forEach((each, index) => {
        if ('lba' in each) {
          const count = Math.min(each.count, BLOCKS - each.lba);
          const kept = { value: index + 1, lba: each.lba, count, ended: each.kind !== 'begin' };
          const write = begin(each.lba, count, index + 1);
          writes.push(kept);
          last.fill(kept, each.lba, each.lba + count);
          if (each.kind === 'begin') underWay.push({ write, kept });
          else cache.end(write, each.kind === 'fua');
          if (each.kind === 'fua') durable.add(kept);
        } else if (each.kind === 'end') {
          const first = underWay.shift();
          if (first === undefined) return;
          cache.end(first.write, false);
          first.kept.ended = true;
        } else {
          flush();
          for (const kept of writes) if (kept.ended) durable.add(kept);
        }
      });
      expect(image()).toEqual(last.map((kept) => kept?.value ?? 0));
      cache.cutPower();
      // A durable write covers what is older, and lies under what is newer.
      let images = new Set([Array.from({ length: BLOCKS }, () => 0).join(',')]);
      for (const kept of writes) {
        const after = [...images].flatMap((each) =>
          durable.has(kept) ? [over(each, kept)] : arrivals(each, kept, atomic),
        );
        images = new Set(after);
      }
      expect(images).toContain(image().join(','));
    }),
    { numRuns: 300 },
  );
});
