/** Power-down, reset, and addresses of four bytes. */
import type { Clause } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { pattern } from '../memory-device/facts.ts';
import {
  BUSY,
  Bare,
  LARGE_SHEET,
  LongestNs,
  RESUME,
  SECTOR,
  SHEET,
  SUS,
  WEL,
  fourBytes,
  ones,
} from './bare.ts';
import { suspendedErase } from './suspension.ts';

const FAR = 16 * 1024 * 1024;

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

export const modes: readonly Clause[] = [...power, ...addresses];
