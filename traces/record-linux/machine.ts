/** One boot of a guest in QEMU, without any acceleration: its report, and QEMU's log of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { readGuestReport } from './guest-report.ts';

export interface Guest {
  /** The kernel's image. */
  readonly kernel: string;
  readonly initramfs: Uint8Array;
  /** Devices under test, as QEMU's options. */
  readonly options: readonly string[];
  /** What QEMU logs, as patterns of its option -trace. */
  readonly tracePoints: readonly string[];
}

export interface Boot {
  /** What the guest sent, by name. */
  readonly files: ReadonlyMap<string, string>;
  /** Where QEMU's log is. */
  readonly log: string;
}

export const QEMU = 'qemu-system-x86_64';
const TIME_LIMIT_MS = 120_000;
const DISKS = ['disk0', 'disk1'];
const DISK_BYTES = 32 * 2 ** 20;

/** One processor, as mmiotrace wants; the same addresses in every boot. */
const MACHINE = ['-machine', 'q35,accel=tcg', '-cpu', 'max', '-smp', '1', '-m', '256'];
/** The short firmware drives no device, so that all accesses are Linux's. */
const FIRMWARE = ['-bios', 'qboot.rom'];
const KERNEL_OPTIONS = 'console=ttyS0 quiet panic=-1 nokaslr suspend.pm_test_delay=1';

/**
 * Boots the guest and waits until it has powered off.
 * @param folder an empty folder, for the machine's files
 * @throws Error when QEMU is not there, the guest takes too long, or its workload fails
 */
export async function bootGuest(guest: Guest, folder: string): Promise<Boot> {
  const file = (name: string): string => join(folder, name);
  writeFileSync(file('initramfs'), guest.initramfs);
  for (const disk of DISKS) {
    writeFileSync(file(disk), '');
    truncateSync(file(disk), DISK_BYTES);
  }
  const echo = createServer((line) => void line.pipe(line));
  const servers = [echo.listen(file('echo')), bridge().listen(file('bridge'))];
  // A guest that powers off cuts its lines.
  for (const server of servers)
    server.on('connection', (line: Socket) => line.on('error', () => {}));
  try {
    await Promise.all(servers.map((server) => once(server, 'listening')));
    await run(commandLine(guest, folder));
  } finally {
    for (const server of servers) server.close();
  }
  try {
    return { files: readGuestReport(readFileSync(file('report'))), log: file('qemu.log') };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const console = readFileSync(file('console'), 'utf8').trim().split('\n').slice(-20);
    throw new Error(`${why}\nThe guest's console ended:\n${console.join('\n')}`, { cause });
  }
}

/** Joins its first two connections: what comes in at one goes out at the other. */
function bridge(): Server {
  let first: Socket | undefined;
  return createServer((socket) => {
    if (first !== undefined) first.pipe(socket).pipe(first);
    first ??= socket;
  });
}

function commandLine(guest: Guest, folder: string): string[] {
  const file = (name: string): string => join(folder, name);
  return [
    ...[...MACHINE, ...FIRMWARE],
    ...['-nodefaults', '-display', 'none', '-monitor', 'none', '-no-reboot'],
    ...['-kernel', guest.kernel, '-initrd', file('initramfs'), '-append', KERNEL_OPTIONS],
    ...['-serial', `file:${file('console')}`, '-serial', `file:${file('report')}`],
    ...['-chardev', 'null,id=marks', '-device', 'isa-debugcon,chardev=marks,iobase=0xe9'],
    ...['-chardev', `socket,id=echo,path=${file('echo')}`],
    ...['-chardev', `socket,id=to-monitor,path=${file('bridge')}`],
    ...['-chardev', `socket,id=monitor,path=${file('bridge')}`],
    ...DISKS.flatMap((id) => ['-drive', `id=${id},file=${file(id)},format=raw,if=none`]),
    ...guest.options,
    ...guest.tracePoints.flatMap((pattern) => ['-trace', pattern]),
    ...['-msg', 'timestamp=on', '-D', file('qemu.log')],
  ];
}

async function run(options: readonly string[]): Promise<void> {
  const signal = AbortSignal.timeout(TIME_LIMIT_MS);
  const qemu = spawn(QEMU, options, { stdio: ['ignore', 'inherit', 'inherit'], signal });
  try {
    const [code] = (await once(qemu, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`QEMU ended with code ${code}.`);
  } catch (cause) {
    if (signal.aborted) {
      throw new Error(`The guest was not done after ${TIME_LIMIT_MS / 1000} s.`, { cause });
    }
    if ((cause as { code?: string }).code === 'ENOENT') {
      throw new Error(`${QEMU} is not installed: apt-get install qemu-system-x86`, { cause });
    }
    throw cause;
  }
}
