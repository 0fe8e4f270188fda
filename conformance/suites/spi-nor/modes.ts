/** Suspension, power-down, reset, four-byte addresses and the security registers. */
import { type Clause, enumerated } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { pattern } from '../memory-device/facts.ts';
import {
  BUSY,
  Bare,
  LARGE_SHEET,
  LongestNs,
  PAGE,
  SECTOR,
  SHEET,
  SUS,
  WEL,
  fourBytes,
  ones,
  threeBytes,
} from './bare.ts';

const SUSPEND = 0x75;
const RESUME = 0x7a;
const FAR = 16 * 1024 * 1024;
const LB1 = 0x08;

/** An erase of sector 1 that is suspended; sectors 1 and 2 had something before. */
async function suspendedErase(bare: Bare): Promise<void> {
  for (const at of [SECTOR, 2 * SECTOR]) await bare.program(at, pattern(at, 16));
  await bare.begin(0x20, SECTOR);
  await bare.pass(1_000_000);
  await bare.tell(SUSPEND);
  await bare.pass(LongestNs.suspend);
}

async function readSecurity(bare: Bare, at: number, length: number): Promise<Uint8Array> {
  return bare.ask([0x48, ...threeBytes(at), 0xff], length);
}

async function programSecurity(bare: Bare, at: number, bytes: Iterable<number>): Promise<void> {
  await bare.begin(0x42, at, bytes);
  await bare.pass(LongestNs.program);
}

const suspension: readonly Clause[] = [
  {
    id: 'suspend-erase',
    cite: SHEET('Erase / Program Suspend (75h)'),
    text: 'A suspended erase is not busy after tSUS, says SUS, and lets other sectors be read.',
    level: 'shall',
    subject: 'device',
    needs: ['operation-times'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await suspendedErase(bare);
      expect.equal(await bare.has(BUSY), false, 'BUSY');
      expect.equal(await bare.has(SUS, 2), true, 'SUS');
      await bare.holds(2 * SECTOR, pattern(2 * SECTOR, 16), 'another sector');
    },
  },
  {
    id: 'resume-erase',
    cite: SHEET('Erase / Program Resume (7Ah)'),
    text: 'Resumed, an erase is busy again, and the sector is erased when it ends.',
    level: 'shall',
    subject: 'device',
    needs: ['operation-times'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await suspendedErase(bare);
      await bare.tell(RESUME);
      expect.equal(await bare.has(BUSY), true, 'BUSY');
      expect.equal(await bare.has(SUS, 2), false, 'SUS');
      await bare.pass(LongestNs.sectorErase);
      expect.equal(await bare.has(BUSY), false, 'BUSY at the end');
      await bare.holds(SECTOR, ones(16), 'the sector');
    },
  },
  {
    id: 'suspend-program',
    cite: SHEET('Erase / Program Suspend (75h)'),
    text: 'A program is suspended, another page read, and after Resume the page is programmed.',
    level: 'shall',
    subject: 'device',
    needs: ['operation-times'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.program(PAGE, pattern(1, 16));
      await bare.begin(0x02, 0, pattern(2, PAGE));
      await bare.tell(SUSPEND);
      await bare.pass(LongestNs.suspend);
      expect.equal(await bare.has(SUS, 2), true, 'SUS');
      await bare.holds(PAGE, pattern(1, 16), 'another page');
      await bare.tell(RESUME);
      await bare.pass(LongestNs.program);
      await bare.holds(0, pattern(2, PAGE), 'the page');
    },
  },
  {
    id: 'program-in-suspended-erase',
    cite: SHEET('Erase / Program Suspend (75h)'),
    text: 'While an erase is suspended another sector can be programmed; no other erase begins.',
    level: 'shall',
    subject: 'device',
    needs: ['operation-times'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await suspendedErase(bare);
      await bare.program(3 * SECTOR, pattern(3, 16));
      await bare.holds(3 * SECTOR, pattern(3, 16), 'a page programmed meanwhile');
      await bare.eraseSector(2 * SECTOR);
      await bare.holds(2 * SECTOR, pattern(2 * SECTOR, 16), 'a sector that was to be erased');
      expect.equal(await bare.has(SUS, 2), true, 'SUS');
      await bare.tell(RESUME);
      await bare.pass(LongestNs.sectorErase);
      await bare.holds(SECTOR, ones(16), 'the sector');
    },
  },
  {
    id: 'no-status-write-in-suspension',
    cite: SHEET('Erase / Program Suspend (75h)'),
    text: 'While an erase is suspended status registers cannot be written.',
    level: 'shall',
    subject: 'device',
    needs: ['operation-times'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await suspendedErase(bare);
      await bare.writeStatus(1, 0x04);
      expect.equal((await bare.status()) & 0x04, 0, 'BP0');
    },
  },
  {
    id: 'suspend-not-chip-erase',
    cite: SHEET('Erase / Program Suspend (75h)'),
    text: 'A chip erase is not suspended; neither is a flash that is idle.',
    level: 'shall',
    subject: 'device',
    needs: ['operation-times'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.tell(SUSPEND);
      expect.equal(await bare.has(SUS, 2), false, 'SUS of an idle flash');
      await bare.enable();
      await bare.tell(0xc7);
      await bare.tell(SUSPEND);
      await bare.pass(LongestNs.suspend);
      expect.equal(await bare.has(BUSY), true, 'BUSY');
      expect.equal(await bare.has(SUS, 2), false, 'SUS');
    },
  },
  {
    id: 'resume-alone',
    cite: SHEET('Erase / Program Resume (7Ah)'),
    text: 'Resume does nothing where nothing is suspended.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.program(0, pattern(0, 4));
      await bare.enable();
      await bare.tell(RESUME);
      expect.equal((await bare.status()) & BUSY, 0, 'BUSY');
      await bare.holds(0, pattern(0, 4), 'the bytes');
    },
  },
  {
    id: 'cut-suspended',
    cite: SHEET('Erase / Program Suspend (75h)'),
    text: 'A power cut ends a suspension: SUS is clear, other sectors are whole.',
    level: 'shall',
    subject: 'device',
    needs: ['power-cut', 'operation-times'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await suspendedErase(bare);
      bare.cutPower();
      expect.equal(await bare.has(SUS, 2), false, 'SUS');
      await bare.tell(RESUME);
      expect.equal(await bare.has(BUSY), false, 'BUSY after Resume');
      await bare.holds(2 * SECTOR, pattern(2 * SECTOR, 16), 'another sector');
    },
  },
];

