/** Programs and erases that are suspended and resumed. */
import type { Clause } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { pattern } from '../memory-device/facts.ts';
import { BUSY, Bare, LongestNs, PAGE, RESUME, SECTOR, SHEET, SUS, ones } from './bare.ts';

const SUSPEND = 0x75;

/** An erase of sector 1 that is suspended; sectors 1 and 2 had something before. */
export async function suspendedErase(bare: Bare): Promise<void> {
  for (const at of [SECTOR, 2 * SECTOR]) await bare.program(at, pattern(at, 16));
  await bare.begin(0x20, SECTOR);
  await bare.pass(1_000_000);
  await bare.tell(SUSPEND);
  await bare.pass(LongestNs.suspend);
}

export const suspension: readonly Clause[] = [
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
