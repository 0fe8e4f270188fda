/** What is remembered covers every mutant that was caught and every clause that caught one. */
import { expect, it } from 'vitest';
import { fewestCatches } from './known.ts';
import type { Row } from './matrix.ts';

function row(id: string, killers: Row['killers'], expected: readonly string[] = []): Row {
  return { id, subject: 'driver', what: '', expected, killers, falseBlame: [], missed: [] };
}

const kill = (clause: string, cause = 'expectation') => ({ clause, cause, rules: [] });

it('remembers each clause once, and one for every mutant', () => {
  const rows = [row('a', [kill('x'), kill('y')]), row('b', [kill('x'), kill('z')]), row('c', [])];
  expect(fewestCatches({ rows })).toEqual({ a: ['x', 'y'], b: ['z'] });
});

it('remembers what a mutant must be caught by, and a rule where nothing else catches it', () => {
  const rows = [
    row('a', [kill('x'), kill('y')]),
    row('b', [kill('x'), kill('y')], ['y']),
    row('c', [kill('x', 'rule')]),
    row('d', [kill('y')]),
  ];
  expect(fewestCatches({ rows })).toEqual({ a: ['x', 'y'], b: ['y'], c: ['x'], d: ['y'] });
});
