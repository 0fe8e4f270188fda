import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { renderHtml } from './html.ts';
import {
  greenDocument,
  largeDocument,
  redDocument,
  sampleHeader,
  tornDocument,
} from '../samples/documents.ts';
import { hostileDocument } from '../samples/hostile.ts';
import { FAILURES_DETAILED_MAX } from '../viewer/failures.ts';
import { SCRIPT } from '../viewer/script.ts';
import { STYLE } from '../viewer/style.ts';

const PAGE_BYTES_MAX = 1_000_000;
const VIEWER_BYTES_MAX = 70_000;

/** Every start tag, in order. */
const tags = (page: string) => page.match(/<[a-z][a-z0-9]*(?=[\s>])/g) ?? [];
const ids = (page: string) => [...page.matchAll(/\sid="([^"]*)"/g)].map((it) => it[1]!);
const links = (page: string) => [...page.matchAll(/href="#([^"]*)"/g)].map((it) => it[1]!);

describe('the page', () => {
  it('links only to places that exist, each of them once', () => {
    const page = renderHtml(redDocument());
    const places = ids(page);
    expect(new Set(places).size).toBe(places.length);
    const targets = links(page).map(decodeURIComponent);
    expect(targets.length).toBeGreaterThan(15);
    expect(targets.filter((it) => !places.includes(it))).toEqual([]);
    expect(places).toContain('uart-16550/receiver/LSR-1@uart-16550@sim:pci-serial');
    expect(places).toContain('edu/factorial/FACT-1@edu');
    expect(places).toContain('edu/removal/GONE-1@edu@qemu:edu');
  });

  it('links to places with hostile names too', () => {
    const page = renderHtml(hostileDocument());
    const plain = (text: string) =>
      text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
    const places = new Set(ids(page).map(plain));
    const targets = links(page).map((it) => decodeURIComponent(plain(it)));
    expect(targets.filter((it) => !places.has(it))).toEqual([]);
  });

  it('tells the most urgent first', () => {
    expect(links(renderHtml(redDocument())).slice(0, 9)).toEqual([
      'uncovered',
      'failures',
      'requirements',
      'divergences',
      'coverage',
      'limitations',
      'rules',
      'exclusions',
      'environment',
    ]);
  });

  it.each([
    ['CERTIFIED', greenDocument()],
    ['NOT PASSED', redDocument()],
    ['INCOMPLETE', tornDocument()],
  ])('says %s in its title and card', (standing, document) => {
    const page = renderHtml(document);
    expect(page).toContain(`<title>${standing}: `);
    expect(page.match(/<h1>. ([A-Z ]+?) ?</)?.[1]).toBe(standing);
  });

  it('is one file: it fetches nothing and runs only its own script', () => {
    const page = renderHtml(hostileDocument());
    expect(page).toContain(`default-src 'none'`);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toMatch(/<(img|iframe|link|object|embed|base|form)\b/);
    expect(page).not.toMatch(/\s(src|action|on\w+)="/);
    expect(links(page)).toHaveLength(page.match(/href="/g)!.length);
  });

  it('has the same elements whatever the strings hold', () => {
    const clean = tags(renderHtml(redDocument()));
    expect(tags(renderHtml(hostileDocument()))).toEqual(clean);
  });

  it('shows what would be hidden', () => {
    const page = renderHtml(hostileDocument());
    expect(page).toContain('\\u{202e}gnp.exe');
    // oxlint-disable-next-line no-control-regex
    expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(page.isWellFormed()).toBe(true);
  });

  it('stays within its size for five thousand verdicts', () => {
    const size = Buffer.byteLength(renderHtml(largeDocument(5000)));
    expect(size).toBeLessThanOrEqual(PAGE_BYTES_MAX);
    expect(size).toBeGreaterThan(500_000);
    expect(Buffer.byteLength(SCRIPT + STYLE)).toBeLessThanOrEqual(VIEWER_BYTES_MAX);
  });

  it('tells failures beyond its limit in short', () => {
    const document = largeDocument(50 * (FAILURES_DETAILED_MAX + 3));
    const page = renderHtml(document);
    expect(page.match(/<article /g)).toHaveLength(FAILURES_DETAILED_MAX);
    expect(page).toContain('<h3>3 more</h3>');
    expect(page.match(/<h4>Reproduce<\/h4>/g)).toHaveLength(FAILURES_DETAILED_MAX + 3);
  });

  it('renders a run that selected nothing', () => {
    const header = sampleHeader({ plan: { hash: '0', entries: [] }, clauses: [], rules: [] });
    const page = renderHtml({ header, verdicts: [], coverage: [], divergences: [] });
    expect(page).toContain('INCOMPLETE');
  });

  it('carries a script that parses', () => {
    expect(() => new Script(SCRIPT)).not.toThrow();
    expect(SCRIPT).not.toContain('</');
  });
});
