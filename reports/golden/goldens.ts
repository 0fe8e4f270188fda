/** The expected renderings, small enough to review as prose. */
import { fileURLToPath } from 'node:url';
import { divergenceLines, failureLines } from '../renderers/failure-text.ts';
import { renderHtml } from '../renderers/html.ts';
import { renderJunit } from '../renderers/junit.ts';
import { renderMarkdown } from '../renderers/markdown.ts';
import { UART_CLAUSES } from '../samples/clauses.ts';
import { redDocument, sampleVerdict, tornDocument } from '../samples/documents.ts';
import { OVERRUN_LOST, STATUS_DIVERGES } from '../samples/failures.ts';

export const GOLDENS: readonly { file: string; text: () => string }[] = [
  golden('failure.txt', () => {
    const verdict = sampleVerdict({
      driver: 'uart-16550',
      target: 'sim:pci-serial',
      clause: UART_CLAUSES[0]!.address,
      verdict: 'fail',
      cause: 'expectation',
      failure: OVERRUN_LOST,
    });
    return lines(failureLines(verdict, UART_CLAUSES[0]!));
  }),
  golden('divergence.txt', () => lines(divergenceLines(STATUS_DIVERGES))),
  golden('red-junit.xml.txt', () => renderJunit(redDocument())),
  golden('red-summary.md.txt', () => renderMarkdown(redDocument())),
  golden('torn-summary.md.txt', () => renderMarkdown(tornDocument())),
  golden('red-report.txt', () => pageText(renderHtml(redDocument()))),
];

function golden(name: string, text: () => string) {
  return { file: fileURLToPath(new URL(name, import.meta.url)), text };
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

/** What a reader of the page sees, one element per line: markup may change, words may not. */
function pageText(page: string): string {
  const body = page.slice(page.indexOf('<main>'), page.indexOf('</main>'));
  const text = body
    .replace(/<(?:span|code|b|a|small|i)\b[^>]*>|<\/(?:span|code|b|a|small|i)>/g, ' ')
    .replace(/<[^>]*>/g, '\n')
    .replaceAll('&lt;', '<')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
  const seen = text.split('\n').map((line) => line.replace(/ +/g, ' ').trim());
  return lines(seen.filter((line) => line !== ''));
}
