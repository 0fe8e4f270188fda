import { describe, expect, it } from 'vitest';
import {
  divergenceLines,
  failureLines,
  journalWindow,
  SEQUENCE_LINES_MAX,
} from './failure-text.ts';
import { UART_CLAUSES } from '../samples/clauses.ts';
import { sampleVerdict } from '../samples/documents.ts';
import { OVERRUN_LOST, STATUS_DIVERGES } from '../samples/failures.ts';
import { HOSTILE } from '../samples/hostile.ts';
import type { JournalEntry, Verdict } from '../verdict.ts';

const clause = UART_CLAUSES[0]!;
const failing = (changes: Partial<Verdict> = {}) =>
  sampleVerdict({ verdict: 'fail', cause: 'expectation', failure: OVERRUN_LOST, ...changes });

describe('failureLines', () => {
  it('says clause, citation, expected, seen, seed and both commands', () => {
    const text = failureLines(failing(), clause).join('\n');
    for (const needed of [
      clause.text,
      'PC16550D SNLS378B, Line Status Register (from a secondary source)',
      "Expected:  ['overrun']",
      'Seen:      []',
      'Sequence (3 of 48 operations, 23 shrinks):',
      '> #44 16.49405 ms  read LSR BAR0+5 -> 0x61  [DR=1 (data ready), OE=0 (no overrun)',
      'Seed:      42, path 17:0:3',
      `Reproduce: ${OVERRUN_LOST.reproduce}`,
      'Explain:   dyno explain uart-16550/receiver/LSR-1',
    ]) {
      expect(text).toContain(needed);
    }
  });

  it.each(['npm run dyno --', 'npx dyno', '/bin/node /main.ts'])(
    'starts the second command as the first: %s',
    (command) => {
      const reproduce = `${command} run './my run' edu/dma --target sim:edu`;
      const lines = failureLines(failing({ failure: { ...OVERRUN_LOST, reproduce } }), clause);
      const [explain = ''] = lines.filter((line) => line.includes('Explain:'));
      expect(explain).toBe(`  Explain:   ${command} explain uart-16550/receiver/LSR-1`);
    },
  );

  it('keeps a long sequence to its limit and says what is left out', () => {
    const operations = Array.from({ length: 40 }, (_, index) => `write ${index}`);
    const counterexample = { ...OVERRUN_LOST.counterexample!, operations };
    const lines = failureLines(failing({ failure: { ...OVERRUN_LOST, counterexample } }), clause);
    const start = lines.findIndex((line) => line.includes('Sequence ('));
    expect(lines.slice(start + 1).filter((line) => /^ {4}\d+\. /.test(line))).toHaveLength(
      SEQUENCE_LINES_MAX - 1,
    );
    expect(lines).toContain('    … 29 more');
  });

  it('lets no control character through', () => {
    const failure = { ...OVERRUN_LOST, message: HOSTILE, seen: HOSTILE, reproduce: HOSTILE };
    for (const line of failureLines(failing({ failure, seed: HOSTILE }), clause)) {
      // oxlint-disable-next-line no-control-regex
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e\u2028]/);
      expect(line.isWellFormed()).toBe(true);
    }
  });

  it('says when the device is judged, not the driver', () => {
    const device = { ...clause, subject: 'device' } as const;
    expect(failureLines(failing(), device)).toContain('  Judges:    the device');
    expect(failureLines(failing(), clause).join()).not.toContain('Judges');
  });
});

it('puts both answers of a divergence into words', () => {
  const text = divergenceLines(STATUS_DIVERGES).join('\n');
  expect(text).toContain('sim:edu:   0x00000000');
  expect(text).toContain('qemu:edu:  0x00000001');
});

describe('journalWindow', () => {
  const journal = (bad?: number): JournalEntry[] =>
    Array.from({ length: 100 }, (_, index) => ({
      index,
      timeNs: index,
      kind: 'read',
      text: '',
      bad: index === bad,
    }));

  it.each([
    [0, 0],
    [50, 42],
    [99, 88],
    [undefined, 88],
  ])('shows the bad entry %s from %s on', (bad, first) => {
    const window = journalWindow(journal(bad), 12);
    expect(window).toHaveLength(12);
    expect(window[0]!.index).toBe(first);
  });
});
