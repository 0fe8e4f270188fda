/** The guest's first file system: busybox, our scripts, and the modules in loading order. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpioArchive, type ArchiveFile } from './cpio.ts';
import { modulesFor } from './modules.ts';
import type { Recording } from './recordings.ts';

const GUEST = join(import.meta.dirname, 'guest');

/**
 * @param busybox the program, linked statically
 * @param modules lib/modules/VERSION of the kernel
 */
export function initramfsFor(recording: Recording, busybox: string, modules: string): Uint8Array {
  const { below = [], driver } = recording;
  const all = modulesFor([...recording.modules, ...below, ...driver], modules);
  const later = new Set([...below, ...driver]);
  const needed = all.filter(({ name }) => !later.has(name));
  return cpioArchive([
    { path: 'bin/busybox', bytes: readFileSync(busybox), executable: true },
    { path: 'init', bytes: readFileSync(join(GUEST, 'init.sh')), executable: true },
    { path: 'workload.sh', bytes: readFileSync(join(GUEST, recording.script)) },
    ...all.map(({ name, bytes }) => ({ path: `modules/${name}.ko`, bytes })),
    list(
      'needed',
      needed.map(({ name }) => name),
    ),
    list('below', below),
    list('driver', driver),
  ]);
}

function list(name: string, modules: readonly string[]): ArchiveFile {
  const lines = modules.map((module) => `${module}\n`).join('');
  return { path: `modules/${name}`, bytes: Buffer.from(lines) };
}
