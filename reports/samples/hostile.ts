/** A document whose every free string tries to break out of the form it is put in. */
import { redDocument } from './documents.ts';
import type { ResultDocument } from '../verdict.ts';

export const HOSTILE = [
  '</script><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  ']]><x/>&amp;&lt;&#0;',
  '100%25 ```\n# not a heading\n| a | b |',
  '\u001b[2J\u001b[31mpainted\u0007\u0000\u0085',
  '\u202egnp.exe \ud800 \udc00 \uffff \u2028',
  '</pre></details></td>${1}{{x}}<!--',
].join(' ');

/** Words from closed lists, times, numbers and names that tie records together stay as they are. */
const KEPT = new Set([
  'record',
  'schema',
  'version',
  'mode',
  'startedAt',
  'finishedAt',
  'tier',
  'basis',
  'level',
  'subject',
  'verdict',
  'cause',
  'word',
  'expires',
  'bitsSeen0',
  'bitsSeen1',
]);
const NAMES = new Set([
  'driver',
  'target',
  'clause',
  'address',
  'suite',
  'id',
  'name',
  'rule',
  'device',
]);

export function hostileDocument(): ResultDocument {
  return poison(redDocument(), '') as ResultDocument;
}

function poison(value: unknown, key: string): unknown {
  if (typeof value === 'string') {
    if (KEPT.has(key)) return value;
    return NAMES.has(key) ? `${value}${HOSTILE}` : HOSTILE;
  }
  if (Array.isArray(value)) return value.map((it) => poison(it, key));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, poison(it, name)]));
}
