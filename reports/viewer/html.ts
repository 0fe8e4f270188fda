/** What every part of the page is made of: the template tag, anchors, verdict words. */
import htm from 'htm';
import { h } from 'preact';
import type { ComponentChildren, VNode } from 'preact';
import { visible } from '../renderers/text.ts';
import type { Weight } from '../summary.ts';
import type { VerdictWord } from '../verdict.ts';

type Tag = (strings: TemplateStringsArray, ...values: unknown[]) => VNode;

/** Escapes every value that is put in. (htm's types describe its CommonJS form only.) */
export const html: Tag = (htm as unknown as { bind(create: typeof h): Tag }).bind(h);

export type Children = ComponentChildren;

/** The page's id of a verdict; its first two parts are the id of the clause's row. */
export function placeId(it: { clause: string; driver: string; target?: string }): string {
  const { clause, driver, target } = it;
  return visible([clause, driver, ...(target === undefined ? [] : [target])].join('@'));
}

export function linkTo(id: string): string {
  return `#${encodeURI(id).replaceAll('#', '%23')}`;
}

const CLASS: Record<VerdictWord | 'missing', string> = {
  pass: 'p',
  fail: 'f',
  inconclusive: 'i',
  error: 'e',
  'not-run': 'n0',
  'not-applicable': 'na',
  missing: 'm',
};

/** A verdict as word and style class; the class adds shape and colour. */
export function wording(
  word: VerdictWord | 'missing',
  weight: Weight = 'plain',
): { word: string; kind: string } {
  if (weight === 'waived' || weight === 'warning') return { word: weight, kind: 'v' };
  if (weight === 'stale-waiver') return { word: 'pass, waiver is stale', kind: 'i' };
  return { word, kind: CLASS[word] };
}

export function section(id: string, title: string, count: Children, children: Children): VNode {
  return html`<section id=${id}>
    <h2>${title}<small>${count}</small></h2>
    ${children}
  </section>`;
}

export function scrolling(children: Children): VNode {
  return html`<div class="scroll" tabindex="0">${children}</div>`;
}
