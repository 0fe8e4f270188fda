import { expect, test } from 'vitest';
import { AdminOpcode } from './admin-opcodes.ts';
import { ControllerBench, type Fields } from './controller-bench.ts';
import { MORE, Status } from './status.ts';
import {
  ALL_NAMESPACES,
  Command,
  Controller,
  Dword,
  Identify,
  LBA_FORMATS_AT,
  LbaFormat,
  Namespace,
  NamespaceManagement,
} from './structures.ts';

function enabled() {
  const bench = new ControllerBench();
  bench.enable();
  return { bench, room: bench.room(4096) };
}

type Made = ReturnType<typeof enabled>;

function ask({ bench, room }: Made, cns: number, nsid = 0, fields: Fields = []) {
  const { status } = bench.admin(AdminOpcode.Identify, [
    [Identify.CNS, cns],
    [Command.NSID, nsid],
    [Command.PRP1, room.address],
    ...fields,
  ]);
  return { status, data: room.buffer.read(0, 4096) };
}

const dwords = (data: Uint8Array, count: number) =>
  Array.from({ length: count }, (_, index) => Dword.VALUE.get(data, index * 4));

test('the controller says what it can do', () => {
  const made = enabled();
  const { data } = ask(made, 1);
  expect(Controller.MN.getText(data)).toBe('Driver Dyno NVMe Controller');
  expect(Controller.VER.get(data)).toBe(made.bench.read('VS'));
  // 2^MDTS pages of CAP.MPSMIN.
  expect(2 ** Controller.MDTS.get(data) * 4096).toBe(512 * 1024);
  expect([Controller.SQES_MIN.get(data), Controller.CQES_MIN.get(data)]).toEqual([6, 4]);
  expect(Controller.NN.get(data)).toBe(256);
  const total = Controller.TNVMCAP.get(data);
  expect(total - Controller.UNVMCAP.get(data)).toBe(64 * 1024 * 1024);
});

test('a namespace says its size and its formats; one that is not active says zeros', () => {
  const made = enabled();
  const { data } = ask(made, 0, 2);
  expect(Namespace.NSZE.get(data)).toBe(8192);
  const format = LBA_FORMATS_AT + Namespace.FLBAS_FORMAT.get(data) * LbaFormat.bytes;
  expect(LbaFormat.LBADS.get(data, format)).toBe(12);
  expect(ask(made, 0, 7)).toEqual({ status: Status.Success, data: new Uint8Array(4096) });
  expect(ask(made, 0, 257).status).toBe(Status.InvalidNamespace + MORE);
  const common = ask(made, 0, ALL_NAMESPACES).data;
  expect([Namespace.NSZE.get(common), Namespace.NLBAF.get(common)]).toEqual([0, 1]);
});

test('lists have the identifiers above the one that is given', () => {
  const made = enabled();
  made.bench.admin(AdminOpcode.NamespaceAttachment, [
    [NamespaceManagement.SEL, 1],
    [Command.NSID, 1],
    [Command.PRP1, made.room.address],
  ]);
  expect(dwords(ask(made, 2).data, 3)).toEqual([1, 2, 0]);
  expect(dwords(ask(made, 2, 1).data, 2)).toEqual([2, 0]);
  expect(dwords(ask(made, 0x10).data, 3)).toEqual([1, 2, 0]);
  for (const nsid of [ALL_NAMESPACES, ALL_NAMESPACES - 1]) {
    expect(ask(made, 2, nsid).status).toBe(Status.InvalidNamespace + MORE);
  }
});

test('an allocated namespace is known before it is attached', () => {
  const made = enabled();
  const data = new Uint8Array(4096);
  Namespace.NSZE.set(data, 0, 100);
  Namespace.NCAP.set(data, 0, 100);
  made.room.buffer.write(0, data);
  const created = made.bench.admin(AdminOpcode.NamespaceManagement, [
    [Command.PRP1, made.room.address],
  ]);
  expect(created).toMatchObject({ status: Status.Success, dword0: 3 });
  expect(dwords(ask(made, 2).data, 3)).toEqual([1, 2, 0]);
  expect(dwords(ask(made, 0x10).data, 4)).toEqual([1, 2, 3, 0]);
  expect(Namespace.NSZE.get(ask(made, 0, 3).data)).toBe(0);
  expect(Namespace.NSZE.get(ask(made, 0x11, 3).data)).toBe(100);
  // How many controllers, then which.
  expect(dwords(ask(made, 0x12, 3).data, 1)).toEqual([0]);
  expect(dwords(ask(made, 0x12, 2).data, 1)).toEqual([1]);
  expect(dwords(ask(made, 0x13).data, 1)).toEqual([1]);
  expect(dwords(ask(made, 0x13, 0, [[Identify.CNTID, 1]]).data, 1)).toEqual([0]);
});

test('identifiers of a namespace are the same in both structures', () => {
  const made = enabled();
  const { data } = ask(made, 3, 2);
  const eui64 = data.slice(4, 12);
  const nguid = data.slice(16, 32);
  expect([data[0], data[1], data[12], data[13], data[32]]).toEqual([1, 8, 2, 16, 0]);
  const namespace = ask(made, 0, 2).data;
  expect(Namespace.EUI64.view(namespace)).toEqual(eui64);
  expect(Namespace.NGUID.view(namespace)).toEqual(nguid);
});

test('what is not known, and what cannot be sent, is refused', () => {
  const made = enabled();
  expect(ask(made, 0x77).status).toBe(Status.InvalidField + MORE);
  const wrong = (address: number) => ask(made, 1, 0, [[Command.PRP1, address]]).status;
  expect(wrong(made.room.address + 2)).toBe(Status.InvalidPrpOffset + MORE);
  expect(wrong(0x7000_0000)).toBe(Status.DataTransferError + MORE);
});
