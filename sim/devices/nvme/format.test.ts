import { expect, it } from 'vitest';
import { adminBench } from './admin-bench.ts';
import { formatNamespaces } from './format.ts';
import { FormatCommand } from './structures.ts';

const FORMAT_NS = 20_000_000;
const ALL = 0xffff_ffff;

function bench() {
  const it = adminBench();
  const erased: number[] = [];
  const start = (
    nsid: number,
    values: Partial<Record<'LBAF' | 'PI' | 'SES' | 'MSET', number>> = {},
  ) =>
    it.start(
      (each) => formatNamespaces(it.namespaces, each, true, (id) => erased.push(id)),
      FormatCommand,
      values,
      nsid,
    );
  for (const { media } of it.namespaces.allocated()) {
    media.write(0, 1, new Uint8Array(media.blockBytes).fill(5));
  }
  return { ...it, erased, start };
}

it.each([0, 1, 2])('erases, with secure erase %s, and changes the block size', (SES) => {
  const { start, namespaces, world, changes, erased } = bench();
  const command = start(1, { LBAF: 1, SES });
  expect(namespaces.get(1)!.formatting).toBe(true);
  world.advance(FORMAT_NS);
  expect(command.status).toBe(0);
  const { blockBytes, blocks, media, formatting } = namespaces.get(1)!;
  expect([blockBytes, blocks, media.used, formatting]).toEqual([4096, 256, 0, false]);
  expect(namespaces.get(2)!.media.used).toBe(1);
  expect([changes, erased]).toEqual([[1], [1]]);
});

it('formats all attached namespaces', () => {
  const { start, namespaces, world } = bench();
  namespaces.get(2)!.attached = false;
  const command = start(ALL);
  world.advance(FORMAT_NS);
  expect(command.status).toBe(0);
  expect(namespaces.allocated().map(({ media }) => media.used)).toEqual([0, 1]);
});

it('refuses what it cannot do, and harms nothing', () => {
  const { start, namespaces, world } = bench();
  expect(start(1, { LBAF: 2 }).status).toBe(0x10a);
  expect(start(1, { PI: 1 }).status).toBe(0x10a);
  expect(start(1, { SES: 3 }).status).toBe(0x02);
  expect(start(0).status).toBe(0x0b);
  expect(start(9).status).toBe(0x02);
  world.advance(FORMAT_NS);
  expect(namespaces.allocated().map(({ media }) => media.used)).toEqual([1, 1]);
});

it('is under way until it ends, or the controller is reset', () => {
  const { start, namespaces, world } = bench();
  start(1);
  expect(start(1).status).toBe(0x84);
  expect(start(ALL).status).toBe(0x84);
  namespaces.reset();
  world.advance(FORMAT_NS);
  expect(namespaces.get(1)!.media.used).toBe(1);
});
