/** From what was counted to what a register may be: each claim with the counts behind it. */
import { fieldMask } from '../../sim/registers/compile.ts';
import type { AccessSize } from '../../sim/registers/declare.ts';
import { COUNTERS, type Counter, type Evidence, type Mask } from './evidence.ts';
import type { Place, SpaceMiner } from './miner.ts';

export const CLAIMS = {
  /** Ones and zeros were written over the other value, and every read gave what was written. */
  'read-write': 'read-write candidate',
  /** A written zero left it one, and no write ever showed. */
  'read-only': 'read-only candidate',
  /** Only read; nothing says what a write would do. */
  'never-written': 'never written',
  'write-only': 'write-only candidate',
  'write-1-to-clear': 'write-1-to-clear candidate',
  'read-to-clear': 'read-to-clear candidate',
  undecided: 'undecided',
} as const;
export type Claim = keyof typeof CLAIMS;

/** Writes without any read until a register counts as one that cannot be read. */
const WRITES_OF_WRITE_ONLY = 16;
/** Changes of a kind that chance does not explain. */
const CHANGES = 2;

export type Counts = Readonly<Partial<Record<Counter, number>>>;

/** Bits of a register that follow each other and are alike. */
export interface MinedField {
  readonly msb: number;
  readonly lsb: number;
  readonly claim: Claim;
  /** It changes by itself, or does not keep what is written. */
  readonly volatile: boolean;
  /** Somebody waited for it to change. */
  readonly poll: boolean;
  /** Of the bit that has most; what never happened is absent. */
  readonly counts: Counts;
}

export interface MinedRegister {
  readonly at: number;
  readonly bytes: AccessSize;
  /** Accesses by size, at its offset and within it. */
  readonly reads: ReadonlyMap<AccessSize, number>;
  readonly writes: ReadonlyMap<AccessSize, number>;
  /** What the first read gave, where nothing had been written before. */
  readonly first: bigint | undefined;
  /** Bits that were seen so. */
  readonly zerosRead: bigint;
  readonly onesRead: bigint;
  readonly zerosWritten: bigint;
  readonly onesWritten: bigint;
  /** Least significant first; bits that were never one are in none. */
  readonly fields: readonly MinedField[];
}

/** The registers of a space by offset, each as wide as its widest access. */
export function minedRegisters({ places, evidence }: SpaceMiner): MinedRegister[] {
  const sorted = [...places.values()].toSorted((one, two) => one.at - two.at);
  const groups: Place[][] = [];
  let end = 0;
  for (const place of sorted) {
    // Aligned accesses lie within each other or apart; the outer one comes first.
    if (place.at < end) groups.at(-1)!.push(place);
    else {
      groups.push([place]);
      end = place.at + widest(place);
    }
  }
  return groups.map((group) => registerOf(group, evidence));
}

function widest({ reads, writes }: Place): AccessSize {
  return Math.max(...reads.keys(), ...writes.keys()) as AccessSize;
}

function registerOf(group: readonly Place[], evidence: Evidence): MinedRegister {
  const [outer] = group as readonly [Place, ...Place[]];
  const { at, first } = outer;
  const bytes = widest(outer);
  const whole = (name: Mask) => {
    let value = 0n;
    for (let byte = bytes - 1; byte >= 0; byte--) {
      value = value * 256n + BigInt(evidence.mask(name, at + byte));
    }
    return value;
  };
  const reads = summed(group.map((place) => place.reads));
  const writes = summed(group.map((place) => place.writes));
  const masks = {
    zerosRead: whole('zerosRead'),
    onesRead: whole('onesRead'),
    zerosWritten: whole('zerosWritten'),
    onesWritten: whole('onesWritten'),
  };
  const total = [...writes.values()].reduce((sum, count) => sum + count, 0);
  const fields: MinedField[] = [];
  for (let index = 0; index < bytes * 8; index++) {
    const of = (mask: bigint) => (mask & fieldMask(index, index)) !== 0n;
    if (!of(masks.onesRead) && !of(masks.onesWritten)) continue;
    const counts = countsOf(evidence, at + Math.floor(index / 8), index % 8);
    const isRead = of(masks.zerosRead) || of(masks.onesRead);
    const isWritten = of(masks.zerosWritten) || of(masks.onesWritten);
    const claim = claimOf(counts, isRead, isWritten ? total : 0);
    const { moved = 0, differed0 = 0, differed1 = 0, polls = 0, answered = 0 } = counts;
    const strays = claim === 'undecided' ? differed0 + differed1 : 0;
    // What a written one clears, the device sets.
    const isVolatile = moved + strays > 0 || claim === 'write-1-to-clear';
    // A bit that moves at any time also does so after a write, now and then.
    const poll = polls > 0 || (answered >= CHANGES && answered * 2 >= moved);
    addBit(fields, { msb: index, lsb: index, claim, volatile: isVolatile, poll, counts });
  }
  return { at, bytes, reads, writes, first, ...masks, fields };
}

function countsOf(evidence: Evidence, address: number, bit: number): Counts {
  const counts: Partial<Record<Counter, number>> = {};
  for (const name of COUNTERS) {
    const count = evidence.count(name, address, bit);
    if (count > 0) counts[name] = count;
  }
  return counts;
}

function claimOf(counts: Counts, isRead: boolean, writes: number): Claim {
  const { took0 = 0, took1 = 0, differed0 = 0, differed1 = 0, ignored0 = 0, ignored1 = 0 } = counts;
  const { cleared = 0, stayed = 0, fell = 0, lasted = 0 } = counts;
  if (!isRead) return writes >= WRITES_OF_WRITE_ONLY ? 'write-only' : 'undecided';
  if (writes === 0) return fell >= CHANGES && lasted === 0 ? 'read-to-clear' : 'never-written';
  if (took0 > 0 && took1 > 0 && differed0 + differed1 === 0) return 'read-write';
  if (took0 + took1 > 0) return 'undecided';
  if (cleared >= CHANGES && stayed === 0) return 'write-1-to-clear';
  // A bit that a written one would clear also stays where a zero is written.
  const isKept = ignored0 > 0 && (ignored1 > 0 || stayed > 0);
  return isKept && cleared === 0 ? 'read-only' : 'undecided';
}

/** Joins a bit to the field below it where they are alike. */
function addBit(fields: MinedField[], bit: MinedField): void {
  const last = fields.at(-1);
  const alike =
    last?.msb === bit.lsb - 1 &&
    last.claim === bit.claim &&
    last.volatile === bit.volatile &&
    last.poll === bit.poll;
  if (!alike) {
    fields.push(bit);
    return;
  }
  const counts: Partial<Record<Counter, number>> = {};
  for (const name of COUNTERS) {
    const most = Math.max(last.counts[name] ?? 0, bit.counts[name] ?? 0);
    if (most > 0) counts[name] = most;
  }
  fields[fields.length - 1] = { ...last, msb: bit.msb, counts };
}

function summed(counts: readonly ReadonlyMap<AccessSize, number>[]): Map<AccessSize, number> {
  const sum = new Map<AccessSize, number>();
  for (const each of counts) {
    for (const [size, count] of each) sum.set(size, (sum.get(size) ?? 0) + count);
  }
  return new Map([...sum].toSorted(([one], [two]) => one - two));
}
