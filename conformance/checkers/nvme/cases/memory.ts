/** The memory of queues and of data. */
import { EventKind } from '../../../../sim/kernel/journal.ts';
import { Lifecycle } from '../../../../sim/kernel/lifecycle.ts';
import { Admin, Offset } from '../layout.ts';
import { At, createCompletion, createSubmission, ENABLE, READY } from '../scripted-host.ts';
import {
  NORMAL,
  SHUTDOWN_COMPLETE,
  read,
  blocks,
  running,
  prepared,
  asked,
  type Case,
  event,
} from './case.ts';

export const memoryCases: readonly Case[] = [
  {
    id: 'NVME-R17',
    violating: [
      running((host) => {
        host.submit(1, read({ id: 7 }));
        host.submit(1, read({ id: 7 }));
      }),
    ],
    innocent: [
      running((host) => {
        host.post(1, host.submit(1, read({ id: 7 })));
        host.submit(1, read({ id: 7 }));
      }),
      running((host) => {
        host.submit(1, read({ id: 7 }));
        host.submit(0, { ...event, id: 7 });
      }),
    ],
  },
  {
    id: 'NVME-R18',
    violating: [
      prepared((host) => {
        host.unmap(At.adminCompletion);
        host.enable();
      }),
      asked((host) => {
        host.unmap(At.completion);
        host.submit(0, createCompletion());
      }),
      asked((host) => {
        host.unmap(At.submission);
        host.map(At.submission, 128);
        host.submit(0, createSubmission());
      }),
    ],
    innocent: [prepared((host) => host.enable()), running(() => {})],
  },
  {
    id: 'NVME-R19',
    violating: [
      running((host) => host.unmap(At.submission)),
      running((host) => {
        host.write(Offset.CC, 0);
        host.unmap(At.completion);
      }),
    ],
    innocent: [
      running((host) => {
        host.write(Offset.CC, 0);
        host.status(0);
        host.unmap(At.completion);
      }),
      running((host) => {
        host.post(0, host.submit(0, { opcode: Admin.DeleteSubmissionQueue, dwords: { 10: 1 } }));
        host.unmap(At.submission);
      }),
      running((host) => {
        host.write(Offset.CC, ENABLE + NORMAL);
        host.status(READY + SHUTDOWN_COMPLETE);
        host.unmap(At.adminSubmission);
      }),
      // A controller that never gets idle has had its time.
      running((host) => {
        host.write(Offset.CC, 0);
        host.pass(1e9);
        host.unmap(At.completion);
      }),
      running((host) => {
        host.lifecycle(Lifecycle.Crashed);
        host.unmap(At.completion);
      }),
      running((host) => {
        host.journal.record(EventKind.ConfigWrite, 0, 4, 2, 2);
        host.unmap(At.completion);
      }),
    ],
  },
  {
    id: 'NVME-R20',
    violating: [
      prepared((host) => {
        host.poke(At.adminCompletion + 30, Uint8Array.of(1));
        host.enable();
      }),
      asked((host) => {
        host.poke(At.completion + 14, Uint8Array.of(1));
        host.submit(0, createCompletion());
      }),
    ],
    innocent: [
      prepared((host) => {
        host.poke(At.adminCompletion + 30, Uint8Array.of(2));
        host.enable();
      }),
    ],
  },
  {
    id: 'NVME-R21',
    violating: [
      running((host) => {
        host.submit(1, read());
        host.store(At.submission + 10, Uint8Array.of(1));
      }),
      // The doorbell came first.
      running((host) => {
        host.ring(1, 1);
        host.enter(1, read());
      }),
    ],
    innocent: [
      running((host) => {
        host.submit(1, read());
        host.store(At.submission + 64, Uint8Array.of(1));
      }),
      running((host) => {
        host.post(1, host.submit(1, read()));
        host.store(At.submission, Uint8Array.of(1));
      }),
    ],
  },
  {
    id: 'NVME-R25',
    violating: [
      running((host) => {
        host.submit(1, read());
        host.unmap(At.data);
      }),
      running((host) => {
        host.map(At.list);
        host.poke(At.list, Uint8Array.of(0, 0x10, 0x30, 0, 0, 0, 0, 0, 0, 0x20, 0x30));
        host.submit(1, read({ prp2: At.list, dwords: blocks(17) }));
        host.unmap(At.list);
      }),
    ],
    innocent: [
      running((host) => {
        host.post(1, host.submit(1, read()));
        host.unmap(At.data);
      }),
      running((host) => {
        host.submit(1, read());
        host.write(Offset.CC, 0);
        host.status(0);
        host.unmap(At.data);
      }),
      running((host) => {
        host.submit(1, read());
        host.note(EventKind.Removed, 'removed');
        host.unmap(At.data);
      }),
    ],
  },
];
