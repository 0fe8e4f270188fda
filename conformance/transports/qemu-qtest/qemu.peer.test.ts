import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import { peerMissing } from './peer.ts';
import { Qemu, QemuDied } from './qemu.ts';

const missing = peerMissing();
const SIGABRT = 6;
const SIGKILL = 9;

describe.skipIf(missing)(`the process (${missing ?? 'QEMU is installed'})`, () => {
  it('answers, and leaves no file behind', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dyno-leftovers-'));
    vi.stubEnv('TMPDIR', folder);
    const qemu = new Qemu([]);
    try {
      expect(qemu.qtest.command('endianness')).toBe('little');
      expect(qemu.alive).toBe(true);
      expect(readdirSync(folder)).toEqual([]);
      const files = filesOf(qemu.pid);
      expect(files.length).toBeGreaterThan(6);
      expect(files.filter((it) => !it.endsWith(' (deleted)'))).toEqual([]);
    } finally {
      qemu.close();
      vi.unstubAllEnvs();
      rmdirSync(folder);
    }
    expect(qemu.alive).toBe(false);
    expect(() => qemu.qtest.poll()).toThrow('this QEMU has been closed');
  });

  it('gives back every descriptor', () => {
    const qemu = new Qemu([]);
    expect(filesOf('self').length).toBeGreaterThan(6);
    qemu.close();
    expect(() => new Qemu(['-device', 'no-such-device'])).toThrow(QemuDied);
    expect(filesOf('self')).toEqual([]);
  });

  it('shares its RAM with us in both directions', () => {
    const qemu = new Qemu([]);
    try {
      const { address } = qemu.ram.allocate(8);
      qemu.ram.write(address, Uint8Array.of(0x78, 0x56, 0x34, 0x12));
      expect(qemu.qtest.read(address, 4)).toBe(0x12345678);
      qemu.qtest.writeQuad(address, { low: 0x03020100, high: 0x07060504 });
      expect(qemu.ram.read(address, 8)).toEqual(Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7));
    } finally {
      qemu.close();
    }
  });
});

describe.skipIf(missing)(`its end (${missing ?? 'QEMU is installed'})`, () => {
  it('says why it did not start', () => {
    const start = (): Qemu => new Qemu(['-device', 'no-such-device']);
    expect(start).toThrow(QemuDied);
    expect(start).toThrow(/code 1: .*no-such-device/);
  });

  it.each([
    ['kill', SIGKILL],
    ['abort', SIGABRT],
  ] as const)('reports death by %s', (_, signal) => {
    const qemu = new Qemu([]);
    try {
      process.kill(qemu.pid, signal);
      expect(() => qemu.qtest.poll()).toThrow(
        expect.objectContaining({ name: 'QemuDied', signal }),
      );
      expect(qemu.alive).toBe(false);
    } finally {
      qemu.close();
    }
  });

  it('dies with a parent that is killed', async () => {
    const program = `
      import { Qemu } from ${JSON.stringify(import.meta.dirname + '/qemu.ts')};
      console.log(new Qemu([]).pid);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(chunk.toString());
    expect(runs(pid)).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await expect.poll(() => runs(pid), { timeout: 5000 }).toBe(false);
  });

  it('dies with a worker thread that is terminated', async () => {
    const program = `
      const { parentPort } = require('node:worker_threads');
      import(${JSON.stringify(import.meta.dirname + '/qemu.ts')}).then(({ Qemu }) => {
        parentPort.postMessage(new Qemu([]).pid);
        setInterval(() => {}, 1000);
      });`;
    const worker = new Worker(program, { eval: true, execArgv: [] });
    const [pid] = (await once(worker, 'message')) as [number];
    expect(runs(pid)).toBe(true);
    await worker.terminate();
    await expect.poll(() => runs(pid), { timeout: 5000 }).toBe(false);
  });
});

/** The files of ours that a process has open. */
function filesOf(process: number | 'self'): string[] {
  const links: string[] = [];
  for (const name of readdirSync(`/proc/${process}/fd`)) {
    try {
      links.push(readlinkSync(`/proc/${process}/fd/${name}`));
    } catch {
      // The descriptor of this very listing.
    }
  }
  return links.filter((it) => it.includes('dyno-qemu-'));
}

/** Neither gone nor a zombie that waits for its new parent. */
function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
