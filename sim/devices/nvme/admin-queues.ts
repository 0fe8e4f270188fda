/**
 * Create and Delete I/O Submission and Completion Queue: NVM Express Base Specification 1.4,
 * commands of these names (secondary). CAP.CQR is 1: queues that are not contiguous are refused.
 */
import type { StructureField } from '../../registers/structure.ts';
import type { NvmeCore } from './core.ts';
import type { Execution } from './execution.ts';
import { FeatureId } from './feature-table.ts';
import { CompletionQueue, SubmissionQueue } from './queues.ts';
import { QUEUE_ENTRIES_MAX } from './registers.ts';
import { Status } from './status.ts';
import {
  Command,
  CreateCompletionQueue,
  CreateSubmissionQueue,
  DeleteQueue,
  Feature,
} from './structures.ts';

/** Bytes of an entry as powers of two: what CC.IOSQES and CC.IOCQES must say. */
const SUBMISSION_ENTRY = 6;
const COMPLETION_ENTRY = 4;

export function createCompletionQueue(core: NvmeCore, execution: Execution): void {
  const { sqe } = execution;
  const { queues } = core;
  const id = CreateCompletionQueue.QID.get(sqe);
  const size = CreateCompletionQueue.QSIZE.get(sqe) + 1;
  const vector = CreateCompletionQueue.IV.get(sqe);
  const granted = Feature.QUEUES.NCQ.get(core.features.dword(FeatureId.Queues)) + 1;
  if (id === 0 || id > granted || queues.completions[id] !== undefined) {
    return execution.fail(Status.InvalidQueueId, CreateCompletionQueue.QID);
  }
  if (size < 2 || size > QUEUE_ENTRIES_MAX || core.entrySizes.completion !== COMPLETION_ENTRY) {
    return execution.fail(Status.InvalidQueueSize, CreateCompletionQueue.QSIZE);
  }
  const address = addressOf(core, execution, CreateCompletionQueue.PC);
  if (address === undefined) return undefined;
  if (vector >= core.interrupts.vectors) {
    return execution.fail(Status.InvalidInterruptVector, CreateCompletionQueue.IV);
  }
  const interrupts = CreateCompletionQueue.IEN.get(sqe) === 1;
  queues.addCompletion(new CompletionQueue({ id, address, size, vector, interrupts }));
  return execution.complete(Status.Success);
}

export function createSubmissionQueue(core: NvmeCore, execution: Execution): void {
  const { sqe } = execution;
  const { queues } = core;
  const id = CreateSubmissionQueue.QID.get(sqe);
  const size = CreateSubmissionQueue.QSIZE.get(sqe) + 1;
  const target = CreateSubmissionQueue.CQID.get(sqe);
  const granted = Feature.QUEUES.NSQ.get(core.features.dword(FeatureId.Queues)) + 1;
  const completions = target === 0 ? undefined : queues.completions[target];
  if (completions === undefined) {
    // An identifier that no queue can have is another error than one that no queue has.
    const possible = target > 0 && target < queues.completions.length;
    const status = possible ? Status.CompletionQueueInvalid : Status.InvalidQueueId;
    return execution.fail(status, CreateSubmissionQueue.CQID);
  }
  if (id === 0 || id > granted || queues.submissions[id] !== undefined) {
    return execution.fail(Status.InvalidQueueId, CreateSubmissionQueue.QID);
  }
  if (size < 2 || size > QUEUE_ENTRIES_MAX || core.entrySizes.submission !== SUBMISSION_ENTRY) {
    return execution.fail(Status.InvalidQueueSize, CreateSubmissionQueue.QSIZE);
  }
  const address = addressOf(core, execution, CreateSubmissionQueue.PC);
  if (address === undefined) return undefined;
  const priority = CreateSubmissionQueue.QPRIO.get(sqe);
  queues.addSubmission(new SubmissionQueue({ id, address, size, completions, priority }));
  return execution.complete(Status.Success);
}

/** Commands that were taken end first; those that were not are never heard of. */
export function deleteSubmissionQueue(core: NvmeCore, execution: Execution): void {
  const id = DeleteQueue.QID.get(execution.sqe);
  const queue = id === 0 ? undefined : core.queues.submissions[id];
  if (queue === undefined) return execution.fail(Status.InvalidQueueId, DeleteQueue.QID);
  core.engine.endAll(id, Status.AbortedQueueDeleted);
  core.queues.removeSubmission(queue);
  return execution.complete(Status.Success);
}

export function deleteCompletionQueue(core: NvmeCore, execution: Execution): void {
  const id = DeleteQueue.QID.get(execution.sqe);
  const queue = id === 0 ? undefined : core.queues.completions[id];
  if (queue === undefined) return execution.fail(Status.InvalidQueueId, DeleteQueue.QID);
  if (queue.users > 0) return execution.fail(Status.InvalidQueueDeletion, DeleteQueue.QID);
  core.queues.removeCompletion(queue);
  core.interrupts.taken(queue);
  return execution.complete(Status.Success);
}

/** Where a contiguous queue lies; undefined when the command has ended with an error. */
function addressOf(
  core: NvmeCore,
  execution: Execution,
  contiguous: StructureField,
): number | undefined {
  const { sqe } = execution;
  if (contiguous.get(sqe) === 0) {
    execution.fail(Status.InvalidField, contiguous);
    return undefined;
  }
  const address = Command.PRP1.get(sqe);
  if (address % core.engine.pageBytes !== 0) {
    execution.fail(Status.InvalidPrpOffset, Command.PRP1);
    return undefined;
  }
  return address;
}
