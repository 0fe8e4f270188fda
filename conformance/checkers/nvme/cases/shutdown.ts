/** Stopping, and the end of power. */
import { EventKind } from '../../../../sim/kernel/journal.ts';
import { Lifecycle } from '../../../../sim/kernel/lifecycle.ts';
import { Offset } from '../layout.ts';
import { ENABLE, READY } from '../scripted-host.ts';
import { NORMAL, SHUTDOWN_COMPLETE, read, running, prepared, started, type Case } from './case.ts';

export const shutdownCases: readonly Case[] = [
  {
    id: 'NVME-R41',
    violating: [
      running((host) => host.lifecycle(Lifecycle.PowerOff)),
      running((host) => {
        host.write(Offset.CC, 0);
        host.status(0);
        host.lifecycle(Lifecycle.PowerOff);
      }),
    ],
    innocent: [
      running((host) => {
        host.write(Offset.CC, ENABLE + NORMAL);
        host.lifecycle(Lifecycle.PowerOff);
      }),
      // It did not answer, and was disabled for that.
      running((host) => {
        host.submit(1, read());
        host.write(Offset.CC, 0);
        host.lifecycle(Lifecycle.PowerOff);
      }),
    ],
    unknown: [
      running((host) => {
        host.note(EventKind.Removed, 'removed');
        host.lifecycle(Lifecycle.PowerOff);
      }),
    ],
  },
  {
    id: 'NVME-R42',
    violating: [
      running((host) => {
        host.write(Offset.CC, ENABLE + NORMAL);
        host.status(READY + 4);
        host.lifecycle(Lifecycle.PowerOff);
      }),
      running((host) => {
        host.write(Offset.CC, ENABLE + NORMAL);
        host.write(Offset.CC, 0);
      }),
    ],
    innocent: [
      // RTD3E is 500,000 microseconds.
      (host) => {
        host.start();
        host.identify({ 88: 0x20, 89: 0xa1, 90: 0x07 });
        host.write(Offset.CC, ENABLE + NORMAL);
        host.pass(500e6);
        host.lifecycle(Lifecycle.Stopped);
      },
      running((host) => {
        host.write(Offset.CC, ENABLE + NORMAL);
        host.status(READY + SHUTDOWN_COMPLETE);
        host.lifecycle(Lifecycle.Stopped);
      }),
      running((host) => {
        host.write(Offset.CC, ENABLE + NORMAL);
        host.pass(1e9);
        host.lifecycle(Lifecycle.Stopped);
      }),
    ],
  },
  {
    id: 'NVME-R43',
    violating: [
      running((host) => host.lifecycle(Lifecycle.Stopped)),
      started((host) => host.lifecycle(Lifecycle.Stopped)),
    ],
    innocent: [
      prepared((host) => {
        host.enable();
        host.lifecycle(Lifecycle.Stopped);
      }),
      running((host) => {
        host.write(Offset.CC, 0);
        host.lifecycle(Lifecycle.Stopped);
      }),
      running((host) => {
        host.write(Offset.CC, ENABLE + NORMAL);
        host.lifecycle(Lifecycle.Stopped);
      }),
    ],
  },
  {
    id: 'NVME-R44',
    violating: [
      running((host) => host.finish(1, 9)),
      running((host) => {
        const id = host.submit(1, read());
        host.finish(1, id);
        host.finish(1, id);
      }),
    ],
    innocent: [
      running((host) => host.finish(1, host.submit(1, read()))),
      running((host) => {
        host.note(EventKind.Fault, 'false-command-id: at 1');
        host.finish(1, 9);
      }),
    ],
  },
];
