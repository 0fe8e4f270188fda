/** The archive, byte by byte as the kernel's buffer format says. */
import { expect, it } from 'vitest';
import { cpioArchive } from './cpio.ts';

const text = (archive: Uint8Array): string => Buffer.from(archive).toString('latin1');

it('begins each entry with a magic and thirteen fields of eight digits', () => {
  const archive = text(cpioArchive([{ path: 'a', bytes: Buffer.from('hello') }]));
  expect(archive.slice(0, 110)).toBe(
    `070701${'00000001'}${'000081a4'}${'00000000'.repeat(2)}${'00000001'}${'00000000'}` +
      `${'00000005'}${'00000000'.repeat(4)}${'00000002'}${'00000000'}`,
  );
  expect(archive.slice(110, 120)).toBe('a\0hello\0\0\0');
});

it('makes the folders of a file before it, once', () => {
  const bytes = new Uint8Array();
  const files = [
    { path: 'a/b/c', bytes },
    { path: 'a/b/d', bytes, executable: true },
  ];
  const archive = text(cpioArchive(files));
  const modes = [...archive.matchAll(/070701.{8}(.{8}).{88}([^\0]+)/g)].map((it) => it.slice(1));
  expect(modes).toEqual([
    ['000041ed', 'a'],
    ['000041ed', 'a/b'],
    ['000081a4', 'a/b/c'],
    ['000081ed', 'a/b/d'],
    ['00000000', 'TRAILER!!!'],
  ]);
});

it('is a multiple of four bytes long, entry by entry', () => {
  for (let length = 0; length < 8; length++) {
    const path = 'x'.repeat(length + 1);
    expect(cpioArchive([{ path, bytes: new Uint8Array(length) }]).length % 4).toBe(0);
  }
});
