/**
 * The seat of a driver that is a program: no service and no host in this process. Each call of a
 * client is a run of the program, whose port is part of the scene's world.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpiPort } from '../sim/buses/spi/port.ts';
import { withSpiFaults } from '../sim/faults/faulty-spi-bus.ts';
import type { SpiFaultPlan } from '../sim/faults/spi-plan.ts';
import { Completion } from '../sim/kernel/completion.ts';
import { EventKind } from '../sim/kernel/journal.ts';
import type { Pace, World } from '../sim/kernel/world.ts';
import { OperationPhase } from '../drivers-under-test/host/host.ts';
import { IOReturnError } from '../drivers-under-test/host/io-return.ts';
import {
  Inexpressible,
  type OpenPort,
  type ProcessManifest,
  type ProgramEnd,
} from '../drivers-under-test/host/process-manifest.ts';
import { checkProgram } from './program.ts';
import type { SpiHardware } from './target.ts';

/** Wall time that one run may take. */
const RUN_MS_MAX = 1_200_000;
const SETPRIV: string = 'setpriv';
const OUTPUT_BYTES_MAX = 256 * 1024;

/** Time passes while the port or the device is at work, and stands still while a program thinks. */
export class ProcessPace implements Pace {
  /** Set while a program runs: whether it is its turn. */
  thinks: (() => boolean) | undefined;
  #wake: (() => void) | undefined;

  spend(): void {}

  idle(from: number, until: number): number | Promise<number> {
    if (this.thinks?.() !== true) return until === Infinity ? from : until;
    return new Promise((resolve) => {
      this.#wake = () => resolve(from);
    });
  }

  /** Something came from outside, and made a task of the world runnable: idle no longer. */
  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

export interface SeatOptions {
  readonly world: World;
  readonly pace: ProcessPace;
  readonly driver: ProcessManifest;
  readonly hardware: SpiHardware;
  readonly faults: SpiFaultPlan;
}

type Client = Readonly<Record<string, (...words: unknown[]) => Promise<unknown>>>;

export class ProcessSeat {
  readonly #options: SeatOptions;
  readonly #bus: SpiPort;
  #port: OpenPort | undefined;
  #folder: string | undefined;
  #child: ChildProcess | undefined;
  #ended: Completion<ProgramEnd> | undefined;
  #dead: string | undefined;
  #client: Client | undefined;

  constructor(options: SeatOptions) {
    this.#options = options;
    const { world, hardware, faults } = options;
    this.#bus = new SpiPort(world, withSpiFaults(hardware.spi, faults, world));
  }

  /**
   * The program is there and finds the device.
   * @throws TargetUnavailable that names the Debian package, and what the adapter's start throws
   */
  async start(): Promise<void> {
    const { driver, world, pace, hardware } = this.#options;
    if (this.#port === undefined) {
      checkProgram(driver);
      const { select } = hardware;
      const wake = () => pace.wake();
      const deadPoll = (why: string) => {
        this.#dead ??= why;
        this.#child?.kill('SIGKILL');
      };
      const place = { world, port: this.#bus, select, wake, deadPoll };
      this.#port = await this.#outside(() => driver.port(place));
      this.#folder = mkdtempSync(join(tmpdir(), `dyno-${driver.id}-`));
    }
    const { address } = this.#port;
    const adapter = driver.adapter({
      address,
      folder: this.#folder as string,
      run: (words) => this.#run(words),
    });
    await adapter.start();
    this.#client = this.#wrap(adapter);
  }

  get client(): Client {
    if (this.#client === undefined) throw new Error('The driver is not started in this scene.');
    return this.#client;
  }

  /** What it asked for ever, if it did. */
  get dead(): string | undefined {
    return this.#dead;
  }

  /** The program dies where it is. */
  kill(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
    this.#ended?.reject(new IOReturnError('kIOReturnOffline', 'the program was killed'));
    this.#ended = undefined;
    this.#options.pace.thinks = undefined;
    this.#port?.disconnect();
    this.#client = undefined;
  }

  async close(): Promise<void> {
    this.kill();
    await this.#port?.close();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What takes no part in the world's time. */
  async #outside<T>(work: () => Promise<T>): Promise<T> {
    const { pace, world } = this.#options;
    const done = new Completion<T>(world);
    pace.thinks = () => true;
    const over = (then: () => void) => {
      world.ready(() => {
        pace.thinks = undefined;
        then();
      });
      pace.wake();
    };
    work().then(
      (value) => over(() => done.resolve(value)),
      (error: unknown) => over(() => done.reject(error)),
    );
    return done.promise;
  }

  async #run(words: readonly string[]): Promise<ProgramEnd> {
    const { pace, world, driver } = this.#options;
    const { program } = driver.command;
    if (this.#child !== undefined) {
      throw new Inexpressible(`One ${program} at a time holds the programmer.`);
    }
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    // It does not outlive the thread that started it.
    const child = spawn(SETPRIV, ['--pdeathsig', 'KILL', program, ...words], {
      stdio: [...stdio],
    });
    this.#child = child;
    pace.thinks = () => this.#port?.busy !== true;
    const done = new Completion<ProgramEnd>(world);
    this.#ended = done;
    const late = setTimeout(() => child.kill('SIGKILL'), RUN_MS_MAX);
    let output = '';
    const keep = (bytes: Buffer) => {
      if (output.length < OUTPUT_BYTES_MAX) output += bytes.toString('latin1');
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', (error) => (output += error.message));
    child.on('close', (code, signal) => {
      clearTimeout(late);
      world.ready(() => {
        if (this.#child !== child) return;
        this.#child = undefined;
        this.#ended = undefined;
        pace.thinks = undefined;
        this.#port?.disconnect();
        if (code !== null) done.resolve({ code, output });
        else done.reject(new Error(`${program} ended by ${signal}: ${lastLine(output)}`));
      });
      pace.wake();
    });
    return done.promise;
  }

  /** Each method, journaled as the calls of other drivers are. */
  #wrap(adapter: object): Client {
    const { journal } = this.#options.world;
    const note = (name: string, phase: number) => journal.note(EventKind.Operation, name, phase);
    const client: Record<string, Client[string]> = {};
    for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(adapter) as object)) {
      const method = (adapter as Record<string, unknown>)[name];
      if (name === 'constructor' || name === 'start' || typeof method !== 'function') continue;
      client[name] = async (...words: unknown[]) => {
        note(name, OperationPhase.Call);
        try {
          const result: unknown = await method.apply(adapter, words);
          note(name, OperationPhase.Return);
          return result;
        } catch (error) {
          note(name, OperationPhase.Throw);
          throw error;
        }
      };
    }
    return client;
  }
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? '';
}
