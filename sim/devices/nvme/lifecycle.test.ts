import { describe, expect, test } from 'vitest';
import { AdminOpcode } from './admin-opcodes.ts';
import { ControllerBench } from './controller-bench.ts';
import { SUBSYSTEM_RESET } from './registers.ts';
import { Command, Identify } from './structures.ts';

const ENABLED = 0x0046_0001;
const NORMAL = 0x4000;
const Csts = { Ready: 1, Fatal: 2, Occurring: 4, Complete: 8, SubsystemReset: 16 };

function enabled() {
  const bench = new ControllerBench();
  bench.enable();
  return { bench, timing: bench.nvme.timing };
}

test('CSTS.RDY follows CC.EN after its time, both ways, within CAP.TO', () => {
  const bench = new ControllerBench();
  const { readyNs, resetNs } = bench.nvme.timing;
  bench.pair(0, 4);
  bench.write('AQA', 3 * 0x1_0001);
  bench.write('ASQ', bench.pairs[0]?.submissions.address ?? 0);
  bench.write('ACQ', bench.pairs[0]?.completions.address ?? 0);
  bench.write('CC', ENABLED);
  bench.pass(readyNs - 1);
  expect(bench.read('CSTS')).toBe(0);
  bench.pass(1);
  expect(bench.read('CSTS')).toBe(Csts.Ready);
  bench.write('CC', 0);
  bench.pass(resetNs - 1);
  expect(bench.read('CSTS')).toBe(Csts.Ready);
  bench.pass(1);
  expect(bench.read('CSTS')).toBe(0);
  expect(Math.max(readyNs, resetNs)).toBeLessThan(bench.registers.CAP.TO * 500e6);
});

test.each<[string, (bench: ControllerBench) => void, number]>([
  ['no admin submission queue', (bench) => bench.write('AQA', 0x1f_0000), ENABLED],
  ['no admin completion queue', (bench) => bench.write('AQA', 0x1f), ENABLED],
  ['an unknown command set', () => {}, ENABLED + 0x10],
  ['pages larger than CAP.MPSMAX', () => {}, ENABLED + 5 * 0x80],
  ['an unknown arbitration', () => {}, ENABLED + 7 * 0x800],
  ['a queue that is not on a page of its size', () => {}, ENABLED + 0x80],
])('with %s the controller fails instead of being ready', (_, prepare, configuration) => {
  const bench = new ControllerBench();
  bench.write('AQA', 0x1f_001f);
  bench.write('ASQ', 0x1000);
  bench.write('ACQ', 0x3000);
  prepare(bench);
  bench.write('CC', configuration);
  bench.pass(bench.nvme.timing.readyNs);
  expect(bench.read('CSTS')).toBe(Csts.Fatal);
  bench.write('CC', 0);
  bench.pass(bench.nvme.timing.resetNs);
  expect(bench.read('CSTS')).toBe(0);
});

test('a controller reset keeps AQA, ASQ and ACQ, and forgets queues and masks', () => {
  const { bench, timing } = enabled();
  const before = [bench.registers.AQA.value, bench.registers.ASQ.value, bench.registers.ACQ.value];
  bench.createPair(1);
  bench.write('INTMS', 0xff);
  bench.write('CC', 0);
  bench.pass(timing.resetNs);
  const { AQA, ASQ, ACQ } = bench.registers;
  expect([AQA.value, ASQ.value, ACQ.value]).toEqual(before);
  expect(bench.read('INTMS')).toBe(0);
  expect(bench.nvme.queues.submissions.every((queue) => queue === undefined)).toBe(true);
});

test('CC.EN set again while the controller still stops starts it once it has', () => {
  const { bench, timing } = enabled();
  bench.write('CC', 0);
  bench.write('CC', ENABLED);
  bench.pass(timing.resetNs);
  expect(bench.read('CSTS')).toBe(0);
  bench.pass(timing.readyNs);
  expect(bench.read('CSTS')).toBe(Csts.Ready);
});

test('CC.EN cleared before the controller is ready leaves it off', () => {
  const bench = new ControllerBench();
  bench.write('CC', ENABLED);
  bench.write('CC', 0);
  bench.pass(bench.nvme.timing.readyNs * 2);
  expect(bench.read('CSTS')).toBe(0);
});

test('a shutdown occurs, then it is complete, and no command is taken after it', () => {
  const { bench, timing } = enabled();
  bench.write('CC', ENABLED + NORMAL);
  expect(bench.read('CSTS')).toBe(Csts.Ready + Csts.Occurring);
  bench.pass(timing.shutdownNs);
  expect(bench.read('CSTS')).toBe(Csts.Ready + Csts.Complete);
  bench.put(0, AdminOpcode.Identify);
  bench.ring(0);
  bench.pass(1_000_000);
  expect(bench.take(0)).toEqual([]);
  bench.write('CC', 0);
  bench.pass(timing.resetNs);
  expect(bench.read('CSTS')).toBe(0);
});

test('what must not change while CC.EN is set stays as it was', () => {
  const { bench } = enabled();
  bench.write('CC', ENABLED + 0x80 + 0x800 + 0x10);
  expect(bench.read('CC')).toBe(ENABLED);
});

describe('resets from outside', () => {
  test.each(['hot', 'function'] as const)('a %s reset clears every register', (kind) => {
    const { bench } = enabled();
    expect(bench.pci.reset(kind)).toBe(true);
    bench.pci.configWrite(4, 2, 6);
    const names = ['CC', 'CSTS', 'AQA', 'ASQ', 'ACQ', 'INTMS'] as const;
    expect(names.map((name) => bench.read(name))).toEqual([0, 0, 0, 0, 0, 0]);
    bench.pairs.length = 0;
    bench.enable();
    expect(bench.read('CSTS')).toBe(Csts.Ready);
  });

  test('NSSR takes one word only; CSTS says so until a one is written there', () => {
    const { bench } = enabled();
    bench.write('NSSR', SUBSYSTEM_RESET + 1);
    expect(bench.read('CSTS')).toBe(Csts.Ready);
    bench.write('NSSR', SUBSYSTEM_RESET);
    expect(bench.read('NSSR')).toBe(0);
    expect(bench.read('CC')).toBe(0);
    expect(bench.read('CSTS')).toBe(Csts.SubsystemReset);
    bench.write('CSTS', Csts.SubsystemReset);
    expect(bench.read('CSTS')).toBe(0);
  });
});

test('a queue that cannot be read is fatal until the controller is reset', () => {
  const { bench, timing } = enabled();
  bench.pairs[0]?.submissions.mapping.unmap();
  bench.put(0, AdminOpcode.Identify, [
    [Identify.CNS, 1],
    [Command.PRP1, 0x1000],
  ]);
  bench.ring(0);
  bench.pass(10_000);
  expect(bench.read('CSTS')).toBe(Csts.Ready + Csts.Fatal);
  bench.write('CC', 0);
  bench.pass(timing.resetNs);
  expect(bench.read('CSTS')).toBe(0);
});
