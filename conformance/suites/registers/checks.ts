/**
 * The generic register checks: for any map on any target. Each says only which accesses to make;
 * the mirror of the map judges what they return (volatile fields are not judged, registers are
 * excluded by tags in the map).
 *
 * What no access from the bus can show stays unseen: fields that cannot be read, the effect of
 * clearing bits that nothing on the bus can set (and of setting ones that nothing can clear).
 */
import type { Random } from '../../../sim/kernel/random.ts';
import { type Register, fieldMask } from '../../../sim/registers/compile.ts';
import type { AccessSize, RegisterTest } from '../../../sim/registers/declare.ts';
import { refusal } from '../../../sim/registers/split.ts';
import type { Citation } from '../../citation.ts';
import { type RegisterFinding, RegisterProbe } from './probe.ts';
import type { RegisterTarget } from './target.ts';

export interface RegisterCheck {
  readonly id: RegisterTest;
  readonly text: string;
  readonly cite: Citation;
  /** Resets the target before it starts; leaves registers with random values. */
  run(target: RegisterTarget, random: Random): RegisterFinding[];
}

/** Every IP block of OpenTitan is tested so. */
const CSR_TESTS: Citation = {
  document: 'OpenTitan, hw/dv/tools/dvsim/testplans/csr_testplan.hjson',
  revision: '34ceb5eb56',
  basis: 'secondary',
};
const MAP: Citation = { document: 'the register map of the device', revision: '-', basis: 'read' };

export const registerChecks: readonly RegisterCheck[] = [
  {
    id: 'hw-reset',
    text: 'After each kind of reset, every field that it resets holds its reset value.',
    cite: CSR_TESTS,
    run: probed(hwReset),
  },
  {
    id: 'rw',
    text: 'What is written to a register reads back as its fields allow.',
    cite: CSR_TESTS,
    run: probed(readWrite),
  },
  {
    id: 'bit-bash',
    text: 'Each writable bit follows its policy by itself, and no other bit follows it.',
    cite: CSR_TESTS,
    run: probed(bitBash),
  },
  {
    id: 'aliasing',
    text: 'A write to one register changes no other.',
    cite: CSR_TESTS,
    run: probed(aliasing),
  },
  {
    id: 'access-size',
    text: 'A register answers accesses of its legal sizes and alignments, and refuses the others.',
    cite: MAP,
    run: probed(accessSize),
  },
  {
    id: 'reserved',
    text: 'Reserved bits read as zero, or as declared, and a write does not change them.',
    cite: MAP,
    run: probed(reservedBits),
  },
  {
    id: 'read-effects',
    text: 'A read changes nothing but the fields that are declared to be cleared or set by it.',
    cite: MAP,
    run: probed(readEffects),
  },
];

function probed(check: (probe: RegisterProbe) => void): RegisterCheck['run'] {
  return (target, random) => {
    const probe = new RegisterProbe(target, random);
    probe.reset();
    check(probe);
    return probe.findings;
  };
}

/** Random values written to a register in a row. */
const ROUNDS = 4;

function hwReset(probe: RegisterProbe): void {
  const read = probe.registers('hw-reset').filter(({ readable }) => readable);
  const scribbled = probe.registers('hw-reset', 'rw').filter(({ writable }) => writable);
  for (const register of read) probe.read(register);
  for (const domain of probe.target.map.domains) {
    for (let round = 0; round < ROUNDS; round++) {
      for (const register of scribbled) probe.write(register, probe.random(register.bytes));
      probe.reset(domain);
      for (const register of read) probe.read(register);
    }
  }
}

function readWrite(probe: RegisterProbe): void {
  for (const register of probe.registers('rw')) {
    if (!register.writable) continue;
    const all = fieldMask(register.bytes * 8 - 1, 0);
    const values = Array.from({ length: ROUNDS }, () => probe.random(register.bytes));
    for (const value of [...values, all, 0n, ...values.map((each) => all & ~each)]) {
      probe.write(register, value);
      readBack(probe, register);
    }
  }
}

function readBack(probe: RegisterProbe, register: Register): void {
  if (register.readable) probe.read(register);
}

