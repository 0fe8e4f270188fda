/**
 * Scenarios that reach something, a file each, named by the hash of its text: two folders are
 * merged by their union, and a file that was cut off or edited is not taken for what its name says.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { finishedNames, sweep, writeWhole } from './atomic-file.ts';

export const SCENARIO_SUFFIX = '.scenario';
const ID_DIGITS = 16;
const ID = /^[0-9a-f]{16}$/;

export interface CorpusEntry {
  readonly id: string;
  readonly text: string;
}

/** Name of a text: the beginning of its SHA-256. */
export function contentId(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, ID_DIGITS);
}

export class Corpus {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    sweep(folder);
  }

  /** Once, however often it is added. @throws ResultFileError when the disk does not take it */
  add(text: string): string {
    const id = contentId(text);
    if (this.read(id) === undefined) writeWhole(this.#path(id), text);
    return id;
  }

  /** In the order of their names. */
  ids(): string[] {
    return finishedNames(this.folder)
      .filter((name) => name.endsWith(SCENARIO_SUFFIX))
      .map((name) => name.slice(0, -SCENARIO_SUFFIX.length))
      .filter((name) => ID.test(name));
  }

  /** Undefined: it is not there, or not what its name says. */
  read(id: string): string | undefined {
    const path = this.#path(id);
    if (!ID.test(id) || !existsSync(path)) return undefined;
    const text = readFileSync(path, 'utf8');
    return contentId(text) === id ? text : undefined;
  }

  entries(): CorpusEntry[] {
    return this.ids().flatMap((id) => {
      const text = this.read(id);
      return text === undefined ? [] : [{ id, text }];
    });
  }

  /** Takes what the other has; returns how many were new. */
  merge(other: Corpus): number {
    const known = new Set(this.ids());
    const fresh = other.entries().filter(({ id }) => !known.has(id));
    for (const { text } of fresh) this.add(text);
    return fresh.length;
  }

  /** Only `min` takes anything away. */
  remove(id: string): void {
    rmSync(this.#path(id), { force: true });
  }

  #path(id: string): string {
    return join(this.folder, `${id}${SCENARIO_SUFFIX}`);
  }
}
