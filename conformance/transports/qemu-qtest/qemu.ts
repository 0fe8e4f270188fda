/**
 * One QEMU process, stopped (-S), reached through FIFOs and a RAM that is a shared file.
 *
 * It cannot outlive us: setpriv asks the kernel to kill it when the thread that started it ends.
 * Nothing is left behind: every file is unlinked as soon as QEMU has opened it; RAM, firmware
 * and the error log never have a name that outlives start().
 *
 * Not modelled: firmware. The CPU halts at its reset vector; only our host touches the devices.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { constants as system, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { GuestRam } from './guest-ram.ts';
import { LineChannel, type LineEnds } from './line-channel.ts';
import { type Architecture, findPeer } from './peer.ts';
import { Qmp } from './qmp.ts';
import { Qtest } from './qtest.ts';
import { SerialLine } from './serial-line.ts';
import { sleepMs } from './sleep.ts';

const RAM_BYTES = 64 * 2 ** 20;
const START_TIMEOUT_MS = 10_000;
const START_POLL_MS = 0.5;
const DEATH_POLLS_MAX = 500;
const STDERR_BYTES_MAX = 4096;
const BLOCKING = { out: constants.O_WRONLY, in: constants.O_RDONLY } as const;
const LINE_FLAGS = {
  out: constants.O_RDWR | constants.O_NONBLOCK,
  in: constants.O_RDONLY | constants.O_NONBLOCK,
} as const;
const CHANNELS = ['qtest', 'qmp', 'line'] as const;
/** Descriptors that QEMU inherits, in this order. */
const INHERITED = { memory: 3, firmware: 4, media: 5 } as const;

/** A machine of QEMU's; options may name descriptors that it inherits, as /proc/self/fd/N. */
export interface MachineKind {
  readonly architecture: Architecture;
  readonly options: readonly string[];
}

const Q35: MachineKind = { architecture: 'x86', options: q35Options() };

/** QEMU ended while we used it: an outcome to record, followed by a restart. */
export class QemuDied extends Error {
  override readonly name = 'QemuDied';
  readonly exitCode: number | undefined;
  /** Number of the signal that ended it: 6 after an abort in a device model. */
  readonly signal: number | undefined;
  /** What it last wrote to its standard error. */
  readonly stderr: string;

  constructor(end: { exitCode?: number; signal?: number; stderr: string }, cause?: unknown) {
    const how = end.signal === undefined ? `code ${end.exitCode}` : `signal ${end.signal}`;
    super(`QEMU ended with ${how}: ${end.stderr.trim().split('\n')[0] || 'no message'}`, { cause });
    this.exitCode = end.exitCode;
    this.signal = end.signal;
    this.stderr = end.stderr;
  }
}

export class Qemu {
  readonly qtest: Qtest;
  readonly qmp: Qmp;
  readonly ram: GuestRam;
  /** Far end of the character device `line`. */
  readonly line: SerialLine;
  readonly #child: ChildProcess;
  readonly #stderr: number;
  readonly #descriptors: number[] = [];
  readonly #media: readonly { readonly file: number; readonly bytes: number }[];
  #closed = false;

