import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { COMMAND, CONFIG } from './config-space.ts';
import { QEMU_DEVICES, QemuMachine, type QemuScene } from './machine.ts';
import { peerMissing } from './peer.ts';

const missing = peerMissing();
const reason = missing ?? 'QEMU is installed';
const MS = 1e6;
const machine = new QemuMachine(QEMU_DEVICES['pci-serial']);
let scene: QemuScene;
const read = (offset: number): number => scene.function.read(0, offset, 1);
const write = (offset: number, value: number): void => scene.function.write(0, offset, 1, value);
beforeEach(() => {
  if (missing) return;
  scene = machine.scene();
  scene.function.configWrite(CONFIG.command, 2, COMMAND.io);
});
afterAll(() => machine.close());

function watch(scene: QemuScene): (boolean | number)[] {
  const seen: (boolean | number)[] = [];
  scene.function.listen({
    level: (asserted) => void seen.push(asserted),
    message: (vector) => void seen.push(vector),
  });
  return seen;
}

describe.skipIf(missing)(`pci-serial (${reason})`, () => {
  it('is found with its I/O BAR', () => {
    expect(scene.function.configRead(0, 4)).toBe(0x0002_1b36);
    expect(scene.function.bars[0]).toEqual({ kind: 'IO', size: 8, address: 0xc000 });
    expect([1, 2, 3, 4, 5, 6, 7].map(read)).toEqual([0, 0x01, 0, 0x08, 0x60, 0xb0, 0]);
  });

  it('sends to the far end and receives from it', () => {
    write(2, 0x07);
    for (const byte of [0x68, 0x69]) write(0, byte);
    expect(scene.line.received()).toEqual(Uint8Array.of(0x68, 0x69));
    expect(scene.line.received()).toEqual(new Uint8Array(0));
    expect(scene.line.send(Uint8Array.of(0x61, 0x00, 0xff))).toBe(3);
    const got: number[] = [];
    for (let count = 0; count < 3; count++) {
      scene.settle();
      expect(read(5)).toBe(0x61);
      got.push(read(0));
    }
    expect(got).toEqual([0x61, 0x00, 0xff]);
    scene.settle();
    expect(read(5)).toBe(0x60);
  });

  it('hears a break', () => {
    const seen = watch(scene);
    write(1, 0x04);
    scene.line.sendBreak();
    scene.settle();
    expect(seen).toEqual([true]);
    expect([read(2), read(5), read(5), read(0)]).toEqual([0x06, 0x71, 0x61, 0x00]);
    expect(seen).toEqual([true, false]);
  });

  it('starts each scene with an empty line', () => {
    scene.line.send(new Uint8Array(100).fill(0x55));
    write(0, 0x41);
    scene = machine.scene();
    scene.function.configWrite(CONFIG.command, 2, COMMAND.io);
    for (let polls = 0; polls < 10; polls++) expect(read(5)).toBe(0x60);
    expect(scene.line.received()).toEqual(new Uint8Array(0));
  });

  it('raises INTx when a byte comes while nobody accesses it', () => {
    const seen = watch(scene);
    write(1, 0x01);
    scene.line.send(Uint8Array.of(0x2a));
    const passed = scene.clock.pass(1000 * MS, () => scene.function.deliver());
    expect(passed).toBeLessThan(1000 * MS);
    expect(read(0)).toBe(0x2a);
    expect(seen).toEqual([true, false]);
  });
});
