/** A trace plays the driver on a target: `dyno replay FILE --target sim:nvme`. */
import { World } from '../../sim/kernel/world.ts';
import type { EventBatch } from '../../traces/format/batch.ts';
import type { TraceHeader } from '../../traces/format/header.ts';
import { DriverPlayer, type KnownDifferences } from '../../traces/replay/driver-player.ts';
import type { ReplayTally } from '../../traces/replay/tally.ts';
import { type PciHardware, type Target, onBus } from '../target.ts';

export interface PlayedTrace {
  readonly header: TraceHeader;
  readonly batches: Iterable<EventBatch>;
}

/**
 * Synchronous: no driver runs, so no promise has to settle.
 * @throws TargetUnavailable, Error when the device is not on PCI
 */
export function playDriver(
  { header, batches }: PlayedTrace,
  target: Target,
  known: KnownDifferences | undefined,
): ReplayTally {
  const world = new World({
    seed: header.seed ?? 1,
    settle: () => Promise.resolve(),
    ...(target.pace === undefined ? {} : { pace: target.pace }),
  });
  const hardware = onBus('pci', target.open(world));
  setFarEnd(hardware, target);
  const player = new DriverPlayer(
    {
      function: hardware.function,
      maps: hardware.maps,
      pass: (ns) => world.advance(ns),
      messages: target.tier === 'simulated',
    },
    { device: target.device, spaces: header.spaces, ...(known === undefined ? {} : { known }) },
  );
  for (const batch of batches) player.play(batch);
  const tally = player.end();
  const lost = hardware.lost?.();
  if (lost !== undefined) throw lost;
  return tally;
}

/** A line that answers by itself: the recordings of serial drivers have an echo there. */
function setFarEnd({ peer }: PciHardware, { offers }: Target): void {
  if (peer === undefined) return;
  peer.echo = true;
  if (offers.has('modem-lines')) peer.setModemLines({ CTS: true, DSR: true, DCD: true });
}
