/** The security registers. */
import { type Clause, enumerated } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { pattern } from '../memory-device/facts.ts';
import { Bare, LongestNs, PAGE, SHEET, ones, threeBytes } from './bare.ts';

const LB1 = 0x08;

async function readSecurity(bare: Bare, at: number, length: number): Promise<Uint8Array> {
  return bare.ask([0x48, ...threeBytes(at), 0xff], length);
}

async function programSecurity(bare: Bare, at: number, bytes: Iterable<number>): Promise<void> {
  await bare.begin(0x42, at, bytes);
  await bare.pass(LongestNs.program);
}

export const security: readonly Clause[] = [
  enumerated({
    id: 'security-registers',
    cite: SHEET('Program Security Registers (42h), Read Security Registers (48h)'),
    text: 'Each of three security registers has 256 bytes of its own, apart from the memory.',
    level: 'shall',
    subject: 'device',
    every: [0x1000, 0x2000, 0x3000],
    async check(scene, at) {
      const bare = await Bare.open(scene);
      await programSecurity(bare, at, pattern(at, PAGE));
      expect.equal(await readSecurity(bare, at, PAGE), pattern(at, PAGE), 'the register');
      for (const other of [0x1000, 0x2000, 0x3000].filter((each) => each !== at)) {
        expect.equal(await readSecurity(bare, other, 16), ones(16), `the register at ${other}`);
      }
      await bare.holds(at, ones(16), 'the memory at the same address');
    },
  }),
  {
    id: 'security-erase',
    cite: SHEET('Erase Security Registers (44h)'),
    text: 'An erase of a security register takes it alone.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      for (const at of [0x1000, 0x2000]) await programSecurity(bare, at, pattern(at, 16));
      await bare.begin(0x44, 0x1000);
      await bare.pass(LongestNs.sectorErase);
      expect.equal(await readSecurity(bare, 0x1000, 16), ones(16), 'the erased register');
      expect.equal(await readSecurity(bare, 0x2000, 16), pattern(0x2000, 16), 'the next one');
    },
  },
  {
    id: 'security-wrap',
    cite: SHEET('Read Security Registers (48h)'),
    text: 'Programs and reads of a security register wrap within its 256 bytes.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await programSecurity(bare, 0x10ff, [1, 2, 3]);
      expect.equal(await readSecurity(bare, 0x10ff, 3), Uint8Array.of(1, 2, 3), 'around the end');
      expect.equal(await readSecurity(bare, 0x1000, 3), Uint8Array.of(2, 3, 0xff), 'the beginning');
    },
  },
  {
    id: 'security-lock',
    cite: SHEET('Security Register Lock Bits (LB3, LB2, LB1)'),
    text: 'A lock bit keeps its register as it is, for ever, and no other.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await programSecurity(bare, 0x1000, [0x0f]);
      await bare.writeStatus(2, LB1);
      await bare.writeStatus(2, 0);
      expect.equal(await bare.has(LB1, 2), true, 'LB1, which is one-time programmable');
      await programSecurity(bare, 0x1000, [0x00]);
      await bare.begin(0x44, 0x1000);
      await bare.pass(LongestNs.sectorErase);
      expect.equal(await readSecurity(bare, 0x1000, 1), Uint8Array.of(0x0f), 'register 1');
      await programSecurity(bare, 0x2000, [0x33]);
      expect.equal(await readSecurity(bare, 0x2000, 1), Uint8Array.of(0x33), 'register 2');
    },
  },
];
