import { describe, expect, it } from 'vitest';
import { greenDocument, redDocument, sampleVerdict, tornDocument } from './samples/documents.ts';
import { OVERRUN_LOST, STATUS_DIVERGES, LSR_EXPLAINED } from './samples/failures.ts';
import { exitCode, summarise } from './summary.ts';
import type { Cause, Divergence, ResultDocument, Verdict } from './verdict.ts';

const fail = (cause: Cause): Partial<Verdict> => ({
  verdict: 'fail',
  cause,
  failure: OVERRUN_LOST,
});
const ours: Partial<Verdict> = { verdict: 'error', cause: 'ours', reason: 'a bug' };
const error: Partial<Verdict> = { verdict: 'error', reason: 'QEMU died' };
const unsure: Partial<Verdict> = { verdict: 'inconclusive', reason: 'unmodelled' };
const notRun: Partial<Verdict> = { verdict: 'not-run', reason: 'no fault injection' };
const waived = (expires: string) => ({ waived: { issue: 'i', owner: 'o', expires } });

/** The green document in `mode`, its first verdicts changed. */
function changed(changes: Partial<Verdict>[], mode: 'run' | 'certify' = 'run'): ResultDocument {
  const green = greenDocument();
  const verdicts = green.verdicts.map((it, index) => ({ ...it, ...changes[index] }));
  return { ...green, header: { ...green.header, mode }, verdicts };
}

describe('exitCode', () => {
  it.each<[string, Partial<Verdict>[], number]>([
    ['all pass', [], 0],
    ['a fail', [fail('expectation')], 1],
    ['a broken rule', [fail('rule')], 1],
    ['a stuck driver', [fail('stuck')], 1],
    ['a dead poll', [fail('dead-poll')], 1],
    ['a driver over budget', [fail('over-budget')], 1],
    ['a crash', [fail('crash')], 6],
    ['a hang', [fail('hang')], 6],
    ['an unhandled rejection', [fail('unhandled-rejection')], 6],
    ['an inconclusive', [unsure], 3],
    ['an error of the world', [error], 5],
    ['an error of ours', [ours], 70],
    ['not-run and not-applicable', [notRun, { verdict: 'not-applicable', reason: 'ICS' }], 0],
    ['a waived fail', [{ ...fail('rule'), ...waived('2026-11-22') }], 0],
    ['an expired waiver', [{ ...fail('rule'), ...waived('2026-11-21') }], 1],
    ['a waived error', [{ ...error, ...waived('2026-11-22') }], 0],
    ['an error whose waiver expired', [{ ...error, ...waived('2026-11-21') }], 5],
    ['a waiver on a pass', [waived('2027-01-01')], 2],
    ['70 before the rest', [fail('crash'), ours, error, unsure, fail('rule')], 70],
    ['2 before 6', [fail('crash'), waived('2027-01-01')], 2],
    ['6 before 1', [fail('rule'), fail('crash'), error], 6],
    ['1 before 5', [error, fail('rule'), unsure], 1],
    ['5 before 3', [unsure, error], 5],
  ])('%s', (_, changes, code) => {
    expect(exitCode(changed(changes))).toBe(code);
  });

  it('is 4 when nothing was selected', () => {
    const { header, ...rest } = greenDocument();
    const plan = { hash: '0', entries: [] };
    expect(exitCode({ ...rest, header: { ...header, plan }, verdicts: [] })).toBe(4);
  });

  it('is 5 when the run was cut off, whatever had passed', () => {
    const { end: _, ...cutOff } = greenDocument();
    expect(exitCode(cutOff)).toBe(5);
  });

  it('is 5 when a planned verdict is missing in spite of the end', () => {
    const green = greenDocument();
    expect(exitCode({ ...green, verdicts: green.verdicts.slice(1) })).toBe(5);
  });

  it.each<[Divergence, number]>([
    [STATUS_DIVERGES, 1],
    [LSR_EXPLAINED, 0],
  ])('asks whether a divergence is explained', (divergence, code) => {
    expect(exitCode({ ...greenDocument(), divergences: [divergence] })).toBe(code);
  });

  it('does not raise for a SHOULD, unless a rule was broken', () => {
    const document = changed([fail('expectation')]);
    document.header.clauses = document.header.clauses.map((it) => ({ ...it, level: 'should' }));
    expect(exitCode(document)).toBe(0);
    expect(summarise(document).warnings).toBe(1);
    document.verdicts[0] = { ...document.verdicts[0]!, cause: 'rule' };
    expect(exitCode(document)).toBe(1);
  });
});

describe('summarise', () => {
  it('certifies only when every SHALL was decided somewhere', () => {
    expect(summarise(changed([], 'certify')).standing).toBe('CERTIFIED');
    const absent = summarise(changed([notRun], 'certify'));
    expect(absent).toMatchObject({ standing: 'NOT CERTIFIED', exitCode: 3 });
    expect(absent.uncovered.map((it) => it.clause.address)).toEqual(['edu/identity/ID-1']);
    expect(summarise(changed([notRun])).standing).toBe('PASSED');
  });

  it('covers a SHALL by another target, unless the profile demands it here', () => {
    const document = redDocument();
    const gone = (it: { clause: { address: string } }) => it.clause.address;
    expect(summarise(document).uncovered.map(gone)).toEqual(['edu/removal/GONE-1']);
    const entry = document.header.plan.entries.find(
      (it) => it.target === 'qemu:edu' && it.clause === 'edu/dma/DMA-2',
    )!;
    entry.required = true;
    expect(summarise(document).uncovered).toMatchObject([
      { target: 'qemu:edu', clause: { address: 'edu/dma/DMA-2' } },
      { clause: { address: 'edu/removal/GONE-1' } },
    ]);
  });

  it('counts columns apart, with their tier and what is missing', () => {
    const summary = summarise(redDocument());
    expect(summary.columns.map((it) => [it.target, it.tier, it.counts.pass, it.missing])).toEqual([
      ['sim:edu', 'simulated', 4, 0],
      ['qemu:edu', 'independent', 4, 0],
      ['sim:pci-serial', 'simulated', 3, 0],
      ['qemu:pci-serial', 'independent', 3, 0],
    ]);
    expect(summary).toMatchObject({ waived: 1, exitCode: 6, standing: 'NOT PASSED' });
  });

  it('calls a torn run incomplete and names what is missing', () => {
    const summary = summarise(tornDocument());
    expect(summary.standing).toBe('INCOMPLETE');
    expect(summary.missing).toHaveLength(24 - 7);
  });

  it('takes a verdict with a strange key apart from its neighbour', () => {
    const document = changed([]);
    document.verdicts[0] = sampleVerdict({ clause: document.verdicts[0]!.clause, driver: 'edu ' });
    expect(summarise(document).missing).toHaveLength(1);
  });
});
