/** Registers, and enabling the controller. */
import { EventKind } from '../../../../sim/kernel/journal.ts';
import { Lifecycle } from '../../../../sim/kernel/lifecycle.ts';
import { Offset } from '../layout.ts';
import { At, ENABLE, READY } from '../scripted-host.ts';
import { ALL_ONES, NORMAL, DOORBELL, started, prepared, msix, type Case } from './case.ts';

export const registerCases: readonly Case[] = [
  {
    id: 'NVME-R01',
    violating: [
      (host) => host.read(Offset.CSTS, 1, 1),
      (host) => host.write(Offset.CC, 0, 2),
      (host) => host.write(Offset.ASQ + 4, 0, 8),
    ],
    innocent: [(host) => host.read(Offset.CAP, 0, 8), (host) => host.read(Offset.CAP + 4, 0)],
    unknown: [(host) => host.write(DOORBELL, 0, 4)],
  },
  {
    id: 'NVME-R02',
    violating: [
      (host) => host.write(Offset.CAP, 1),
      (host) => host.write(Offset.CC, 2),
      (host) => host.write(Offset.AQA, 0x8000_0000),
    ],
    innocent: [(host) => host.write(Offset.CC, ENABLE), (host) => host.write(Offset.NSSR, 1)],
  },
  {
    id: 'NVME-R03',
    violating: [
      (host) => {
        msix(host);
        host.write(Offset.INTMS, 1);
      },
    ],
    innocent: [
      (host) => {
        msix(host);
        host.status(0);
      },
    ],
    unknown: [(host) => host.write(Offset.INTMS, 1)],
  },
  {
    id: 'NVME-R04',
    violating: [started((host) => host.write(Offset.CC, ENABLE + 0x80))],
    innocent: [started((host) => host.write(Offset.CC, ENABLE + NORMAL))],
    unknown: [started((host) => host.write(Offset.CC, 0))],
  },
  {
    id: 'NVME-R05',
    violating: [
      prepared((host) => host.enable(ENABLE + 0x80)),
      prepared((host) => host.enable(ENABLE + 0x10)),
      prepared((host) => host.enable(ENABLE + 0x0800)),
      prepared((host) => host.enable(ENABLE + NORMAL)),
    ],
    innocent: [prepared((host) => host.enable())],
    unknown: [(host) => host.write(Offset.CC, ENABLE + 0x80)],
  },
  {
    id: 'NVME-R06',
    violating: [
      (host) => {
        host.lifecycle(Lifecycle.Start);
        host.write(Offset.CC, ENABLE);
      },
      started((host) => {
        host.write(Offset.CC, 0);
        host.status(READY);
        host.write(Offset.CC, ENABLE);
      }),
    ],
    innocent: [
      prepared((host) => host.enable()),
      started((host) => {
        host.write(Offset.CC, 0);
        host.status(0);
        host.write(Offset.CC, ENABLE);
      }),
    ],
    unknown: [
      (host) => host.write(Offset.CC, ENABLE),
      (host) => {
        host.lifecycle(Lifecycle.Start);
        host.note(EventKind.Removed, 'removed');
        host.write(Offset.CC, ENABLE);
      },
    ],
  },
  {
    id: 'NVME-R07',
    violating: [
      (host) => {
        host.lifecycle(Lifecycle.Start);
        host.write(Offset.AQA, 0x3_0003);
        host.write(Offset.ASQ, At.adminSubmission);
        host.write(Offset.CC, ENABLE);
      },
      prepared((host) => {
        host.note(EventKind.Reset, 'function');
        host.write(Offset.CC, ENABLE);
      }),
    ],
    innocent: [
      prepared((host) => host.enable()),
      // What a controller reset leaves alone need not be written again.
      started((host) => {
        host.write(Offset.CC, 0);
        host.write(Offset.CC, ENABLE);
      }),
    ],
  },
  {
    id: 'NVME-R08',
    violating: [
      started((host) => host.write(Offset.AQA, 0x3_0003)),
      started((host) => host.write(Offset.ACQ + 4, 0)),
    ],
    innocent: [prepared((host) => host.write(Offset.AQA, 0x3_0003))],
  },
  {
    id: 'NVME-R09',
    violating: [
      prepared((host) => {
        host.write(Offset.ASQ, At.adminSubmission + 64);
        host.enable();
      }),
      prepared((host) => {
        host.write(Offset.AQA, 0x3_0000);
        host.enable();
      }),
    ],
    innocent: [prepared((host) => host.enable())],
  },
  {
    id: 'NVME-R10',
    violating: [
      prepared((host) => {
        host.enable();
        host.status(0);
        host.pass(999e6);
        host.write(Offset.CC, 0);
      }),
    ],
    innocent: [
      prepared((host) => {
        host.enable();
        host.pass(1e9);
        host.write(Offset.CC, 0);
      }),
      started((host) => host.write(Offset.CC, 0)),
      prepared((host) => {
        host.enable();
        host.status(2);
        host.write(Offset.CC, 0);
      }),
    ],
    unknown: [
      // An earlier driver has set it.
      (host) => {
        host.lifecycle(Lifecycle.Start);
        host.read(Offset.CAP, 0x0200_003f, 8, 0x20);
        host.read(Offset.CC, ENABLE);
        host.write(Offset.CC, 0);
      },
      prepared((host) => {
        host.enable();
        host.status(ALL_ONES);
        host.write(Offset.CC, 0);
      }),
    ],
  },
];
