import { describe, expect, test } from 'vitest';
import { AdminOpcode } from './admin-opcodes.ts';
import { ControllerBench } from './controller-bench.ts';
import { EXECUTIONS_MAX } from './engine.ts';
import { Begin } from './outbox.ts';
import { MORE, Status } from './status.ts';
import { AbortCommand, Command, DeleteQueue, ReadWrite } from './structures.ts';

const Io = { Flush: 0, Write: 1, Read: 2, Compare: 5 };
const LONG_NS = 50_000_000;
const NAMESPACE = [Command.NSID, 1] as const;

function enabled(size = 16) {
  const bench = new ControllerBench();
  bench.enable();
  bench.createPair(1, size);
  return bench;
}

const error = (status: number) => status + MORE;

test('phases and heads go round with the queues, command by command', () => {
  const bench = enabled(4);
  for (let count = 1; count <= 20; count++) {
    const answer = bench.io(1, Io.Flush, [NAMESPACE]);
    expect(answer).toMatchObject({ queue: 1, status: Status.Success, queueHead: count % 4 });
  }
});

test('no more commands are taken than completions find room', () => {
  const bench = enabled(8);
  for (let index = 0; index < 7; index++) bench.put(1, Io.Flush, [NAMESPACE]);
  bench.ring(1);
  bench.pass(LONG_NS);
  const first = bench.peek(1);
  expect(first).toHaveLength(7);
  for (let index = 0; index < 7; index++) bench.put(1, Io.Flush, [NAMESPACE]);
  bench.ring(1);
  bench.pass(LONG_NS);
  // The host has rung no head: nothing is taken, nothing is overwritten.
  expect(bench.nvme.engine.inFlight).toBe(0);
  expect(bench.peek(1)).toEqual([]);
  bench.ringHead(1);
  bench.pass(LONG_NS);
  expect(bench.peek(1)).toHaveLength(7);
});

test('the controller works on so many commands at once, and on the others later', () => {
  const bench = enabled(1024);
  for (let index = 0; index < 1000; index++) bench.put(1, Io.Flush, [NAMESPACE]);
  bench.ring(1);
  bench.pass(bench.nvme.timing.fetchNs);
  expect(bench.nvme.engine.inFlight).toBe(EXECUTIONS_MAX);
  bench.pass(LONG_NS);
  expect(new Set(bench.take(1).map(({ id }) => id)).size).toBe(1000);
});

test('a command identifier that is in use is a conflict for the second one only', () => {
  const bench = enabled();
  bench.put(1, Io.Flush, [NAMESPACE], 7);
  bench.put(1, Io.Flush, [NAMESPACE], 7);
  bench.ring(1);
  bench.pass(LONG_NS);
  const answers = bench.take(1).map(({ id, status }) => [id, status]);
  expect(answers).toEqual([
    [7, error(Status.CommandIdConflict)],
    [7, Status.Success],
  ]);
  expect(bench.io(1, Io.Flush, [NAMESPACE]).status).toBe(Status.Success);
});

describe('fused commands', () => {
  const fuse = (order: number) => [Command.FUSE, order] as const;

  function answersOf(orders: readonly (readonly [number, number])[]): number[] {
    const bench = enabled();
    const room = bench.room(4096);
    for (const [opcode, order] of orders) {
      bench.put(1, opcode, [NAMESPACE, fuse(order), [Command.PRP1, room.address]]);
    }
    bench.ring(1);
    bench.pass(LONG_NS);
    return bench
      .take(1)
      .toSorted((a, b) => a.id - b.id)
      .map(({ status }) => status);
  }

  test.each<[string, (readonly [number, number])[], number[]]>([
    [
      'two in order are one',
      [
        [Io.Compare, 1],
        [Io.Write, 2],
      ],
      [0, 0],
    ],
    ['a first one without a second', [[Io.Compare, 1]], [error(Status.AbortedMissingFused)]],
    ['a second one without a first', [[Io.Write, 2]], [error(Status.AbortedMissingFused)]],
    ['a reserved value', [[Io.Write, 3]], [error(Status.InvalidField)]],
    [
      'a first one before another command',
      [
        [Io.Compare, 1],
        [Io.Flush, 0],
      ],
      [error(Status.AbortedMissingFused), 0],
    ],
    [
      'a first one before a pair',
      [
        [Io.Compare, 1],
        [Io.Compare, 1],
        [Io.Write, 2],
      ],
      [error(Status.AbortedMissingFused), 0, 0],
    ],
  ])('%s', (_, orders, statuses) => {
    expect(answersOf(orders)).toEqual(statuses);
  });

  test('none on the admin queue', () => {
    const bench = enabled();
    expect(bench.admin(AdminOpcode.Identify, [fuse(1)]).status).toBe(error(Status.InvalidField));
  });
});

