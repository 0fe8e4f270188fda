/** PRP entries and lists. */
import { At, Reading } from '../scripted-host.ts';
import { read, blocks, running, write, type Case } from './case.ts';

export const pointerCases: readonly Case[] = [
  {
    id: 'NVME-R22',
    violating: [
      running((host) => host.submit(1, read({ prp1: At.data + 2 }))),
      running((host) => host.submit(1, read({ prp2: At.data + 0x1004, dwords: blocks(16) }))),
      running((host) => {
        host.map(At.list);
        host.submit(1, read({ prp2: At.list + 4, dwords: blocks(17) }));
      }),
      running((host) => {
        host.map(At.list);
        host.poke(At.list, Uint8Array.of(8, 0x10, 0x30, 0, 0, 0, 0, 0, 0, 0x20, 0x30));
        host.submit(1, read({ prp2: At.list, dwords: blocks(17) }));
      }),
    ],
    innocent: [
      running((host) => host.submit(1, read({ prp1: At.data + 0xffc, prp2: At.data + 0x1000 }))),
    ],
  },
  {
    id: 'NVME-R23',
    violating: [
      running((host) => host.submit(1, read({ prp1: At.data - 0x1000 }))),
      running((host) => host.submit(1, read({ prp2: At.data + 0x4000, dwords: blocks(16) }))),
      running((host) => host.submit(1, read({ prp2: At.list, dwords: blocks(17) }))),
      running((host) => {
        host.map(At.list, 0x1000, Reading);
        host.submit(1, read({ prp1: At.list }));
      }),
    ],
    innocent: [
      running((host) => {
        host.map(At.list, 0x1000, Reading);
        host.submit(1, write({ flags: 0, prp1: At.list }));
      }),
      // Two lists, chained by the last entry of the first, which ends its page.
      running((host) => {
        host.map(At.list, 0x2000);
        host.poke(At.list + 0xff8, Uint8Array.of(0, 0x10, 0x31));
        host.poke(At.list + 0x1000, Uint8Array.of(0, 0x10, 0x30, 0, 0, 0, 0, 0, 0, 0x20, 0x30));
        host.submit(1, read({ prp2: At.list + 0xff8, dwords: blocks(24) }));
      }),
    ],
  },
  {
    id: 'NVME-R24',
    violating: [
      (host) => {
        host.start();
        host.identify({ 77: 1 });
        host.queues();
        host.map(At.data, 0x4000);
        host.submit(1, read({ prp1: At.data + 4, dwords: blocks(17) }));
      },
    ],
    innocent: [
      running((host) => host.submit(1, read({ prp2: At.data + 0x1000, dwords: blocks(16) }))),
    ],
  },
];
