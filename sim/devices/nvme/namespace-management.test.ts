import { expect, it } from 'vitest';
import { adminBench } from './admin-bench.ts';
import { withFields } from './bench.ts';
import { attachNamespace, manageNamespace } from './namespace-management.ts';
import { Namespace, NamespaceManagement } from './structures.ts';

const ALL = 0xffff_ffff;
type NamespaceFields = Partial<
  Record<'NSZE' | 'NCAP' | 'FLBAS_FORMAT' | 'DPS' | 'NMIC' | 'NVMSETID', number>
>;

function bench() {
  const it = adminBench();
  const manage = (SEL: number, nsid: number, memory?: Uint8Array<ArrayBuffer>) =>
    it.start(
      (each) => manageNamespace(it.namespaces, each),
      NamespaceManagement,
      { SEL },
      nsid,
      memory,
    );
  const create = (values: NamespaceFields) =>
    manage(0, 0, withFields(new Uint8Array(4096), Namespace, values) as Uint8Array<ArrayBuffer>);
  const attach = (SEL: number, nsid: number, ...list: number[]) => {
    const memory = new Uint8Array(4096);
    new Uint16Array(memory.buffer).set(list);
    const execute = attachNamespace.bind(undefined, it.namespaces);
    return it.start(execute, NamespaceManagement, { SEL }, nsid, memory).status;
  };
  return { ...it, manage, create, attach };
}

it('creates a namespace that can be attached, detached and deleted, and tells of each', () => {
  const { namespaces, changes, manage, create, attach } = bench();
  const before = namespaces.unallocatedBytes;
  const { status, dword0 } = create({ NSZE: 100, NCAP: 100, FLBAS_FORMAT: 1 });
  expect([status, dword0]).toEqual([0, 3]);
  expect(before - namespaces.unallocatedBytes).toBe(100 * 4096);
  expect([namespaces.active(3), changes]).toEqual([undefined, []]);
  expect(attach(0, 3, 1, 0)).toBe(0);
  expect(namespaces.active(3)?.blocks).toBe(100);
  expect(attach(0, 3, 1, 0)).toBe(0x118);
  expect(attach(1, 3, 1, 0)).toBe(0);
  expect(attach(1, 3, 1, 0)).toBe(0x11a);
  expect(manage(1, 3).status).toBe(0);
  expect([namespaces.get(3), namespaces.unallocatedBytes]).toEqual([undefined, before]);
  expect(changes).toEqual([3, 3]);
});

it('deletes all', () => {
  const { namespaces, changes, manage, create } = bench();
  create({ NSZE: 1, NCAP: 1 });
  expect(manage(1, ALL).status).toBe(0);
  expect(namespaces.allocated()).toEqual([]);
  expect(changes).toEqual([1, 2]);
});

it('refuses what it cannot make', () => {
  const { namespaces, create } = bench();
  const one = { NSZE: 1, NCAP: 1 };
  expect(create({ NSZE: 0, NCAP: 0 }).status).toBe(0x02);
  expect(create({ NSZE: 1, NCAP: 2 }).status).toBe(0x02);
  expect(create({ NSZE: 2, NCAP: 1 }).status).toBe(0x11b);
  expect(create({ ...one, FLBAS_FORMAT: 2 }).status).toBe(0x10a);
  for (const field of ['DPS', 'NMIC', 'NVMSETID']) {
    expect(create({ ...one, [field]: 1 }).status).toBe(0x02);
  }
  const blocks = namespaces.unallocatedBytes / 512;
  expect(create({ NSZE: blocks + 1, NCAP: blocks + 1 }).status).toBe(0x115);
  expect(create({ NSZE: blocks, NCAP: blocks }).status).toBe(0);
});

it('has 256 identifiers', () => {
  const { create } = bench();
  const seen = Array.from({ length: 255 }, () => create({ NSZE: 1, NCAP: 1 }));
  expect(seen[253]?.dword0).toBe(256);
  expect(seen[254]?.status).toBe(0x116);
});

it('refuses wrong selections, namespaces and lists of controllers', () => {
  const { manage, attach, namespaces } = bench();
  expect(manage(2, 1).status).toBe(0x02);
  expect(attach(2, 1, 1, 0)).toBe(0x02);
  for (const [nsid, status] of [
    [0, 0x0b],
    [257, 0x0b],
    [9, 0x02],
  ] as const) {
    expect(manage(1, nsid).status).toBe(status);
    expect(attach(1, nsid, 1, 0)).toBe(status);
  }
  expect(attach(1, ALL, 1, 0)).toBe(0x02);
  for (const list of [[0], [1, 7], [2, 0, 1], [2048, 0]]) expect(attach(1, 1, ...list)).toBe(0x11c);
  namespaces.get(1)!.formatting = true;
  expect([manage(1, 1).status, manage(1, ALL).status, attach(1, 1, 1, 0)]).toEqual([
    0x84, 0x84, 0x84,
  ]);
});
