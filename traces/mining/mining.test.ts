import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { format } from 'oxfmt';
import { describe, expect, it } from 'vitest';
import { registers as nvmeMap } from '../../sim/devices/nvme/registers.ts';
import { registers as uartMap } from '../../sim/devices/uart-16550/registers.ts';
import { compile } from '../../sim/registers/compile.ts';
import { bit, bits } from '../../sim/registers/declare.ts';
import { RegisterMirror } from '../../sim/registers/mirror.ts';
import { batched } from '../format/batch.ts';
import { type TraceEvent, TraceKind, traceEvent } from '../format/event.ts';
import { decoded } from '../format/events.fixture.ts';
import { TextTraceDecoder } from '../format/text-decoder.ts';
import { type Claim, type MinedRegister, minedRegisters } from './claims.ts';
import { ContradictionFinder, disagreements } from './contradictions.ts';
import { draftMap, draftSource } from './draft.ts';
import { BYTES_MAX } from './evidence.ts';
import { Miner, SPACES_MAX } from './miner.ts';

function eventsOf(device: string): readonly TraceEvent[] {
  const file = join(import.meta.dirname, '../corpus', device, 'linux.dyno');
  return decoded(new TextTraceDecoder(), readFileSync(file)).events;
}

function minerOf(events: readonly TraceEvent[], space?: number): Miner {
  const miner = new Miner(space);
  for (const batch of batched(events)) miner.add(batch);
  return miner;
}

function mined(events: readonly TraceEvent[], space = 0): MinedRegister[] {
  const found = minerOf(events, space).spaces.get(space);
  return found === undefined ? [] : minedRegisters(found);
}

function at(registers: readonly MinedRegister[], offset: number): MinedRegister {
  return registers.find((register) => register.at === offset)!;
}

/** The claim for each bit, least significant first; undefined where it was never one. */
function claims({ fields, bytes }: MinedRegister): (Claim | undefined)[] {
  return Array.from({ length: bytes * 8 }, (_, index) => {
    return fields.find(({ msb, lsb }) => lsb <= index && index <= msb)?.claim;
  });
}

const read = (address: number, value: number, size = 4): TraceEvent =>
  traceEvent({ kind: TraceKind.Read, address, size, value });
const write = (address: number, value: number, size = 4): TraceEvent =>
  traceEvent({ kind: TraceKind.Write, address, size, value });

describe('Linux drives nvme', () => {
  const registers = mined(eventsOf('nvme'));

  it('shows the registers with their widths', () => {
    const widths = registers.map((register) => [register.at, register.bytes]);
    expect(widths).toEqual(
      [0, 4, 8, 0x14, 0x1c, 0x24, 0x28, 0x2c, 0x30, 0x34, 0x3c, 0x1000, 0x1004, 0x1008, 0x100c].map(
        (offset) => [offset, 4],
      ),
    );
  });

  it('shows that CSTS.RDY is waited for, and never written', () => {
    const [ready] = at(registers, 0x1c).fields;
    expect(ready).toMatchObject({ lsb: 0, msb: 0, poll: true, claim: 'never-written' });
    expect(ready!.counts.answered).toBeGreaterThan(4);
  });

  it('shows doorbells as write-only, and nothing else', () => {
    const found = registers.filter((it) => claims(it).includes('write-only'));
    expect(found.map((it) => it.at)).toEqual([0x1000, 0x1004, 0x1008, 0x100c]);
  });
});

describe('Linux drives a 16550', () => {
  const registers = mined(eventsOf('uart-16550'));

  it('shows IER and LCR as read-write', () => {
    expect(claims(at(registers, 1)).slice(0, 4)).toEqual(Array(4).fill('read-write'));
    expect(claims(at(registers, 3))).toContain('read-write');
  });

  it('never shows what MCR holds, nor touches SCR: they stay undecided', () => {
    expect(new Set(claims(at(registers, 4)))).toEqual(new Set(['undecided', undefined]));
    expect(at(registers, 4).reads).toEqual(new Map([[1, 2]]));
    expect(at(registers, 7)).toBeUndefined();
  });

  it('shows LSR as only read', () => {
    expect(new Set(claims(at(registers, 5)))).toEqual(new Set(['never-written', undefined]));
    expect(at(registers, 5).writes.size).toBe(0);
  });
});

it.each([
  ['nvme', nvmeMap],
  ['uart-16550', uartMap],
] as const)('claims nothing of %s that its map denies', (device, map) => {
  const events = eventsOf(device);
  expect(disagreements(mined(events), compile(map))).toEqual([]);
  const finder = new ContradictionFinder(new Map([[0, compile(map)]]));
  for (const batch of batched(events)) finder.add(batch);
  expect([...finder.found.values()]).toEqual([]);
});

/** What a draft's own mirror finds in the trace that it was drafted from. */
function foundByDraft(events: readonly TraceEvent[]): string[] {
  const map = compile(draftMap('draft', mined(events)));
  const found: string[] = [];
  const mirror = new RegisterMirror(map, ({ kind, offset }) => found.push(`${kind} ${offset}`));
  for (const { kind, space, address, size, value, high } of events) {
    if (space !== 0) continue;
    if (kind === TraceKind.Read) mirror.read(address, size as 4, value, high);
    if (kind === TraceKind.Write) mirror.write(address, size as 4, value, high);
  }
  return found;
}

