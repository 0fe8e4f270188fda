import { expect, it } from 'vitest';
import { AdminOpcode } from './admin-opcodes.ts';
import { ControllerBench, type Fields } from './controller-bench.ts';
import { firmwareImage } from './firmware-image.ts';
import { IoOpcode } from './io-commands.ts';
import {
  Command,
  Controller,
  FirmwareCommit,
  FirmwareDownload,
  FormatCommand,
  GetLogPage,
  Identify,
  Namespace,
  NamespaceManagement,
  ReadWrite,
  SelfTest,
  SetFeatures,
} from './structures.ts';

const MS = 1_000_000;
const BLOCK = 512;

/** An enabled controller, an I/O queue pair, and a page for data. */
function bench() {
  const it = new ControllerBench();
  const page = { ...it.room(8192) };
  const boot = () => {
    it.enable();
    it.createPair(1);
  };
  boot();
  const io = (opcode: number, fields: Fields = []) =>
    it.io(1, opcode, [[Command.NSID, 1], [Command.PRP1, page.address], ...fields]).status % 0x2000;
  const admin = (opcode: number, fields: Fields = [], ms = 0) => {
    const answer = it.put(0, opcode, [[Command.PRP1, page.address], ...fields]);
    it.ring(0);
    it.pass((ms + 1) * MS);
    return it.take(0).find(({ id }) => id === answer)!;
  };
  const write = (lba: number, value: number, fields: Fields = []) => {
    page.buffer.write(0, new Uint8Array(BLOCK).fill(value));
    expect(io(IoOpcode.Write, [[ReadWrite.SLBA, lba], ...fields])).toBe(0);
  };
  const read = (lba: number) => {
    expect(io(IoOpcode.Read, [[ReadWrite.SLBA, lba]])).toBe(0);
    return page.buffer.read(0, 1)[0];
  };
  const log = (id: number, bytes: number) => {
    admin(AdminOpcode.GetLogPage, [
      [GetLogPage.LID, id],
      [GetLogPage.NUMDL, bytes / 4 - 1],
      [Command.NSID, 0xffff_ffff],
    ]);
    return page.buffer.read(0, bytes);
  };
  const identify = (cns: number, nsid = 0) => {
    admin(AdminOpcode.Identify, [
      [Identify.CNS, cns],
      [Command.NSID, nsid],
    ]);
    return page.buffer.read(0, 4096);
  };
  const reset = () => {
    it.write('CC', 0);
    it.pass(MS);
    boot();
  };
  /** The machine's power fails and comes back. */
  const cutPower = () => {
    it.nvme.cutPower();
    boot();
  };
  return { it, page, io, admin, write, read, log, identify, reset, cutPower };
}

it('keeps what was flushed, written with FUA or without a cache, and nothing else for sure', () => {
  const { io, admin, write, read, cutPower } = bench();
  const lost = { flushed: 0, fua: 0, uncached: 0, cached: 0 };
  for (let round = 1; round <= 20; round++) {
    write(0, round);
    io(IoOpcode.Flush);
    write(1, round, [[ReadWrite.FUA, 1]]);
    write(2, round);
    cutPower();
    if (read(0) !== round) lost.flushed++;
    if (read(1) !== round) lost.fua++;
    if (read(2) !== round) lost.cached++;
    admin(AdminOpcode.SetFeatures, [[SetFeatures.FID, 6]]);
    write(3, round);
    cutPower();
    if (read(3) !== round) lost.uncached++;
  }
  expect(lost).toMatchObject({ flushed: 0, fua: 0, uncached: 0 });
  expect(lost.cached).toBeGreaterThan(0);
  expect(lost.cached).toBeLessThan(20);
});

it('loses nothing by a reset, nor by a normal shutdown before the power goes', () => {
  const { it: controller, write, read, reset, cutPower } = bench();
  for (let round = 1; round <= 10; round++) {
    write(0, round);
    reset();
    expect(read(0)).toBe(round);
    const { CC } = controller.registers;
    controller.write('CC', Number(CC.value) + 0x4000);
    controller.pass(10 * MS);
    cutPower();
    expect(read(0)).toBe(round);
  }
});

