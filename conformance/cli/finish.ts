/** The end of a run: what it found per driver and target, where the report is, the exit code. */
import { join, relative } from 'node:path';
import { renderReports } from '../../reports/render.ts';
import { EXIT_MEANING, exitCode, summarise } from '../../reports/summary.ts';
import type { ResultDocument, VerdictWord } from '../../reports/verdict.ts';
import { VERDICTS } from '../../reports/verdict.ts';
import { RESULT_FILE } from '../runner/run.ts';
import { type Progress, coloured } from './progress.ts';

export function finish(document: ResultDocument, folder: string, progress: Progress): number {
  progress.end();
  for (const { name } of document.header.targets) {
    for (const { id } of document.header.drivers) {
      const words = document.verdicts
        .filter(({ driver, target }) => driver === id && target === name)
        .map(({ verdict }) => verdict);
      if (words.length > 0) process.stdout.write(`${id} on ${name}: ${countText(words)}\n`);
    }
  }
  const { files } = renderReports(join(folder, RESULT_FILE), folder);
  const report = files.find((file) => file.endsWith('.html'));
  const code = exitCode(document);
  const { profile } = document.header;
  const verdict = profile
    ? `${summarise(document).standing} by ${profile.id} ${profile.version}: `
    : '';
  process.stdout.write(`${verdict}${EXIT_MEANING[code] ?? `exit code ${code}`}\n`);
  if (report !== undefined) process.stdout.write(`Report: ${relative('.', report)}\n`);
  return code;
}

function countText(words: readonly VerdictWord[]): string {
  return VERDICTS.map((word) => ({ word, count: words.filter((other) => other === word).length }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => coloured(word, `${count} ${word}`))
    .join(', ');
}
