import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { World } from '../../../sim/kernel/world.ts';
import type { QueueHost } from '../../host/service-host.ts';
import { Realm, type RealmOptions } from './realm.ts';

const folder = mkdtempSync(join(tmpdir(), 'dyno-realm-'));
afterAll(() => rmSync(folder, { recursive: true }));

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
let files = 0;

interface Made {
  readonly world: World;
  readonly realm: Realm;
  readonly errors: unknown[];
  readonly exports: Record<string, (...values: unknown[]) => unknown>;
}

/** A realm in which this program was loaded. */
function realmWith(program: string, seed = 1, options: RealmOptions = {}): Made {
  const world = new World({ seed, settle });
  const errors: unknown[] = [];
  const host: QueueHost = {
    world,
    dead: false,
    unhandled: (error) => errors.push(error),
    adopt: () => {},
    disown: () => {},
  };
  const realm = new Realm(host, options);
  const path = join(folder, `program-${files++}.js`);
  writeFileSync(path, program);
  return { world, realm, errors, exports: realm.load(path) as Made['exports'] };
}

/** What the program's `seen` holds when its timers are over. */
async function run(made: Made): Promise<unknown> {
  const end = await made.world.run(() => made.realm.timers.idle());
  expect(end.end).toBe('returned');
  return JSON.parse(JSON.stringify(made.exports['seen']));
}

it("has the world's time in timers, Date and performance", async () => {
  const made = realmWith(`
    const seen = (exports.seen = []);
    const look = (name) => seen.push([name, new Date().toISOString(), Date.now() - begin]);
    const begin = Date.now();
    look('now');
    setTimeout(look, 1500, 'timeout');
    setTimeout(look, 0, 'zero');
    setImmediate(look, 'immediate');
    const never = setTimeout(look, 5, 'never');
    clearTimeout(never);
    let ticks = 0;
    const ticker = setInterval(() => {
      if (++ticks < 3) return;
      look('ticks');
      clearInterval(ticker);
    }, 100);
    setTimeout(() => seen.push([performance.now(), new Date(2001, 1, 3).getHours(), Date()]), 2000);
  `);
  expect(await run(made)).toEqual([
    ['now', '2000-01-01T00:00:00.000Z', 0],
    ['immediate', '2000-01-01T00:00:00.000Z', 0],
    ['zero', '2000-01-01T00:00:00.001Z', 1],
    ['ticks', '2000-01-01T00:00:00.300Z', 300],
    ['timeout', '2000-01-01T00:00:01.500Z', 1500],
    [2000, 0, 'Sat, 01 Jan 2000 00:00:02 GMT'],
  ]);
  expect(made.world.now).toBe(2e9);
});

it('has the same chance for the same seed, and another for another', async () => {
  const program = 'exports.seen = Array.from({ length: 8 }, Math.random);';
  const first = await run(realmWith(program, 7));
  expect(await run(realmWith(program, 7))).toEqual(first);
  expect(await run(realmWith(program, 8))).not.toEqual(first);
});

it.each(['fs', 'node:fs', 'net', 'child_process', 'worker_threads', 'crypto', 'timers/promises'])(
  'refuses the built-in module %s',
  (name) => {
    expect(() => realmWith(`require('${name}')`)).toThrow(`${name} reaches out of the world`);
  },
);

it('gives pure built-in modules, its own timers, and what replaces a module', async () => {
  const program = `
    const { EventEmitter } = require('events');
    const made = new EventEmitter();
    exports.seen = [];
    made.on('x', (value) => exports.seen.push(value));
    require('timers').setTimeout(() => made.emit('x', require('native').answer), 10);
  `;
  expect(await run(realmWith(program, 1, { replace: { native: { answer: 42 } } }))).toEqual([42]);
});

it('lets no global of ours through', async () => {
  const program = `
    exports.seen = ['fetch', 'require', 'WebAssembly', 'Atomics', 'WeakRef', 'setTimeout']
      .filter((name) => name in globalThis);
    Array.prototype.mark = true;
  `;
  expect(await run(realmWith(program))).toEqual(['setTimeout']);
  expect('mark' in []).toBe(false);
});

it('ends with what a timer throws: nothing of it runs any more', async () => {
  const made = realmWith(`
    exports.seen = [];
    setTimeout(() => { null.x; }, 1);
    setTimeout(() => exports.seen.push('after'), 2);
  `);
  const end = await made.world.run(() => made.realm.timers.idle());
  expect(end.end).toBe('threw');
  expect(made.errors).toHaveLength(1);
  expect(made.errors[0]).toBeInstanceOf(Error);
  expect(String(made.errors[0])).toContain(
    "TypeError: Cannot read properties of null (reading 'x')",
  );
  await made.world.run(() => {});
  expect(made.exports['seen']).toHaveLength(0);
});

it('throws errors of ours for what a call throws', () => {
  const { realm, exports } = realmWith('exports.call = () => { throw new RangeError("far"); };');
  expect(() => realm.inside(() => exports['call']?.())).toThrow(Error);
  expect(() => realm.inside(() => exports['call']?.())).toThrow('RangeError: far');
});
