/** The education device itself, register by register, without a driver. */
import fc from 'fast-check';
import { property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { probe, type Probe } from '../probe.ts';
import { DmaBits, IRFACT, Register, edu } from './device-facts.ts';

/** A short computation ends within this time; a transfer within that. */
const COMPUTED_NS = 10_000_000;
const MOVED_NS = 250_000_000;
/** Of any length, and modulo 2^32 zero: some 0.1 s on a fast machine. */
const LONG = 0x0800_0000;
const LONG_NS = 60_000_000_000;
const ALL_ONES = 0xffffffff;
const ADDRESS_BITS = 28;

const word = fc.oneof(fc.constantFrom(0, 1, 0x80000000, ALL_ONES), fc.nat({ max: ALL_ONES }));

function factorial32(n: number): number {
  let result = 1;
  for (let factor = 2; factor <= n; factor++) result = Math.imul(result, factor);
  return result >>> 0;
}

function setUp(scene: Scene, signal: 'none' | 'msi' = 'none') {
  const device = probe(scene, signal);
  const registers = device.registers(0);
  return {
    device,
    read: (offset: number) => registers.read(offset, 4),
    write: (offset: number, value: number) => registers.write(offset, 4, value),
    registers,
  };
}

interface Transfer {
  readonly source: number;
  readonly destination: number;
  readonly count: number;
  readonly command: number;
}

function startTransfer({ registers }: ReturnType<typeof setUp>, transfer: Transfer): void {
  registers.write64(Register.DmaSource, BigInt(transfer.source));
  registers.write64(Register.DmaDestination, BigInt(transfer.destination));
  registers.write64(Register.DmaCount, BigInt(transfer.count));
  registers.write64(Register.DmaCommand, BigInt(transfer.command));
}

const signalled = (device: Probe) => device.level || device.messages.length > 0;

export const device = suite({
  id: 'edu/device',
  for: { device: 'edu' },
  clauses: [
    {
      id: 'identification',
      cite: edu('MMIO area spec, 0x00'),
      text: 'The identification register ends in 0xed and names version 1.0; writes do nothing.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const { read, write } = setUp(scene);
        expect.equal(read(Register.Identification), 0x010000ed, 'the identification register');
        write(Register.Identification, 0x12345678);
        expect.equal(read(Register.Identification), 0x010000ed, 'the same after a write');
      },
    },
    {
      id: 'reset',
      cite: edu('MMIO area spec'),
      text: 'After a reset nothing is computed, raised or transferred, and the registers are zero.',
      level: 'should',
      subject: 'device',
      needs: ['device-reset'],
      check(scene) {
        const { write } = setUp(scene);
        write(Register.Liveness, 1);
        write(Register.Factorial, 5);
        write(Register.Status, IRFACT);
        write(Register.InterruptRaise, 0xff);
        expect.that(scene.function.reset('hot'), 'the hot reset is done');
        const { read, registers, device: edu1 } = setUp(scene);
        const zero = ['Liveness', 'Factorial', 'Status', 'InterruptStatus'] as const;
        for (const name of zero) expect.equal(read(Register[name]), 0, name);
        expect.equal(registers.read64(Register.DmaCommand), 0n, 'the transfer command');
        expect.equal(signalled(edu1), false, 'an interrupt');
      },
    },
    {
      id: 'interrupt-status-read-only',
      cite: edu('MMIO area spec, 0x24'),
      text: 'The interrupt status register takes no writes.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const { read, write } = setUp(scene);
        write(Register.InterruptStatus, 0x55);
        expect.equal(read(Register.InterruptStatus), 0, 'the status after a write to it');
        write(Register.InterruptRaise, 0x0f);
        write(Register.InterruptStatus, 0);
        expect.equal(read(Register.InterruptStatus), 0x0f, 'the raised bits after a write of zero');
      },
    },
    property({
      id: 'liveness',
      cite: edu('MMIO area spec, 0x04'),
      text: 'The liveness register reads as the complement of what was written.',
      level: 'shall',
      subject: 'device',
      given: word,
      check(scene, value) {
        const { read, write } = setUp(scene);
        write(Register.Liveness, value);
        expect.equal(read(Register.Liveness), ~value >>> 0, 'the liveness register');
        expect.equal(read(Register.Liveness), ~value >>> 0, 'the liveness register, read again');
      },
    }),
    property({
      id: 'factorial',
      cite: edu('MMIO area spec, 0x08 and 0x20'),
      text: 'The factorial, modulo 2^32, stands in the register once the computing bit is clear.',
      level: 'shall',
      subject: 'device',
      given: fc.nat({ max: 40 }),
      async check(scene, n) {
        const { read, write, device: edu1 } = setUp(scene);
        write(Register.Factorial, n);
        await scene.pass(COMPUTED_NS);
        expect.equal(read(Register.Status) & 1, 0, 'the computing bit');
        expect.equal(read(Register.Factorial), factorial32(n), `${n}! modulo 2^32`);
        expect.equal(signalled(edu1), false, 'an interrupt that was not asked for');
      },
    }),
    {
      id: 'computing',
      cite: edu('MMIO area spec, 0x20'),
      text: 'The computing bit is set while a factorial is computed, which takes time.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const { read, write } = setUp(scene);
        write(Register.Factorial, LONG);
        write(Register.Factorial, 5);
        expect.equal(read(Register.Status) & 1, 1, 'the computing bit right after the writes');
        const limit = scene.world.now + LONG_NS;
        while ((read(Register.Status) & 1) === 1 && scene.world.now < limit) {
          await scene.pass(COMPUTED_NS);
        }
        expect.equal(read(Register.Status) & 1, 0, 'the computing bit in the end');
        expect.equal(read(Register.Factorial), 0, `${LONG}! modulo 2^32, not 5!`);
      },
    },
    {
      id: 'factorial-interrupt',
      cite: edu('MMIO area spec, 0x20'),
      text: 'With bit 0x80 of the status register set, the end of a factorial interrupts.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const { read, write, device: edu1 } = setUp(scene);
        write(Register.Status, IRFACT);
        expect.equal(read(Register.Status), IRFACT, 'the status register');
        write(Register.Factorial, 5);
        await scene.pass(COMPUTED_NS);
        expect.equal(edu1.level, true, 'the interrupt line');
        expect.equal(read(Register.InterruptStatus), 1, 'the interrupt status register');
        write(Register.InterruptAcknowledge, 1);
        await scene.pass(1000);
        expect.equal(edu1.level, false, 'the interrupt line after the acknowledge');
        write(Register.Status, 0);
        expect.equal(read(Register.Status), 0, 'the status register, bit cleared');
      },
    },
    property({
      id: 'status-writable',
      cite: edu('MMIO area spec, 0x20'),
      text: 'Only bit 0x80 of the status register can be written.',
      level: 'shall',
      subject: 'device',
      given: word,
      check(scene, value) {
        const { read, write } = setUp(scene);
        write(Register.Status, value);
        expect.equal(read(Register.Status), (value & IRFACT) >>> 0, 'the status register');
      },
    }),
    property({
      id: 'raise',
      cite: edu('IRQ controller'),
      text: 'Raised bits gather in the status register; the line falls when all are acknowledged.',
      level: 'shall',
      subject: 'device',
      given: fc.tuple(word, word, word),
      async check(scene, [first, second, acknowledged]) {
        const { read, write, device: edu1 } = setUp(scene);
        write(Register.InterruptRaise, first);
        write(Register.InterruptRaise, second);
        const gathered = (first | second) >>> 0;
        await scene.pass(1000);
        expect.equal(read(Register.InterruptStatus), gathered, 'the raised bits');
        expect.equal(edu1.level, gathered !== 0, 'the interrupt line');
        write(Register.InterruptAcknowledge, acknowledged);
        const left = (gathered & ~acknowledged) >>> 0;
        await scene.pass(1000);
        expect.equal(read(Register.InterruptStatus), left, 'the bits that were not acknowledged');
        expect.equal(edu1.level, left !== 0, 'the interrupt line after the acknowledge');
      },
    }),
    {
      id: 'message',
      cite: edu('IRQ controller'),
      text: 'With MSI on, each raise sends one message, and the line stays quiet.',
      level: 'shall',
      subject: 'device',
      needs: ['msi'],
      async check(scene) {
        const { write, device: edu1 } = setUp(scene, 'msi');
        write(Register.InterruptRaise, 4);
        await scene.pass(1000);
        write(Register.InterruptRaise, 8);
        await scene.pass(1000);
        expect.equal(edu1.messages, [0, 0], 'messages by vector');
        expect.equal(edu1.level, false, 'the interrupt line');
      },
    },
    {
      id: 'write-only',
      cite: edu('MMIO area spec, 0x60 and 0x64'),
      text: 'What is written to the raise and acknowledge registers does not read back.',
      level: 'should',
      subject: 'device',
      check(scene) {
        const { read, write } = setUp(scene);
        for (const register of [Register.InterruptRaise, Register.InterruptAcknowledge]) {
          write(register, 0x55);
          expect.that(read(register) !== 0x55, `register ${register} does not read back`);
        }
      },
    },
    property({
      id: 'transfer',
      cite: edu('DMA controller'),
      text: 'A transfer moves the bytes both ways; START reads as set until its end.',
      level: 'shall',
      subject: 'device',
      given: fc.tuple(fc.nat({ max: 2000 }), fc.uint8Array({ minLength: 1, maxLength: 300 })),
      async check(scene, [offset, bytes]) {
        const edu1 = setUp(scene);
        const { buffer, mapping } = edu1.device.memory(bytes.length * 2, ADDRESS_BITS);
        buffer.write(0, bytes);
        const inDevice = Register.Buffer + offset;
        const count = bytes.length;
        const into = { source: mapping.address, destination: inDevice, count, command: 1 };
        startTransfer(edu1, into);
        expect.equal(edu1.read(Register.DmaCommand), 1, 'the command register during a transfer');
        await scene.pass(MOVED_NS);
        expect.equal(edu1.read(Register.DmaCommand) & DmaBits.start, 0, 'START at the end');
        const back = mapping.address + count;
        startTransfer(edu1, { source: inDevice, destination: back, count, command: 3 });
        await scene.pass(MOVED_NS);
        expect.equal(buffer.read(0, count), bytes, 'the source');
        expect.equal(buffer.read(count, count), bytes, 'what came back');
        expect.equal(signalled(edu1.device), false, 'an interrupt that was not asked for');
      },
    }),
    {
      id: 'transfer-interrupt',
      cite: edu('MMIO area spec, 0x98'),
      text: 'With bit 4 in its command, the end of a transfer interrupts with 0x100.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const edu1 = setUp(scene);
        const { mapping } = edu1.device.memory(16, ADDRESS_BITS);
        const transfer = { source: mapping.address, destination: Register.Buffer, count: 16 };
        startTransfer(edu1, { ...transfer, command: DmaBits.start + DmaBits.interrupt });
        await scene.pass(MOVED_NS);
        expect.equal(edu1.read(Register.InterruptStatus), 0x100, 'the interrupt status register');
        expect.equal(edu1.device.level, true, 'the interrupt line');
      },
    },
    {
      id: 'transfer-needs-start',
      cite: edu('MMIO area spec, 0x98'),
      text: 'A command without the start bit starts nothing.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const edu1 = setUp(scene);
        const { buffer, mapping } = edu1.device.memory(16, ADDRESS_BITS);
        const transfer = { source: Register.Buffer, destination: mapping.address, count: 16 };
        buffer.write(0, new Uint8Array(16).fill(0xee));
        startTransfer(edu1, { ...transfer, command: DmaBits.toMemory + DmaBits.interrupt });
        await scene.pass(MOVED_NS);
        expect.equal(buffer.read(0, 16), new Uint8Array(16).fill(0xee), 'the memory');
        expect.equal(signalled(edu1.device), false, 'an interrupt');
      },
    },
    {
      id: 'no-mastering',
      cite: { document: 'PCI Local Bus Specification', revision: '3.0', basis: 'secondary' },
      text: 'Without bus mastering a transfer reaches no memory.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const edu1 = setUp(scene);
        const { buffer, mapping } = edu1.device.memory(16, ADDRESS_BITS);
        buffer.write(0, new Uint8Array(16).fill(0xee));
        scene.port.configWrite(0x04, 2, 0x2);
        const transfer = { source: Register.Buffer, destination: mapping.address, count: 16 };
        startTransfer(edu1, { ...transfer, command: DmaBits.start + DmaBits.toMemory });
        await scene.pass(MOVED_NS);
        expect.equal(buffer.read(0, 16), new Uint8Array(16).fill(0xee), 'the memory');
      },
    },
    property({
      id: 'wide-registers',
      cite: edu('MMIO area spec, 0x80 to 0x90'),
      text: 'The transfer registers hold 64 bits, and take accesses of four and of eight bytes.',
      level: 'shall',
      subject: 'device',
      given: fc.tuple(
        fc.constantFrom(Register.DmaSource, Register.DmaDestination, Register.DmaCount),
        fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
      ),
      check(scene, [register, value]) {
        const { registers, read, write } = setUp(scene);
        registers.write64(register, value);
        expect.equal(registers.read64(register), value, 'eight bytes');
        const low = Number(value % 2n ** 32n);
        expect.equal(read(register), low, 'the lower four bytes');
        write(register, low);
        expect.equal(read(register), low, 'four bytes written');
      },
    }),
    {
      id: 'narrow-registers',
      cite: edu('MMIO area spec'),
      text: 'Registers below 0x80 do not answer accesses of eight bytes.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const { registers, read } = setUp(scene);
        registers.write64(Register.Status, BigInt(IRFACT));
        expect.equal(read(Register.Status), 0, 'the status register after eight bytes');
      },
    },
  ],
});
