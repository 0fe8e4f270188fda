import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { World } from '../../kernel/world.ts';
import { BenchExecution, commandOf, withFields } from './bench.ts';
import { IoCommands } from './io-commands.ts';
import { Namespaces } from './namespaces.ts';
import { Status } from './status.ts';
import { Command, DatasetManagement, DatasetRange, ReadWrite } from './structures.ts';

const MIB = 1024 * 1024;
const [FLUSH, WRITE, READ, SPOIL, COMPARE, ZERO, MANAGE, VERIFY] = [0, 1, 2, 4, 5, 8, 9, 0x0c];
const WAIT_NS = 1_000_000;

function bench(timed = true, seed = 1) {
  const world = new World({ seed, settle: () => Promise.resolve() });
  const sizes = [
    { blockBytes: 512, bytes: 32 * MIB },
    { blockBytes: 4096, bytes: 32 * MIB },
  ];
  const namespaces = new Namespaces(world, sizes, () => {});
  const io = new IoCommands(world, namespaces, { transferBytesMax: 512 * 1024, timed });
  const start = (
    sqe: Uint8Array,
    memory: Uint8Array = new Uint8Array(4096),
    second?: BenchExecution,
  ) => {
    const execution = new BenchExecution(world, (it) => io.execute(it), sqe, memory);
    execution.fused = second;
    io.execute(execution);
    return execution;
  };
  const make = (opcode: number, values: Fields = {}, nsid = 1) =>
    withFields(commandOf(ReadWrite, values), Command, { OPC: opcode, NSID: nsid });
  const run = (opcode: number, values: Fields = {}, memory?: Uint8Array, nsid = 1) => {
    const execution = start(make(opcode, values, nsid), memory);
    world.advance(WAIT_NS);
    return execution;
  };
  return { world, namespaces, io, start, make, run };
}

type Fields = Partial<Record<'SLBA' | 'NLB' | 'FUA' | 'LR' | 'DSM' | 'PRINFO' | 'DEAC', number>>;

function filled(bytes: number, value: number): Uint8Array {
  return new Uint8Array(bytes).fill(value);
}

const data = filled(512, 5);

/** Status without Do Not Retry. */
const plain = (status: number): number => status % 0x4000;

describe.each([true, false])('with time %s', (timed) => {
  it('reads what was written, zeros elsewhere, in both block sizes', () => {
    const { run } = bench(timed);
    for (const [nsid, block] of [
      [1, 512],
      [2, 4096],
    ] as const) {
      expect(
        run(WRITE, { SLBA: 7, NLB: 1, LR: 1, DSM: 0x7f }, filled(2 * block, 5), nsid).status,
      ).toBe(0);
      const read = run(READ, { SLBA: 6, NLB: 2 }, filled(3 * block, 9), nsid);
      expect(read.status).toBe(0);
      expect([0, block - 1, block, 3 * block - 1].map((at) => read.memory[at])).toEqual([
        0, 0, 5, 5,
      ]);
    }
  });

  it('ends every command with a status for what is wrong with it', () => {
    const { run, namespaces } = bench(timed);
    const last = 32 * 2048 - 1;
    expect(run(READ, { SLBA: last }).status).toBe(0);
    const beyond = run(READ, { SLBA: last, NLB: 1 });
    expect([beyond.status, beyond.field, beyond.lba]).toEqual([0x80, ReadWrite.SLBA, last]);
    expect(run(WRITE, { SLBA: 2 ** 63 }).status).toBe(0x80);
    for (const opcode of [SPOIL, COMPARE, ZERO, VERIFY]) {
      expect(run(opcode, { SLBA: last, NLB: 1 }).status).toBe(0x80);
    }
    expect(run(READ, { PRINFO: 1 }).status).toBe(0x181);
    expect(run(READ, { NLB: 1024 }, filled(MIB, 0)).status).toBe(0x02);
    expect(run(READ, { NLB: 1023 }, filled(MIB, 0)).status).toBe(0);
    expect(run(0x7f).status).toBe(0x01);
    for (const nsid of [0, 257]) expect(run(READ, {}, undefined, nsid).status).toBe(0x0b);
    for (const nsid of [3, 0xffff_ffff]) expect(run(READ, {}, undefined, nsid).status).toBe(0x02);
    namespaces.get(1)!.formatting = true;
    expect(run(READ).status).toBe(0x84);
  });

  it('compares', () => {
    const { run } = bench(timed);
    run(WRITE, { NLB: 1 }, filled(1024, 5));
    expect(run(COMPARE, { NLB: 1 }, filled(1024, 5)).status).toBe(0);
    const other = filled(1024, 5);
    other[1023] = 6;
    const compare = run(COMPARE, { NLB: 1 }, other);
    expect([compare.status, compare.lba]).toEqual([0x285, 1]);
  });
});

