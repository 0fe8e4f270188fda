import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { COMMAND, CONFIG } from './config-space.ts';
import { QEMU_DEVICES, QemuMachine, type QemuScene } from './machine.ts';
import { peerMissing } from './peer.ts';

const missing = peerMissing();
const reason = missing ?? 'QEMU is installed';
const MS = 1e6;
/** Names, offsets and commands of QEMU's docs/specs/edu. */
const EDU = {
  id: 0x00,
  liveness: 0x04,
  factorial: 0x08,
  status: 0x20,
  irqStatus: 0x24,
  irqRaise: 0x60,
  irqAck: 0x64,
  dmaSource: 0x80,
  dmaDestination: 0x88,
  dmaCount: 0x90,
  dmaCommand: 0x98,
} as const;
const BUFFER = 0x40000;
const ANY = { deviceReads: true, deviceWrites: true, maxAddressBits: 28 } as const;

const machine = new QemuMachine(QEMU_DEVICES.edu);
let scene: QemuScene;
const read = (offset: number): number => scene.function.read(0, offset, 4);
const write = (offset: number, value: number): void => scene.function.write(0, offset, 4, value);
beforeEach(() => {
  if (missing) return;
  scene = machine.scene();
  scene.function.configWrite(CONFIG.command, 2, COMMAND.memory + COMMAND.busMaster);
});
afterAll(() => machine.close());

/** Runs a transfer to its end. */
function transfer(source: number, destination: number, [count, command]: [number, number]): void {
  scene.function.write(0, EDU.dmaSource, 8, source);
  scene.function.write(0, EDU.dmaDestination, 8, destination);
  scene.function.write(0, EDU.dmaCount, 8, count);
  write(EDU.dmaCommand, command);
  scene.clock.pass(200 * MS, () => read(EDU.dmaCommand) % 2 === 0);
}

function watch(scene: QemuScene): (boolean | number)[] {
  const seen: (boolean | number)[] = [];
  scene.function.listen({
    level: (asserted) => void seen.push(asserted),
    message: (vector) => void seen.push(vector),
  });
  return seen;
}

describe.skipIf(missing)(`edu in a slot (${reason})`, () => {
  it('is found with its BAR', () => {
    expect(scene.function.configRead(0, 4)).toBe(0x11e8_1234);
    expect(scene.function.bars).toEqual([
      { kind: 'M32', size: 2 ** 20, address: 0xe000_0000 },
      ...[undefined, undefined, undefined, undefined, undefined],
    ]);
    expect(read(EDU.id)).toBe(0x0100_00ed);
  });

  it('is another device in each scene', () => {
    write(EDU.liveness, 1);
    write(EDU.status, 0x80);
    write(EDU.irqRaise, 2);
    scene.function.write(0, EDU.dmaSource, 8, 0x1234_5678, 0x9);
    expect(scene.function.asserted).toBe(true);
    scene = machine.scene();
    expect(scene.function.configRead(CONFIG.command, 2)).toBe(0);
    scene.function.configWrite(CONFIG.command, 2, COMMAND.memory);
    expect([EDU.liveness, EDU.status, EDU.irqStatus, EDU.dmaSource].map(read)).toEqual([
      0, 0, 0, 0,
    ]);
    expect(scene.function.asserted).toBe(false);
  });

  it('answers all ones where nobody decodes', () => {
    expect(scene.function.read(1, 0, 4)).toBe(0xffff_ffff);
    expect(scene.function.read(0, 2 ** 20, 2)).toBe(0xffff);
    scene.function.configWrite(CONFIG.bar, 4, 0xe800_0000);
    expect(scene.function.read(0, EDU.id, 8)).toBe(0xffff_ffff);
    expect(scene.function.high).toBe(0xffff_ffff);
    scene.function.configWrite(CONFIG.bar, 4, 0xe000_0000);
    expect(read(EDU.id)).toBe(0x0100_00ed);
    scene.function.configWrite(CONFIG.command, 1, 0);
    expect(scene.function.read(0, EDU.id, 1)).toBe(0xff);
  });

  it('goes by surprise: all ones, no interrupt, writes lost', () => {
    const seen = watch(scene);
    write(EDU.irqRaise, 1);
    scene.function.remove();
    expect(seen).toEqual([true, false]);
    write(EDU.liveness, 1);
    expect(read(EDU.liveness)).toBe(0xffff_ffff);
    expect(scene.function.configRead(0, 4)).toBe(0xffff_ffff);
    expect(scene.function.reset('hot')).toBe(false);
  });

  it('keeps its BAR over a hot reset and loses its command register', () => {
    expect(scene.function.reset('hot')).toBe(true);
    expect(scene.function.configRead(CONFIG.command, 2)).toBe(0);
    expect(scene.function.configRead(CONFIG.bar, 4)).toBe(0xe000_0000);
    expect(scene.function.reset('function')).toBe(false);
  });
});

