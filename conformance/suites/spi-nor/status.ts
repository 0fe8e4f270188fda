/** Status registers: the write enable latch, what is kept, what protects, who may write them. */
import { type Clause, enumerated } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { places } from '../driver/attempt.ts';
import { pattern } from '../memory-device/facts.ts';
import { BUSY, Bare, LARGE_SHEET, LongestNs, SECTOR, SHEET, SUS, WEL, ones } from './bare.ts';
import { protectedArea } from './protection.ts';

/** BP with TB and SEC (five bits), each with and without CMP. */
const COMBINATIONS = 64;
const CMP = 0x40;
const SRL = 0x01;
const SRP = 0x80;
const BP0 = 0x04;

export const status: readonly Clause[] = [
  {
    id: 'after-power-on',
    cite: SHEET('Status Registers'),
    text: 'After power-on it is ready: neither busy, nor enabled for writing, nor suspended.',
    level: 'shall',
    subject: 'device',
    needs: ['power-cut'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.enable();
      bare.cutPower();
      expect.equal((await bare.status()) & (BUSY + WEL), 0, 'BUSY and WEL');
      expect.equal((await bare.status(2)) & SUS, 0, 'SUS');
    },
  },
  {
    id: 'status-repeats',
    cite: SHEET('Read Status Register (05h / 35h / 15h)'),
    text: 'A status register is told again and again, as it is at each moment.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.writeStatus(1, BP0);
      await bare.enable();
      expect.equal(await bare.ask([0x05], 3), Uint8Array.of(6, 6, 6), 'status register 1');
    },
  },
  {
    id: 'latch',
    cite: SHEET('Write Enable (06h) and Write Disable (04h)'),
    text: 'Write Enable sets WEL and Write Disable clears it.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.enable();
      expect.equal(await bare.has(WEL), true, 'WEL after Write Enable');
      await bare.tell(0x04);
      expect.equal(await bare.has(WEL), false, 'WEL after Write Disable');
    },
  },
  {
    id: 'latch-needed',
    cite: SHEET('Write Enable Latch (WEL)'),
    text: 'Without WEL no program, erase or write of a status register happens.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.program(0, [0x12]);
      await bare.tell(0x04);
      await bare.tell(0x02, 0, 0, 1, 0x34);
      await bare.pass(LongestNs.program);
      await bare.tell(0x20, 0, 0, 0);
      await bare.pass(LongestNs.sectorErase);
      await bare.tell(0x01, BP0);
      await bare.pass(LongestNs.writeStatus);
      await bare.holds(0, [0x12, 0xff], 'the bytes');
      expect.equal((await bare.status()) & BP0, 0, 'BP0');
    },
  },
  {
    id: 'latch-spent',
    cite: SHEET('Write Enable Latch (WEL)'),
    text: 'A program, an erase and a write of a status register clear WEL when they end.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.program(0, [0x12]);
      expect.equal(await bare.has(WEL), false, 'WEL after a program');
      await bare.eraseSector(0);
      expect.equal(await bare.has(WEL), false, 'WEL after an erase');
      await bare.writeStatus(1, 0);
      expect.equal(await bare.has(WEL), false, 'WEL after a write of status register 1');
    },
  },
  {
    id: 'status-kept',
    cite: SHEET('Write Status Register (01h / 31h / 11h)'),
    text: 'What is written to a status register after Write Enable survives a power cut.',
    level: 'shall',
    subject: 'device',
    needs: ['power-cut'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.writeStatus(1, 3 * BP0);
      await bare.writeStatus(2, CMP);
      await bare.writeStatus(3, 0x20);
      bare.cutPower();
      expect.equal(await bare.status(1), 3 * BP0, 'status register 1');
      expect.equal((await bare.status(2)) & CMP, CMP, 'CMP');
      expect.equal((await bare.status(3)) & 0x60, 0x20, 'DRV');
    },
  },
  {
    id: 'status-volatile',
    cite: SHEET('Write Enable for Volatile Status Register (50h)'),
    text: 'After 50h a write takes effect at once, without WEL, until the next power-on.',
    level: 'shall',
    subject: 'device',
    needs: ['power-cut'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.writeStatus(1, BP0);
      await bare.writeVolatile(1, 2 * BP0);
      expect.equal(await bare.status(1), 2 * BP0, 'status register 1, neither busy nor enabled');
      bare.cutPower();
      expect.equal(await bare.status(1), BP0, 'status register 1 after a power cut');
    },
  },
  {
    id: 'status-two-bytes',
    cite: SHEET('Write Status Register (01h / 31h / 11h)'),
    text: '01h writes status register 1, and with a second byte status register 2 too.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.writeStatus(1, BP0, CMP);
      expect.equal(await bare.status(1), BP0, 'status register 1');
      expect.equal((await bare.status(2)) & CMP, CMP, 'CMP');
      await bare.writeStatus(1, 0);
      expect.equal((await bare.status(2)) & CMP, CMP, 'CMP after a write of one byte');
    },
  },
  {
    id: 'status-read-only',
    cite: SHEET('Status Registers'),
    text: 'BUSY, WEL and SUS cannot be written.',
    level: 'shall',
    subject: 'device',
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.writeStatus(1, BUSY + WEL);
      expect.equal(await bare.status(1), 0, 'status register 1');
      await bare.writeStatus(2, SUS);
      expect.equal((await bare.status(2)) & SUS, 0, 'SUS');
    },
  },
  {
    id: 'status-busy',
    cite: SHEET('AC Electrical Characteristics, tW'),
    text: 'A write of a status register takes its time, 15 ms at the most.',
    level: 'shall',
    subject: 'device',
    needs: ['operation-times'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.enable();
      await bare.tell(0x01, BP0);
      expect.equal(await bare.has(BUSY + WEL), true, 'BUSY and WEL at once');
      await bare.pass(LongestNs.writeStatus);
      expect.equal(await bare.status(), BP0, 'status register 1 after 15 ms');
    },
  },
  enumerated({
    id: 'protection',
    cite: LARGE_SHEET('Status Register Memory Protection'),
    text: 'BP, TB, SEC and CMP protect exactly the area that the table of the data sheet says.',
    level: 'shall',
    subject: 'device',
    needs: ['block-protection'],
    every: places(COMBINATIONS),
    async check(scene, place) {
      const bare = await Bare.open(scene);
      const bits = ((place - 1) % 32) * BP0;
      const cmp = place > 32;
      const area = protectedArea(bare.facts, bits, cmp);
      if (area === undefined) return;
      await bare.writeVolatile(1, bits);
      await bare.writeVolatile(2, cmp ? CMP : 0);
      const { bytes, fourByteAddresses } = bare.facts;
      if (fourByteAddresses) await bare.tell(0xb7);
      const probes = [0, area.from - 1, area.from, area.until - 1, area.until, bytes - 1];
      for (const at of new Set(probes.filter((each) => each >= 0 && each < bytes))) {
        const isProtected = at >= area.from && at < area.until;
        await bare.programFar(at, 0x5a);
        const [seen] = await bare.readFar(at, 1);
        const what = `byte ${at}, which ${isProtected ? 'is' : 'is not'} protected`;
        expect.equal(seen, isProtected ? 0xff : 0x5a, what);
      }
    },
  }),
  {
    id: 'protected-erases',
    cite: SHEET('Block Protect Bits (BP2, BP1, BP0)'),
    text: 'No erase happens that touches a protected byte; a chip erase none while any is.',
    level: 'shall',
    subject: 'device',
    needs: ['block-protection'],
    async check(scene) {
      const bare = await Bare.open(scene);
      for (const at of [0, 65_536]) await bare.program(at, pattern(at, 8));
      // The lowest block: TB, with the smallest size.
      const tb = bare.facts.fourByteAddresses ? 0x40 : 0x20;
      const sec = bare.facts.fourByteAddresses ? 0 : 0x40;
      await bare.writeVolatile(1, tb + sec + BP0);
      for (const opcode of [0x20, 0x52, 0xd8]) {
        await bare.begin(opcode, 0);
        await bare.pass(LongestNs.blockErase);
      }
      await bare.begin(0xd8, 65_536);
      await bare.pass(LongestNs.blockErase);
      await bare.holds(65_536, ones(8), 'what lies outside, erased');
      await bare.enable();
      await bare.tell(0xc7);
      await bare.pass(bare.facts.chipEraseNs);
      await bare.holds(0, pattern(0, 8), 'what is protected');
    },
  },
  {
    id: 'hardware-protection',
    cite: SHEET('Status Register Protect (SRP, SRL)'),
    text: 'With SRP set status registers are locked while /WP is low, unless QE has taken the pin.',
    level: 'shall',
    subject: 'device',
    needs: ['board-lines'],
    async check(scene) {
      const bare = await Bare.open(scene);
      const wp = scene.spi.lines.get('WP');
      await bare.writeStatus(1, SRP);
      wp?.drive(scene, 'low');
      await bare.writeStatus(1, BP0);
      expect.equal((await bare.status()) & (SRP + BP0), SRP, 'status register 1, locked');
      wp?.drive(scene, 'high');
      await bare.writeStatus(2, 0x02);
      wp?.drive(scene, 'low');
      await bare.writeStatus(1, BP0);
      expect.equal(await bare.status(), BP0, 'status register 1 with QE');
    },
  },
  {
    id: 'unlocked-without-srp',
    cite: SHEET('Status Register Protect (SRP, SRL)'),
    text: 'Without SRP /WP has no say; with SRP and /WP high neither.',
    level: 'shall',
    subject: 'device',
    needs: ['board-lines'],
    async check(scene) {
      const bare = await Bare.open(scene);
      scene.spi.lines.get('WP')?.drive(scene, 'low');
      await bare.writeStatus(1, BP0);
      expect.equal(await bare.status(), BP0, 'status register 1 with /WP low');
      scene.spi.lines.get('WP')?.drive(scene, 'high');
      await bare.writeStatus(1, SRP);
      await bare.writeStatus(1, BP0);
      expect.equal(await bare.status(), BP0, 'status register 1 with SRP and /WP high');
    },
  },
  {
    id: 'lock-down',
    cite: SHEET('Status Register Protect (SRP, SRL)'),
    text: 'SRL locks the status registers, through a reset too, until the next power-on.',
    level: 'shall',
    subject: 'device',
    needs: ['power-cut', 'block-protection'],
    async check(scene) {
      const bare = await Bare.open(scene);
      await bare.writeStatus(2, SRL);
      await bare.writeStatus(1, BP0);
      expect.equal((await bare.status()) & BP0, 0, 'BP0, locked');
      await bare.reset();
      await bare.writeStatus(1, BP0);
      expect.equal((await bare.status()) & BP0, 0, 'BP0, locked after a reset');
      bare.cutPower();
      expect.equal((await bare.status(2)) & SRL, 0, 'SRL after power-on');
      await bare.writeStatus(1, BP0);
      expect.equal(await bare.status(), BP0, 'status register 1 after power-on');
    },
  },
  {
    id: 'sector-of-area',
    cite: SHEET('Sector Erase (20h)'),
    text: 'An unprotected sector beside a protected area is erased whole.',
    level: 'shall',
    subject: 'device',
    needs: ['block-protection'],
    async check(scene) {
      const bare = await Bare.open(scene);
      const tb = bare.facts.fourByteAddresses ? 0x40 : 0x20;
      const area = protectedArea(bare.facts, tb + BP0, false);
      const at = area?.until ?? 0;
      await bare.program(at, pattern(at, 8));
      await bare.program(at + SECTOR - 8, pattern(at, 8));
      await bare.writeVolatile(1, tb + BP0);
      await bare.eraseSector(at);
      await bare.holds(at, ones(8), 'its beginning');
      await bare.holds(at + SECTOR - 8, ones(8), 'its end');
    },
  },
];
