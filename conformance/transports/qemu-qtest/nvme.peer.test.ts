/**
 * QEMU's NVMe controller through the bus contract, by hand: registers, commands and offsets of NVM
 * Express 1.4 (from secondary sources).
 */
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { DmaBuffer } from '../../../sim/buses/pci/function.ts';
import { COMMAND, CONFIG } from './config-space.ts';
import { QEMU_DEVICES, QemuMachine, type QemuScene } from './machine.ts';
import { peerMissing } from './peer.ts';

const missing = peerMissing();
const reason = missing ?? 'QEMU is installed';
const ANY = { deviceReads: true, deviceWrites: true, maxAddressBits: 64 } as const;
const REGISTER = { VS: 0x08, CC: 0x14, CSTS: 0x1c, AQA: 0x24, ASQ: 0x28, ACQ: 0x30 } as const;
const DOORBELLS = 0x1000;
/** Entries of 64 and 16 bytes, enabled. */
const ENABLED = 0x0046_0001;
const ADMIN = { createSq: 1, createCq: 5, identify: 6 } as const;
const IO = { flush: 0, write: 1, read: 2 } as const;
const ENTRIES = 16;
const POLLS_MAX = 100_000;
const VECTORS = 3;

const machine = new QemuMachine(QEMU_DEVICES.nvme);
let scene: QemuScene;
beforeEach(() => {
  if (!missing) scene = machine.scene();
});
afterAll(() => machine.close());

const read = (offset: number): number => scene.function.read(0, offset, 4);
const write = (offset: number, value: number): void => scene.function.write(0, offset, 4, value);

function memory(bytes: number): { buffer: DmaBuffer; address: number } {
  const buffer = scene.function.memory.allocate(bytes, 4096);
  return { buffer, address: scene.function.memory.map(buffer, 0, bytes, ANY).address };
}

/** A pair of queues; commands one at a time. */
class Queue {
  readonly submissions = memory(ENTRIES * 64);
  readonly completions = memory(ENTRIES * 16);
  readonly id: number;
  #count = 0;

  constructor(id: number) {
    this.id = id;
  }