describe.skipIf(missing)(`edu at work (${reason})`, () => {
  it('raises and lowers INTx', () => {
    const seen = watch(scene);
    write(EDU.irqRaise, 1);
    write(EDU.irqAck, 1);
    expect(seen).toEqual([true, false]);
  });

  it('sends messages, each seen once, and INTx again after routing back', () => {
    const seen = watch(scene);
    expect(scene.function.route('msi', 4)).toBe(true);
    write(EDU.irqRaise, 1);
    write(EDU.irqRaise, 2);
    read(EDU.irqStatus);
    expect(seen).toEqual([0, 0]);
    expect(scene.function.route('none', 0)).toBe(true);
    write(EDU.irqRaise, 4);
    expect(seen).toEqual([0, 0, true]);
    expect(scene.function.route('msix', 1)).toBe(false);
  });

  it('moves bytes by DMA while time passes, and tells of the end by an interrupt', () => {
    const seen = watch(scene);
    const buffer = scene.function.memory.allocate(4096, 4096);
    const mapping = scene.function.memory.map(buffer, 0, 4096, ANY);
    buffer.write(0, Uint8Array.of(1, 2, 3, 4));
    transfer(mapping.address, BUFFER, [4, 0b101]);
    transfer(BUFFER, mapping.address + 100, [4, 0b011]);
    expect(buffer.read(99, 6)).toEqual(Uint8Array.of(0, 1, 2, 3, 4, 0));
    expect(read(EDU.irqStatus)).toBe(0x100);
    expect(seen).toEqual([true]);
  });

  it('stands still while no time passes', () => {
    write(EDU.dmaCommand, 1);
    const now = scene.clock.now();
    expect(scene.clock.now()).toBe(now);
    expect(read(EDU.dmaCommand)).toBe(1);
    const passed = scene.clock.pass(5 * MS);
    expect(passed).toBeGreaterThanOrEqual(5 * MS);
    expect(scene.clock.now() - now).toBe(passed);
  });

  it('is taken out only when its thread has ended, and sooner by a new QEMU', () => {
    const computing = machine.pid;
    write(EDU.status, 0x80);
    write(EDU.factorial, 0x1000_0000);
    scene = machine.scene();
    expect(machine.pid).not.toBe(computing);
    scene.function.configWrite(CONFIG.command, 2, COMMAND.memory);
    write(EDU.status, 0x80);
    write(EDU.factorial, 0x0400_0000);
    scene.function.remove();
    expect(read(EDU.status)).toBe(0xffff_ffff);
  });

  it('aborts on a transfer outside its buffer; the next scene has a new QEMU', () => {
    const dead = machine.pid;
    expect(() => transfer(0x10_0000, 0, [4, 1])).toThrow(
      expect.objectContaining({ name: 'QemuDied', signal: 6 }),
    );
    scene = machine.scene();
    expect(machine.pid).not.toBe(dead);
    expect(scene.function.configRead(0, 4)).toBe(0x11e8_1234);
  });
});
