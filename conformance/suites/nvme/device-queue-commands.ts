/** Commands that make and delete queues: what they refuse, and what is left. */
import { enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { Admin, CONTIGUOUS, INTERRUPTS, Io, pair, transfer } from './commands.ts';
import {
  Feature,
  Status,
  enabled,
  expectStatus,
  nvme,
  queuePairs,
  setFeature,
  statusName,
  withQueue,
} from './facts.ts';
import { type RawHost, Register } from './raw-host.ts';

const FLUSH = { opcode: Io.Flush, nsid: 1 };
/** After a doorbell that means nothing. */
const QUIET_NS = 2e6;

interface BadQueue {
  readonly name: string;
  readonly status: number | readonly number[];
  create(host: RawHost): ReturnType<RawHost['admin']>;
}

const RING_BYTES = 4096;

function newCq(
  host: RawHost,
  change: { id?: number; size?: number; flags?: number; vector?: number; offset?: number },
) {
  const { id = 2, size = 15, flags = CONTIGUOUS, vector = 0, offset = 0 } = change;
  const { address } = host.memory(RING_BYTES);
  return host.admin({
    opcode: Admin.CreateCq,
    prp1: address + offset,
    dword10: pair(id, size),
    dword11: pair(flags, vector),
  });
}

function newSq(
  host: RawHost,
  change: { id?: number; size?: number; cq?: number; offset?: number },
) {
  const { id = 2, size = 15, cq = 1, offset = 0 } = change;
  const { address } = host.memory(RING_BYTES);
  return host.admin({
    opcode: Admin.CreateSq,
    prp1: address + offset,
    dword10: pair(id, size),
    dword11: pair(CONTIGUOUS, cq),
  });
}

const { InvalidQueueId, InvalidQueueSize, InvalidField, PrpOffset } = Status;
const BAD_QUEUES: readonly BadQueue[] = [
  {
    name: 'a CQ with identifier 0',
    status: InvalidQueueId,
    create: (host) => newCq(host, { id: 0 }),
  },
  { name: 'a CQ that exists', status: InvalidQueueId, create: (host) => newCq(host, { id: 1 }) },
  {
    name: 'a CQ beyond the last',
    status: InvalidQueueId,
    create: (host) => newCq(host, { id: 0xffff }),
  },
  {
    name: 'a CQ of one entry',
    status: InvalidQueueSize,
    create: (host) => newCq(host, { size: 0 }),
  },
  {
    name: 'a CQ that is too long',
    status: InvalidQueueSize,
    create: (host) => newCq(host, { size: host.entriesMax }),
  },
  {
    name: 'a CQ with a vector that is not there',
    status: [Status.InvalidVector],
    create: (host) => newCq(host, { flags: CONTIGUOUS + INTERRUPTS, vector: 0xffff }),
  },
  {
    name: 'a CQ in the middle of a page',
    status: [PrpOffset, InvalidField],
    create: (host) => newCq(host, { offset: 64 }),
  },
  {
    name: 'an SQ with identifier 0',
    status: InvalidQueueId,
    create: (host) => newSq(host, { id: 0 }),
  },
  { name: 'an SQ that exists', status: InvalidQueueId, create: (host) => newSq(host, { id: 1 }) },
  {
    name: 'an SQ beyond the last',
    status: InvalidQueueId,
    create: (host) => newSq(host, { id: 0xffff }),
  },
  {
    name: 'an SQ of one entry',
    status: InvalidQueueSize,
    create: (host) => newSq(host, { size: 0 }),
  },
  {
    name: 'an SQ that is too long',
    status: InvalidQueueSize,
    create: (host) => newSq(host, { size: host.entriesMax }),
  },
  {
    name: 'an SQ whose CQ does not exist',
    status: [Status.CompletionQueueInvalid],
    create: (host) => newSq(host, { cq: 5 }),
  },
  {
    name: 'an SQ whose CQ is the admin one',
    status: [Status.InvalidQueueId, Status.CompletionQueueInvalid],
    create: (host) => newSq(host, { cq: 0 }),
  },
  {
    name: 'an SQ in the middle of a page',
    status: [PrpOffset, InvalidField],
    create: (host) => newSq(host, { offset: 64 }),
  },
];

export const deviceQueueCommands = suite({
  id: 'nvme/device-queue-commands',
  for: { device: 'nvme' },
  clauses: [
    enumerated({
      id: 'refused-queues',
      cite: nvme('Create I/O Completion Queue command; Create I/O Submission Queue command'),
      text: 'A queue that cannot be is refused with the status that says why, and the others work.',
      level: 'shall',
      subject: 'device',
      every: BAD_QUEUES.map(({ name }) => name),
      async check(scene, name) {
        const { host, queue } = withQueue(scene);
        const bad = BAD_QUEUES.find((each) => each.name === name);
        if (bad !== undefined) expectStatus(bad.create(host), bad.status, name);
        expectStatus(host.io(queue, FLUSH), Status.Success, 'a flush afterwards');
      },
    }),
    {
      id: 'non-contiguous',
      cite: nvme('Controller Capabilities, Contiguous Queues Required'),
      text: 'Where CAP.CQR is set, queues that are not contiguous are refused.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const required = Math.floor(host.read(Register.CAP) / 2 ** 16) % 2 === 1;
        if (!required) return;
        expectStatus(newCq(host, { flags: 0 }), Status.InvalidField, 'a CQ without PC');
      },
    },
    {
      id: 'deletion',
      cite: nvme('Delete I/O Completion Queue command; Delete I/O Submission Queue command'),
      text: 'A completion queue is deleted after the submission queues that use it, not before.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const { host } = withQueue(scene);
        expectStatus(host.deleteCq(1), Status.InvalidQueueDeletion, 'deletion of a CQ in use');
        expectStatus(host.deleteSq(1), Status.Success, 'deletion of its SQ');
        expectStatus(host.deleteCq(1), Status.Success, 'deletion of the CQ then');
        expectStatus(host.deleteSq(1), Status.InvalidQueueId, 'a second deletion');
      },
    },
    enumerated({
      id: 'deletion-of-no-sq',
      cite: nvme('Delete I/O Submission Queue command'),
      text: 'The admin queue cannot be deleted, nor a submission queue that does not exist.',
      level: 'shall',
      subject: 'device',
      every: [0, 7, 0xffff],
      async check(scene, id) {
        const { host } = withQueue(scene);
        expectStatus(host.deleteSq(id), Status.InvalidQueueId, `deletion of SQ ${id}`);
      },
    }),
    enumerated({
      id: 'deletion-of-no-cq',
      cite: nvme('Delete I/O Completion Queue command'),
      text: 'The admin queue cannot be deleted, nor a completion queue that does not exist.',
      level: 'shall',
      subject: 'device',
      every: [0, 7, 0xffff],
      async check(scene, id) {
        const { host } = withQueue(scene);
        expectStatus(host.deleteCq(id), Status.InvalidQueueId, `deletion of CQ ${id}`);
      },
    }),
    {
      id: 'reuse',
      cite: nvme('Delete I/O Submission Queue command'),
      text: 'A deleted queue can be made again, and begins at its first entry with phase 1.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const { host, queue } = withQueue(scene, { entries: 4 });
        for (let round = 0; round < 5; round++) host.io(queue, FLUSH);
        for (let round = 0; round < 3; round++) {
          expectStatus(host.deleteSq(1), Status.Success, 'deletion of the SQ');
          expectStatus(host.deleteCq(1), Status.Success, 'deletion of the CQ');
          const again = host.createPair(1, { entries: 5 });
          const done = host.io(again, FLUSH);
          expectStatus(done, Status.Success, 'a flush');
          expect.equal([done.head, done.phase], [1, 1], 'SQ head and phase tag');
        }
      },
    },
    {
      id: 'number-of-queues',
      cite: nvme('Set Features command, Number of Queues'),
      text: 'As many queues as the controller grants can be made and work, and not one more.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const pairs = queuePairs(host);
        for (const id of [1, pairs]) {
          if (id === 1 && pairs === 1) continue;
          expectStatus(
            host.io(host.createPair(id), FLUSH),
            Status.Success,
            `a flush in queue ${id}`,
          );
        }
        expectStatus(newCq(host, { id: pairs + 1 }), Status.InvalidQueueId, 'one CQ more');
        expectStatus(newSq(host, { id: pairs + 1 }), Status.InvalidQueueId, 'one SQ more');
      },
    },
    {
      id: 'number-of-queues-refused',
      cite: nvme('Set Features command, Number of Queues'),
      text: 'To ask for 65,536 queues is an invalid field.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        for (const value of [pair(0xffff, 0), pair(0, 0xffff)]) {
          expectStatus(
            setFeature(host, Feature.QueueCount, value),
            Status.InvalidField,
            `Number of Queues 0x${value.toString(16)}`,
          );
        }
      },
    },
    {
      id: 'deletion-aborts',
      cite: nvme('Delete I/O Submission Queue command; Queue Level'),
      text: 'When the deletion of an SQ ends, each of its commands has been answered, or never will be.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const { host, queue } = withQueue(scene);
        const data = host.data(4096);
        const ids = Array.from({ length: 8 }, () =>
          host.push(queue, transfer(Io.Write, 1, 0, 8, data)),
        );
        queue.ring();
        expectStatus(host.deleteSq(1), Status.Success, 'deletion of the SQ');
        const seen = host.take(queue.completions);
        for (const { id, status } of seen) {
          expect.that(ids.includes(id), 'an identifier that was used');
          const fine = status === Status.Success || status === Status.AbortedByDeletion;
          expect.that(fine, 'the status', 'success or aborted', statusName(status));
        }
        host.pass(QUIET_NS);
        expect.equal(host.take(queue.completions).length, 0, 'completions after the deletion');
        expectStatus(host.deleteCq(1), Status.Success, 'deletion of the CQ');
      },
    },
  ],
});
