import { stripTypeScriptTypes } from 'node:module';
import { runInThisContext } from 'node:vm';
import { expect, it } from 'vitest';
import { instrument } from './instrument.ts';

/** Runs an expression after a source, and says what it gave and which counters moved. */
function run(source: string, expression: string) {
  const counted = instrument('a.ts', source, { counters: 'counters', first: 0 });
  const counters = new Uint8Array(counted.count);
  const code = stripTypeScriptTypes(counted.source);
  const program = `(counters) => { ${code}\nreturn ${expression}; }`;
  const value = (runInThisContext(program) as (counters: Uint8Array) => unknown)(counters);
  return { value, counters: [...counters], source: counted.source };
}

it.each<[what: string, source: string, expression: string, value: unknown, counters: number[]]>([
  ['a function', 'function f() { return 1 }', 'f()', 1, [1]],
  ['an arrow', 'const f = (): number => 1', 'f()', 1, [1]],
  ['an arrow that gives an object', 'const f = () => ({ a: 1 })', 'f()', { a: 1 }, [1]],
  ['a branch that is taken', 'let a = 0; if (1) a = 1; else a = 2', 'a', 1, [1, 0]],
  ['a branch that is not', 'let a = 0; if (a) a = 1', 'a', 0, [0, 1]],
  ['branches in one another', 'let a = 0; if (1) if (0) a = 1; else a = 2', 'a', 2, [1, 0, 1, 0]],
  ['else if', 'let a = 3; if (a < 1) a = 1; else if (a < 5) a = 2', 'a', 2, [0, 1, 1, 0]],
  ['a conditional', 'let a = true ? 1 : 2', 'a', 1, [1, 0]],
  ['what is cut short', 'let a = false && true || 7', 'a', 7, [0, 1]],
  ['a logical assignment', 'let a = 0; a ||= 5', 'a', 5, [1]],
  ['a default', 'function f(a = 3) { return a }', 'f() + f(1)', 4, [2, 1]],
  ['a name by assignment', 'let a; a ??= () => 1', 'a.name', 'a', [0]],
  ['a loop, and what comes after it', 'let a = 0; for (; a < 3; ) a++', 'a', 3, [3, 1]],
  [
    'a loop that is left',
    'let a = 0; o: while (1) { do { break o } while (0) }',
    'a',
    0,
    [1, 1, 0],
  ],
  ['loops over things', 'let a = 0; for (const b of [1, 2]) a += b', 'a', 3, [2, 1]],
  [
    'cases',
    'let a = 0; switch (2 as number) { case 1: a = 1; case 2: case 3: a = 2; break; default: a = 4 }',
    'a',
    2,
    [0, 1, 1, 0],
  ],
  ['a handler', 'let a = 0; try { throw 1 } catch { a = 1 }', 'a', 1, [1]],
  ['methods', 'class A { #x = 1; get x() { return "a" && this.#x } }', 'new A().x', 1, [1, 1]],
  [
    'a constructor before super',
    'class A {} class B extends A { constructor() { super() } }',
    'new B() instanceof A',
    true,
    [1],
  ],
])('counts %s', (_, source, expression, value, counters) => {
  const seen = run(source, expression);
  expect(seen.value).toEqual(value);
  expect(seen.counters).toEqual(counters);
});

it('leaves directives first, lines in place and types alone', () => {
  const source = `type Pick<T> = T extends string ? 1 : 2;
interface A { if(a: number): void }
declare function outside(a?: number): void;
function f(this: unknown, a?: number): a is number {
  'use strict';
  return (a as number satisfies number)! > 1 ? this === undefined : false;
}`;
  const seen = run(source, 'f(2)');
  expect(seen.value).toBe(true);
  expect(seen.counters).toEqual([1, 1, 0]);
  expect(seen.source.split('\n').length).toBe(source.split('\n').length);
  expect(seen.source).toContain("'use strict';;counters[0]++;");
});

it('begins with the counter that it is told', () => {
  const counted = instrument('a.js', 'let a = b ? 1 : 2', { counters: 'c', first: 40 });
  expect(counted).toEqual({ source: 'let a = b ? (c[40]++,1) : (c[41]++,2)', count: 2 });
});

it('takes CommonJS', () => {
  const options = { counters: 'c', first: 0, isModule: false };
  expect(instrument('a.js', 'if (a) return; with (b) c', options).count).toBe(2);
});

it('says what does not parse', () => {
  expect(() => instrument('a.ts', 'let = ;', { counters: 'c', first: 0 })).toThrow(
    /a\.ts does not parse: /,
  );
});
