import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ONES, ZEROS } from './contents.ts';
import { type BlockOperation, impossible, PENDING_MAX, SAME } from './linearize.ts';

const base = { failed: false, durable: false };
let next = 1;
const write = (invoked: number, returned: number, more: Partial<BlockOperation> = {}) => {
  const id = next++;
  return { ...base, id, invoked, returned, leaves: [id], ...more };
};
const read = (invoked: number, returned: number, saw: number): BlockOperation => ({
  ...base,
  id: next++,
  invoked,
  returned,
  saw,
});

describe('reads', () => {
  it('see the last write that had ended, or one in flight', () => {
    const one = write(0, 1);
    const two = write(2, 5);
    const seeing = (saw: number, invoked: number, returned: number) =>
      impossible({ initial: ZEROS, operations: [one, two, read(invoked, returned, saw)] });
    expect(seeing(one.id, 3, 4)).toBeUndefined();
    expect(seeing(two.id, 3, 4)).toBeUndefined();
    expect(seeing(ZEROS, 3, 4)?.possible).toEqual(expect.arrayContaining([one.id, two.id]));
    expect(seeing(one.id, 6, 7)?.possible).toEqual([two.id]);
    expect(seeing(two.id, 6, 7)).toBeUndefined();
  });

  it('do not go back: once the new value was seen the old one is gone', () => {
    const one = write(0, 1);
    const two = write(2, 20);
    const operations = [one, two, read(3, 4, two.id), read(5, 6, one.id)];
    expect(impossible({ initial: ZEROS, operations })?.operation).toBe(operations[3]);
    const overlapping = [one, two, read(3, 6, two.id), read(4, 5, one.id)];
    expect(impossible({ initial: ZEROS, operations: overlapping })).toBeUndefined();
  });

  it('agree on one order of concurrent writes', () => {
    const one = write(0, 10);
    const two = write(1, 11);
    const both = [one, two, read(12, 13, one.id), read(14, 15, two.id)];
    expect(impossible({ initial: ZEROS, operations: both })?.operation).toBe(both[3]);
    const same = [one, two, read(12, 13, one.id), read(14, 15, one.id)];
    expect(impossible({ initial: ZEROS, operations: same })).toBeUndefined();
  });

  it('of a trimmed block see what was there, zeros or ones, and then the same', () => {
    const before = write(0, 1);
    const trim = write(2, 3, { leaves: [SAME, ZEROS, ONES] });
    for (const saw of [before.id, ZEROS, ONES]) {
      const operations = [before, trim, read(4, 5, saw), read(6, 7, saw)];
      expect(impossible({ initial: -2, operations })).toBeUndefined();
    }
    const changing = [before, trim, read(4, 5, ZEROS), read(6, 7, before.id)];
    expect(impossible({ initial: -2, operations: changing })).toBeDefined();
    expect(impossible({ initial: -2, operations: [before, trim, read(4, 5, -2)] })).toBeDefined();
  });
});

describe('a write that failed', () => {
  it('took place before its end or never', () => {
    const failed = write(2, 5, { failed: true });
    const after = (saw: number) => [failed, read(6, 7, saw)];
    expect(impossible({ initial: ZEROS, operations: after(failed.id) })).toBeUndefined();
    expect(impossible({ initial: ZEROS, operations: after(ZEROS) })).toBeUndefined();
    const later = [failed, read(6, 7, ZEROS), read(8, 9, failed.id)];
    expect(impossible({ initial: ZEROS, operations: later })?.operation).toBe(later[2]);
  });

  it('that never ended may take place at any later time, once', () => {
    const lost = write(2, Infinity);
    const operations = [lost, read(6, 7, ZEROS), read(8, 9, lost.id)];
    expect(impossible({ initial: ZEROS, operations })).toBeUndefined();
    const twice = [...operations, write(10, 11), read(12, 13, lost.id)];
    expect(impossible({ initial: ZEROS, operations: twice })).toBeDefined();
    expect(impossible({ initial: ZEROS, operations: twice, repeats: true })).toBeUndefined();
  });
});

