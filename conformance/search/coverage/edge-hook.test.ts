import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** In a process of its own: what loads tests has a way of its own to load modules. */
function loaded(program: string): unknown {
  const modules = [
    new URL('./edge-counters.ts', import.meta.url),
    new URL('./edge-hook.ts', import.meta.url),
    new URL('../../runner/mutants/hook.ts', import.meta.url),
  ].map((url) => JSON.stringify(url.href));
  const text = `
    import { EdgeCounters } from ${modules[0]};
    import { countEdges } from ${modules[1]};
    import { registerMutants, mutantUrl, rootUrl } from ${modules[2]};
    const edu = rootUrl('drivers-under-test/samples/edu/driver.ts');
    const counters = new EdgeCounters();
    const count = () => countEdges(new URL('.', edu).href, counters);
    ${program}
    console.log(JSON.stringify({ total: counters.total, seen }));`;
  const options = ['--input-type=module-typescript', '--eval', text];
  return JSON.parse(execFileSync(process.execPath, options, { encoding: 'utf8' }));
}

it('counts edges of the driver and of nothing else', () => {
  const found = loaded(`
    count();
    const { default: seen } = await import(rootUrl('drivers-under-test/samples/eeprom/driver.ts'));
    const before = counters.total;
    await import(edu);
    seen.before = before;`) as { total: number; seen: { id: string; before: number } };
  expect(found.seen).toMatchObject({ id: 'eeprom', before: 0 });
  expect(found.total).toBeGreaterThan(50);
});

it('counts edges of a mutant, whose edits come first', () => {
  const found = loaded(`
    const file = 'drivers-under-test/samples/edu/driver.ts';
    const edits = [{ find: "version: '1.0.0'", replace: "version: 0 ? '8' : '9'" }];
    registerMutants([{ id: 'edu/x', what: '', file, edits }]);
    count();
    const healthy = (await import(edu)).default.version;
    const before = counters.total;
    const mutant = (await import(mutantUrl(edu, 'edu/x'))).default.version;
    const seen = { healthy, mutant, more: counters.total - 2 * before };`);
  expect(found).toMatchObject({ seen: { healthy: '1.0.0', mutant: '9', more: 2 } });
});

it('leaves what does not parse to Node', () => {
  const found = loaded(`
    const { registerHooks } = await import('node:module');
    const url = new URL('./broken.ts', edu).href;
    registerHooks({
      resolve: (name, context, next) =>
        name === url ? { url, shortCircuit: true } : next(name, context),
      load: (name, context, next) => name === url
        ? { format: 'module-typescript', source: 'let = ;', shortCircuit: true }
        : next(name, context),
    });
    count();
    let seen;
    await import(url).catch((error) => (seen = error.constructor.name));`);
  expect(found).toEqual({ total: 0, seen: 'SyntaxError' });
});