  /** @param dwords of the command, by number @returns dwords of the completion */
  run(dwords: Readonly<Record<number, number>>): Uint32Array {
    const slot = this.#count % ENTRIES;
    const phase = 1 - (Math.floor(this.#count / ENTRIES) % 2);
    this.#count++;
    const command = new Uint32Array(16);
    for (const [index, value] of Object.entries(dwords)) command[Number(index)] = value;
    command[0]! += this.#count * 0x1_0000;
    this.submissions.buffer.write(slot * 64, new Uint8Array(command.buffer));
    const doorbell = DOORBELLS + 8 * this.id;
    write(doorbell, (slot + 1) % ENTRIES);
    for (let polls = 0; polls < POLLS_MAX; polls++) {
      const bytes = this.completions.buffer.read(slot * 16, 16);
      const completion = new Uint32Array(bytes.buffer);
      if (Math.floor(completion[3]! / 0x1_0000) % 2 === phase) {
        write(doorbell + 4, (slot + 1) % ENTRIES);
        return completion;
      }
      scene.settle();
    }
    throw new Error('the command was not answered');
  }
}

/** Status, without the phase tag. */
const status = (completion: Uint32Array): number => Math.floor(completion[3]! / 0x2_0000);

function start(): { admin: Queue; io: Queue } {
  scene.function.configWrite(CONFIG.command, 2, COMMAND.memory + COMMAND.busMaster);
  scene.function.route('msix', VECTORS);
  const admin = new Queue(0);
  write(REGISTER.AQA, (ENTRIES - 1) * 0x1_0001);
  scene.function.write(0, REGISTER.ASQ, 8, admin.submissions.address);
  scene.function.write(0, REGISTER.ACQ, 8, admin.completions.address);
  write(REGISTER.CC, ENABLED);
  expect(read(REGISTER.CSTS)).toBe(1);
  const io = new Queue(1);
  const size = (ENTRIES - 1) * 0x1_0000 + io.id;
  const cq = { 0: ADMIN.createCq, 6: io.completions.address, 10: size, 11: 0x2_0003 };
  const sq = { 0: ADMIN.createSq, 6: io.submissions.address, 10: size, 11: 0x1_0001 };
  expect([cq, sq].map((each) => status(admin.run(each)))).toEqual([0, 0]);
  return { admin, io };
}

/** One block at LBA 3. */
function transfer(opcode: number, nsid: number, address: number): Record<number, number> {
  return { 0: opcode, 1: nsid, 6: address, 10: 3 };
}

describe.skipIf(missing)(`nvme (${reason})`, () => {
  it('is an NVM Express controller with 16 KiB of registers', () => {
    expect(scene.function.configRead(0, 4)).toBe(0x0010_1b36);
    expect(scene.function.configRead(0x08, 4)).toBe(0x0108_0202);
    expect(scene.function.bars[0]).toEqual({ kind: 'M64', size: 0x4000, address: 0xe000_0000 });
    scene.function.configWrite(CONFIG.command, 2, COMMAND.memory);
    expect(read(REGISTER.VS)).toBe(0x0001_0400);
  });

  it('has two namespaces of 32 MiB, in blocks of 512 and of 4096 bytes', () => {
    const { admin } = start();
    const data = memory(4096);
    const identify = (nsid: number) => {
      expect(status(admin.run({ 0: ADMIN.identify, 1: nsid, 6: data.address }))).toBe(0);
      const bytes = data.buffer.read(0, 4096);
      const format = 128 + 4 * (bytes[26]! % 16);
      return [new DataView(bytes.buffer).getUint32(0, true), 2 ** bytes[format + 2]!];
    };
    expect([1, 2, 3].map(identify)).toEqual([
      [65_536, 512],
      [8192, 4096],
      [0, 1],
    ]);
  });

  it.each([
    [1, 512],
    [2, 4096],
  ])('writes and reads namespace %i', (nsid, bytes) => {
    const seen: number[] = [];
    const { io } = start();
    scene.function.listen({ level: () => {}, message: (vector) => void seen.push(vector) });
    const data = memory(2 * bytes);
    const pattern = Uint8Array.from({ length: bytes }, (_, index) => index % 251);
    data.buffer.write(0, pattern);
    expect(status(io.run(transfer(IO.write, nsid, data.address)))).toBe(0);
    expect(status(io.run({ 0: IO.flush, 1: nsid }))).toBe(0);
    expect(status(io.run(transfer(IO.read, nsid, data.address + bytes)))).toBe(0);
    expect(data.buffer.read(bytes, bytes)).toEqual(pattern);
    expect(seen).toEqual([2, 2, 2]);
  });

  it('has empty media in each scene', () => {
    const write = start();
    const data = memory(4096);
    data.buffer.write(0, new Uint8Array(4096).fill(0xa5));
    expect(status(write.io.run(transfer(IO.write, 2, data.address)))).toBe(0);
    scene = machine.scene();
    const { io } = start();
    const other = memory(4096);
    other.buffer.write(0, new Uint8Array(4096).fill(0xff));
    expect(status(io.run(transfer(IO.read, 2, other.address)))).toBe(0);
    expect(other.buffer.read(0, 4096)).toEqual(new Uint8Array(4096));
  });
});

describe.skipIf(missing)(`nvme and its media (${reason})`, () => {
  it('keeps its media over a power cycle, a hot reset and a function reset', () => {
    const { io } = start();
    const data = memory(4096);
    data.buffer.write(0, new Uint8Array(4096).fill(0xa5));
    expect(status(io.run(transfer(IO.write, 2, data.address)))).toBe(0);
    const resets = [
      () => scene.replace(),
      () => scene.function.reset('hot'),
      () => scene.function.reset('function'),
    ];
    for (const reset of resets) {
      expect(reset()).toBe(true);
      expect(scene.function.configRead(CONFIG.command, 2)).toBe(0);
      const again = start();
      const other = memory(4096);
      expect(status(again.io.run(transfer(IO.read, 2, other.address)))).toBe(0);
      expect(other.buffer.read(0, 1)).toEqual(Uint8Array.of(0xa5));
    }
  });

  it('goes by surprise, with commands under way', () => {
    const { io } = start();
    const data = memory(4096);
    expect(status(io.run(transfer(IO.write, 2, data.address)))).toBe(0);
    write(DOORBELLS + 8, 5);
    scene.function.remove();
    expect(read(REGISTER.CSTS)).toBe(0xffff_ffff);
    scene = machine.scene();
    expect(status(start().io.run({ 0: IO.flush, 1: 1 }))).toBe(0);
  });
});
