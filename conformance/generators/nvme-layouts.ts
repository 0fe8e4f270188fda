/** PRP layouts: offsets, two entries, lists, chained lists, and ones that are wrong. */
import fc from 'fast-check';
import { type Fill, MEMORY, NOWHERE, PAGE, type Place } from './nvme-steps.ts';

export interface Layout {
  readonly fills: readonly Fill[];
  readonly prp1: Place;
  readonly prp2?: Place;
}

const DATA_PAGES = MEMORY.end - MEMORY.data;
const ENTRY_BYTES = 8;
const SLOTS = PAGE / ENTRY_BYTES;
const HERE = { page: MEMORY.data, offset: 0 } as const;

/** What is wrong with a layout. */
const WRONG = [
  'first-unaligned',
  'second-offset',
  'entry-offset',
  'list-unaligned',
  'first-nowhere',
  'entry-nowhere',
  'unused-second',
] as const;
type Wrong = (typeof WRONG)[number];

interface Choice {
  readonly offset: number;
  readonly first: number;
  readonly stride: number;
  readonly listSlot: number;
  readonly list: number;
  readonly wrong: Wrong | undefined;
  readonly spoilt: number;
}

const choices: fc.Arbitrary<Choice> = fc.record({
  offset: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.nat({ max: PAGE / 4 - 1 }).map((dword) => dword * 4) },
    { weight: 1, arbitrary: fc.constantFrom(512, PAGE - 512, PAGE - 4) },
  ),
  first: fc.nat({ max: DATA_PAGES - 1 }),
  stride: fc.constantFrom(1, 3, DATA_PAGES - 1),
  listSlot: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: SLOTS - 4, max: SLOTS - 1 }) },
    { weight: 1, arbitrary: fc.nat({ max: SLOTS - 1 }) },
  ),
  list: fc.constantFrom(0, 1),
  wrong: fc.oneof(
    { weight: 12, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...WRONG) },
  ),
  spoilt: fc.nat({ max: 130 }),
});

/** For a transfer of so many bytes. */
export function layouts(bytes: number): fc.Arbitrary<Layout> {
  return choices.map((choice) => layout(bytes, choice));
}

/** Pages one after the other, which an older program would use. */
export const plain = (bytes: number): Layout =>
  layout(bytes, {
    offset: 0,
    first: 0,
    stride: 1,
    listSlot: 0,
    list: 0,
    wrong: undefined,
    spoilt: 0,
  });

function layout(bytes: number, choice: Choice): Layout {
  const { first, stride, wrong, spoilt } = choice;
  const offset = choice.offset + (wrong === 'first-unaligned' ? 1 + (spoilt % 3) : 0);
  const pages = Math.ceil((offset + Math.max(1, bytes)) / PAGE);
  const place = (index: number): Place => ({
    page: MEMORY.data + ((first + index * stride) % DATA_PAGES),
    offset: 0,
  });
  const prp1: Place =
    wrong === 'first-nowhere' ? { page: NOWHERE, offset } : { ...place(0), offset };
  const entries = Array.from({ length: pages - 1 }, (_, index) => place(index + 1));
  const bad = spoilt % Math.max(1, entries.length);
  if (wrong === 'entry-offset') entries[bad] = { ...(entries[bad] ?? HERE), offset: 4 };
  if (wrong === 'entry-nowhere') entries[bad] = { page: NOWHERE, offset: 0 };
  const [second, ...more] = entries;
  if (second === undefined) {
    return wrong === 'unused-second'
      ? { fills: [], prp1, prp2: { page: MEMORY.data, offset: spoilt } }
      : { fills: [], prp1 };
  }
  if (more.length === 0) {
    const prp2 = wrong === 'second-offset' ? { ...second, offset: 4 + spoilt } : second;
    return { fills: [], prp1, prp2 };
  }
  return { ...lists(entries, choice), prp1 };
}

/** The entries in lists, each of which names the next one in its last slot. */
function lists(entries: readonly Place[], { listSlot, list, wrong, spoilt }: Choice) {
  const fills: Fill[] = [];
  let page = MEMORY.lists + list * 2;
  let slot = listSlot;
  let left = entries;
  const prp2: Place = {
    page,
    offset: slot * ENTRY_BYTES + (wrong === 'list-unaligned' ? 4 - (spoilt % 2) : 0),
  };
  while (left.length > 0) {
    const slots = SLOTS - slot;
    const fits = left.length <= slots;
    const here = left.slice(0, fits ? slots : slots - 1);
    left = left.slice(here.length);
    const next: Place = { page: page + 1, offset: 0 };
    const at = { page, offset: slot * ENTRY_BYTES };
    fills.push({ at, entries: fits ? here : [...here, next] });
    page += 1;
    slot = 0;
  }
  return { fills, prp2 };
}
