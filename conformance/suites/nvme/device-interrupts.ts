/** Interrupts of a controller: INTx and its mask, messages and their vectors, coalescing. */
import { suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { Io, pair } from './commands.ts';
import { Feature, Status, enabled, expectStatus, getFeature, nvme, setFeature } from './facts.ts';
import { type RawHost, Register } from './raw-host.ts';
import type { RawSubmissionQueue } from './raw-queue.ts';

const INTERRUPTS = 'Interrupts';
const FLUSH = { opcode: Io.Flush, nsid: 1 };
const SOON_NS = 5e6;

/** Submits a flush and lets it end, without taking its completion. */
function complete(host: RawHost, queue: RawSubmissionQueue): void {
  host.submit(queue, FLUSH);
  host.pass(SOON_NS);
}

const count = (host: RawHost, vector: number): number => host.messages[vector] ?? 0;

export const deviceInterrupts = suite({
  id: 'nvme/device-interrupts',
  for: { device: 'nvme' },
  clauses: [
    {
      id: 'line',
      cite: nvme(INTERRUPTS),
      text: 'INTx is up while a completion waits in a queue that interrupts, and falls with its head.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const queue = host.createPair(1, { vector: 0 });
        host.pass(SOON_NS);
        expect.equal(host.level, false, 'the line when everything is taken');
        complete(host, queue);
        expect.equal(host.level, true, 'the line when a completion waits');
        expect.equal(queue.completions.poll(), true, 'the completion');
        expect.equal(host.level, true, 'the line before the doorbell');
        queue.completions.ring();
        host.pass(SOON_NS);
        expect.equal(host.level, false, 'the line after the doorbell');
      },
    },
    {
      id: 'line-stays',
      cite: nvme(INTERRUPTS),
      text: 'INTx stays up until the last completion of each queue is taken.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const one = host.createPair(1, { vector: 0 });
        const two = host.createPair(2, { vector: 0 });
        complete(host, one);
        complete(host, one);
        complete(host, two);
        one.completions.poll();
        one.completions.ring();
        host.pass(SOON_NS);
        expect.equal(host.level, true, 'the line with one taken of three');
        host.take(one.completions);
        host.pass(SOON_NS);
        expect.equal(host.level, true, 'the line with one of the other queue left');
        host.take(two.completions);
        host.pass(SOON_NS);
        expect.equal(host.level, false, 'the line when all are taken');
      },
    },
    {
      id: 'line-mask',
      cite: nvme('Interrupt Mask Set; Interrupt Mask Clear'),
      text: 'A mask bit holds INTx down while it is set, and loses nothing.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const queue = host.createPair(1, { vector: 0 });
        host.write(Register.INTMS, 1);
        complete(host, queue);
        expect.equal(host.level, false, 'the masked line');
        host.write(Register.INTMC, 1);
        host.pass(SOON_NS);
        expect.equal(host.level, true, 'the line, not masked any more');
        host.write(Register.INTMS, 1);
        host.pass(SOON_NS);
        expect.equal(host.level, false, 'the line, masked again');
        host.take(queue.completions);
        host.write(Register.INTMC, 1);
        host.pass(SOON_NS);
        expect.equal(host.level, false, 'the line when everything is taken');
      },
    },
    {
      id: 'silent-queue',
      cite: nvme('Create I/O Completion Queue command, Interrupts Enabled'),
      text: 'A completion queue without interrupts never interrupts.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const host = enabled(scene);
        const queue = host.createPair(1);
        host.pass(SOON_NS);
        complete(host, queue);
        expect.equal(host.level, false, 'the line');
        expect.equal(queue.completions.poll(), true, 'the completion');
      },
    },
    {
      id: 'vectors',
      cite: nvme('Create I/O Completion Queue command, Interrupt Vector'),
      text: 'Each completion queue sends messages by its own vector, the admin queue by vector 0.',
      level: 'shall',
      subject: 'device',
      needs: ['msix'],
      check(scene) {
        const host = enabled(scene, { vectors: 4 });
        const queues = [1, 2, 3].map((vector) => host.createPair(vector, { vector: 4 - vector }));
        expect.that(count(host, 0) > 0, 'messages of the admin queue by vector 0');
        for (const queue of queues) {
          const before = host.messages.slice(0, 4);
          complete(host, queue);
          before[4 - queue.id] = (before[4 - queue.id] ?? 0) + 1;
          expect.equal([...host.messages.slice(0, 4)], [...before], 'messages by vector');
          expect.equal(host.level, false, 'the line');
          host.take(queue.completions);
        }
      },
    },
    {
      id: 'message-again',
      cite: nvme(INTERRUPTS),
      text: 'After its completions are taken a queue sends another message for the next one.',
      level: 'shall',
      subject: 'device',
      needs: ['msix'],
      check(scene) {
        const host = enabled(scene, { vectors: 2 });
        const queue = host.createPair(1, { vector: 1 });
        for (let round = 1; round <= 5; round++) {
          complete(host, queue);
          expect.equal(count(host, 1), round, 'messages by vector 1');
          host.take(queue.completions);
        }
      },
    },
    {
      id: 'no-message-without-queue',
      cite: nvme('Create I/O Completion Queue command, Interrupts Enabled'),
      text: 'A completion queue without interrupts sends no message.',
      level: 'shall',
      subject: 'device',
      needs: ['msix'],
      check(scene) {
        const host = enabled(scene, { vectors: 2 });
        const queue = host.createPair(1);
        const before = host.messages.slice(0, 2);
        complete(host, queue);
        expect.equal([...host.messages.slice(0, 2)], [...before], 'messages by vector');
      },
    },
    {
      id: 'coalescing',
      cite: nvme('Set Features command, Interrupt Coalescing'),
      text: 'Threshold and time of coalescing read back, and no completion goes without a message.',
      level: 'shall',
      subject: 'device',
      needs: ['msix'],
      check(scene) {
        const host = enabled(scene, { vectors: 2 });
        const queue = host.createPair(1, { vector: 1 });
        // Ten entries or ten times 100 us.
        const value = 9 + 10 * 256;
        expectStatus(setFeature(host, Feature.Coalescing, value), Status.Success, 'Set Features');
        expect.equal(getFeature(host, Feature.Coalescing).result, value, 'the feature');
        for (let n = 0; n < 5; n++) host.push(queue, FLUSH);
        queue.ring();
        host.pass(10e6);
        const messages = count(host, 1);
        expect.that(messages >= 1 && messages <= 5, 'messages', '1 to 5', String(messages));
        expect.equal(host.take(queue.completions).length, 5, 'completions');
      },
    },
    {
      id: 'coalescing-disabled',
      cite: nvme('Set Features command, Interrupt Vector Configuration'),
      text: 'A vector with coalescing disabled tells at once, and its setting reads back.',
      level: 'shall',
      subject: 'device',
      needs: ['msix', 'virtual-time'],
      check(scene) {
        const host = enabled(scene, { vectors: 3 });
        const fast = host.createPair(1, { vector: 1 });
        const slow = host.createPair(2, { vector: 2 });
        const LONGEST = pair(0xffff, 0);
        expectStatus(setFeature(host, Feature.Coalescing, LONGEST), Status.Success, 'Set Features');
        const disabled = pair(1, 1);
        const done = setFeature(host, Feature.VectorConfiguration, disabled);
        expectStatus(done, Status.Success, 'Set Features, vector 1');
        const read = (vector: number) =>
          getFeature(host, Feature.VectorConfiguration, { dword11: vector }).result;
        expect.equal(read(1), disabled, 'the setting of vector 1');
        expect.equal(read(2), 2, 'the setting of vector 2');
        host.submit(fast, FLUSH);
        host.submit(slow, FLUSH);
        host.pass(1e6);
        expect.equal(count(host, 1), 1, 'messages by vector 1 after a millisecond');
        expect.equal(count(host, 2), 0, 'messages by vector 2 after a millisecond');
        host.pass(30e6);
        expect.equal(count(host, 2), 1, 'messages by vector 2 after the time is over');
      },
    },
  ],
});
