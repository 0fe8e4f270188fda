/**
 * Speed of register accesses with policies, coverage and the journal on, against a bare typed
 * array. Prints ratios; `node bench/registers.ts`.
 */
import { EventKind, Journal } from '../sim/kernel/journal.ts';
import { RegisterBank } from '../sim/registers/bank.ts';
import type { RegisterMap } from '../sim/registers/declare.ts';

const ACCESSES = 2_000_000;
const REPEATS = 7;

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

/** Best accesses per second of several turns: the machine is not ours alone. */
function best(turn: () => void): number {
  turn();
  let fastest = Infinity;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const start = performance.now();
    turn();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return ACCESSES / fastest / 1000;
}

function bankTurn(banks: readonly RegisterBank<RegisterMap>[], journal: Journal | undefined) {
  const count = banks.length;
  return () => {
    for (let index = 0; index < ACCESSES; index += 2) {
      const bank = banks[(index >>> 1) % count] as RegisterBank<RegisterMap>;
      const offset = (index & 14) << 1;
      // Nobody writes to ID.
      const target = offset === 12 ? 8 : offset;
      bank.write(target, 4, index);
      if (journal !== undefined) journal.record(EventKind.Write, 0, target, index, 4, 0);
      const value = bank.read(offset, 4);
      if (journal !== undefined) journal.record(EventKind.Read, 0, offset, value, 4, 0);
    }
  };
}

let kept = 0;
const bare = new Uint32Array(8);
const eight = Array.from({ length: 8 }, (_, kind) => device(kind));
const figures: readonly (readonly [what: string, perSecond: number])[] = [
  [
    'bare typed array',
    best(() => {
      for (let index = 0; index < ACCESSES; index += 2) {
        bare[(index >>> 1) & 7] = index;
        kept += bare[(index >>> 1) & 7] as number;
      }
    }),
  ],
  ['one device, coverage', best(bankTurn([device(0)], undefined))],
  ['one device, coverage and journal', best(bankTurn([device(0)], new Journal()))],
  ['eight devices in turn, coverage', best(bankTurn(eight, undefined))],
  ['eight devices in turn, coverage and journal', best(bankTurn(eight, new Journal()))],
];
const reference = figures[0]?.[1] ?? 1;
for (const [what, perSecond] of figures) {
  const ratio = (perSecond / reference).toFixed(3);
  console.log(`${what.padEnd(46)} ${perSecond.toFixed(1).padStart(7)} M/s  ${ratio}`);
}
if (kept < 0) console.log(kept);
