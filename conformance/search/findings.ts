/**
 * What a campaign found: a folder for each signature. The scenario as it failed is there before
 * anything is made smaller; what is smaller replaces only what was smaller before.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../runner/diagnose.ts';
import { UsageError } from '../usage-error.ts';
import { finishedNames, makeFolderWhole, sweep, writeWhole } from './atomic-file.ts';
import { SCENARIO_SUFFIX, contentId } from './corpus.ts';
import type { Position } from './shrink.ts';

/** As it failed. */
const UNSHRUNK = `unshrunk${SCENARIO_SUFFIX}`;
/** The smallest that is known. */
const SMALLEST = `smallest${SCENARIO_SUFFIX}`;
const RECORD = 'finding.json';

export interface Failed {
  readonly signature: string;
  /** As a scenario. */
  readonly text: string;
  readonly problem: Problem;
  /** Number of the run in its campaign; one of the corpus is before all of them. */
  readonly run: number;
}

/** How far the shrink is. */
export interface Shrunk {
  readonly text: string;
  readonly problem?: Problem;
  /** Of the journal of the smallest. */
  readonly hash?: string;
  /** Where to go on. */
  readonly position?: Position | undefined;
  readonly executions: number;
  readonly status: FindingStatus;
}

/** `unsteady`: it did not fail in the same way when it was played again by itself. */
export type FindingStatus = 'unshrunk' | 'shrunk' | 'unsteady';

export interface Finding {
  /** Hash of the signature; the name of its folder. */
  readonly id: string;
  readonly signature: string;
  readonly run: number;
  /** Of the smallest that is known. */
  readonly problem: Problem;
  readonly hash?: string;
  readonly status: FindingStatus;
  readonly executions: number;
  readonly position?: Position;
  /** Which smallest one `position` and `problem` are about. */
  readonly smallest: string;
}

export class Findings {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    sweep(folder);
    for (const id of finishedNames(folder)) sweep(join(folder, id));
  }

  /**
   * On disk when this returns. Of several with one signature the earliest run counts, as long as
   * none is shrunk: so it does not depend on which worker was first.
   */
  add({ signature, text, problem, run }: Failed): { finding: Finding; isNew: boolean } {
    const id = contentId(signature);
    const finding: Finding = {
      id,
      signature,
      run,
      problem,
      status: 'unshrunk',
      executions: 0,
      smallest: contentId(text),
    };
    const files = { [UNSHRUNK]: text, [SMALLEST]: text, [RECORD]: asJson(finding) };
    if (makeFolderWhole(this.#path(id), files)) return { finding, isNew: true };
    const known = this.read(id);
    if (known === undefined || known.run <= run || known.executions > 0) {
      return { finding: known ?? finding, isNew: false };
    }
    for (const [name, content] of Object.entries(files)) writeWhole(this.#path(id, name), content);
    return { finding, isNew: false };
  }

  /** The shrink of a finding has come so far. */
  progress(id: string, { text, problem, hash, position, executions, status }: Shrunk): Finding {
    const { position: _, ...known } = this.get(id);
    const finding: Finding = {
      ...known,
      status,
      executions,
      smallest: contentId(text),
      ...(problem === undefined ? {} : { problem }),
      ...(hash === undefined ? {} : { hash }),
      ...(position === undefined ? {} : { position }),
    };
    writeWhole(this.#path(id, SMALLEST), text);
    writeWhole(this.#path(id, RECORD), asJson(finding));
    return finding;
  }

  /** In the order in which they were found. */
  list(): Finding[] {
    return finishedNames(this.folder)
      .flatMap((id) => this.read(id) ?? [])
      .toSorted((a, b) => a.run - b.run || (a.id < b.id ? -1 : 1));
  }

  read(id: string): Finding | undefined {
    const path = this.#path(id, RECORD);
    if (!existsSync(path)) return undefined;
    const finding = JSON.parse(readFileSync(path, 'utf8')) as Finding;
    const { position: _, ...rest } = finding;
    // Killed between two writes: the scenario is newer than what is said about it.
    return contentId(this.smallest(id)) === finding.smallest ? finding : rest;
  }

  /** @throws UsageError when there is none, or `id` is the beginning of several */
  get(id: string): Finding {
    const found = finishedNames(this.folder).filter((name) => name.startsWith(id));
    const [only] = found;
    const finding = only === undefined ? undefined : this.read(only);
    if (finding !== undefined && found.length === 1) return finding;
    const what = found.length > 1 ? 'several findings begin' : 'no finding begins';
    throw new UsageError(`In ${this.folder} ${what} with ${id}: dyno fuzz list names them.`);
  }

  smallest(id: string): string {
    return readFileSync(this.smallestPath(id), 'utf8');
  }

  unshrunk(id: string): string {
    return readFileSync(this.#path(id, UNSHRUNK), 'utf8');
  }

  smallestPath(id: string): string {
    return this.#path(id, SMALLEST);
  }

  #path(id: string, name = ''): string {
    return join(this.folder, id, name);
  }
}

function asJson(finding: Finding): string {
  return `${JSON.stringify(finding, null, 1)}\n`;
}
