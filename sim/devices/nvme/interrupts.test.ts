import { expect, test } from 'vitest';
import { AdminOpcode } from './admin-opcodes.ts';
import { ControllerBench } from './controller-bench.ts';
import { FeatureId } from './feature-table.ts';
import { Command, SetFeatures } from './structures.ts';

const FLUSH = 0;
const TIMED_OUT_NS = 10_000_000;

/** Queue 1 with vector 1; what was signalled until then is forgotten. */
function bench(mechanism: 'none' | 'msi' | 'msix') {
  const made = new ControllerBench({}, mechanism === 'msix');
  if (mechanism === 'msi') made.pci.route('msi', 32);
  made.enable();
  return made;
}

function withQueue(mechanism: 'msi' | 'msix') {
  const made = bench(mechanism);
  made.createPair(1);
  made.signals.length = 0;
  return made;
}

function flushes(made: ControllerBench, count: number): void {
  for (let index = 0; index < count; index++) made.put(1, FLUSH, [[Command.NSID, 1]]);
  made.ring(1);
}

function set(made: ControllerBench, feature: number, value: number): void {
  made.admin(AdminOpcode.SetFeatures, [
    [SetFeatures.FID, feature],
    [Command.CDW11, value],
  ]);
  made.signals.length = 0;
}

test('INTx is asserted until the host has taken every completion, and masked by INTMS', () => {
  const made = bench('none');
  made.put(0, AdminOpcode.Identify);
  made.put(0, AdminOpcode.Identify);
  made.ring(0);
  made.pass(TIMED_OUT_NS);
  expect(made.signals).toEqual([true]);
  made.write('INTMS', 1);
  expect(made.signals).toEqual([true, false]);
  expect([made.read('INTMS'), made.read('INTMC')]).toEqual([1, 1]);
  made.write('INTMC', 1);
  expect(made.signals).toEqual([true, false, true]);
  made.take(0);
  expect(made.signals).toEqual([true, false, true, false]);
});

test('without messages there is one vector', () => {
  expect(bench('none').createPair(1).completion.status % 0x2000).toBe(0x108);
});

test('MSI sends one message until the host has taken everything; a mask holds it back', () => {
  const made = withQueue('msi');
  flushes(made, 2);
  made.pass(TIMED_OUT_NS);
  flushes(made, 1);
  made.pass(TIMED_OUT_NS);
  expect(made.signals).toEqual([1]);
  made.take(1);
  made.write('INTMS', 2);
  flushes(made, 1);
  made.pass(TIMED_OUT_NS);
  expect(made.signals).toEqual([1]);
  made.write('INTMC', 2);
  expect(made.signals).toEqual([1, 1]);
});

test('MSI-X sends a message for each burst of completions, whatever INTMS says', () => {
  const made = withQueue('msix');
  made.write('INTMS', 0xffffffff);
  for (let burst = 0; burst < 3; burst++) {
    flushes(made, 1);
    made.pass(TIMED_OUT_NS);
  }
  expect(made.signals).toEqual([1, 1, 1]);
});

test('coalescing waits for its threshold or its time', () => {
  const made = withQueue('msix');
  const start = made.world.now;
  set(made, FeatureId.Coalescing, 100 * 256 + 2);
  flushes(made, 2);
  made.pass(9_000_000);
  expect(made.signals).toEqual([]);
  flushes(made, 1);
  made.pass(500_000);
  expect(made.signals).toEqual([1]);
  flushes(made, 1);
  made.pass(9_000_000);
  expect(made.signals).toEqual([1]);
  made.pass(2_000_000);
  expect(made.signals).toEqual([1, 1]);
  expect(made.world.now).toBeGreaterThan(start);
});

test('a vector may be left out of coalescing, and the admin queue always is', () => {
  const made = withQueue('msix');
  set(made, FeatureId.Coalescing, 255 * 256 + 255);
  set(made, FeatureId.Vector, 0x1_0001);
  flushes(made, 1);
  made.pass(1_000_000);
  expect(made.signals).toEqual([1]);
  made.admin(AdminOpcode.Identify);
  expect(made.signals).toEqual([1, 0]);
});

test('a reset withdraws what is asserted and forgets what is held back', () => {
  const made = bench('none');
  made.put(0, AdminOpcode.Identify);
  made.ring(0);
  made.pass(TIMED_OUT_NS);
  made.write('CC', 0);
  made.pass(TIMED_OUT_NS);
  expect(made.signals).toEqual([true, false]);
  const other = withQueue('msix');
  set(other, FeatureId.Coalescing, 255 * 256 + 255);
  flushes(other, 1);
  other.pass(1_000_000);
  other.write('CC', 0);
  other.pass(100_000_000);
  expect(other.signals).toEqual([]);
});
