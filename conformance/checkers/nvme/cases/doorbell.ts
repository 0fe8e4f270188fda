/** Doorbells. */
import { EventKind } from '../../../../sim/kernel/journal.ts';
import { Lifecycle } from '../../../../sim/kernel/lifecycle.ts';
import { Admin, Offset } from '../layout.ts';
import { createCompletion, createSubmission, ENABLE, ENTRIES } from '../scripted-host.ts';
import {
  ALL_ONES,
  NORMAL,
  DOORBELL,
  read,
  event,
  running,
  started,
  prepared,
  asked,
  type Case,
} from './case.ts';

export const doorbellCases: readonly Case[] = [
  {
    id: 'NVME-R11',
    violating: [
      prepared((host) => {
        host.enable();
        host.submit(0, event);
      }),
      started((host) => {
        host.write(Offset.CC, 0);
        host.submit(0, event);
      }),
      (host) => {
        host.lifecycle(Lifecycle.Start);
        host.write(DOORBELL, 1);
      },
    ],
    innocent: [
      started((host) => host.submit(0, event)),
      // A driver brings the controller up before it passes the power state on.
      running((host) => {
        host.lifecycle(Lifecycle.PowerOn);
        host.submit(1, read());
      }),
      // It does not know yet that it was reset.
      started((host) => {
        host.submit(0, event);
        host.note(EventKind.Fault, 'self-reset: at 9');
        host.note(EventKind.Reset, 'function');
        host.ring(0, 3);
      }),
    ],
    unknown: [
      (host) => host.write(DOORBELL, 1),
      started((host) => {
        host.status(ALL_ONES);
        host.write(DOORBELL + 8, 1);
      }),
    ],
  },
  {
    id: 'NVME-R12',
    violating: [
      started((host) => host.write(DOORBELL + 8, 1)),
      started((host) => host.write(DOORBELL + 2, 1)),
      running((host) => {
        host.finish(0, host.submit(0, { opcode: Admin.DeleteSubmissionQueue, dwords: { 10: 1 } }));
        host.submit(1, read());
      }),
    ],
    innocent: [
      running((host) => host.submit(1, read())),
      // The queue is there once its completion is, whether or not that was acknowledged.
      asked((host) => {
        host.finish(0, host.submit(0, createCompletion()));
        host.post(0, host.submit(0, createSubmission()));
        host.write(DOORBELL + 8, 1);
      }),
    ],
  },
  {
    id: 'NVME-R13',
    violating: [
      running((host) => host.ring(1, ENTRIES)),
      running((host) => host.write(DOORBELL + 12, 0x1_0001)),
    ],
    innocent: [running((host) => host.submit(1, read()))],
  },
  {
    id: 'NVME-R14',
    violating: [
      running((host) => host.ring(1, 0)),
      running((host) => host.write(DOORBELL + 12, 0)),
    ],
    innocent: [running((host) => host.submit(1, read()))],
  },
  {
    id: 'NVME-R15',
    violating: [
      running((host) => {
        for (let count = 0; count < ENTRIES; count++) host.submit(1, read());
      }),
      // Backwards is round the ring, over what is there.
      running((host) => {
        host.enter(1, read());
        host.submit(1, read());
        host.ring(1, 1);
      }),
    ],
    innocent: [
      running((host) => {
        for (let count = 0; count < ENTRIES - 1; count++) host.submit(1, read());
      }),
      // A slot is free once the controller has said so.
      running((host) => {
        for (let count = 0; count < ENTRIES - 1; count++) host.submit(1, read({ id: count }));
        host.post(1, 0);
        host.submit(1, read());
      }),
    ],
  },
  {
    id: 'NVME-R16',
    violating: [
      running((host) => host.take(1)),
      running((host) => {
        host.finish(1, host.submit(1, read()));
        host.take(1);
      }),
    ],
    innocent: [
      running((host) => {
        for (let count = 0; count < 2 * ENTRIES; count++) host.finish(1, host.submit(1, read()));
      }),
    ],
  },
  {
    id: 'NVME-R26',
    violating: [
      running((host) => {
        host.write(Offset.CC, ENABLE + NORMAL);
        host.submit(1, read());
      }),
    ],
    innocent: [
      started((host) => {
        const id = host.submit(0, event);
        host.write(Offset.CC, ENABLE + NORMAL);
        host.finish(0, id);
      }),
    ],
  },
];
