import { expect, it } from 'vitest';
import { adminBench } from './admin-bench.ts';
import { SelfTester } from './self-test.ts';
import { SelfTest, SelfTestLog, SelfTestResult } from './structures.ts';

const ALL = 0xffff_ffff;
const SECOND_NS = 1_000_000_000;
const [SHORT, EXTENDED, ABORT] = [1, 2, 15];

function bench() {
  const it = adminBench();
  const tester = new SelfTester(it.world, it.namespaces);
  const run = (STC: number, nsid = ALL) =>
    it.start((each) => tester.execute(each), SelfTest, { STC }, nsid).status;
  const log = () => {
    const page = new Uint8Array(564);
    tester.report(page);
    const { RESULT, CODE, NSID, LBA, VALID, STATUS_TYPE, STATUS_CODE } = SelfTestResult;
    const results = Array.from({ length: 20 }, (_, index) =>
      [RESULT, CODE, NSID, VALID, LBA, STATUS_TYPE, STATUS_CODE].map((field) =>
        field.get(page, 4 + index * 28),
      ),
    );
    const now = [SelfTestLog.CURRENT.get(page), SelfTestLog.COMPLETION.get(page)];
    return { now, results: results.filter(([result]) => result !== 15) };
  };
  return { ...it, tester, run, log };
}

it('passes, in its own time, and says how far it is', () => {
  const { world, run, log } = bench();
  expect(run(EXTENDED, 1)).toBe(0);
  world.advance(15 * SECOND_NS);
  expect(log()).toEqual({ now: [2, 25], results: [] });
  world.advance(45 * SECOND_NS);
  expect(log()).toEqual({ now: [0, 0], results: [[0, 2, 1, 0, 0, 0, 0]] });
});

it('fails where a block cannot be read, of the namespaces that it tests', () => {
  const { world, namespaces, run, log } = bench();
  namespaces.get(2)!.media.spoil(200, 3);
  namespaces.get(2)!.media.spoil(100, 3);
  for (const nsid of [0, 1, 2, ALL]) {
    expect(run(SHORT, nsid)).toBe(0);
    world.advance(SECOND_NS);
  }
  const failed = [7, 1, 2, 15, 100, 2, 0x81];
  const passed = (nsid: number) => [0, 1, nsid, 0, 0, 0, 0];
  expect(log().results).toEqual([failed, failed, passed(1), passed(0)]);
});

it('is alone, and can be aborted', () => {
  const { world, run, log } = bench();
  expect(run(ABORT)).toBe(0);
  expect(log().results).toEqual([]);
  run(SHORT);
  expect(run(EXTENDED)).toBe(0x11d);
  expect(run(ABORT)).toBe(0);
  world.advance(SECOND_NS);
  expect(log()).toEqual({ now: [0, 0], results: [[1, 1, ALL, 0, 0, 0, 0]] });
});

it('ends by a reset when it is short, by a format and a removal of what it tests', () => {
  const { tester, world, run, log } = bench();
  run(SHORT);
  tester.reset();
  run(EXTENDED, 1);
  tester.reset();
  tester.formatted(2);
  expect(log().now).toEqual([2, 0]);
  tester.removed(1);
  run(EXTENDED, ALL);
  tester.removed(1);
  tester.formatted(2);
  world.advance(60 * SECOND_NS);
  expect(log().results.map(([result]) => result)).toEqual([4, 3, 2]);
});

it('keeps the last twenty results', () => {
  const { run, log } = bench();
  for (let count = 0; count < 25; count++) {
    run(SHORT, count === 4 ? 1 : 2);
    run(ABORT);
  }
  expect(log().results.map(([, , nsid]) => nsid)).toEqual(Array.from({ length: 20 }, () => 2));
});

it('refuses other codes and namespaces that are not there', () => {
  const { run } = bench();
  for (const code of [0, 3, 14]) expect(run(code)).toBe(0x02);
  expect([run(SHORT, 9), run(SHORT, 300)]).toEqual([0x02, 0x0b]);
});