describe('the draft', () => {
  it.each(['nvme', 'uart-16550', 'e1000e'])('of %s compiles and is formatted', async (device) => {
    const registers = mined(eventsOf(device));
    const map = draftMap(device, registers);
    expect(compile(map).registers.length).toBe(registers.length);
    const source = draftSource(map, registers, ['A draft.', '', 'Of a test.']);
    const { code } = await format('registers.ts', source, { printWidth: 100, singleQuote: true });
    expect(code).toBe(source);
  });

  it.each(['nvme', 'uart-16550'])('of %s agrees with its trace', (device) => {
    expect(foundByDraft(eventsOf(device))).toEqual([]);
  });

  it('agrees with any trace, but for writes to what never took one', () => {
    const value = fc.constantFrom(0, 1, 2, 3, 0x80);
    const access = fc.constantFrom(read, write);
    const place = fc.constantFrom<[number, number]>([0, 1], [2, 2], [2, 1], [3, 1], [4, 4], [6, 2]);
    const event = fc.tuple(access, place, value).map(([of, [address, size], it]) => {
      return of(address, it, size);
    });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 60 }), (events) => {
        const found = foundByDraft(events).filter((it) => !it.startsWith('read-only'));
        expect(found).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('of no access is refused', () => {
    expect(() => draftMap('nothing', [])).toThrow('There is no access');
  });
});

describe('what is claimed', () => {
  const twice = (events: readonly TraceEvent[]) => claims(mined([...events, ...events])[0]!)[0];

  it.each<[Claim, TraceEvent[]]>([
    ['read-write', [read(0, 0), write(0, 1), read(0, 1), write(0, 0), read(0, 0)]],
    ['read-only', [read(0, 1), write(0, 0), read(0, 1), write(0, 1), read(0, 1)]],
    ['write-1-to-clear', [read(0, 1), write(0, 0), read(0, 1), write(0, 1), read(0, 0)]],
    ['read-to-clear', [read(0, 1), read(0, 0)]],
    ['never-written', [read(0, 1), read(0, 1), read(0, 0)]],
    ['write-only', Array.from({ length: 16 }, () => write(0, 1))],
    // A one that a zero leaves alone may also be one that a written one would clear.
    ['undecided', [read(0, 1), write(0, 0), read(0, 1)]],
    // Chance, or another register behind the same offset.
    ['undecided', [read(0, 0), write(0, 1), read(0, 1), write(0, 0), read(0, 1), write(0, 0)]],
  ])('%s', (claim, events) => {
    expect(twice(events)).toBe(claim);
  });

  it('counts polls: the same again and again, until a bit changes', () => {
    const [register] = mined([write(4, 1), read(0, 2), read(0, 2), read(0, 2), read(0, 3)]);
    expect(register!.fields).toMatchObject([
      { lsb: 0, poll: true, counts: { polls: 1, polled: 4 } },
      { lsb: 1, poll: false },
    ]);
  });

  it('takes an access within a wider one for a part of it', () => {
    const [register, ...others] = mined([read(4, 1, 1), read(6, 1, 2), read(0, 0, 8)]);
    expect(register).toMatchObject({ at: 0, bytes: 8, onesRead: 0x1_0001_0000_0000n });
    expect(others).toEqual([]);
  });

  it('concludes nothing across a reset or a loss', () => {
    const lost = traceEvent({ kind: TraceKind.Lost });
    const events = [read(0, 0), lost, write(0, 1), read(0, 1), write(0, 0), lost, read(0, 0)];
    expect(mined(events)[0]!.fields[0]).toMatchObject({ claim: 'undecided', counts: {} });
  });
});

describe('what contradicts a map', () => {
  const map = compile({
    name: 'small',
    width: 32,
    registers: {
      STATUS: {
        at: 0,
        access: 'RO',
        fields: { READY: bit(0, { volatile: true }), ID: bits(7, 4) },
      },
      CONTROL: { at: 4, fields: { ENABLE: bit(0, { access: 'RO' }) } },
    },
  });

  it('is found access by access', () => {
    const events = [read(0, 0x10), read(0, 0x20), read(0x40, 0), read(0, 0, 1), read(0x40, 0)];
    const finder = new ContradictionFinder(new Map([[0, map]]));
    for (const batch of batched(events)) finder.add(batch);
    expect([...finder.found.values()]).toMatchObject([
      { kind: 'value', subject: 'device', times: 1, event: 1 },
      { kind: 'undefined', times: 2, event: 2 },
      { kind: 'size', times: 1, event: 3 },
    ]);
  });

  it('is found in what was mined', () => {
    const taken = [read(4, 0), write(4, 1), read(4, 1), write(4, 0), read(4, 0)];
    const texts = disagreements(mined([read(0, 0), read(0, 0x100), ...taken]), map);
    expect(texts.map(({ text }) => text)).toEqual([
      'Reserved bit 8 of STATUS changed.',
      'CONTROL.ENABLE looks like a read-write candidate, but is declared as read: value, ' +
        'write: ignore.',
    ]);
  });
});

describe('bounds', () => {
  it('follow so many bytes and spaces, and count the rest', () => {
    const events = Array.from({ length: BYTES_MAX / 4 + 3 }, (_, index) => read(index * 4, index));
    const spread = Array.from({ length: SPACES_MAX + 2 }, (_, space) => ({ ...read(0, 1), space }));
    const miner = minerOf([...events, ...spread]);
    expect(miner.beyond).toBe(2);
    const space = miner.spaces.get(0)!;
    expect(space.places.size).toBe(BYTES_MAX / 4);
    expect(space.beyond).toBe(3);
  });

  it('leave accesses alone that are not aligned', () => {
    const [space] = minerOf([read(1, 1, 4), read(8, 1, 3), read(8, 1)]).spaces.values();
    expect(space).toMatchObject({ accesses: 3, unaligned: 2 });
    expect(minedRegisters(space!).map((register) => register.at)).toEqual([8]);
  });
});