it('lets a write of a driver that recovers take place again until it ends, and no longer', () => {
  const one = write(0, 9);
  const two = write(1, 5);
  const seen = [read(2, 3, one.id), read(6, 7, two.id)];
  const after = (saw: number) => [one, two, ...seen, read(10, 11, saw)];
  expect(impossible({ initial: ZEROS, operations: after(one.id) })).toBeDefined();
  const again = { initial: ZEROS, repeats: true };
  expect(impossible({ ...again, operations: after(one.id) })).toBeUndefined();
  expect(impossible({ ...again, operations: after(two.id) })).toBeUndefined();
  const later = [...after(two.id), read(12, 13, one.id)];
  expect(impossible({ ...again, operations: later })).toBeDefined();
});

describe('what survives a power cut', () => {
  const one = write(0, 1, { durable: true });
  const two = write(2, 3);
  const three = write(4, 5);
  const after = (operations: BlockOperation[], survivor: number) =>
    impossible({ initial: ZEROS, operations, survivor });

  it('is the last durable value or any later one', () => {
    for (const { id } of [one, two, three]) expect(after([one, two, three], id)).toBeUndefined();
    expect(after([one, two, three], ZEROS)?.possible).toEqual([one.id, two.id, three.id]);
    expect(after([two, three], ZEROS)).toBeUndefined();
    expect(after([two, three], -7)?.operation).toBeUndefined();
  });

  it('is no value that was overwritten before the last durable one', () => {
    const durable = write(6, 7, { durable: true });
    expect(after([one, two, durable], two.id)?.possible).toEqual([durable.id]);
    const concurrent = write(6, 9);
    expect(after([one, durable, concurrent], concurrent.id)).toBeUndefined();
    expect(after([one, durable, concurrent], durable.id)).toBeUndefined();
    expect(after([one, durable, concurrent], one.id)).toBeDefined();
  });

  it('may be a write that never ended', () => {
    const pending = write(6, Infinity);
    expect(after([one, pending], pending.id)).toBeUndefined();
    expect(after([one, pending], one.id)).toBeUndefined();
  });
});

it('says so when too much is pending at once', () => {
  const operations = Array.from({ length: PENDING_MAX + 1 }, (_, at) => write(at, 1000 + at));
  expect(() => impossible({ initial: ZEROS, operations })).toThrow('pending at once');
});

/** By trying every order: what the search must agree with. */
function impossibleByForce(initial: number, operations: readonly BlockOperation[]): boolean {
  const place = (state: number, left: readonly BlockOperation[]): boolean => {
    const mayBeLeftOut = left.every(({ failed, returned }) => failed || returned === Infinity);
    if (mayBeLeftOut) return true;
    const firstEnd = Math.min(...left.map((one) => (one.failed ? Infinity : one.returned)));
    return left.some((one) => {
      if (one.invoked > firstEnd) return false;
      const rest = left.filter((other) => other !== one);
      // What failed before something that is placed now can no longer take place.
      const gone = left.some(
        (other) => other !== one && other.returned < one.invoked && !other.failed,
      );
      if (gone) return false;
      const kept = rest.filter((other) => !(other.failed && other.returned < one.invoked));
      if (one.saw !== undefined) return one.saw === state && place(state, kept);
      return (one.leaves ?? []).some((value) => place(value === SAME ? state : value, kept));
    });
  };
  return !place(initial, operations);
}

it('agrees with a search through all orders', () => {
  let found = 0;
  const someOperation = fc.record({
    from: fc.nat({ max: 11 }),
    long: fc.nat({ max: 8 }),
    kind: fc.constantFrom('read', 'write', 'failed', 'trim'),
    saw: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(someOperation, { maxLength: 6 }), (list) => {
      const operations = list.map(({ from, long, kind, saw }, index): BlockOperation => {
        const times = { invoked: from + index / 100, returned: from + long + 0.5 + index / 100 };
        const one = { id: index, ...times, failed: kind === 'failed' };
        if (kind === 'read') return { ...one, saw };
        return { ...one, leaves: kind === 'trim' ? [SAME, 0, 3] : [saw] };
      });
      const wrong = impossibleByForce(0, operations);
      if (wrong) found++;
      expect(impossible({ initial: 0, operations }) !== undefined).toBe(wrong);
    }),
    { numRuns: 3000, seed: 1 },
  );
  expect(found).toBeGreaterThan(100);
});
