import { expect, test } from 'vitest';
import { AdminOpcode } from './admin-opcodes.ts';
import { ControllerBench } from './controller-bench.ts';
import { Status } from './status.ts';
import { Command, Controller, Identify, ReadWrite } from './structures.ts';

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
