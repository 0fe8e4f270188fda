/**
 * Speed of register accesses with policies, coverage and the journal on, against a bare typed
 * array and against a round trip to QEMU.
 */
import { EventKind, Journal } from '../sim/kernel/journal.ts';
import { RegisterBank } from '../sim/registers/bank.ts';
import type { RegisterMap } from '../sim/registers/declare.ts';
import { type Figure, best } from './measure.ts';

const { Read, Write } = EventKind;
/** A turn is a third of a millisecond: some of so many have the processor to themselves. */
const ACCESSES = 20_000;
const TURNS = 1000;
const BARE_ACCESSES = 2_000_000;

/** A device of eight registers with a mixture of policies; `kind` makes maps that differ. */
function device(kind: number): RegisterBank<RegisterMap> {
  return new RegisterBank({
    name: `device ${kind}`,
    width: 32,
    registers: {
      CTRL: { at: 0, fields: { EN: { bits: [0, 0] }, MODE: { bits: [4 + kind, 4] } } },
      STATUS: { at: 4, access: 'W1C', reset: kind },
      DATA: { at: 8 },
      ID: { at: 12, access: 'RO', reset: 0x1234 + kind },
      COUNT: { at: 16, access: kind % 2 === 0 ? 'WRC' : 'RW' },
      MASK: { at: 20, access: 'W1S' },
      ADDRESS: { at: 24 },
      LENGTH: { at: 28, fields: { LENGTH: { bits: [15 + kind, 0] } } },
    },
  });
}

function bankTurn(banks: readonly RegisterBank<RegisterMap>[], journal: Journal | undefined) {
  // One or eight: a division would be measured too.
  const mask = banks.length - 1;
  return () => {
    for (let index = 0; index < ACCESSES; index += 2) {
      const bank = banks[(index >>> 1) & mask] as RegisterBank<RegisterMap>;
      const offset = (index & 14) << 1;
      // Nobody writes to ID.
      const target = offset === 12 ? 8 : offset;
      bank.write(target, 4, index);
      if (journal !== undefined) journal.record(Write, 0, target, index, 4, 0);
      const value = bank.read(offset, 4);
      if (journal !== undefined) journal.record(Read, 0, offset, value, 4, 0);
    }
  };
}

/** @param roundTrips of QEMU's qtest in a second, where there is QEMU */
export function registerFigures(roundTrips: number | undefined): Figure[] {
  let kept = 0;
  const words = new Uint32Array(8);
  const bare = best(BARE_ACCESSES, () => {
    for (let index = 0; index < BARE_ACCESSES; index += 2) {
      words[(index >>> 1) & 7] = index;
      kept += words[(index >>> 1) & 7] ?? 0;
    }
  });
  if (kept < 0) throw new Error('What was read must be kept.');
  const one = best(ACCESSES, bankTurn([device(0)], new Journal()), TURNS);
  const eight = Array.from({ length: 8 }, (_, kind) => device(kind));
  const turns = best(ACCESSES, bankTurn(eight, new Journal()), TURNS);
  const figures: Figure[] = [
    { what: 'bare typed array: accesses', perSecond: bare },
    {
      what: `registers, one device (1/${ratio(bare, one)} of bare)`,
      perSecond: one,
      bar: { atLeast: 50e6, text: '50 M/s' },
    },
    {
      what: `registers, eight devices in turn (1/${ratio(bare, turns)} of bare)`,
      perSecond: turns,
      bar: { atLeast: 25e6, text: '25 M/s' },
    },
  ];
  if (roundTrips === undefined) return figures;
  const bar = { atLeast: 500 * roundTrips, text: '500 times qtest' };
  figures.push({ what: 'QEMU qtest: round trips', perSecond: roundTrips });
  figures.push({ what: `registers, ${ratio(one, roundTrips)} times qtest`, perSecond: one, bar });
  return figures;
}

const ratio = (a: number, b: number) => (a / b).toFixed(0);
