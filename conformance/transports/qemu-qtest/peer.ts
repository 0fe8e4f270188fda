/** Is QEMU installed here? Names the Debian package where it is not. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const QEMU = {
  x86: { command: 'qemu-system-x86_64', package: 'qemu-system-x86' },
  arm: { command: 'qemu-system-arm', package: 'qemu-system-arm' },
} as const;
const MKFIFO = { command: 'mkfifo', package: 'coreutils' } as const;
const SETPRIV = { command: 'setpriv', package: 'util-linux' } as const;

/** Whose machines the QEMU has: each is a program and a package of its own. */
export type Architecture = keyof typeof QEMU;

/** A program of the peer is not installed. */
export class PeerAbsent extends Error {
  override readonly name = 'PeerAbsent';
  readonly package: string;

  constructor(program: { command: string; package: string }) {
    super(`${program.command} is not installed: apt-get install ${program.package}`);
    this.package = program.package;
  }
}

/** Where the programs are. */
export interface Peer {
  readonly qemu: string;
  readonly mkfifo: string;
  readonly setpriv: string;
}

/** @throws PeerAbsent */
export function findPeer(
  path = process.env['PATH'] ?? '',
  architecture: Architecture = 'x86',
): Peer {
  const qemu = find(QEMU[architecture], path);
  return { qemu, mkfifo: find(MKFIFO, path), setpriv: find(SETPRIV, path) };
}

/**
 * The reason why tests against QEMU are skipped here; undefined where they run.
 * @throws PeerAbsent when the peers are required (DYNO_PEERS=required)
 */
export function peerMissing(architecture: Architecture = 'x86'): string | undefined {
  try {
    findPeer(undefined, architecture);
    return undefined;
  } catch (error) {
    if (!(error instanceof PeerAbsent) || process.env['DYNO_PEERS'] === 'required') throw error;
    console.warn(`Tests against QEMU are skipped: ${error.message}`);
    return error.message;
  }
}

function find(program: { command: string; package: string }, path: string): string {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, program.command);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  throw new PeerAbsent(program);
}
