/** By device: where recorded devices and ours are known to differ when a trace plays the driver. */
import type { KnownDifferences } from '../../traces/replay/driver-player.ts';
import { nvmeReplay } from '../specs/nvme/replay.ts';
import { uartReplay } from '../specs/uart-16550/replay.ts';

export const knownDifferences: Readonly<Record<string, KnownDifferences>> = {
  nvme: nvmeReplay,
  'uart-16550': uartReplay,
};