describe.each([true, false])('what is not data, with time %s', (timed) => {
  it('writes zeros, deallocating only when asked to', () => {
    const { run, namespaces } = bench(timed);
    run(WRITE, { NLB: 7 }, filled(4096, 5));
    expect(run(ZERO, { NLB: 1 }).status).toBe(0);
    expect(run(ZERO, { SLBA: 2, NLB: 1, DEAC: 1 }).status).toBe(0);
    const { memory } = run(READ, { NLB: 7 });
    expect([0, 512, 1024, 1536, 2048].map((at) => memory[at])).toEqual([0, 0, 0, 0, 5]);
    const { media } = namespaces.get(1)!;
    expect([0, 1, 2, 3, 4].map((lba) => media.stateOf(lba))).toEqual([1, 1, 0, 0, 1]);
  });

  it('reports what cannot be read, until it is written', () => {
    const { run, io } = bench(timed);
    run(WRITE, { NLB: 7 }, filled(4096, 5));
    expect(run(SPOIL, { SLBA: 2, NLB: 1 }).status).toBe(0);
    for (const opcode of [READ, COMPARE, VERIFY]) {
      const { status, lba } = run(opcode, { NLB: 7 });
      expect([status, lba]).toEqual([0x281, 2]);
    }
    expect(io.mediaErrors).toBe(3);
    run(WRITE, { SLBA: 2 }, filled(512, 6));
    run(ZERO, { SLBA: 3 });
    expect(run(VERIFY, { NLB: 7 }).status).toBe(0);
  });

  it('reports deallocated blocks where the host wants that', () => {
    const { run, namespaces } = bench(timed);
    run(WRITE, {}, filled(512, 5));
    namespaces.get(1)!.deallocatedError = true;
    expect(run(READ).status).toBe(0);
    const read = run(READ, { NLB: 1 });
    expect([read.status, read.lba]).toEqual([0x287, 1]);
  });
});

describe.each([true, false])('Dataset Management, with time %s', (timed) => {
  it('deallocates ranges, all or none', () => {
    const { start, run, world } = bench(timed);
    run(WRITE, { NLB: 7 }, filled(4096, 5));
    const manage = (ranges: readonly (readonly [number, number])[], deallocate = 1) => {
      const memory = new Uint8Array(256 * 16);
      ranges.forEach(([lba, count], index) => {
        DatasetRange.SLBA.set(memory, index * 16, lba);
        DatasetRange.NLB.set(memory, index * 16, count);
      });
      const values = { NR: ranges.length - 1, AD: deallocate, IDR: 1 };
      const sqe = commandOf(DatasetManagement, values);
      const it = start(withFields(sqe, Command, { OPC: MANAGE, NSID: 1 }), memory);
      world.advance(WAIT_NS);
      return it.status;
    };
    const image = () =>
      [...run(READ, { NLB: 7 }).memory].filter((_, at) => at % 512 === 0).join('');
    expect(manage([[0, 8]], 0)).toBe(0);
    expect(
      manage([
        [0, 1],
        [65_530, 7],
      ]),
    ).toBe(0x80);
    expect(image()).toBe('55555555');
    expect(
      manage([
        [0, 1],
        [5, 0],
        [6, 1],
      ]),
    ).toBe(0);
    expect(image()).toBe('05555505');
    expect(manage(Array.from({ length: 256 }, () => [0, 4]))).toBe(0);
    expect(image()).toBe('00005505');
    expect(manage([[0, 32 * 2048]])).toBe(0);
    expect(image()).toBe('00000000');
  });
});

describe.each([true, false])('the way to the host, with time %s', (timed) => {
  it.each([READ, WRITE, COMPARE])('ends command %s with what the host answers', (opcode) => {
    const { io, make, run, world } = bench(timed);
    expect(run(opcode, {}, new Uint8Array(0)).status).toBe(0x04);
    const it = new BenchExecution(world, (each) => io.execute(each), make(opcode), data);
    it.moves = Status.DataTransferError;
    io.execute(it);
    world.advance(WAIT_NS);
    expect(it.status).toBe(0x04);
  });
});

describe('fused Compare and Write', () => {
  function fused(
    compare: Uint8Array,
    write: Uint8Array,
    values: Fields = {},
    other: Fields = values,
  ) {
    const { run, start, make, world } = bench();
    run(WRITE, { NLB: 7 }, filled(4096, 5));
    run(SPOIL, { SLBA: 100 });
    const second = new BenchExecution(world, () => {}, make(WRITE, other), write);
    const first = start(make(COMPARE, values), compare, second);
    world.advance(WAIT_NS);
    const image = [...run(READ, { NLB: 7 }).memory].filter((_, at) => at % 512 === 0).join('');
    return [first.status, second.status, image];
  }

  it('writes where the blocks are as expected', () => {
    expect(fused(filled(1024, 5), filled(1024, 6), { NLB: 1 })).toEqual([0, 0, '66555555']);
  });

  it('does not write where they are not', () => {
    expect(fused(filled(512, 4), filled(512, 6))).toEqual([0x285, 0x09, '55555555']);
  });

  it('does not write what it could not read, or what lies outside', () => {
    expect(fused(data, data, { SLBA: 100 })).toEqual([0x281, 0x09, '55555555']);
    expect(fused(data, data, { SLBA: 65_536 })).toEqual([0x80, 0x09, '55555555']);
  });

  it('leaves the Compare as it ended where the Write cannot be carried out', () => {
    expect(fused(filled(512, 5), new Uint8Array(0))).toEqual([0, 0x04, '55555555']);
  });

  it('is for the same blocks, and not more than are atomic', () => {
    const more = filled(8192, 5);
    expect(fused(more, more, { NLB: 1 }, { NLB: 0 })).toEqual([0x02, 0x09, '55555555']);
    expect(fused(more, more, { NLB: 8 })).toEqual([0x14, 0x09, '55555555']);
  });
});

