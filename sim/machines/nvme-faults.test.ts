import { describe, expect, it } from 'vitest';
import { ControllerBench } from '../devices/nvme/controller-bench.ts';
import { IoOpcode } from '../devices/nvme/io-commands.ts';
import {
  Command,
  Controller,
  GetLogPage,
  Identify,
  ReadWrite,
} from '../devices/nvme/structures.ts';
import { withNvmeFaults } from '../faults/nvme.ts';
import type { NvmeFault } from '../faults/nvme-plan.ts';
import { EventKind } from '../kernel/journal.ts';

const IDENTIFY = 0x06;
const LOG_PAGE = 0x02;
const US = 1000;

/** An enabled controller with one I/O queue pair, and a plan that begins to count then. */
function faulty(...plan: NvmeFault[]) {
  const bench = new ControllerBench({ timed: false });
  bench.enable();
  bench.createPair(1);
  arm(bench, plan);
  const data = bench.room(8192);
  const start = (lba = 0) =>
    bench.put(1, IoOpcode.Read, [
      [Command.NSID, 1],
      [Command.PRP1, data.address],
      [ReadWrite.SLBA, lba],
    ]);
  /** So many reads at once; the answers that are there after some microseconds. */
  const reads = (count: number, us = 10) => {
    const ids = Array.from({ length: count }, () => start());
    bench.ring(1);
    bench.pass(us * US);
    return { ids, answers: bench.take(1) };
  };
  const later = (us: number) => {
    bench.pass(us * US);
    return bench.take(1);
  };
  return { bench, data, reads, later };
}

function arm(bench: ControllerBench, plan: readonly NvmeFault[]): void {
  const { nvme, world } = bench;
  nvme.outbox = withNvmeFaults(nvme.outbox, plan, world, () => nvme.posted());
}

function faultsNoted({ world }: ControllerBench): number {
  const { journal } = world;
  return Array.from({ length: journal.count }, (_, at) => at).filter(
    (at) => journal.kindAt(at) === EventKind.Fault,
  ).length;
}

const idsOf = (answers: readonly { readonly id: number }[]) => answers.map(({ id }) => id);

it('is not there without a plan', () => {
  const bench = new ControllerBench();
  const { outbox } = bench.nvme;
  arm(bench, []);
  expect(bench.nvme.outbox).toBe(outbox);
});

describe('completions', () => {
  it('lost: this one only, and the next report the head', () => {
    const { bench, reads } = faulty({ kind: 'lost-completion', at: 2, queue: 1 });
    const { ids, answers } = reads(3);
    expect(idsOf(answers)).toEqual([ids[0], ids[2]]);
    expect(answers[1]?.queueHead).toBe(3);
    expect(faultsNoted(bench)).toBe(1);
    expect(reads(2).answers).toHaveLength(2);
  });

  it('late: by so much, with an interrupt, and its queue head is that of then', () => {
    const { bench, reads, later } = faulty({ kind: 'late-completion', at: 1, ns: 50 * US });
    const { ids, answers } = reads(2);
    expect(idsOf(answers)).toEqual([ids[1]]);
    const before = bench.signals.length;
    expect(later(30)).toEqual([]);
    const [late] = later(20);
    expect([late?.id, late?.queueHead]).toEqual([ids[0], 2]);
    expect(bench.signals.length).toBe(before + 1);
  });

  it('late: not any more after a reset', () => {
    const { bench, reads, later } = faulty({ kind: 'late-completion', at: 1, ns: 50 * US });
    reads(1);
    bench.write('CC', 0);
    bench.pass(20 * US);
    expect(later(100)).toEqual([]);
  });

  it('reordered: behind the next of its queue, or alone after a while', () => {
    const fault = { kind: 'reordered-completion', ns: 50 * US } as const;
    const { bench, reads, later } = faulty({ ...fault, at: 1 }, { ...fault, at: 4 });
    const { ids, answers } = reads(4);
    expect(idsOf(answers)).toEqual([ids[1], ids[0], ids[2]]);
    const before = bench.signals.length;
    expect(idsOf(later(60))).toEqual([ids[3]]);
    expect(bench.signals.length).toBe(before + 1);
    expect(later(60)).toEqual([]);
  });

  it('duplicate, false identifier, false head', () => {
    const { reads } = faulty(
      { kind: 'duplicate-completion', at: 1 },
      { kind: 'false-command-id', at: 2, id: 0xbeef },
      { kind: 'false-queue-head', at: 3, head: 99 },
    );
    const { ids, answers } = reads(3);
    expect(idsOf(answers)).toEqual([ids[0], ids[0], 0xbeef, ids[2]]);
    expect(answers[3]?.queueHead).toBe(99);
  });

  it('wrong phase: the host cannot see it, nor what is behind it', () => {
    const { reads } = faulty({ kind: 'wrong-phase', at: 2 });
    const { ids, answers } = reads(3);
    expect(idsOf(answers)).toEqual([ids[0]]);
  });

  it('counts the queue that it names, or all', () => {
    const { bench, reads } = faulty(
      { kind: 'false-command-id', at: 1, queue: 1, id: 0xbeef },
      { kind: 'false-queue-head', at: 2, head: 99 },
    );
    const page = bench.room(4096);
    bench.admin(IDENTIFY, [
      [Identify.CNS, 1],
      [Command.PRP1, page.address],
    ]);
    const [first] = reads(1).answers;
    expect([first?.id, first?.queueHead]).toEqual([0xbeef, 99]);
  });
});

