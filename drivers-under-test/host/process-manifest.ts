/**
 * How a program that others wrote introduces itself as a driver under test: what it is called, by
 * which port it reaches the device, and how its command line is mapped on a class contract.
 */
import type { SpiPort } from '../../sim/buses/spi/port.ts';
import type { World } from '../../sim/kernel/world.ts';
import type { Ics } from './ics.ts';

/** What a port stands on. */
export interface PortPlace {
  readonly world: World;
  readonly port: SpiPort;
  readonly select: number;
  /** Something came from outside, and made a task of the world runnable. */
  wake(): void;
  /** The program asks the same for ever: it is killed, and the scene says why. */
  deadPoll(why: string): void;
}

/** A port that listens, with the device behind it. */
export interface OpenPort {
  /** As the program is told it. */
  readonly address: string;
  /** A command of the program is under way; otherwise it thinks, and time stands still. */
  readonly busy: boolean;
  /** The program has died. */
  disconnect(): void;
  close(): Promise<void>;
}

export interface ProgramEnd {
  readonly code: number;
  /** What it wrote to its standard output and error, up to a limit. */
  readonly output: string;
}

/** What an adapter has to work with. */
export interface ProgramPlace {
  /** Of the port. */
  readonly address: string;
  /** A folder for this scene alone. */
  readonly folder: string;
  /** One run of the program. @throws Inexpressible while another one is under way */
  run(words: readonly string[]): Promise<ProgramEnd>;
}

export interface ProcessManifest {
  readonly id: string;
  /** The upstream version that the adapter was written for; another one is refused. */
  readonly version: string;
  /** Class contract, such as `FlashDevice`. */
  readonly class: string;
  readonly ics: Ics;
  readonly command: { readonly program: string; readonly package: string };
  /** Clauses, or suites, that the program cannot be judged by, and why. */
  readonly lacks: Readonly<Record<string, string>>;
  /** Values of a property or enumeration that are judged at the most: each costs processes. */
  readonly runsMax: number;
  readonly port: (place: PortPlace) => Promise<OpenPort>;
  /** The class contract over runs of the program; `start` looks for the device. */
  readonly adapter: (place: ProgramPlace) => { start(): Promise<void> };
}

/** The program has no words for what a clause asks: the clause is not run, with this reason. */
export class Inexpressible extends Error {
  override readonly name = 'Inexpressible';
}

/** Keeps the shape; the loader looks at it again. */
export function defineProcessDriver(manifest: ProcessManifest): ProcessManifest {
  const problem = processProblem(manifest as unknown as Record<string, unknown>);
  if (problem !== undefined) throw new TypeError(problem);
  return manifest;
}

/** One sentence that says what to mend, or undefined. */
export function processProblem(given: Record<string, unknown>): string | undefined {
  for (const key of ['id', 'version', 'class']) {
    if (typeof given[key] !== 'string' || given[key] === '') {
      return `The manifest lacks "${key}": give a text that is not empty.`;
    }
  }
  const { program, package: debian } = (given['command'] ?? {}) as Record<string, unknown>;
  if (typeof program !== 'string' || typeof debian !== 'string') {
    return 'The manifest lacks "command": give { program, package } as texts.';
  }
  for (const key of ['port', 'adapter']) {
    if (typeof given[key] !== 'function') return `The manifest lacks "${key}": give a function.`;
  }
  for (const key of ['ics', 'lacks']) {
    if (typeof given[key] !== 'object' || given[key] === null) {
      return `The manifest lacks "${key}": give an object, empty if there is nothing to say.`;
    }
  }
  const runs = given['runsMax'];
  if (!Number.isInteger(runs) || (runs as number) < 1) {
    return 'The manifest lacks "runsMax": give a whole number of 1 or more.';
  }
  return undefined;
}