  /**
   * @param options further options of QEMU's command line
   * @param media bytes of each medium; QEMU knows them as `medium0`, `medium1`, ...
   * @param kind the machine; `ram` is the memory of a q35 only
   * @throws PeerAbsent, QemuDied (a bad option, say), Error when it does not start in 10 s
   */
  constructor(options: readonly string[], media: readonly number[] = [], kind = Q35) {
    const programs = findPeer(undefined, kind.architecture);
    const folder = mkdtempSync(join(tmpdir(), 'dyno-qemu-'));
    let child: ChildProcess | undefined;
    try {
      execFileSync(
        programs.mkfifo,
        CHANNELS.flatMap((it) => [fifo(folder, it).in, fifo(folder, it).out]),
      );
      this.#stderr = this.#own(nameless(folder, 'stderr'));
      const memory = this.#own(nameless(sharedMemory(), basename(folder)));
      ftruncateSync(memory, RAM_BYTES);
      this.ram = new GuestRam(memory, RAM_BYTES);
      const firmware = this.#own(nameless(folder, 'firmware'));
      writeSync(firmware, haltingFirmware());
      this.#media = media.map((bytes, index) => {
        const name = `${basename(folder)}-medium${index}`;
        return { file: this.#own(nameless(sharedMemory(), name)), bytes };
      });
      this.wipe();
      child = spawn(
        programs.setpriv,
        [
          ...['--pdeathsig', 'KILL', programs.qemu],
          ...[...commandLine(folder), ...kind.options],
          ...[...mediaOptions(media.length), ...options],
        ],
        {
          stdio: [
            ...(['ignore', 'ignore', this.#stderr, memory, firmware] as const),
            ...this.#media.map(({ file }) => file),
          ],
        },
      );
      child.on('error', () => {}); // Seen as death by whoever uses it next.
      child.unref();
      this.#child = child;
      const gone = (cause?: unknown): Error => this.#death(cause);
      this.qtest = new Qtest(new LineChannel(this.#open(folder, 'qtest', BLOCKING), gone));
      this.qmp = new Qmp(new LineChannel(this.#open(folder, 'qmp', BLOCKING), gone));
      this.line = new SerialLine(this.#open(folder, 'line', LINE_FLAGS), () => {
        this.qmp.execute('chardev-send-break', { id: 'line' });
      });
      this.qtest.poll();
    } catch (error) {
      child?.kill('SIGKILL');
      this.#giveBack();
      throw error;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** For a supervisor that must end a QEMU that no longer answers. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get alive(): boolean {
    return !this.#closed && this.#ended() === undefined;
  }

  /** All bytes of all media read like this; to be called while no device has them. */
  wipe(byte = 0): void {
    for (const { file, bytes } of this.#media) {
      ftruncateSync(file, 0);
      ftruncateSync(file, bytes);
      if (byte !== 0) writeSync(file, new Uint8Array(bytes).fill(byte), 0, bytes, 0);
    }
  }

  /** Ends QEMU and gives back every descriptor. May be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#child.kill('SIGKILL');
    this.#giveBack();
  }

  #own(descriptor: number): number {
    this.#descriptors.push(descriptor);
    return descriptor;
  }

  #giveBack(): void {
    for (const descriptor of this.#descriptors.splice(0)) closeSync(descriptor);
  }

  /**
   * Opens our ends once QEMU has opened its own, which it does for reading and writing: until then
   * opening for writing is refused. Opening blocks for want of another side, hence the keepers.
   */
  #open(folder: string, name: (typeof CHANNELS)[number], flags: LineEnds): LineEnds {
    const { in: toQemu, out: fromQemu } = fifo(folder, name);
    const limit = performance.now() + START_TIMEOUT_MS;
    let writer = openIfRead(fromQemu);
    for (; writer === undefined; writer = openIfRead(fromQemu)) {
      if (this.#ended()) throw this.#death();
      if (performance.now() > limit) throw new Error(`QEMU did not open its ${name} in 10 s`);
      sleepMs(START_POLL_MS);
    }
    const reader = openSync(toQemu, 'r+');
    const ends = {
      out: this.#own(openSync(toQemu, flags.out)),
      in: this.#own(openSync(fromQemu, flags.in)),
    };
    closeSync(reader);
    closeSync(writer);
    return ends;
  }

  #death(cause?: unknown): Error {
    if (this.#closed) return new Error('this QEMU has been closed', { cause });
    let end = this.#ended();
    for (let polls = 0; !end && polls < DEATH_POLLS_MAX; polls++) {
      sleepMs(1);
      end = this.#ended();
    }
    const text = Buffer.alloc(STDERR_BYTES_MAX);
    const length = readSync(this.#stderr, text, 0, STDERR_BYTES_MAX, 0);
    return new QemuDied({ ...end, stderr: text.toString('utf8', 0, length) }, cause);
  }

  /**
   * How the process ended, without the event loop: proc(5), /proc/pid/stat, field 3 (state)
   * and the last field (exit code in waitpid's form).
   */
  #ended(): { exitCode?: number; signal?: number } | undefined {
    if (this.#child.exitCode !== null) return { exitCode: this.#child.exitCode };
    if (this.#child.signalCode !== null) return { signal: system.signals[this.#child.signalCode] };
    let fields: string[];
    try {
      const stat = readFileSync(`/proc/${this.pid}/stat`, 'latin1');
      fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .trim()
        .split(' ');
    } catch {
      return {};
    }
    if (fields[0] !== 'Z') return undefined;
    const status = Number(fields.at(-1));
    return status % 128 === 0 ? { exitCode: Math.trunc(status / 256) } : { signal: status % 128 };
  }
}

function fifo(folder: string, name: string): { in: string; out: string } {
  return { in: join(folder, `${name}.in`), out: join(folder, `${name}.out`) };
}

/** A file without a name: QEMU inherits the descriptor and opens it as /proc/self/fd/N. */
function nameless(folder: string, name: string): number {
  const path = join(folder, name);
  const descriptor = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return descriptor;
}

function sharedMemory(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}

function haltingFirmware(): Uint8Array {
  const image = new Uint8Array(0x1_0000).fill(0xf4); // hlt
  image.set([0xfa, 0xf4, 0xeb, 0xfd], 0xfff0); // The reset vector: cli; hlt; jump to the hlt.
  return image;
}

function q35Options(): string[] {
  const path = `/proc/self/fd/${INHERITED.memory}`;
  const backend = `memory-backend-file,id=ram,size=${RAM_BYTES},mem-path=${path},share=on`;
  return [
    ...['-machine', 'q35,accel=tcg,memory-backend=ram', '-object', backend],
    ...['-m', `${RAM_BYTES / 2 ** 20}M`, '-bios', `/proc/self/fd/${INHERITED.firmware}`],
  ];
}

function commandLine(folder: string): string[] {
  return [
    ...['-S', '-nodefaults', '-no-user-config', '-display', 'none'],
    ...['-qtest', `pipe:${join(folder, 'qtest')}`, '-qtest-log', 'none'],
    ...['-chardev', `pipe,id=qmp,path=${join(folder, 'qmp')}`, '-mon', 'chardev=qmp,mode=control'],
    ...['-chardev', `pipe,id=line,path=${join(folder, 'line')}`],
  ];
}

/** What is deallocated reads as zeros. */
function mediaOptions(count: number): string[] {
  return Array.from({ length: count }, (_, index) => [
    '-blockdev',
    `driver=file,node-name=medium${index},filename=/proc/self/fd/${INHERITED.media + index},` +
      'locking=off,discard=unmap',
  ]).flat();
}

function openIfRead(path: string): number | undefined {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENXIO') return undefined;
    throw error;
  }
}