describe('commands', () => {
  it('end with a status, with and without Do Not Retry, and are not carried out', () => {
    const error = { kind: 'error-status', type: 2, code: 0x81 } as const;
    const { bench, data, reads } = faulty(
      { ...error, at: 1, doNotRetry: false },
      { ...error, at: 2, doNotRetry: true },
    );
    data.buffer.write(0, Uint8Array.of(7));
    const { answers } = reads(2);
    expect(answers.map(({ status }) => status % 0x2000)).toEqual([0x281, 0x281]);
    expect(answers.map(({ status }) => status >= 0x4000)).toEqual([false, true]);
    expect(data.buffer.read(0, 1)).toEqual(Uint8Array.of(7));
    expect(reads(1).answers[0]?.status).toBe(0);
    expect(faultsNoted(bench)).toBe(2);
  });

  it('fatal status: CSTS.CFS and nothing more, until a reset', () => {
    const { bench, reads } = faulty({ kind: 'fatal-status', at: 2 });
    expect(reads(4).answers).toHaveLength(1);
    expect(bench.registers.CSTS.CFS).toBe(1);
    expect(reads(1).answers).toEqual([]);
    bench.write('CC', 0);
    bench.pass(1000 * US);
    expect([bench.registers.CSTS.CFS, bench.registers.CSTS.RDY]).toEqual([0, 0]);
  });

  it('hang: nothing of any queue is heard of again, until a reset', () => {
    const { bench, reads } = faulty({ kind: 'hang', at: 2 });
    expect(reads(4).answers).toHaveLength(1);
    expect(() => bench.admin(IDENTIFY, [[Identify.CNS, 1]])).toThrow('not answered');
    expect(bench.registers.CSTS.CFS).toBe(0);
    bench.write('CC', 0);
    bench.pass(1000 * US);
    bench.enable();
    expect(bench.createPair(1).submission.status).toBe(0);
    expect(reads(2).answers).toHaveLength(2);
  });
});

describe('ready', () => {
  const { never, late } = { never: 0, late: 5000 * US };
  const WAIT = 1000 * US;

  it.each([
    [never, [0, 0]],
    [late, [0, 1]],
  ])('does not come, or late: %s', (ns, expected) => {
    const bench = new ControllerBench();
    arm(bench, [{ kind: 'late-ready', at: 1, ns }]);
    bench.pair(0, 4);
    bench.enable();
    bench.pass(WAIT);
    const seen = [bench.registers.CSTS.RDY];
    bench.pass(late);
    expect([...seen, bench.registers.CSTS.RDY]).toEqual(expected);
    expect(faultsNoted(bench)).toBe(1);
  });

  it.each([
    [never, [1, 1]],
    [late, [1, 0]],
  ])('does not go, or late: %s', (ns, expected) => {
    const bench = new ControllerBench();
    arm(bench, [{ kind: 'late-ready', at: 2, ns }]);
    bench.enable();
    bench.write('CC', 0);
    bench.pass(WAIT);
    const seen = [bench.registers.CSTS.RDY];
    bench.pass(late);
    expect([...seen, bench.registers.CSTS.RDY]).toEqual(expected);
  });
});

describe('data', () => {
  it('false structure: the firmware lies, once, and across pages', () => {
    const lie = { kind: 'false-structure', command: 'identify', selector: 1, at: 2 } as const;
    const { bench } = faulty({ ...lie, offset: 72, bytes: [0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf] });
    const pages = bench.room(8192);
    // The answer begins 74 bytes before a page ends: the lie lies across.
    const at = 4096 - 76;
    const identify = (cns: number) => {
      bench.admin(IDENTIFY, [
        [Identify.CNS, cns],
        [Command.NSID, 1],
        [Command.PRP1, pages.address + at],
        [Command.PRP2, pages.address + 4096],
      ]);
      return [...pages.buffer.read(at + 72, 6)];
    };
    const truth = identify(1);
    identify(0);
    expect(identify(1)).toEqual([0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf]);
    expect(identify(1)).toEqual(truth);
    expect(Controller.MDTS.get(pages.buffer.read(at, 4020))).not.toBe(0xaf);
    expect(faultsNoted(bench)).toBe(1);
  });

  it('false structure: of a log page', () => {
    const lie = { kind: 'false-structure', command: 'log-page', selector: 2, at: 1 } as const;
    const { bench } = faulty({ ...lie, offset: 3, bytes: [5] });
    const page = bench.room(4096);
    bench.admin(LOG_PAGE, [
      [GetLogPage.LID, 2],
      [GetLogPage.NUMDL, 127],
      [Command.NSID, 0xffff_ffff],
      [Command.PRP1, page.address],
    ]);
    expect(page.buffer.read(3, 1)).toEqual(Uint8Array.of(5));
  });

  it('flipped bit: one, of one transfer', () => {
    const { data, reads } = faulty({ kind: 'flipped-bit', at: 2, bit: 8 * 100 + 3 });
    const seen = [1, 2, 3].map(() => {
      reads(1);
      return [...data.buffer.read(0, 512)].flatMap((byte, at) => (byte === 0 ? [] : [at, byte]));
    });
    expect(seen).toEqual([[], [100, 8], []]);
  });

  it('failed transfer: to the host and from it', () => {
    const { bench, data, reads } = faulty(
      { kind: 'failed-transfer', at: 2 },
      { kind: 'failed-transfer', at: 3 },
    );
    expect(reads(2).answers.map(({ status }) => status % 0x2000)).toEqual([0, 0x04]);
    const write = bench.io(1, IoOpcode.Write, [
      [Command.NSID, 1],
      [Command.PRP1, data.address],
    ]);
    expect(write.status % 0x2000).toBe(0x04);
  });
});
