import { expect, test } from 'vitest';
import { AdminOpcode } from './admin-opcodes.ts';
import { ControllerBench, type Fields } from './controller-bench.ts';
import { FeatureId } from './feature-table.ts';
import { Select } from './features.ts';
import { MORE, Status } from './status.ts';
import { ALL_NAMESPACES, Command, GetFeatures, SetFeatures, Timestamp } from './structures.ts';

function enabled() {
  const bench = new ControllerBench();
  bench.enable();
  return bench;
}

function get(bench: ControllerBench, feature: number, select: number, fields: Fields = []) {
  const usual = [
    [GetFeatures.FID, feature],
    [GetFeatures.SEL, select],
  ] as const;
  return bench.admin(AdminOpcode.GetFeatures, [...usual, ...fields]);
}

function set(bench: ControllerBench, feature: number, value: number, fields: Fields = []) {
  const usual = [
    [SetFeatures.FID, feature],
    [Command.CDW11, value],
  ] as const;
  return bench.admin(AdminOpcode.SetFeatures, [...usual, ...fields]);
}

function restart(bench: ControllerBench): void {
  bench.write('CC', 0);
  bench.pass(bench.nvme.timing.resetNs);
  bench.pairs.length = 0;
  bench.enable();
}

test('a value lasts until a reset, a saved one over a power cut', () => {
  const bench = enabled();
  const values = () =>
    [Select.Current, Select.Default, Select.Saved].map(
      (select) => get(bench, FeatureId.Arbitration, select).dword0,
    );
  expect(values()).toEqual([7, 7, 7]);
  set(bench, FeatureId.Arbitration, 3);
  expect(values()).toEqual([3, 7, 7]);
  restart(bench);
  expect(values()).toEqual([7, 7, 7]);
  set(bench, FeatureId.Arbitration, 2, [[SetFeatures.SV, 1]]);
  set(bench, FeatureId.Arbitration, 1);
  expect(values()).toEqual([1, 7, 2]);
  bench.nvme.cutPower();
  bench.pairs.length = 0;
  bench.enable();
  expect(values()).toEqual([2, 7, 2]);
  expect(bench.nvme.engine.arbiter.weights.burst).toBe(2);
});

test.each([
  [FeatureId.Arbitration, 0x0504_0306, 0x0504_0306],
  [FeatureId.PowerManagement, 2, 2],
  [FeatureId.TemperatureThreshold, 400, 400],
  [FeatureId.WriteCache, 0, 0],
  [FeatureId.Coalescing, 0x1234, 0x1234],
  [FeatureId.Vector, 0x1_0005, 0x1_0005],
  [FeatureId.WriteAtomicity, 1, 1],
  [FeatureId.Events, 0x31f, 0x31f],
])('feature %i takes %i', (feature, value, kept) => {
  const bench = enabled();
  expect(set(bench, feature, value).status).toBe(Status.Success);
  const part = feature === FeatureId.Vector ? 5 : 0;
  const answer = get(bench, feature, Select.Current, [[Command.CDW11, part]]);
  expect(answer).toMatchObject({ status: Status.Success, dword0: kept });
});

test('capabilities say what can be saved, changed, and is of a namespace', () => {
  const bench = enabled();
  const of = (feature: number) => get(bench, feature, Select.Capabilities).dword0;
  expect(of(FeatureId.Arbitration)).toBe(5);
  expect(of(FeatureId.ErrorRecovery)).toBe(7);
  expect(of(FeatureId.Queues)).toBe(4);
});

test.each<[string, number, number, Fields, number]>([
  ['an unknown feature', 0x55, 0, [], Status.InvalidField],
  ['a power state beyond NPSS', FeatureId.PowerManagement, 9, [], Status.InvalidField],
  ['no sensor of that number', FeatureId.TemperatureThreshold, 0x2_0000, [], Status.InvalidField],
  ['a third side', FeatureId.TemperatureThreshold, 0x20_0000, [], Status.InvalidField],
  ['65,535 queues more', FeatureId.Queues, 0xffff, [], Status.InvalidField],
  ['a vector that is not there', FeatureId.Vector, 65, [], Status.InvalidField],
  ['saving what is not', FeatureId.Queues, 1, [[SetFeatures.SV, 1]], Status.FeatureNotSaveable],
  [
    'one namespace for all',
    FeatureId.Arbitration,
    1,
    [[Command.NSID, 1]],
    Status.FeatureNotPerNamespace,
  ],
  ['no namespace', FeatureId.ErrorRecovery, 1, [[Command.NSID, 0]], Status.InvalidNamespace],
])('Set Features refuses %s', (_, feature, value, fields, status) => {
  expect(set(enabled(), feature, value, fields).status).toBe(status + MORE);
});

test('error recovery is of one namespace, or of all at once', () => {
  const bench = enabled();
  const deallocated = () => [1, 2].map((id) => bench.nvme.namespaces.get(id)?.deallocatedError);
  set(bench, FeatureId.ErrorRecovery, 0x1_0000, [[Command.NSID, 2]]);
  expect(deallocated()).toEqual([false, true]);
  expect(get(bench, FeatureId.ErrorRecovery, 0, [[Command.NSID, 2]]).dword0).toBe(0x1_0000);
  set(bench, FeatureId.ErrorRecovery, 0x1_0000, [[Command.NSID, ALL_NAMESPACES]]);
  expect(deallocated()).toEqual([true, true]);
  restart(bench);
  expect(deallocated()).toEqual([false, false]);
});

test('the write cache is what its feature says, also after a reset', () => {
  const bench = enabled();
  set(bench, FeatureId.WriteCache, 0, [[SetFeatures.SV, 1]]);
  expect(bench.nvme.namespaces.cacheEnabled).toBe(false);
  set(bench, FeatureId.WriteCache, 1);
  expect(bench.nvme.namespaces.cacheEnabled).toBe(true);
  bench.nvme.cutPower();
  expect(bench.nvme.namespaces.cacheEnabled).toBe(false);
});

test('the timestamp counts from what the host said', () => {
  const bench = enabled();
  const room = bench.room(4096);
  const read = () => {
    get(bench, FeatureId.Timestamp, Select.Current, [[Command.PRP1, room.address]]);
    return room.buffer.read(0, Timestamp.bytes);
  };
  expect(Timestamp.ORIGIN.get(read())).toBe(0);
  const bytes = new Uint8Array(Timestamp.bytes);
  Timestamp.MILLISECONDS_LOW.set(bytes, 0, 0xffff_ffff);
  Timestamp.MILLISECONDS_HIGH.set(bytes, 0, 7);
  room.buffer.write(0, bytes);
  set(bench, FeatureId.Timestamp, 0, [[Command.PRP1, room.address]]);
  bench.pass(5_000_000);
  const now = read();
  expect(Timestamp.ORIGIN.get(now)).toBe(1);
  expect(Timestamp.MILLISECONDS_HIGH.get(now)).toBe(8);
  expect(Timestamp.MILLISECONDS_LOW.get(now)).toBeGreaterThanOrEqual(4);
});
