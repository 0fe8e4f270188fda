/**
 * An archive that the kernel unpacks as its first file system: cpio in the form `newc`
 * (Linux Documentation/driver-api/early-userspace/buffer-format.rst).
 */

export interface ArchiveFile {
  /** Without a leading slash. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable?: boolean;
}

const DIRECTORY = 0o040755;
const EXECUTABLE = 0o100755;
const PLAIN = 0o100644;
const ALIGNMENT = 4;

/** The same files give the same bytes: no owner, no time, entries in the order given. */
export function cpioArchive(files: readonly ArchiveFile[]): Uint8Array {
  const entries = new Map<string, { mode: number; bytes: Uint8Array }>();
  for (const file of files) {
    for (const folder of foldersOf(file.path)) {
      entries.set(folder, { mode: DIRECTORY, bytes: new Uint8Array() });
    }
    entries.set(file.path, { mode: file.executable ? EXECUTABLE : PLAIN, bytes: file.bytes });
  }
  entries.set('TRAILER!!!', { mode: 0, bytes: new Uint8Array() });
  let inode = 0;
  const parts = [...entries].map(([path, { mode, bytes }]) => entry(path, mode, bytes, ++inode));
  return Buffer.concat(parts);
}

function foldersOf(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

function entry(path: string, mode: number, bytes: Uint8Array, inode: number): Uint8Array {
  const links = mode === DIRECTORY ? 2 : 1;
  const [uid, gid, time, device, check] = [0, 0, 0, 0, 0];
  const fields = [
    ...[inode, mode, uid, gid, links, time, bytes.length],
    ...[device, device, device, device, path.length + 1, check],
  ];
  const head = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  return Buffer.concat([padded(Buffer.from(`${head}${path}\0`)), padded(bytes)]);
}

function padded(bytes: Uint8Array): Uint8Array {
  const spare = (ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT;
  return spare === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(spare)]);
}
