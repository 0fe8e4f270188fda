/** Rings of a controller: wrapping, phase tags, full queues, doorbells. */
import fc from 'fast-check';
import { enumerated, property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { Admin, Io } from './commands.ts';
import {
  Cns,
  Status,
  enabled,
  expectStatus,
  nvme,
  queuePairs,
  statusName,
  withQueue,
} from './facts.ts';
import { Register } from './raw-host.ts';

const QUEUES = 'Submission Queue & Completion Queue Definition';
/** CC.AMS, weighted round robin. */
const WEIGHTED = 2 ** 11;
const FLUSH = { opcode: Io.Flush, nsid: 1 };

/** Ends the queue's commands and says what they ended with. */
function outcomes(scene: Scene, entries: number, rounds: readonly number[]): void {
  const { host, queue } = withQueue(scene, { entries });
  let expectedHead = 0;
  let phase = 1;
  let slot = 0;
  for (const count of rounds) {
    const ids = Array.from({ length: count }, () => host.push(queue, FLUSH));
    queue.ring();
    const seen = host.collect(queue.completions, count);
    expect.equal(seen.length, count, 'completions');
    expect.equal(
      seen.map(({ id }) => id).toSorted((a, b) => a - b),
      ids.toSorted((a, b) => a - b),
      'their command identifiers',
    );
    expectedHead = (expectedHead + count) % entries;
    expect.equal(seen.at(-1)?.head, expectedHead, 'the SQ head of the last completion');
    for (const { queue: id, status, phase: tag } of seen) {
      expect.equal(id, queue.id, 'the SQ identifier');
      expect.equal(statusName(status), statusName(0), 'the status');
      expect.equal(tag, phase, 'the phase tag');
      slot = (slot + 1) % entries;
      if (slot === 0) phase = 1 - phase;
    }
  }
}

export const deviceQueues = suite({
  id: 'nvme/device-queues',
  for: { device: 'nvme' },
  clauses: [
    property({
      id: 'wrap',
      cite: nvme(`${QUEUES}; Completion Queue Entry`),
      text: 'Each command is answered once; SQ head, SQ identifier and phase tag are right around.',
      level: 'shall',
      subject: 'device',
      given: fc.integer({ min: 2, max: 9 }).chain((entries) =>
        fc.record({
          entries: fc.constant(entries),
          rounds: fc.array(fc.integer({ min: 1, max: entries - 1 }), {
            minLength: 1,
            maxLength: 12,
          }),
        }),
      ),
      check(scene, { entries, rounds }) {
        outcomes(scene, entries, rounds);
      },
    }),
    {
      id: 'longest',
      cite: nvme('Controller Capabilities, Maximum Queue Entries Supported'),
      text: 'Queues of as many entries as CAP.MQES says work around their end.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const entries = host.entriesMax;
        const queue = host.createPair(1, { entries });
        const half = Math.floor(entries / 2);
        for (const count of [half, half, half]) {
          for (let n = 0; n < count; n++) host.push(queue, FLUSH);
          queue.ring();
          const seen = host.collect(queue.completions, count);
          expect.equal(seen.length, count, 'completions');
          const failed = seen.filter(({ status }) => status !== 0);
          expect.equal(failed.length, 0, 'commands that failed');
        }
      },
    },
    {
      id: 'full-completion-queue',
      cite: nvme('Full Queue'),
      text: 'A full completion queue loses nothing: what does not fit comes when there is room.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const queue = host.createPair(1, { entries: 16, cqEntries: 4 });
        const ids = Array.from({ length: 9 }, () => host.push(queue, FLUSH));
        queue.ring();
        host.pass(20e6);
        const first: number[] = [];
        while (queue.completions.poll()) first.push(queue.completions.last.id);
        expect.equal(first.length, 3, 'completions in a queue of four entries');
        queue.completions.ring();
        const rest = host.collect(queue.completions, 6).map(({ id }) => id);
        const sorted = (list: number[]) => list.toSorted((a, b) => a - b);
        expect.equal(sorted([...first, ...rest]), sorted(ids), 'the command identifiers of all');
      },
    },
    {
      id: 'shared-completion-queue',
      cite: nvme(QUEUES),
      text: 'Several submission queues share a completion queue; each answer names its queue.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        if (queuePairs(host) < 3) return;
        const one = host.createPair(1, { entries: 16 });
        const queues = [one, host.createSq(2, one.completions), host.createSq(3, one.completions)];
        const sent = queues.map((queue) => [0, 1].map(() => host.push(queue, FLUSH)));
        for (const queue of queues) queue.ring();
        const seen = host.collect(one.completions, 6);
        queues.forEach((queue, index) => {
          const ids = seen.filter((each) => each.queue === queue.id).map(({ id }) => id);
          expect.equal(
            ids.toSorted((a, b) => a - b),
            sent[index],
            `answers for SQ ${queue.id}`,
          );
        });
      },
    },
    enumerated({
      id: 'bad-doorbell',
      cite: nvme('Asynchronous Event Request command, Error Status'),
      text: 'A doorbell of no queue, or beyond its size, harms no other queue and is told by an event.',
      level: 'shall',
      subject: 'device',
      every: [
        { what: 'a doorbell of no queue', id: 9, side: 0, value: 1, event: 0x0001_0000 },
        { what: 'a tail beyond the size', id: 2, side: 0, value: 32, event: 0x0001_0100 },
        { what: 'a head beyond the size', id: 2, side: 1, value: 32, event: 0x0001_0100 },
      ],
      async check(scene, { what, id, side, value, event }) {
        const host = enabled(scene);
        const queue = host.createPair(1);
        host.createPair(2);
        const request = host.submit(host.adminQueue, { opcode: Admin.AsyncEvent });
        const stride = 4 * 2 ** (host.read(Register.CAP + 4) % 16);
        host.write(Register.DOORBELLS + (2 * id + side) * stride, value);
        const told = host.completionOf(host.adminQueue, request);
        expect.that(told !== undefined, `${what}: an asynchronous event`, 'a completion', 'none');
        expect.equal((told?.result ?? 0) % 0x1_0000, event % 0x1_0000, 'type and information');
        expectStatus(host.io(queue, FLUSH), Status.Success, 'a flush in the other queue');
      },
    }),
    {
      id: 'weighted',
      cite: nvme('Command Arbitration, Weighted Round Robin with Urgent Priority Class'),
      text: 'Where CAP.AMS has it: queues of each priority work, and an urgent one does not wait.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const isOffered = Math.floor(host.read(Register.CAP) / 2 ** 17) % 2 === 1;
        if (!isOffered) return;
        expect.that(host.enable({ more: WEIGHTED }), 'CSTS.RDY');
        expect.equal(Math.floor(host.read(Register.CC) / WEIGHTED) % 8, 1, 'CC.AMS');
        const low = host.createPair(1, { entries: 200, priority: 3 });
        const others = [0, 1, 2].map((priority) =>
          host.createSq(priority + 2, low.completions, { priority }),
        );
        for (let n = 0; n < 150; n++) host.push(low, FLUSH);
        low.ring();
        for (const queue of others) host.submit(queue, FLUSH);
        const seen = host.collect(low.completions, 153);
        expect.equal(seen.length, 153, 'completions');
        const urgent = seen.findIndex(({ queue }) => queue === 2);
        expect.that(urgent < 150, 'the urgent command', 'before the last low one', String(urgent));
      },
    },
    {
      id: 'admin-wrap',
      cite: nvme(QUEUES),
      text: 'The admin queues go around as all others do, at their smallest size too.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        for (const adminEntries of [2, 3]) {
          const host = enabled(scene, { adminEntries });
          const data = host.data(4096);
          for (let n = 0; n < 7; n++) {
            const command = { opcode: Admin.Identify, ...data.pointer, dword10: Cns.Controller };
            const done = host.admin(command);
            expectStatus(done, Status.Success, 'Identify Controller');
            expect.equal(done.head, (n + 1) % adminEntries, 'the SQ head');
          }
          expect.that(host.disable(), 'CSTS.RDY goes');
        }
      },
    },
  ],
});
