/** The public API of reports: the result document, its file, what it amounts to, its forms. */
export * from './verdict.ts';
export { EXIT, EXIT_MEANING, exitCode, summarise, weigh } from './summary.ts';
export type { Counts, Summary, Weight } from './summary.ts';
export { assemble } from './document.ts';
export { readRecords, readResultFile, ResultFileError, ResultWriter } from './result-file.ts';
export { divergenceLines, failureLines } from './renderers/failure-text.ts';
export { FORMS, renderReports } from './render.ts';
