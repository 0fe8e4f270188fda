import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { peerMissing } from '../qemu-qtest/peer.ts';
import type { Qemu } from '../qemu-qtest/qemu.ts';
import { AspeedI2c } from './aspeed-i2c.ts';
import { AspeedSmc } from './aspeed-smc.ts';
import { cyclePower, EEPROM, QemuBoard } from './board.ts';

const missing = peerMissing('arm');
const board = new QemuBoard();
afterAll(() => board.close());
const { address } = EEPROM;
const bytes = (...all: number[]): Uint8Array => Uint8Array.from(all);
/** No two bytes are alike. */
const PAGE = Uint8Array.from({ length: 256 }, (_, index) => index);

describe.skipIf(missing)(`the controllers of QEMU's board (${missing ?? 'installed'})`, () => {
  let qemu: Qemu;
  let i2c: AspeedI2c;
  let spi: AspeedSmc;
  beforeEach(() => {
    qemu = board.scene('m25p80');
    i2c = new AspeedI2c(qemu.qtest, EEPROM.bus);
    spi = new AspeedSmc(qemu.qtest);
  });

  it('tells an address that nobody acknowledges, to write and to read', () => {
    const write = i2c.perform([{ address: 0x51, write: bytes(1) }]);
    expect(write.outcome).toEqual({ end: 'no-address', message: 0, bytes: 0, read: [] });
    const read = i2c.perform([{ address: 0x51, read: 2 }]);
    expect(read.outcome).toEqual({ end: 'no-address', message: 0, bytes: 0, read: [] });
    const tenBit = i2c.perform([{ address, tenBit: true, write: bytes(0) }]);
    expect(tenBit.outcome.end).toBe('no-address');
    expect(i2c.perform([{ address, write: bytes() }]).outcome.end).toBe('done');
  });

  it('takes a repeated start for whoever was addressed before, as QEMU does', () => {
    const { outcome } = i2c.perform([
      { address, write: bytes(0, 0) },
      { address: 0x51, read: 1 },
    ]);
    expect(outcome.end).toBe('done');
  });

  it('writes, restarts and reads', () => {
    i2c.perform([{ address, write: bytes(0, 4, 0x11, 0x22) }]);
    const { outcome, clocks } = i2c.perform([
      { address, write: bytes(0, 3) },
      { address, read: 4 },
    ]);
    expect(outcome).toEqual({
      end: 'done',
      message: 2,
      bytes: 4,
      read: [bytes(0xff, 0x11, 0x22, 0xff)],
    });
    expect(clocks).toBe(8 * 9);
  });

  it('keeps both memories over a power cut, and has them erased in the next scene', () => {
    i2c.perform([{ address, write: bytes(0, 0, 0x5a) }]);
    spi.exchange([{ write: bytes(0x06) }]);
    spi.exchange([{ write: bytes(0x02, 0, 0, 0, 0xa5) }]);
    const look = () => [
      i2c.perform([
        { address, write: bytes(0, 0) },
        { address, read: 1 },
      ]).outcome.read[0],
      spi.exchange([{ write: bytes(0x03, 0, 0, 0) }, { read: 1 }])[0],
    ];
    cyclePower(qemu);
    expect(look()).toEqual([bytes(0x5a), bytes(0xa5)]);
    board.scene('m25p80');
    expect(look()).toEqual([bytes(0xff), bytes(0xff)]);
  });

  it('exchanges more than one chunk in order', () => {
    const [id = bytes()] = spi.exchange([{ write: bytes(0x9f) }, { read: 3 }]);
    expect(id).toEqual(bytes(0xef, 0x40, 0x19));
    spi.exchange([{ write: bytes(0x06) }]);
    spi.exchange([{ write: bytes(0x02, 1, 0, 0, ...PAGE) }]);
    const [all = bytes()] = spi.exchange([{ write: bytes(0x03, 0, 0, 0) }, { read: 65_536 + 256 }]);
    expect(all.slice(65_536)).toEqual(PAGE);
    expect(all.slice(0, 65_536).every((byte) => byte === 0xff)).toBe(true);
  });
});
