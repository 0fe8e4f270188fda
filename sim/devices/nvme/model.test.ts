import { expect, test } from 'vitest';
import { AdminOpcode } from './admin-opcodes.ts';
import { ControllerBench } from './controller-bench.ts';
import { Status } from './status.ts';
import { Command, Controller, GetFeatures, Identify, ReadWrite } from './structures.ts';

test('a controller comes up, says who it is, and moves data through a queue of its own', () => {
  const bench = new ControllerBench();
  expect(bench.read('CSTS')).toBe(0);
  bench.enable();
  expect(bench.read('CSTS')).toBe(1);
  const page = bench.room(4096);
  const identified = bench.admin(AdminOpcode.Identify, [
    [Identify.CNS, 1],
    [Command.PRP1, page.address],
  ]);
  expect(identified).toMatchObject({ status: Status.Success, queue: 0, queueHead: 1 });
  expect(Controller.SN.getText(page.buffer.read(0, 4096))).toBe('DYNO0001');
  expect(bench.createPair(1)).toMatchObject({
    completion: { status: 0 },
    submission: { status: 0 },
  });
  const data = Uint8Array.from({ length: 4096 }, (_, at) => (at * 7) % 256);
  page.buffer.write(0, data);
  const fields = [
    [Command.NSID, 1],
    [Command.PRP1, page.address],
    [ReadWrite.SLBA, 8],
    [ReadWrite.NLB, 7],
  ] as const;
  expect(bench.io(1, 1, fields)).toMatchObject({ status: Status.Success });
  page.buffer.write(0, new Uint8Array(4096));
  expect(bench.io(1, 2, fields)).toMatchObject({ status: Status.Success });
  expect(page.buffer.read(0, 4096)).toEqual(data);
  expect(bench.signals).toEqual([0, 0, 0, 1, 1]);
});

test('admin commands refuse SGLs, and for a feature of namespaces what is none', () => {
  const bench = new ControllerBench();
  bench.enable();
  const code = (opcode: number, fields: Parameters<typeof bench.admin>[1]) =>
    (bench.admin(opcode, fields)?.status ?? 0) % CODES;
  expect(code(AdminOpcode.DeleteSubmissionQueue, [[Command.PSDT, 1]])).toBe(0x02);
  const errorRecovery = (nsid: number) =>
    code(AdminOpcode.GetFeatures, [
      [GetFeatures.FID, 5],
      [Command.NSID, nsid],
    ]);
  expect([0, 1, 3, 0xffff_ffff].map(errorRecovery)).toEqual([0x0b, 0, 0x02, 0x0b]);
});

/** Status code type and status code, without the flags above them. */
const CODES = 0x800;