it('updates its firmware, which a reset activates', () => {
  const { page, admin, identify, log, reset } = bench();
  const image = firmwareImage({ revision: '2.5', bytes: 8192 });
  for (const at of [4096, 0]) {
    page.buffer.write(0, image.slice(at, at + 4096));
    const { status } = admin(AdminOpcode.FirmwareDownload, [
      [FirmwareDownload.NUMD, 1023],
      [FirmwareDownload.OFST, at / 4],
    ]);
    expect(status).toBe(0);
  }
  const commit: Fields = [
    [FirmwareCommit.FS, 2],
    [FirmwareCommit.CA, 1],
  ];
  expect(admin(AdminOpcode.FirmwareCommit, commit, 50).status).toBe(0);
  expect(Controller.FR.getText(identify(1))).toBe('1.0');
  expect(log(3, 512)[0]).toBe(0x21);
  reset();
  expect(Controller.FR.getText(identify(1))).toBe('2.5');
  expect(log(3, 512)[0]).toBe(0x02);
});

it('formats a namespace, which answers nothing else meanwhile, and tells of it', () => {
  const { it: controller, io, admin, write, read, log, identify } = bench();
  write(0, 7);
  admin(AdminOpcode.SetFeatures, [
    [SetFeatures.FID, 0x0b],
    [Command.CDW11, 0x100],
  ]);
  controller.put(0, AdminOpcode.EventRequest);
  controller.put(0, AdminOpcode.FormatNvm, [
    [Command.NSID, 1],
    [FormatCommand.LBAF, 1],
  ]);
  controller.ring(0);
  controller.pass(MS);
  expect(io(IoOpcode.Read)).toBe(0x84);
  controller.pass(100 * MS);
  const [event, format] = controller.take(0).toSorted((a, b) => b.dword0 - a.dword0);
  expect([event?.dword0, format?.status]).toEqual([0x04_0002, 0]);
  expect([...log(4, 4096).subarray(0, 8)]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
  expect([...log(4, 4096).subarray(0, 4)]).toEqual([0, 0, 0, 0]);
  expect(Namespace.NSZE.get(identify(0, 1))).toBe(8192);
  expect(read(0)).toBe(0);
  expect(admin(AdminOpcode.FormatNvm, [[Command.NSID, 3]]).status % 0x2000).toBe(0x02);
});

it('makes a namespace that the host can use', () => {
  const { page, io, admin, identify } = bench();
  const data = new Uint8Array(4096);
  Namespace.NSZE.set(data, 0, 64);
  Namespace.NCAP.set(data, 0, 64);
  page.buffer.write(0, data);
  expect(admin(AdminOpcode.NamespaceManagement)).toMatchObject({ status: 0, dword0: 3 });
  expect(io(IoOpcode.Read, [[Command.NSID, 3]])).toBe(0x02);
  page.buffer.write(0, Uint8Array.of(1, 0, 0, 0));
  expect(admin(AdminOpcode.NamespaceAttachment, [[Command.NSID, 3]]).status).toBe(0);
  expect(io(IoOpcode.Read, [[Command.NSID, 3]])).toBe(0);
  expect(Namespace.NSZE.get(identify(0, 3))).toBe(64);
  const removal: Fields = [
    [Command.NSID, 3],
    [NamespaceManagement.SEL, 1],
  ];
  expect(admin(AdminOpcode.NamespaceManagement, removal).status).toBe(0);
  expect(io(IoOpcode.Read, [[Command.NSID, 3]])).toBe(0x02);
});

it('tests itself, and finds what cannot be read', () => {
  const { it: controller, io, admin, log } = bench();
  expect(io(IoOpcode.WriteUncorrectable, [[ReadWrite.SLBA, 5]])).toBe(0);
  const test: Fields = [
    [SelfTest.STC, 1],
    [Command.NSID, 1],
  ];
  expect(admin(AdminOpcode.SelfTest, test).status).toBe(0);
  expect(log(6, 564)[0]).toBe(1);
  controller.pass(1000 * MS);
  const page = log(6, 564);
  expect([page[0], page[4], page[4 + 16]]).toEqual([0, 0x17, 5]);
});