const power: readonly Clause[] = [
  {
    id: 'power-down',
    cite: SHEET('Power-down (B9h)'),
    text: 'In power-down nothing is heard but the release; then all is as it was.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.program(0, pattern(0, 4));
      await bare.tell(0xb9);
      await bare.pass(LongestNs.powerDown);
      expect.equal(await bare.read(0, 4), ones(4), 'a read in power-down');
      expect.equal(await bare.ask([0x05], 1), ones(1), 'the status in power-down');
      await bare.enable();
      await bare.tell(0xab);
      await bare.pass(LongestNs.release);
      expect.equal(await bare.has(WEL), false, 'WEL');
      await bare.holds(0, pattern(0, 4), 'the bytes');
    },
  },
  {
    id: 'release-with-id',
    cite: SHEET('Release Power-down / Device ID (ABh)'),
    text: 'A release that reads the device id releases too.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.program(0, pattern(0, 4));
      await bare.tell(0xb9);
      await bare.pass(LongestNs.powerDown);
      const id = await bare.ask([0xab, 0xff, 0xff, 0xff], 1);
      expect.equal(id, Uint8Array.of(bare.facts.deviceId), 'the device id');
      await bare.pass(LongestNs.release);
      await bare.holds(0, pattern(0, 4), 'the bytes');
    },
  },
  {
    id: 'power-cut-wakes',
    cite: SHEET('Power-down (B9h)'),
    text: 'It always powers up awake.',
    level: 'shall',
    subject: 'device',
    needs: ['power-cut'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.program(0, pattern(0, 4));
      await bare.tell(0xb9);
      bare.cutPower();
      await bare.holds(0, pattern(0, 4), 'the bytes');
    },
  },
  {
    id: 'reset',
    cite: SHEET('Enable Reset (66h) and Reset Device (99h)'),
    text: 'A reset clears WEL and brings volatile status back to what is kept.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.writeStatus(1, 0x04);
      await bare.writeVolatile(1, 0x08);
      await bare.enable();
      await bare.reset();
      expect.equal(await bare.status(), 0x04, 'status register 1');
    },
  },
  {
    id: 'reset-in-two-steps',
    cite: SHEET('Enable Reset (66h) and Reset Device (99h)'),
    text: '99h resets right behind 66h only: any other instruction between them disables it.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.enable();
      await bare.tell(0x99);
      await bare.pass(LongestNs.reset);
      expect.equal(await bare.has(WEL), true, 'WEL after 99h alone');
      await bare.tell(0x66);
      await bare.status();
      await bare.tell(0x99);
      await bare.pass(LongestNs.reset);
      expect.equal(await bare.has(WEL), true, 'WEL after 66h, 05h, 99h');
    },
  },
  {
    id: 'reset-breaks-off',
    cite: SHEET('Enable Reset (66h) and Reset Device (99h)'),
    text: 'A reset breaks an erase off, which costs bytes of that sector alone.',
    level: 'shall',
    subject: 'device',
    needs: ['operation-times'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.program(SECTOR, pattern(0, 16));
      await bare.begin(0x20, 0);
      await bare.pass(1_000_000);
      await bare.reset();
      expect.equal((await bare.status()) & (BUSY + WEL), 0, 'BUSY and WEL');
      await bare.holds(SECTOR, pattern(0, 16), 'the next sector');
    },
  },
  {
    id: 'reset-ends-suspension',
    cite: SHEET('Enable Reset (66h) and Reset Device (99h)'),
    text: 'A reset ends a suspension.',
    level: 'shall',
    subject: 'device',
    needs: ['operation-times'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await suspendedErase(bare);
      await bare.reset();
      expect.equal(await bare.has(SUS, 2), false, 'SUS');
      await bare.tell(RESUME);
      expect.equal(await bare.has(BUSY), false, 'BUSY after Resume');
    },
  },
];

