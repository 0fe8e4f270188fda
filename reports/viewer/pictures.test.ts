import { expect, it } from 'vitest';
import { sampleVerdict, sampleHeader } from '../samples/documents.ts';
import { renderHtml } from '../renderers/html.ts';
import { verdictSchema } from '../verdict.ts';
import { pathOf } from './pictures.ts';

const picture = { width: 6, height: 3, rows: ['84', '00', 'fc'] };

it('draws each run of lit dots as one bar', () => {
  expect(pathOf(picture)).toBe('M0 0h1v1h-1zM5 0h1v1h-1zM0 2h6v1h-6z');
});

it('draws nothing for rows that are not there, and nothing beyond the width', () => {
  expect(pathOf({ width: 2, height: 3, rows: ['f'] })).toBe('M0 0h2v1h-2z');
});

it('is part of the page', () => {
  const verdict = verdictSchema.parse(sampleVerdict({ picture }));
  const page = renderHtml({
    header: sampleHeader(),
    verdicts: [verdict],
    coverage: [],
    divergences: [],
  });
  expect(page).toContain('viewBox="0 0 6 3"');
  expect(page).toContain(pathOf(picture));
});

it('has bounds', () => {
  const wide = { ...picture, width: 1025 };
  expect(verdictSchema.safeParse(sampleVerdict({ picture: wide })).success).toBe(false);
});
