import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Execution } from './execution.ts';
import { PrpPointer, TRANSFER_MAX } from './prp.ts';
import { Status } from './status.ts';
import { Command, PrpEntry } from './structures.ts';

const MEMORY = 1024 * 1024;

/** Lists lie in memory; of data only the places are kept. */
function host(pageBytes = 4096) {
  const memory = new Uint8Array(MEMORY);
  const sqe = new Uint8Array(64);
  const moved: [address: number, length: number][] = [];
  const move = (_: Execution, __: number, address: number, bytes: Uint8Array) => {
    moved.push([address, bytes.length]);
    return true;
  };
  const pointer = new PrpPointer(
    sqe,
    {
      pageBytes,
      readList: (address, into, bytes) => {
        if (address + bytes > MEMORY) return false;
        into.set(memory.subarray(address, address + bytes));
        return true;
      },
      toHost: move,
      fromHost: move,
    },
    { sqe } as unknown as Execution,
  );
  const set = (first: number, second: number) => {
    Command.PRP1.set(sqe, 0, first);
    Command.PRP2.set(sqe, 0, second);
  };
  return { memory, sqe, pointer, set, moved };
}

/** A transfer through pages in any order; the list begins anywhere in its page and is chained. */
const layouts = fc
  .record({
    page: fc.constantFrom(4096, 8192, 65_536),
    offset: fc.nat(1023).map((dwords) => dwords * 4),
    length: fc.integer({ min: 1, max: TRANSFER_MAX }),
    listAt: fc.nat(511).map((entries) => entries * 8),
    pages: fc.infiniteStream(fc.nat(2 ** 40)),
    from: fc.nat(TRANSFER_MAX),
  })
  .map(({ pages, ...layout }) => {
    const rest = Math.ceil((layout.length + layout.offset - layout.page) / layout.page);
    const places = Array.from({ length: Math.max(0, rest) }, () => pages.next().value as number);
    return { ...layout, addresses: places.map((place) => place * layout.page) };
  });

test('data go through the pages that the entries name, in order', () => {
  fc.assert(
    fc.property(layouts, ({ page, offset, length, listAt, addresses, from }) => {
      const { memory, pointer, set, moved } = host(page);
      const first = 7 * page + offset;
      const list = addresses.length > 1;
      set(first, list ? writeList(memory, page, page + listAt, addresses) : (addresses[0] ?? 1));
      expect(pointer.open(length)).toBe(Status.Success);
      const whole: [number, number][] = [];
      for (let at = 0, left = length; left > 0; at++) {
        const address = at === 0 ? first : (addresses[at - 1] as number);
        const part = Math.min(left, page - (address % page));
        whole.push([address, part]);
        left -= part;
      }
      expect(pointer.toHost(0, new Uint8Array(length))).toBe(Status.Success);
      expect(moved).toEqual(whole);
      moved.length = 0;
      const skipped = from % length;
      expect(pointer.fromHost(skipped, new Uint8Array(length - skipped))).toBe(Status.Success);
      expect(moved).toEqual(without(whole, skipped));
      expect(pointer.fromHost(length, new Uint8Array(1))).toBe(Status.InternalError);
    }),
  );
});

/** The parts after the first bytes of a transfer. */
function without(parts: readonly [number, number][], bytes: number): [number, number][] {
  let left = bytes;
  return parts.flatMap(([address, length]) => {
    const cut = Math.min(left, length);
    left -= cut;
    return cut === length ? [] : [[address + cut, length - cut] as [number, number]];
  });
}

/** Entries from `at` on; where the page ends its last entry points to the next list. */
function writeList(memory: Uint8Array, page: number, at: number, addresses: number[]): number {
  let place = at;
  addresses.forEach((address, index) => {
    const isLast = place % page === page - PrpEntry.bytes;
    if (isLast && index < addresses.length - 1) {
      const next = (Math.floor(place / page) + 2) * page;
      PrpEntry.ADDRESS.set(memory, place, next);
      place = next;
    }
    PrpEntry.ADDRESS.set(memory, place, address);
    place += PrpEntry.bytes;
  });
  return at;
}

test.each<[string, number, number, number, number]>([
  ['a first entry that is no dword', 0x1002, 0, 8, Status.InvalidPrpOffset],
  ['a second entry with an offset', 0x1000, 0x2004, 8192, Status.InvalidPrpOffset],
  ['a list that is not on eight bytes', 0x1000, 0x2004, 16_384, Status.InvalidPrpOffset],
  ['a list that cannot be read', 0x1000, 0x7000_0000, 16_384, Status.DataTransferError],
  ['more than MDTS', 0x1000, 0, TRANSFER_MAX + 4, Status.InvalidField],
])('%s is refused', (_, first, second, length, status) => {
  const { pointer, set } = host();
  set(first, second);
  expect(pointer.open(length)).toBe(status);
});

test('entries of a list, and lists after the first, begin on pages', () => {
  const { memory, pointer, set } = host();
  set(0x1000, 0x2000);
  PrpEntry.ADDRESS.set(memory, 0x2000, 0x8004);
  expect(pointer.open(3 * 4096)).toBe(Status.InvalidPrpOffset);
  set(0x1000, 0x2ff8);
  PrpEntry.ADDRESS.set(memory, 0x2ff8, 0x3008);
  expect(pointer.open(3 * 4096)).toBe(Status.InvalidPrpOffset);
});

test('an SGL is refused; a transfer of nothing needs no pages', () => {
  const { sqe, pointer, set } = host();
  set(3, 5);
  expect(pointer.open(0)).toBe(Status.Success);
  expect(pointer.fromHost(0, new Uint8Array(1))).toBe(Status.InternalError);
  Command.PSDT.set(sqe, 0, 1);
  expect(pointer.open(8)).toBe(Status.InvalidField);
});
