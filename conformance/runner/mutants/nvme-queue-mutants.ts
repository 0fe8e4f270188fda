/** Mutants of the model of NVMe, by hand: queues, interrupts. */
import type { DeviceMutant } from '../../../drivers-under-test/mutants/mutant.ts';
import { type NvmeEdit, nvmeMutant } from './nvme-mutant.ts';

const QUEUES: readonly NvmeEdit[] = [
  [
    'phase-stays',
    'queues',
    'The phase tag does not change when a completion queue goes around.',
    'this.phase = this.phase === 1 ? 0 : 1;',
    '',
  ],
  [
    'head-behind',
    'engine',
    'Completions tell the submission queue head of one command before.',
    'Completion.SQHD.set(entry, 0, from.head);',
    'Completion.SQHD.set(entry, 0, from.head === 0 ? from.size - 1 : from.head - 1);',
  ],
  [
    'wrong-queue-told',
    'engine',
    'Completions name their completion queue, not their submission queue.',
    'Completion.SQID.set(entry, 0, command.queue);',
    'Completion.SQID.set(entry, 0, from.completions.id);',
  ],
  [
    'no-long-queues',
    'queue-set',
    'A doorbell that adds more than 1000 commands is refused.',
    'if (used + more >= queue.size) return',
    'if (used + more >= Math.min(queue.size, 1000)) return',
  ],
  [
    'admin-wrap-late',
    'model',
    'The admin submission queue has one entry more than it was given.',
    'size: AQA.ASQS + 1,',
    'size: AQA.ASQS + 2,',
  ],
  [
    'doorbells-untold',
    'model',
    'Bad doorbells raise no event.',
    'this.events.raise(EventType.Error, info, LogPage.Errors);',
    'void info;',
  ],
  [
    'doorbells-mistold',
    'model',
    'The event of a doorbell of no queue is that of a bad value.',
    "rung === 'no-queue' ? ErrorEvent.InvalidDoorbell : ErrorEvent.InvalidDoorbellValue",
    "rung === 'no-queue' ? ErrorEvent.InvalidDoorbellValue : ErrorEvent.InvalidDoorbellValue",
  ],
  [
    'cq-zero',
    'admin-queues',
    'Completion queue 0 can be made.',
    'if (id === 0 || id > granted || queues.completions[id] !== undefined) {',
    'if (id > granted || (id > 0 && queues.completions[id] !== undefined)) {',
  ],
  [
    'sq-twice',
    'admin-queues',
    'A submission queue can be made twice.',
    'if (id === 0 || id > granted || queues.submissions[id] !== undefined) {',
    'if (id === 0 || id > granted) {',
  ],
  [
    'one-queue-more',
    'admin-queues',
    'A completion queue more than granted can be made.',
    'if (id === 0 || id > granted || queues.completions[id] !== undefined) {',
    'if (id === 0 || id > granted + 1 || queues.completions[id] !== undefined) {',
  ],
  [
    'any-length',
    'admin-queues',
    'Completion queues of any length can be made.',
    'if (size < 2 || size > QUEUE_ENTRIES_MAX || core.entrySizes.completion',
    'if (core.entrySizes.completion',
  ],
  [
    'any-vector',
    'admin-queues',
    'Completion queues take any vector.',
    'if (vector >= core.interrupts.vectors) {',
    'if (vector >= 0x1_0000) {',
  ],
  [
    'any-completion-queue',
    'admin-queues',
    'A submission queue without a completion queue is an invalid identifier.',
    'possible ? Status.CompletionQueueInvalid : Status.InvalidQueueId',
    'possible ? Status.InvalidQueueId : Status.InvalidQueueId',
  ],
  [
    'misplaced-queue',
    'admin-queues',
    'Queues may begin in the middle of a page.',
    'if (address % core.engine.pageBytes !== 0) {',
    'if (address % 64 !== 0) {',
  ],
  [
    'scattered-queue',
    'admin-queues',
    'Queues that are not contiguous are taken.',
    'if (contiguous.get(sqe) === 0) {',
    'if (contiguous.get(sqe) === 2) {',
  ],
  [
    'deletes-used-queue',
    'admin-queues',
    'A completion queue that is in use can be deleted.',
    'if (queue.users > 0) return',
    'if (queue.users > 99) return',
  ],
  [
    'deletes-admin-sq',
    'admin-queues',
    'Deleting the admin submission queue succeeds.',
    'const queue = id === 0 ? undefined : core.queues.submissions[id];',
    'const queue = core.queues.submissions[id];\n  if (id === 0) return execution.complete(Status.Success);',
  ],
  [
    'deletes-no-cq',
    'admin-queues',
    'Deleting a completion queue that is not there succeeds.',
    'const queue = id === 0 ? undefined : core.queues.completions[id];\n  if (queue === undefined) return execution.fail(Status.InvalidQueueId, DeleteQueue.QID);',
    'const queue = id === 0 ? undefined : core.queues.completions[id];\n  if (queue === undefined) return execution.complete(Status.Success);',
  ],
  [
    'deletion-leaves-commands',
    'admin-queues',
    'Commands of a deleted queue end after its deletion.',
    'core.engine.endAll(id, Status.AbortedQueueDeleted);\n',
    '',
  ],
  [
    'deletion-half-done',
    'queue-set',
    'A deleted submission queue is still there.',
    'this.submissions[queue.id] = undefined;\n',
    '',
  ],
  [
    'grants-what-cannot-be',
    'feature-table',
    'A number of 65,536 queues is taken.',
    'const AGAINST_THE_RULES = 0xffff;',
    'const AGAINST_THE_RULES = 0x1_ffff;',
  ],
];

