import { describe, expect, it } from 'vitest';
import { assemble } from './document.ts';
import { recordsOf, redDocument, sampleHeader, sampleVerdict } from './samples/documents.ts';
import type { ResultRecord } from './verdict.ts';

describe('assemble', () => {
  it('gives back what the records came from', () => {
    expect(assemble(recordsOf(redDocument()))).toEqual(redDocument());
  });

  it.each<[string, ResultRecord[], RegExp]>([
    ['no record', [], /no complete header/],
    ['two headers', [sampleHeader(), sampleHeader()], /second header/],
    ['a verdict first', [sampleVerdict()], /before the header/],
    ['a verdict twice', [sampleHeader(), sampleVerdict(), sampleVerdict()], /second verdict on/],
    [
      'a verdict nobody planned',
      [sampleHeader(), sampleVerdict({ target: 'sim:nvme' })],
      /plan does not hold: edu\/factorial\/FACT-1 for edu on sim:nvme/,
    ],
    [
      'a verdict after the end',
      [sampleHeader(), redDocument().end!, sampleVerdict()],
      /after the end/,
    ],
  ])('refuses %s', (_, records, message) => {
    expect(() => assemble(records)).toThrow(message);
  });

  it('adds up the coverage of a run and its continuation', () => {
    const { header, coverage } = redDocument();
    const [first] = coverage;
    const second = structuredClone(first!);
    const ier = second.registers.find((it) => it.name === 'IER')!;
    ier.bitsSeen1 = '0x08';
    second.registers.find((it) => it.name === 'IIR')!.fields[0]!.values![3]!.seen = true;
    const [merged, ...others] = assemble([header, first!, second]).coverage;
    const register = (name: string) => merged!.registers.find((it) => it.name === name)!;
    expect(others).toEqual([]);
    expect(register('IER')).toMatchObject({ reads: 822, writes: 34, bitsSeen1: '0xf' });
    expect(register('IIR').fields[0]!.values!.every((it) => it.seen)).toBe(true);
    expect(register('IIR').effects).toEqual([
      { name: 'reading IIR clears the THRE interrupt', count: 62 },
    ]);
    expect(merged!.rulesArmed[0]!.count).toBe(256);
    expect(merged!.exclusions).toHaveLength(1);
  });
});
