/** Blocks of a namespace, written and read without a driver. */
import { expect } from '../../expect.ts';
import { Io, transfer } from './commands.ts';
import { NAMESPACES, Status, expectStatus } from './facts.ts';
import type { RawHost } from './raw-host.ts';
import type { RawSubmissionQueue } from './raw-queue.ts';

export type Pair = { readonly host: RawHost; readonly queue: RawSubmissionQueue };

/** Bytes of a write may be zero; so are those of blocks that nobody wrote. */
export function write(
  { host, queue }: Pair,
  nsid: number,
  lba: number,
  bytes: Uint8Array,
  control = 0,
) {
  const { blockBytes } = NAMESPACES[nsid - 1] ?? NAMESPACES[0];
  const data = host.data(bytes.length);
  data.write(bytes);
  const blocks = bytes.length / blockBytes;
  const done = host.io(queue, transfer(Io.Write, nsid, lba, blocks, data, control));
  data.free();
  return done;
}

export function read({ host, queue }: Pair, nsid: number, lba: number, blocks: number) {
  const { blockBytes } = NAMESPACES[nsid - 1] ?? NAMESPACES[0];
  const data = host.data(blocks * blockBytes);
  data.fill(0xee);
  const done = host.io(queue, transfer(Io.Read, nsid, lba, blocks, data));
  return { done, bytes: data.read() };
}

export function expectRead(
  pair1: Pair,
  nsid: number,
  lba: number,
  wanted: Uint8Array,
  what: string,
) {
  const { blockBytes } = NAMESPACES[nsid - 1] ?? NAMESPACES[0];
  const { done, bytes } = read(pair1, nsid, lba, wanted.length / blockBytes);
  expectStatus(done, Status.Success, `reading ${what}`);
  expect.equal(bytes, wanted, what);
}