describe('abort', () => {
  const abort = (bench: ControllerBench, queue: number, id: number) =>
    bench.put(0, AdminOpcode.Abort, [
      [AbortCommand.SQID, queue],
      [AbortCommand.CID, id],
    ]);

  test('a command in flight ends so, and the abort says that it was found', () => {
    const bench = enabled();
    bench.put(1, Io.Flush, [NAMESPACE], 9);
    bench.ring(1);
    abort(bench, 1, 9);
    bench.ring(0);
    bench.pass(20_000);
    expect(bench.take(1)).toMatchObject([{ id: 9, status: error(Status.AbortedByRequest) }]);
    expect(bench.take(0)).toMatchObject([{ status: Status.Success, dword0: 0 }]);
    bench.pass(LONG_NS);
    expect(bench.take(1)).toEqual([]);
  });

  test('a command that is not there is left alone', () => {
    const bench = enabled();
    const id = abort(bench, 1, 9);
    bench.ring(0);
    bench.pass(LONG_NS);
    expect(bench.take(0)).toMatchObject([{ id, status: Status.Success, dword0: 1 }]);
  });

  test('a queue that is not there is a wrong field', () => {
    const bench = enabled();
    abort(bench, 5, 9);
    bench.ring(0);
    bench.pass(LONG_NS);
    expect(bench.take(0)).toMatchObject([{ status: error(Status.InvalidField) }]);
  });

  test('an abort does not abort itself, and more than ACL at once are too many', () => {
    const bench = enabled();
    for (let index = 0; index < 6; index++) abort(bench, 1, 9);
    bench.ring(0);
    bench.pass(LONG_NS);
    const statuses = bench.take(0).map(({ status }) => status);
    const limit = error(Status.AbortLimitExceeded);
    expect(statuses).toEqual([limit, limit, 0, 0, 0, 0]);
    bench.put(0, AdminOpcode.Abort, [[AbortCommand.CID, 77]], 77);
    bench.ring(0);
    bench.pass(LONG_NS);
    expect(bench.take(0)).toMatchObject([{ id: 77, dword0: 1 }]);
  });
});

test('deleting a submission queue ends what it had in flight, before the deletion ends', () => {
  const bench = enabled();
  const ids = [bench.put(1, Io.Flush, [NAMESPACE]), bench.put(1, Io.Flush, [NAMESPACE])];
  bench.ring(1);
  const answer = bench.admin(AdminOpcode.DeleteSubmissionQueue, [[DeleteQueue.QID, 1]]);
  expect(answer.status).toBe(Status.Success);
  const aborted = error(Status.AbortedQueueDeleted);
  expect(bench.take(1)).toMatchObject(ids.map((id) => ({ id, status: aborted })));
});

test('an outbox decides whether commands are carried out', () => {
  const bench = enabled();
  const inner = bench.nvme.outbox;
  const verdicts: number[] = [Status.InternalError, Begin.Ignore, Begin.Go, Begin.Fatal];
  bench.nvme.outbox = Object.assign(Object.create(inner) as typeof inner, {
    begin: () => verdicts.shift() ?? Begin.Go,
    post: (queue: number, entry: Uint8Array) => inner.post(queue, entry),
  });
  for (let index = 0; index < 4; index++) bench.put(1, Io.Flush, [NAMESPACE], 20 + index);
  bench.ring(1);
  bench.pass(LONG_NS);
  expect(bench.take(1).map(({ id, status }) => [id, status])).toEqual([
    [20, error(Status.InternalError)],
    [22, Status.Success],
  ]);
  expect(bench.read('CSTS')).toBe(3);
});

test('a write to the last byte of a PRP page reaches the medium whole', () => {
  const bench = enabled();
  const room = bench.room(8192);
  const data = Uint8Array.from({ length: 1024 }, (_, at) => at % 251);
  room.buffer.write(4096 - 512, data);
  const fields = [
    NAMESPACE,
    [ReadWrite.NLB, 1] as const,
    [Command.PRP1, room.address + 4096 - 512] as const,
    [Command.PRP2, room.address + 4096] as const,
  ];
  expect(bench.io(1, Io.Write, fields).status).toBe(Status.Success);
  room.buffer.write(4096 - 512, new Uint8Array(1024));
  expect(bench.io(1, Io.Read, fields).status).toBe(Status.Success);
  expect(room.buffer.read(4096 - 512, 1024)).toEqual(data);
});
