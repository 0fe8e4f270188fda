/** Making and deleting queues. */
import { Admin } from '../layout.ts';
import { At, createCompletion, createSubmission, READY } from '../scripted-host.ts';
import { running, started, asked, msix, type Case } from './case.ts';

export const queueCases: readonly Case[] = [
  {
    id: 'NVME-R33',
    violating: [
      running((host) => host.submit(0, createCompletion())),
      asked((host) => host.submit(0, createCompletion({}, { 10: 0x3_0000 }))),
    ],
    innocent: [asked((host) => host.submit(0, createCompletion()))],
  },
  {
    id: 'NVME-R34',
    violating: [
      asked((host) => host.submit(0, createCompletion({}, { 10: 0x40_0001 }))),
      asked((host) => host.submit(0, createCompletion({}, { 10: 1 }))),
      asked((host) => host.submit(0, createCompletion({ prp1: At.completion + 16 }))),
      asked((host) => host.submit(0, createCompletion({}, { 11: 0 }))),
    ],
    innocent: [asked((host) => host.submit(0, createCompletion({}, { 10: 0x3f_0001 })))],
  },
  {
    id: 'NVME-R35',
    violating: [
      asked((host) => host.submit(0, createSubmission())),
      asked((host) => host.submit(0, createSubmission({}, { 11: 1 }))),
    ],
    innocent: [
      asked((host) => {
        host.post(0, host.submit(0, createCompletion()));
        host.submit(0, createSubmission());
      }),
    ],
  },
  {
    id: 'NVME-R36',
    violating: [
      running((host) => host.submit(0, { opcode: Admin.DeleteCompletionQueue, dwords: { 10: 1 } })),
      started((host) => host.submit(0, { opcode: Admin.DeleteSubmissionQueue, dwords: { 10: 1 } })),
    ],
    innocent: [
      running((host) => {
        host.post(0, host.submit(0, { opcode: Admin.DeleteSubmissionQueue, dwords: { 10: 1 } }));
        host.submit(0, { opcode: Admin.DeleteCompletionQueue, dwords: { 10: 1 } });
      }),
    ],
  },
  {
    id: 'NVME-R37',
    violating: [
      started((host) => {
        host.map(At.completion);
        host.submit(0, createCompletion());
      }),
      asked((host) => host.submit(0, createCompletion({}, { 10: 0x3_0003 }))),
    ],
    innocent: [asked((host) => host.submit(0, createCompletion({}, { 10: 0x3_0002 })))],
  },
  {
    id: 'NVME-R38',
    violating: [
      running((host) => host.submit(0, { opcode: Admin.SetFeatures, dwords: { 10: 7 } })),
      started((host) =>
        host.submit(0, { opcode: Admin.SetFeatures, dwords: { 10: 7, 11: 0xffff } }),
      ),
    ],
    innocent: [asked(() => {})],
  },
  {
    id: 'NVME-R39',
    violating: [
      (host) => {
        host.prepare();
        host.enable(1);
        host.status(READY);
        host.map(At.completion);
        host.submit(0, createCompletion());
      },
      asked((host) => host.submit(0, createCompletion()), { 513: 0x55 }),
    ],
    innocent: [asked((host) => host.submit(0, createCompletion()))],
  },
  {
    id: 'NVME-R40',
    violating: [
      asked((host) => {
        msix(host);
        host.submit(0, createCompletion({}, { 11: 0x4_0003 }));
      }),
    ],
    innocent: [
      asked((host) => {
        msix(host);
        host.submit(0, createCompletion({}, { 11: 0x3_0003 }));
      }),
    ],
    unknown: [asked((host) => host.submit(0, createCompletion({}, { 11: 0x4_0003 })))],
  },
];
