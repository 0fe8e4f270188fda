import { expect, test } from 'vitest';
import { AdminOpcode } from './admin-opcodes.ts';
import { ControllerBench, type Fields } from './controller-bench.ts';
import { EVENT_REQUESTS_MAX } from './events.ts';
import { FeatureId } from './feature-table.ts';
import { LogPage } from './log-pages.ts';
import { DOORBELLS_AT } from './registers.ts';
import { MORE, Status } from './status.ts';
import {
  AsyncEvent,
  Command,
  CommandEffects,
  Dword,
  ErrorEntry,
  GetLogPage,
  SetFeatures,
  Smart,
} from './structures.ts';

function enabled() {
  const bench = new ControllerBench();
  bench.enable();
  return { bench, room: bench.room(65_536) };
}

type Made = ReturnType<typeof enabled>;

function page({ bench, room }: Made, id: number, bytes: number, fields: Fields = []): Uint8Array {
  room.buffer.write(0, new Uint8Array(bytes).fill(0xee));
  const answer = bench.admin(AdminOpcode.GetLogPage, [
    [GetLogPage.LID, id],
    [GetLogPage.NUMDL, bytes / 4 - 1],
    [Command.PRP1, room.address],
    [Command.PRP2, room.address + 4096],
    ...fields,
  ]);
  expect(answer.status).toBe(Status.Success);
  return room.buffer.read(0, bytes);
}

function request({ bench }: Made, count = 1): void {
  for (let index = 0; index < count; index++) bench.put(0, AdminOpcode.EventRequest);
  bench.ring(0);
  bench.pass(100_000);
}

/** Type, information and log page of the events that have come. */
function events({ bench }: Made): number[][] {
  return bench.take(0).map(({ dword0 }) => {
    const value = new Uint8Array(4);
    Dword.VALUE.set(value, 0, dword0);
    return [AsyncEvent.TYPE.get(value), AsyncEvent.INFO.get(value), AsyncEvent.LID.get(value)];
  });
}

const badDoorbell = ({ bench }: Made, at: number, value: number) =>
  bench.pci.write(0, DOORBELLS_AT + at, 4, value);

test('every error is in the log, newest first, with the field that is to blame', () => {
  const made = enabled();
  const { bench } = made;
  bench.admin(0xff);
  bench.admin(AdminOpcode.Identify, [[Command.CDW10, 0x77]]);
  const log = page(made, LogPage.Errors, 3 * ErrorEntry.bytes);
  const of = (index: number) => {
    const at = index * ErrorEntry.bytes;
    return [
      ErrorEntry.COUNT.get(log, at),
      ErrorEntry.STATUS.get(log, at),
      ErrorEntry.LOCATION_BYTE.get(log, at),
      ErrorEntry.LOCATION_BIT.get(log, at),
    ];
  };
  expect(of(0)).toEqual([2, Status.InvalidField, 40, 0]);
  expect(of(1)).toEqual([1, Status.InvalidOpcode, 0, 0]);
  expect(of(2)).toEqual([0, 0, 0, 0]);
});

test('an offset skips into a page; what lies beyond its end reads as zeros', () => {
  const made = enabled();
  const whole = page(made, LogPage.Health, 512);
  const offset = [[GetLogPage.LPO, 508]] as const;
  expect(page(made, LogPage.Health, 8, offset)).toEqual(
    Uint8Array.from([...whole.subarray(508), 0, 0, 0, 0]),
  );
});

test.each<[string, Fields, number]>([
  ['an unknown page', [[GetLogPage.LID, 0x70]], Status.InvalidLogPage],
  ['an offset beyond the page', [[GetLogPage.LPO, 516]], Status.InvalidField],
  ['an offset that is no dword', [[GetLogPage.LPO, 2]], Status.InvalidField],
  ['health of one namespace', [[Command.NSID, 1]], Status.InvalidField],
  ['more than MDTS', [[GetLogPage.NUMDU, 2]], Status.InvalidField],
])('%s is refused', (_, fields, status) => {
  const { bench, room } = enabled();
  const usual = [
    [GetLogPage.LID, LogPage.Health],
    [Command.PRP1, room.address],
  ] as const;
  const answer = bench.admin(AdminOpcode.GetLogPage, [...usual, ...fields]);
  expect(answer.status).toBe(status + MORE);
});