function bitBash(probe: RegisterProbe): void {
  for (const register of probe.registers('bit-bash')) {
    if (!register.readable) continue;
    probe.read(register);
    for (const { write, msb, lsb } of register.fields) {
      if (write === 'ignore') continue;
      for (let bit = lsb; bit <= msb; bit++) {
        const mask = fieldMask(bit, bit);
        probe.write(register, probe.quiet(register) ^ mask);
        probe.read(register);
        probe.write(register, probe.quiet(register) ^ mask);
        probe.read(register);
      }
    }
  }
}

function aliasing(probe: RegisterProbe): void {
  const written = probe.registers('aliasing', 'rw').filter(({ writable }) => writable);
  const read = probe.registers('aliasing').filter(({ readable }) => readable);
  for (let round = 0; round < ROUNDS; round++) {
    for (const register of written) {
      probe.write(register, probe.random(register.bytes));
    }
    for (const register of read) probe.read(register);
  }
}

const SIZES: readonly AccessSize[] = [1, 2, 4, 8];

function accessSize(probe: RegisterProbe): void {
  const { map } = probe.target;
  const touched = new Set(probe.registers('access-size').map(({ name }) => name));
  const written = new Set(probe.registers('access-size', 'rw').map(({ name }) => name));
  for (const register of probe.registers('access-size')) {
    // Which pages a neighbour is on is not this check's question.
    if (register.page >= 0) continue;
    for (const size of SIZES) {
      for (let from = 0; from < register.bytes; from++) {
        const offset = register.at + from;
        const around = neighbours(probe, offset, size);
        if (around.every(({ name }) => touched.has(name))) {
          if (refusal(map, 'read', 0, offset, size) === undefined) probe.readAt(offset, size);
          else refusedRead(probe, register, offset, size);
        }
        if (!around.every(({ name }) => written.has(name))) continue;
        probe.writeAt(offset, size, probe.random(size));
        for (const each of around) readBack(probe, each);
      }
    }
  }
}

/** Every register that an access of this size could touch. */
function neighbours(probe: RegisterProbe, offset: number, size: AccessSize): Register[] {
  return probe.target.map.registers.filter(
    ({ at, bytes }) => at < offset + size && offset < at + bytes,
  );
}

function refusedRead(
  probe: RegisterProbe,
  register: Register,
  offset: number,
  size: AccessSize,
): void {
  const { refused } = probe.target.map.map;
  const expected = refused === 'zeros' ? 0n : fieldMask(size * 8 - 1, 0);
  const seen = probe.readAt(offset, size, register);
  if (seen === expected || refused === 'unspecified') return;
  const place = `A refused read of ${size} bytes at offset 0x${offset.toString(16)}`;
  const values = `0x${seen.toString(16)}, not 0x${expected.toString(16)}`;
  probe.found(register, expected, seen, `${place} (${register.name}) returned ${values}.`);
}

function reservedBits(probe: RegisterProbe): void {
  for (const register of probe.registers('reserved')) {
    if (!register.readable) continue;
    const named = register.fields.reduce((all, { mask }) => all | mask, 0n);
    const unnamed = fieldMask(register.bytes * 8 - 1, 0) & ~named;
    const declared = register.fields.filter(({ gap }) => gap?.word === 'reserved');
    const reserved = declared.reduce((all, { mask }) => all | mask, unnamed);
    if (reserved === 0n) continue;
    expectZeros(probe, register, unnamed);
    for (const bits of [reserved, reserved & probe.random(register.bytes)]) {
      probe.write(register, probe.quiet(register) ^ bits);
      expectZeros(probe, register, unnamed);
    }
  }
}

function expectZeros(probe: RegisterProbe, register: Register, unnamed: bigint): void {
  const seen = probe.read(register) & unnamed;
  if (seen === 0n) return;
  const text = `Reserved bits 0x${seen.toString(16)} of ${register.name} read as ones.`;
  probe.found(register, 0n, seen, text);
}

function readEffects(probe: RegisterProbe): void {
  const read = probe.registers('read-effects').filter(({ readable }) => readable);
  const written = new Set(probe.registers('read-effects', 'rw'));
  for (const register of read) {
    for (let again = 0; again < 3; again++) probe.read(register);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const register of read) {
      if (register.writable && written.has(register)) {
        probe.write(register, probe.random(register.bytes));
      }
      for (let again = 0; again < 3; again++) probe.read(register);
    }
  }
  for (const register of read) probe.read(register);
}