describe('what lasts', () => {
  /** Which images of the first block a cut leaves, over many seeds. */
  function afterCut(play: (it: ReturnType<typeof bench>) => void): string {
    const seen = new Set<number>();
    for (let seed = 0; seed < 60; seed++) {
      const it = bench(true, seed);
      play(it);
      it.namespaces.cutPower();
      seen.add(it.run(READ).memory[0]!);
    }
    return [...seen].toSorted((a, b) => a - b).join(' or ');
  }
  it('a completed write may be lost', () => {
    expect(afterCut(({ run }) => run(WRITE, {}, data))).toBe('0 or 5');
  });

  it.each([1, 0xffff_ffff])('a write and then a flush of namespace %s last', (nsid) => {
    const flushed = afterCut(({ run }) => {
      run(WRITE, {}, data);
      expect(run(FLUSH, {}, undefined, nsid).status).toBe(0);
    });
    expect(flushed).toBe('5');
  });

  it('a flush of another namespace is no help', () => {
    const flushed = afterCut(({ run }) => {
      run(WRITE, {}, data);
      run(FLUSH, {}, undefined, 2);
    });
    expect(flushed).toBe('0 or 5');
  });

  it('a flush does not cover a write that was under way', () => {
    const flushed = afterCut(({ start, make, world }) => {
      start(make(WRITE), data);
      start(make(FLUSH));
      world.advance(WAIT_NS);
    });
    expect(flushed).toBe('0 or 5');
  });

  it('a write with FUA, one without a cache, and one read with FUA last', () => {
    expect(afterCut(({ run }) => run(WRITE, { FUA: 1 }, data))).toBe('5');
    const uncached = afterCut(({ run, namespaces }) => {
      namespaces.cacheEnabled = false;
      run(WRITE, {}, data);
    });
    expect(uncached).toBe('5');
    const read = afterCut(({ run }) => {
      run(WRITE, {}, data);
      run(READ, { FUA: 1 });
    });
    expect(read).toBe('5');
    expect(afterCut(({ run }) => run(ZERO, { FUA: 1 }))).toBe('0');
  });

  it('a write with FUA that has not ended may be lost, or have arrived', () => {
    const underWay = afterCut(({ start, make, world }) => {
      start(make(WRITE, { FUA: 1 }), data);
      world.advance(10);
    });
    expect(underWay).toBe('0 or 5');
  });

  it('large zeros go through the cache', () => {
    const zeros = afterCut(({ run }) => {
      run(WRITE, { FUA: 1 }, data);
      run(ZERO, { NLB: 4095 });
    });
    expect(zeros).toBe('0');
  });
});

it('lets commands overtake each other, and each ends once', () => {
  const { start, make, world } = bench();
  const ended: number[] = [];
  const all = Array.from({ length: 20 }, (_, lba) => start(make(READ, { SLBA: lba })));
  for (let at = 0; at < 40; at++) {
    world.advance(1000);
    all.forEach(({ status }, index) => {
      if (status !== undefined && !ended.includes(index)) ended.push(index);
    });
  }
  expect(ended).toHaveLength(20);
  expect(ended).not.toEqual(ended.toSorted((a, b) => a - b));
});

it('gives up a write whose blocks were formatted away under it', () => {
  for (let seed = 0; seed < 8; seed++) {
    const { start, make, world, namespaces } = bench(true, seed);
    const write = start(make(WRITE), filled(512, 5));
    namespaces.reformat(namespaces.get(1)!, 4096);
    world.advance(WAIT_NS);
    expect(write.status).toBe(plain(Status.FormatInProgress));
    expect(namespaces.get(1)!.media.used).toBe(0);
  }
});

it('survives any command', () => {
  const bytes = fc.uint8Array({ minLength: 64, maxLength: 64 });
  fc.assert(
    fc.property(bytes, fc.nat(2), fc.nat(15), fc.boolean(), (sqe, nsid, opcode, fused) => {
      const { start, world } = bench();
      withFields(sqe, Command, { OPC: opcode, NSID: nsid });
      const second = new BenchExecution(world, () => {}, sqe.slice(), new Uint8Array(9000));
      const it = start(sqe, new Uint8Array(9000), fused ? second : undefined);
      world.advance(WAIT_NS);
      expect(it.status).toBeDefined();
      expect(second.status !== undefined).toBe(fused);
    }),
  );
});