test('health counts power cuts, and shutdowns that were none', () => {
  const made = enabled();
  const { bench } = made;
  const counts = () => {
    const log = page(made, LogPage.Health, 512);
    return [Smart.POWER_CYCLES.get(log), Smart.UNSAFE_SHUTDOWNS.get(log)];
  };
  expect(counts()).toEqual([1, 0]);
  bench.nvme.cutPower();
  bench.enable();
  expect(counts()).toEqual([2, 1]);
  bench.write('CC', 0x0046_4001);
  bench.pass(bench.nvme.timing.shutdownNs);
  bench.nvme.cutPower();
  bench.enable();
  expect(counts()).toEqual([3, 1]);
});

test('the effects page names every command that there is', () => {
  const log = page(enabled(), LogPage.CommandEffects, 4096);
  const supported = Array.from({ length: 512 }, (_, opcode) => opcode).filter(
    (opcode) => CommandEffects.CSUPP.get(log, opcode * 4) === 1,
  );
  const admin = Object.values(AdminOpcode);
  const io = [0, 1, 2, 4, 5, 8, 9, 12].map((opcode) => 256 + opcode);
  expect(supported).toEqual([...admin, ...io].toSorted((a, b) => a - b));
});

test('an event answers a request, and its type is masked until its page is read', () => {
  const made = enabled();
  request(made, 2);
  badDoorbell(made, 8, 1);
  expect(events(made)).toEqual([[0, 0, LogPage.Errors]]);
  badDoorbell(made, 0, 5000);
  made.bench.pass(100_000);
  expect(events(made)).toEqual([]);
  page(made, LogPage.Errors, 64, [[GetLogPage.RAE, 1]]);
  expect(events(made)).toEqual([]);
  page(made, LogPage.Errors, 64);
  badDoorbell(made, 4, 5000);
  made.bench.pass(100_000);
  expect(events(made)).toEqual([[0, 1, LogPage.Errors]]);
});

test('an event waits for a request', () => {
  const made = enabled();
  badDoorbell(made, 8, 1);
  request(made);
  expect(events(made)).toEqual([[0, 0, LogPage.Errors]]);
});

test('requests have a limit, hold no room in their queue, and can be aborted', () => {
  const made = enabled();
  request(made, EVENT_REQUESTS_MAX + 1);
  const [refused, ...others] = made.bench.take(0);
  expect(refused?.status).toBe(Status.EventRequestLimitExceeded + MORE);
  expect(others).toEqual([]);
  made.bench.put(0, AdminOpcode.Abort, [[Command.CDW10, 0]]);
  made.bench.ring(0);
  made.bench.pass(100_000);
  const answers = made.bench.take(0).map(({ id, status }) => [id, status]);
  expect(answers[0]).toEqual([0, Status.AbortedByRequest + MORE]);
  request(made);
  expect(made.bench.take(0)).toEqual([]);
});

function configure({ bench }: Made, value: number): void {
  bench.admin(AdminOpcode.SetFeatures, [
    [SetFeatures.FID, FeatureId.Events],
    [Command.CDW11, value],
  ]);
}

test('a namespace that changes is in the list until that is read', () => {
  const made = enabled();
  configure(made, 0x100);
  made.bench.put(0, AdminOpcode.EventRequest);
  made.bench.ring(0);
  made.bench.put(0, AdminOpcode.FormatNvm, [[Command.NSID, 2]]);
  made.bench.ring(0);
  made.bench.pass(50_000_000);
  const notices = events(made);
  expect(notices).toContainEqual([2, 0, LogPage.ChangedNamespaces]);
  const list = page(made, LogPage.ChangedNamespaces, 4096);
  expect([Dword.VALUE.get(list), Dword.VALUE.get(list, 4)]).toEqual([2, 0]);
  expect(Dword.VALUE.get(page(made, LogPage.ChangedNamespaces, 4096))).toBe(0);
});

test('a threshold below the temperature is a warning, and an event where the host wants it', () => {
  const made = enabled();
  const threshold = (kelvin: number) =>
    made.bench.admin(AdminOpcode.SetFeatures, [
      [SetFeatures.FID, FeatureId.TemperatureThreshold],
      [Command.CDW11, kelvin],
    ]);
  configure(made, 2);
  threshold(300);
  request(made);
  expect(events(made)).toEqual([[1, 1, LogPage.Health]]);
  const warning = () => Smart.TEMPERATURE_WARNING.get(page(made, LogPage.Health, 512));
  expect(warning()).toBe(1);
  threshold(343);
  expect(warning()).toBe(0);
});
