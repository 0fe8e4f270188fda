/** Files that are there whole or not at all, whenever the process is killed. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { diskError } from '../../reports/result-file.ts';

/** What is being written has such a name, and is nobody's when its process is gone. */
const UNFINISHED = '.unfinished-';
let written = 0;

function unfinished(path: string): string {
  const name = `${UNFINISHED}${process.pid}-${written++}-${basename(path)}`;
  return join(dirname(path), name);
}

/** Replaces what is there. @throws ResultFileError when the disk does not take it */
export function writeWhole(path: string, text: string): void {
  const before = unfinished(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(before, text);
    renameSync(before, path);
  } catch (error) {
    rmSync(before, { force: true });
    throw diskError(path, 'write', error);
  }
}

/**
 * Makes a folder with these files, unless it is there; returns whether it was made. Of two that
 * make it at once one does.
 * @throws ResultFileError when the disk does not take it
 */
export function makeFolderWhole(path: string, files: Readonly<Record<string, string>>): boolean {
  if (existsSync(path)) return false;
  const before = unfinished(path);
  try {
    mkdirSync(before, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(before, name), text);
    renameSync(before, path);
    return true;
  } catch (error) {
    rmSync(before, { force: true, recursive: true });
    if (existsSync(path)) return false;
    throw diskError(path, 'make', error);
  }
}

/** Names in a folder that were finished, in order; none where there is no folder. */
export function finishedNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith(UNFINISHED))
    .toSorted();
}

/** Takes away what killed processes left unfinished. */
export function sweep(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(UNFINISHED)) rmSync(join(folder, name), { force: true, recursive: true });
  }
}
