/** Fields of commands. */
import { Nvm } from '../layout.ts';
import { At } from '../scripted-host.ts';
import { read, event, abort, running, started, compare, write, type Case } from './case.ts';

export const commandCases: readonly Case[] = [
  {
    id: 'NVME-R27',
    violating: [
      running((host) => host.submit(1, read({ flags: 4 }))),
      running((host) => host.submit(1, read({ dwords: { 2: 1 } }))),
      running((host) => host.submit(1, { opcode: Nvm.Flush, nsid: 1, dwords: { 12: 7 } })),
      started((host) => host.submit(0, { ...event, prp1: At.data })),
    ],
    innocent: [
      running((host) => host.submit(1, read({ dwords: { 10: 8, 12: 0x4000_0000, 13: 1 } }))),
      // Vendor specific.
      started((host) => host.submit(0, { opcode: 0xc0, dwords: { 2: 1 } })),
    ],
  },
  {
    id: 'NVME-R28',
    violating: [
      running((host) => host.submit(1, write())),
      running((host) => {
        host.submit(1, compare());
        host.submit(1, write());
      }),
      running((host) => {
        host.enter(1, compare());
        host.submit(1, read());
      }),
      running((host) => {
        host.enter(1, compare());
        host.submit(1, write({ dwords: { 10: 1 } }));
      }),
      running((host) => {
        host.enter(1, read({ flags: 1 }));
        host.submit(1, write());
      }),
    ],
    innocent: [
      running((host) => {
        host.enter(1, compare());
        host.submit(1, write());
      }),
    ],
    unknown: [running((host) => host.submit(1, read()))],
  },
  {
    id: 'NVME-R29',
    violating: [
      started((host) => host.submit(0, { ...event, flags: 0x40 })),
      running((host) => host.submit(1, read({ flags: 0x80 }))),
    ],
    innocent: [running((host) => host.submit(1, read()))],
  },
  {
    id: 'NVME-R30',
    violating: [
      running((host) => host.submit(1, read({ nsid: 0 }))),
      running((host) => host.submit(1, read({ nsid: 3 }))),
      running((host) => host.submit(1, read({ nsid: 0xffffffff }))),
      started((host) => host.submit(0, { ...event, nsid: 1 })),
    ],
    innocent: [
      running((host) => host.submit(1, read({ nsid: 2 }))),
      running((host) => host.submit(1, { opcode: Nvm.Flush, nsid: 0xffffffff })),
    ],
  },
  {
    id: 'NVME-R31',
    violating: [
      running((host) => {
        host.submit(0, event);
        host.submit(0, event);
      }),
    ],
    innocent: [
      running((host) => {
        host.post(0, host.submit(0, event));
        host.submit(0, event);
      }),
    ],
    unknown: [
      started((host) => {
        host.submit(0, event);
        host.submit(0, event);
      }),
    ],
  },
  {
    id: 'NVME-R32',
    violating: [
      running((host) => {
        host.submit(0, abort);
        host.submit(0, abort);
      }),
    ],
    innocent: [
      running((host) => {
        host.finish(0, host.submit(0, abort));
        host.submit(0, abort);
      }),
    ],
  },
];
