import { describe, expect, it } from 'vitest';
import { MARKDOWN_BYTES_MAX, renderMarkdown } from './markdown.ts';
import { largeDocument, redDocument, tornDocument } from '../samples/documents.ts';
import { hostileDocument } from '../samples/hostile.ts';

describe('the Markdown summary', () => {
  it('tells failures before what was not covered, and both before the rest', () => {
    const text = renderMarkdown(redDocument());
    const order = ['# NOT PASSED', '## Failures (2)', '## Uncovered SHALL', '## Divergences'];
    const places = order.map((it) => text.indexOf(it));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBe(0);
  });

  it('says that a run was cut off', () => {
    expect(renderMarkdown(tornDocument())).toContain('The run did not finish');
  });

  it('stays under the limit of a job summary, cut between blocks', () => {
    const document = largeDocument(2);
    const failing = redDocument().verdicts.find((it) => it.verdict === 'fail')!;
    document.verdicts = Array.from({ length: 3000 }, () => failing);
    const text = renderMarkdown(document);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MARKDOWN_BYTES_MAX);
    expect(Buffer.byteLength(text)).toBeGreaterThan(MARKDOWN_BYTES_MAX * 0.9);
    expect(text).toMatch(
      /<\/details>\n\n_Cut here: \d+ more blocks; report.html holds everything._\n$/,
    );
  });

  it('shows hostile strings only inside fences or as entities', () => {
    const text = renderMarkdown(hostileDocument());
    const open: string[] = [];
    const outside = text.split('\n').filter((line) => {
      const fence = /^`{3,}/.exec(line)?.[0];
      if (fence && open.length === 0) open.push(fence);
      else if (fence && line === open[0]) open.pop();
      else return open.length === 0;
      return false;
    });
    expect(open).toEqual([]);
    expect(text).toMatch(/^````text$/m);
    const prose = outside.join('\n');
    expect(prose).toContain('alert(1)');
    expect(prose).not.toMatch(/<(script|img|x|!--|\/pre)/);
    expect(prose).not.toMatch(/`/);
    for (const row of outside.filter((line) => line.startsWith('| edu'))) {
      expect(row.match(/\|/g)).toHaveLength(11);
    }
  });
});