const addresses: readonly Clause[] = [
  {
    id: 'four-byte-instructions',
    cite: LARGE_SHEET('Instruction Set, 4-Byte Address instructions'),
    text: 'Instructions with four address bytes reach all of a large part; a small one lacks them.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      const { fourByteAddresses } = bare.facts;
      const at = fourByteAddresses ? FAR : 0;
      await bare.program(0, [0x01]);
      await bare.enable();
      await bare.tell(0x12, ...fourBytes(at), 0x02);
      await bare.pass(LongestNs.program);
      const far = fourByteAddresses ? Uint8Array.of(0x02) : ones(1);
      expect.equal(await bare.ask([0x13, ...fourBytes(at)], 1), far, 'a read by 13h');
      await bare.holds(0, [0x01], 'the first byte');
      await bare.enable();
      await bare.tell(0x21, ...fourBytes(at));
      await bare.pass(LongestNs.sectorErase);
      expect.equal(await bare.ask([0x13, ...fourBytes(at)], 1), ones(1), 'after an erase by 21h');
      await bare.holds(0, [0x01], 'the first byte after it');
    },
  },
  {
    id: 'four-byte-mode',
    cite: LARGE_SHEET('Enter 4-Byte Address Mode (B7h)'),
    text: 'B7h makes addresses four bytes long, and ADS says so; E9h and a reset undo it.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.program(0, [0x01]);
      await bare.tell(0xb7);
      if (!bare.facts.fourByteAddresses) {
        await bare.holds(0, [0x01], 'a read with three bytes of address');
        return;
      }
      await bare.programFar(FAR, 0x02);
      expect.equal(await bare.readFar(FAR, 1), Uint8Array.of(0x02), 'the far byte');
      expect.equal(await bare.has(0x01, 3), true, 'ADS');
      await bare.tell(0xe9);
      expect.equal(await bare.has(0x01, 3), false, 'ADS after E9h');
      await bare.holds(0, [0x01], 'a read with three bytes of address');
      await bare.tell(0xb7);
      await bare.reset();
      await bare.holds(0, [0x01], 'a read with three bytes of address after a reset');
    },
  },
  {
    id: 'address-mode-at-power-on',
    cite: LARGE_SHEET('Power-Up Address Mode (ADP)'),
    text: 'ADP says whether a large part powers up in four-byte mode.',
    level: 'shall',
    subject: 'device',
    needs: ['power-cut', 'block-protection'],
    async check(scene) {
      const bare = await Bare.open(scene);
      if (!bare.facts.fourByteAddresses) return;
      await bare.writeStatus(3, 0x62);
      expect.equal(await bare.has(0x01, 3), false, 'ADS before');
      bare.cutPower();
      expect.equal(await bare.has(0x01, 3), true, 'ADS after power-on');
      await bare.programFar(FAR, 0x02);
      expect.equal(await bare.readFar(FAR, 1), Uint8Array.of(0x02), 'the far byte');
    },
  },
];

const security: readonly Clause[] = [
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

export const modes: readonly Clause[] = [...suspension, ...power, ...addresses, ...security];