const INTERRUPTS: readonly NvmeEdit[] = [
  [
    'line-stays',
    'interrupts',
    'INTx stays up when everything is taken.',
    'this.#asserted[queue.vector] = 0;\n',
    '',
  ],
  [
    'line-falls-early',
    'interrupts',
    'INTx falls with the first completion that is taken.',
    'if (!other.isEmpty) return;\n',
    '',
  ],
  [
    'mask-ignored',
    'interrupts',
    'Mask bits do not hold INTx down.',
    'if (this.#asserted[vector] === 1 && !this.#isMasked(vector)) level = true;',
    'if (this.#asserted[vector] === 1) level = true;',
  ],
  [
    'silent-queue-interrupts',
    'interrupts',
    'A completion queue without interrupts interrupts.',
    'if (!queue.interrupts) return;\n',
    '',
  ],
  [
    'one-vector',
    'interrupts',
    'Every message is sent by vector 0.',
    "if (mechanism === 'msix') this.#bus.message(vector);",
    "if (mechanism === 'msix') this.#bus.message(0);",
  ],
  [
    'one-message',
    'interrupts',
    'Each vector sends one message, and then no more.',
    "if (mechanism === 'msix') this.#bus.message(vector);\n      else if",
    'if',
  ],
  [
    'held-for-ever',
    'interrupts',
    'Completions that wait for company wait for ever.',
    'this.#timers[vector] === undefined) {',
    'this.#timers[vector] !== undefined) {',
  ],
  [
    'coalesces-all',
    'interrupts',
    'A vector with coalescing disabled is coalesced all the same.',
    '|| disabled[vector] === 1) {',
    '|| disabled[vector] === 2) {',
  ],
  [
    'coalescing-half-kept',
    'feature-table',
    'The time of coalescing is not kept.',
    '[FeatureId.Coalescing, { ...plain, initial: () => 0, kept: 0xffff }],',
    '[FeatureId.Coalescing, { ...plain, initial: () => 0, kept: 0xff }],',
  ],
];

/** The controller takes care twice: it needs two edits. */
const OVERFLOW: DeviceMutant = {
  id: 'nvme-model/overflow',
  target: 'sim:nvme',
  file: 'sim/devices/nvme/queues.ts',
  what: 'A full completion queue is written over.',
  edits: [
    { find: 'return this.used === this.size - 1;', replace: 'return this.size === 0;' },
    {
      find: 'return this.used + this.reserved + this.backlog.length < this.size - 1;',
      replace: 'return this.backlog.length === 0;',
    },
  ],
};

export const nvmeQueueMutants: readonly DeviceMutant[] = [
  ...[...QUEUES, ...INTERRUPTS].map(nvmeMutant),
  OVERFLOW,
];
