import { describe, expect, test } from 'vitest';
import { AdminOpcode } from './admin-opcodes.ts';
import { ControllerBench, type Fields } from './controller-bench.ts';
import { FeatureId } from './feature-table.ts';
import { IO_QUEUES, QUEUE_ENTRIES_MAX } from './registers.ts';
import { MORE, Status } from './status.ts';
import {
  Command,
  CreateCompletionQueue,
  CreateSubmissionQueue,
  DeleteQueue,
  SetFeatures,
} from './structures.ts';

const PAGE = 0x10_0000;

function enabled() {
  const bench = new ControllerBench();
  bench.enable();
  return bench;
}

function completionQueue(bench: ControllerBench, fields: Fields = []): number {
  const { QID, QSIZE, PC, IEN, IV } = CreateCompletionQueue;
  const usual = [
    [QID, 1],
    [QSIZE, 7],
    [PC, 1],
    [IEN, 1],
    [IV, 1],
    [Command.PRP1, PAGE],
  ] as const;
  return bench.admin(AdminOpcode.CreateCompletionQueue, [...usual, ...fields]).status;
}

function submissionQueue(bench: ControllerBench, fields: Fields = []): number {
  const { QID, QSIZE, PC, CQID } = CreateSubmissionQueue;
  const usual = [
    [QID, 1],
    [QSIZE, 7],
    [PC, 1],
    [CQID, 1],
    [Command.PRP1, PAGE],
  ] as const;
  return bench.admin(AdminOpcode.CreateSubmissionQueue, [...usual, ...fields]).status;
}

const remove = (bench: ControllerBench, opcode: number, id: number) =>
  bench.admin(opcode, [[DeleteQueue.QID, id]]).status;

describe('a completion queue is refused', () => {
  const { QID, QSIZE, PC, IV } = CreateCompletionQueue;
  test.each<[string, Fields, number]>([
    ['as queue 0', [[QID, 0]], Status.InvalidQueueId],
    ['beyond the last', [[QID, IO_QUEUES + 1]], Status.InvalidQueueId],
    ['of one entry', [[QSIZE, 0]], Status.InvalidQueueSize],
    ['above CAP.MQES', [[QSIZE, QUEUE_ENTRIES_MAX]], Status.InvalidQueueSize],
    ['that is not contiguous', [[PC, 0]], Status.InvalidField],
    ['off its page', [[Command.PRP1, PAGE + 64]], Status.InvalidPrpOffset],
    ['with a vector that is not there', [[IV, 65]], Status.InvalidInterruptVector],
  ])('%s', (_, fields, status) => {
    expect(completionQueue(enabled(), fields)).toBe(status + MORE);
  });

  test('twice', () => {
    const bench = enabled();
    expect(completionQueue(bench)).toBe(Status.Success);
    expect(completionQueue(bench)).toBe(Status.InvalidQueueId + MORE);
  });

  test('while CC.IOCQES says another size', () => {
    const bench = enabled();
    bench.write('CC', 0x0006_0001);
    expect(completionQueue(bench)).toBe(Status.InvalidQueueSize + MORE);
  });

  test('beyond what Number of Queues granted', () => {
    const bench = enabled();
    const answer = bench.admin(AdminOpcode.SetFeatures, [
      [SetFeatures.FID, FeatureId.Queues],
      [Command.CDW11, 0x0003_0007],
    ]);
    expect(answer).toMatchObject({ status: Status.Success, dword0: 0x0003_0007 });
    expect(completionQueue(bench, [[CreateCompletionQueue.QID, 4]])).toBe(Status.Success);
    expect(completionQueue(bench, [[CreateCompletionQueue.QID, 5]])).toBe(
      Status.InvalidQueueId + MORE,
    );
  });
});

describe('a submission queue is refused', () => {
  const { QID, QSIZE, PC, CQID } = CreateSubmissionQueue;
  test.each<[string, Fields, number]>([
    ['as queue 0', [[QID, 0]], Status.InvalidQueueId],
    ['beyond the last', [[QID, IO_QUEUES + 1]], Status.InvalidQueueId],
    ['of one entry', [[QSIZE, 0]], Status.InvalidQueueSize],
    ['above CAP.MQES', [[QSIZE, QUEUE_ENTRIES_MAX]], Status.InvalidQueueSize],
    ['that is not contiguous', [[PC, 0]], Status.InvalidField],
    ['off its page', [[Command.PRP1, PAGE + 64]], Status.InvalidPrpOffset],
    ['on a completion queue that is not there', [[CQID, 2]], Status.CompletionQueueInvalid],
    ['on one that cannot be', [[CQID, IO_QUEUES + 1]], Status.InvalidQueueId],
    ['on the admin completion queue', [[CQID, 0]], Status.InvalidQueueId],
  ])('%s', (_, fields, status) => {
    const bench = enabled();
    completionQueue(bench);
    expect(submissionQueue(bench, fields)).toBe(status + MORE);
    expect(submissionQueue(bench)).toBe(Status.Success);
    expect(submissionQueue(bench)).toBe(Status.InvalidQueueId + MORE);
  });
});

test('queues go in the order that leaves none without its completion queue', () => {
  const bench = enabled();
  const { DeleteSubmissionQueue, DeleteCompletionQueue } = AdminOpcode;
  completionQueue(bench);
  submissionQueue(bench);
  submissionQueue(bench, [[CreateSubmissionQueue.QID, 9]]);
  expect(remove(bench, DeleteCompletionQueue, 1)).toBe(Status.InvalidQueueDeletion + MORE);
  expect(remove(bench, DeleteSubmissionQueue, 1)).toBe(Status.Success);
  expect(remove(bench, DeleteSubmissionQueue, 1)).toBe(Status.InvalidQueueId + MORE);
  expect(remove(bench, DeleteCompletionQueue, 1)).toBe(Status.InvalidQueueDeletion + MORE);
  expect(remove(bench, DeleteSubmissionQueue, 9)).toBe(Status.Success);
  expect(remove(bench, DeleteCompletionQueue, 1)).toBe(Status.Success);
  expect(remove(bench, DeleteCompletionQueue, 0)).toBe(Status.InvalidQueueId + MORE);
  expect(remove(bench, DeleteSubmissionQueue, 0)).toBe(Status.InvalidQueueId + MORE);
  expect(completionQueue(bench)).toBe(Status.Success);
});

test('all 64 pairs work at once', () => {
  const bench = enabled();
  for (let id = 1; id <= IO_QUEUES; id++) bench.createPair(id, 4);
  for (let id = 1; id <= IO_QUEUES; id++) {
    bench.put(id, 0, [[Command.NSID, 1]], id);
    bench.ring(id);
  }
  bench.pass(10_000_000);
  for (let id = 1; id <= IO_QUEUES; id++) {
    expect(bench.take(id)).toMatchObject([{ id, queue: id, status: Status.Success }]);
  }
});

test('queues are not granted again once there are some', () => {
  const bench = enabled();
  completionQueue(bench);
  const answer = bench.admin(AdminOpcode.SetFeatures, [[SetFeatures.FID, FeatureId.Queues]]);
  expect(answer.status).toBe(Status.SequenceError + MORE);
});
