import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventKind, Journal } from './journal.ts';

type Entry = [space: number, address: number, value: number, size: number, high: number];

function recorded(entries: readonly Entry[], now = 0): Journal {
  const journal = new Journal(256);
  journal.now = now;
  for (const entry of entries) journal.record(EventKind.Write, ...entry);
  return journal;
}

const plain: Entry = [1, 0x10, 7, 4, 0];

test('the ring grows to its capacity, keeps what it held, and then forgets the oldest', () => {
  const journal = new Journal(1000);
  expect(journal.capacity).toBe(1024);
  for (let index = 0; index < 3000; index++) {
    journal.now = index * 10;
    journal.record(EventKind.Read, 0, index, index * 3, 4);
  }
  expect(journal.count).toBe(3000);
  expect(journal.place(3000 - 1025)).toBeUndefined();
  expect(journal.place(3000)).toBeUndefined();
  for (let index = 3000 - 1024; index < 3000; index++) {
    const at = journal.place(index) as number;
    expect([journal.addressAt(at), journal.valueAt(at), journal.timeAt(at)]).toEqual([
      index,
      index * 3,
      index * 10,
    ]);
  }
});

describe('the hash', () => {
  test.each<[what: string, other: Journal]>([
    ['space', recorded([[2, 0x10, 7, 4, 0]])],
    ['address', recorded([[1, 0x14, 7, 4, 0]])],
    ['address above 32 bits', recorded([[1, 0x10 + 2 ** 33, 7, 4, 0]])],
    ['value', recorded([[1, 0x10, 6, 4, 0]])],
    ['size', recorded([[1, 0x10, 7, 2, 0]])],
    ['upper half', recorded([[1, 0x10, 7, 4, 1]])],
    ['time', recorded([plain], 1)],
    ['time above 32 bits', recorded([plain], 2 ** 32)],
    ['number of events', recorded([plain, plain])],
  ])('depends on the %s', (_, other) => {
    expect(other.hash()).not.toBe(recorded([plain]).hash());
  });

  test('depends on the kind and on the text', () => {
    const hashes = [
      (journal: Journal) => journal.note(EventKind.Operation, 'open'),
      (journal: Journal) => journal.note(EventKind.Operation, 'close'),
      (journal: Journal) => journal.note(EventKind.Violation, 'open'),
    ].map((note) => {
      const journal = new Journal();
      note(journal);
      return journal.hash();
    });
    expect(new Set(hashes).size).toBe(3);
  });

  test('depends on bytes that the journal does not keep', () => {
    const hashes = [0, 1].map((last) => {
      const journal = new Journal();
      journal.recordBytes(EventKind.DmaWrite, 0, 0, Uint8Array.of(...new Uint8Array(99), last));
      return journal.hash();
    });
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  test('is the same for the same events, whatever the capacity, and differs in their order', () => {
    const entry = fc.tuple(fc.nat(5), fc.nat(), fc.nat(0xffffffff), fc.nat(8), fc.nat(0xffffffff));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 600 }), (entries) => {
        const large = new Journal(4096);
        for (const each of entries) large.record(EventKind.Write, ...each);
        expect(large.hash()).toBe(recorded(entries).hash());
        expect(large.hash()).toMatch(/^[0-9a-f]{16}$/);
      }),
    );
    const other: Entry = [1, 0x20, 9, 4, 0];
    expect(recorded([plain, other]).hash()).not.toBe(recorded([other, plain]).hash());
  });
});

test('bytes are kept to be shown, the first 64, until their place is taken', () => {
  const journal = new Journal(256);
  const bytes = Uint8Array.from({ length: 100 }, (_, index) => index);
  const at = journal.recordBytes(EventKind.DmaRead, 0, 0x1000, bytes);
  expect(journal.bytesAt(at)).toEqual(bytes.slice(0, 64));
  expect(journal.valueAt(at)).toBe(100);
  for (let index = 0; index < 256; index++) journal.record(EventKind.Read, 0, 0, 0x1000, 4);
  expect(journal.bytesAt(at)).toBeUndefined();
});

test('bytes recorded while the ring grows stay with their event', () => {
  const journal = new Journal(1024);
  const places = Array.from({ length: 600 }, (_, index) =>
    journal.recordBytes(EventKind.DmaRead, 0, 0, Uint8Array.of(index % 256)),
  );
  places.forEach((at, index) => {
    expect(journal.bytesAt(at)).toEqual(Uint8Array.of(index % 256));
  });
});

test('texts are kept once and found again', () => {
  const journal = new Journal();
  const places = ['a', 'b', 'a'].map((text) => journal.note(EventKind.Lifecycle, text));
  expect(places.map((at) => journal.textAt(at))).toEqual(['a', 'b', 'a']);
});

test('an observer hears its kind only, after the event is in place', () => {
  const journal = new Journal();
  const heard: number[] = [];
  journal.observe(EventKind.Write, (at) => heard.push(journal.valueAt(at)));
  journal.record(EventKind.Write, 0, 0, 5);
  journal.record(EventKind.Read, 0, 0, 6);
  journal.record(EventKind.Write, 0, 0, 7);
  expect(heard).toEqual([5, 7]);
});

test('without payloads only the number of bytes is recorded', () => {
  const journal = new Journal();
  journal.payloads = false;
  const at = journal.recordBytes(EventKind.DmaRead, 0, 0x1000, Uint8Array.of(1, 2, 3));
  expect(journal.valueAt(at)).toBe(3);
  expect(journal.bytesAt(at)).toBeUndefined();
});

test('shows observers the bytes of the event that they are told of', () => {
  const journal = new Journal();
  const seen: (Uint8Array | undefined)[] = [];
  journal.observe(EventKind.DmaWrite, (at) => seen.push(journal.bytesAt(at)));
  journal.recordBytes(EventKind.DmaWrite, 0, 0x1000, Uint8Array.of(1, 2));
  journal.recordBytes(EventKind.DmaRead, 0, 0x1000, Uint8Array.of(3));
  expect(seen).toEqual([Uint8Array.of(1, 2)]);
});
