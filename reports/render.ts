/** Writes every form of a report into one folder. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderHtml } from './renderers/html.ts';
import { renderJunit } from './renderers/junit.ts';
import { renderMarkdown } from './renderers/markdown.ts';
import { diskError, readResultFile } from './result-file.ts';
import { summarise } from './summary.ts';
import type { Summary } from './summary.ts';
import type { ResultDocument } from './verdict.ts';

export const FORMS: Record<string, (document: ResultDocument) => string> = {
  'report.html': renderHtml,
  'junit.xml': renderJunit,
  'summary.md': renderMarkdown,
};

/**
 * Reads a result file, complete or not, and writes `FORMS` into `folder`, which is made when it
 * is missing. Gives back the paths and the summary. Throws ResultFileError.
 */
export function renderReports(
  resultFile: string,
  folder: string,
): { files: string[]; summary: Summary } {
  const document = readResultFile(resultFile);
  const files = Object.keys(FORMS).map((name) => join(folder, name));
  for (const [name, render] of Object.entries(FORMS)) {
    writeWhole(folder, name, render(document));
  }
  return { files, summary: summarise(document) };
}

/** A form appears whole or not at all: a full disk leaves the last good one. */
function writeWhole(folder: string, name: string, text: string): void {
  const path = join(folder, name);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${path}.part`, text);
    renameSync(`${path}.part`, path);
  } catch (error) {
    throw diskError(path, 'write', error);
  }
}
