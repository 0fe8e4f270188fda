/** A workload in which something goes wrong once: what must hold, wherever that is. */
import { END } from '../../clause.ts';
import type { Scene } from '../../scene.ts';
import { failure } from '../driver/attempt.ts';
import { ENDED, begin, expectEnds, tolerant } from './attempts.ts';
import { Disk } from './disk.ts';
import { AREA } from './facts.ts';
import { verified } from './workload.ts';

/** A driver that answers no longer than so has given the device up. */
const TRIES = 2;

/**
 * A workload with a fault somewhere in it. Whatever ends with an error, each operation ends, and
 * when the trouble is over (at the latest with a new start) the unit holds what it may hold.
 */
export async function weathers(scene: Scene): Promise<typeof END | void> {
  const disk = await openedSomehow(scene);
  if (disk === undefined) return scene.struck ? afterFailedStart(scene) : END;
  const begun = begin(disk);
  await begun.all;
  expectEnds(begun, ENDED);
  const code = await failure(() => verified(disk, AREA));
  if (code !== undefined) await restarted(scene, disk);
  if (scene.started) await scene.stop();
  if (!scene.struck) return END;
}

/** Undefined when the driver does not start, or gives the device up before the workload. */
export async function openedSomehow(scene: Scene): Promise<Disk | undefined> {
  if ((await failure(() => scene.start())) !== undefined) return undefined;
  const disk = await tolerant(() => Disk.open(scene, { repeats: true }));
  for (let attempt = 0; disk !== undefined && attempt < TRIES; attempt++) {
    if ((await failure(() => disk.survey(AREA))) === undefined) return disk;
  }
  await scene.stop();
  return undefined;
}

async function afterFailedStart(scene: Scene): Promise<void> {
  scene.function.reset('hot');
  await scene.start();
  await scene.simpleIO();
}

/**
 * The driver gave the device up; a new start finds what was written.
 * @param waiting faults that may still wait for a command: so many attempts may fail
 */
export async function restarted(scene: Scene, before: Disk, waiting = 0): Promise<void> {
  const attempt = async (): Promise<void> => {
    await scene.stop();
    scene.function.reset('hot');
    await scene.start();
    const disk = await before.reopened();
    await disk.verifyContinuation(before, AREA);
  };
  for (let failed = 0; failed < waiting; failed++) {
    if ((await failure(attempt)) === undefined) return;
  }
  await attempt();
}
