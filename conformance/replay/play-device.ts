/** A trace plays the device for a driver: `dyno replay FILE --driver nvme`. */
import { DEFAULT_LIMITS } from '../../sim/kernel/world.ts';
import type { CompiledMap } from '../../sim/registers/compile.ts';
import { RegisterCoverage } from '../../sim/registers/coverage.ts';
import { type Script, scriptOf } from '../../traces/replay/asked.ts';
import { DevicePlayer } from '../../traces/replay/device-player.ts';
import type { Difference } from '../../traces/replay/tally.ts';
import type { Manifest } from '../../drivers-under-test/host/manifest.ts';
import type { Clause } from '../clause.ts';
import type { Catalog } from '../config.ts';
import { type Problem, diagnose } from '../runner/diagnose.ts';
import { Scene } from '../scene.ts';
import type { Target } from '../target.ts';
import type { PlayedTrace } from './play-driver.ts';

export interface PlayedDriver {
  /** The first difference that the recording forces. */
  readonly divergence: Difference | undefined;
  readonly asked: number;
  readonly answered: number;
  readonly repeated: number;
  /** Of the scene: what became of the driver. */
  readonly problem: Problem | undefined;
  readonly journalHash: string;
}

export interface PlayDeviceJob {
  readonly catalog: Catalog;
  readonly driver: Manifest;
  readonly clause: Clause;
  readonly maps: ReadonlyMap<number, CompiledMap>;
  readonly settle: () => Promise<void>;
}

/** @throws RangeError when the recording is too long to be a device */
export async function playDevice(trace: PlayedTrace, job: PlayDeviceJob): Promise<PlayedDriver> {
  const { catalog, driver, clause, maps, settle } = job;
  const script = scriptOf(trace.batches, maps);
  const made: { player?: DevicePlayer } = {};
  const target = replayTarget(trace, script, maps, (player) => (made.player = player));
  const { exercises } = catalog;
  const seed = trace.header.seed ?? 1;
  // Rules look into the host's memory, where nothing is: they judge recordings by `passive.ts`.
  const scene = new Scene({ target, driver, seed, rules: [], exercises, settle });
  const end = await scene.world.run(async () => {
    await clause.check(scene, undefined);
    if (scene.started) await scene.stop();
  }, DEFAULT_LIMITS);
  await scene.close();
  const { player } = made;
  if (player === undefined) throw new Error('The scene opened no device.');
  return {
    divergence: player.end(),
    asked: script.asked.length,
    answered: player.answered,
    repeated: player.repeated,
    problem: diagnose(scene, end, clause),
    journalHash: scene.world.journal.hash(),
  };
}

function replayTarget(
  { header }: PlayedTrace,
  script: Script,
  maps: ReadonlyMap<number, CompiledMap>,
  onPlayer: (player: DevicePlayer) => void,
): Target {
  return {
    name: `replay of ${header.target ?? header.driver ?? 'a recording'}`,
    tier: 'replayed',
    device: header.device ?? 'unknown',
    offers: new Set(['virtual-time']),
    lacks: {},
    identity: header.identity,
    open: (world) => {
      const player = new DevicePlayer(script, header, maps, world);
      onPlayer(player);
      const coverage = new Map([...maps].map(([bar, map]) => [bar, new RegisterCoverage(map)]));
      return { bus: 'pci', function: player, maps, coverage };
    },
    close: () => {},
  };
}
