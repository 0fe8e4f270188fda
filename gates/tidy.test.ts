/** The rules that no other tool keeps, over every file; for each a planted offence it must see. */
import { globSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importOffences, type Offence } from './tidy/arrows.ts';
import { shapeOffences } from './tidy/shape.ts';
import { readSource, type Source } from './tidy/source.ts';

const FOLDERS = ['sim', 'traces', 'drivers-under-test', 'conformance', 'reports', 'gates'];

const files = globSync(`{${FOLDERS.join(',')}}/**/*.ts`, { exclude: ['**/node_modules'] })
  .map((file) => file.replaceAll(sep, '/'))
  .toSorted();
const sources = files.map((file) => readSource(file, readFileSync(file, 'utf8')));

function offences(source: Source): Offence[] {
  return [...importOffences(source), ...shapeOffences(source)];
}

function told(found: readonly Offence[]): string[] {
  return found.map(({ path, line, rule, text }) => `${path}:${line} [${rule}] ${text}`);
}

describe('the repository', () => {
  it('is tidy', () => {
    expect(told(sources.flatMap(offences))).toEqual([]);
  });

  // A gate that looks at nothing passes: these are lower bounds of what there is to see.
  it('was looked at', () => {
    const seen = (folder: string): number => files.filter((f) => f.startsWith(`${folder}/`)).length;
    expect(seen('sim')).toBeGreaterThan(10);
    expect(seen('conformance')).toBeGreaterThan(1);
    expect(seen('gates')).toBeGreaterThan(3);
    expect(sources.flatMap((source) => source.imports).length).toBeGreaterThan(files.length);
    expect(sources.flatMap((source) => source.functions).length).toBeGreaterThan(files.length);
  });
});

const UART = 'sim/devices/uart-16550';
const lines = (count: number): string => 'let x = 1;\n'.repeat(count);

/** Path, text, and the one rule that must object; without a rule the file is in order. */
const planted: readonly [path: string, text: string, rule?: string][] = [
  ['sim/kernel/a.ts', "import { b } from '../../traces/format/b.ts';", 'folders'],
  ['traces/format/a.ts', "import { b } from '../../drivers-under-test/host/b.ts';", 'folders'],
  ['traces/format/a.ts', "import { b } from '../../sim/kernel/b.ts';"],
  ['traces/codecs/vcd/a.ts', "import { b } from 'node:fs';", 'pure'],
  ['traces/files/a.ts', "import { b } from 'node:fs';"],
  ['drivers-under-test/host/a.ts', "import { b } from '../../conformance/suite.ts';", 'folders'],
  ['drivers-under-test/host/a.test.ts', "import '../../conformance/suite.ts';", 'folders'],
  ['reports/a.ts', "import type { B } from '../sim/kernel/b.ts';", 'folders'],
  ['reports/a.ts', "import { b } from '../conformance/b.ts';", 'folders'],
  ['conformance/runner/a.ts', "import { b } from '../../reports/verdict.ts';"],
  ['conformance/runner/a.ts', "import { b } from '../../gates/tidy/arrows.ts';", 'folders'],
  ['sim/kernel/a.ts', "import '../../traces/b.ts';", 'folders'],
  ['sim/kernel/a.ts', "export { b } from '../../traces/b.ts';", 'folders'],
  ['sim/kernel/a.ts', "export * from '../../traces/b.ts';", 'folders'],
  ['sim/kernel/a.ts', "const b = await import('../../traces/b.ts');", 'folders'],
  ['sim/kernel/a.ts', 'const b = await import(`../../traces/b.ts`);', 'folders'],
  ['sim/kernel/a.ts', "type B = import('../../traces/b.ts').B;", 'folders'],
  ['sim/kernel/a.ts', "new URL('../../traces/b.ts', import.meta.url);", 'folders'],

  ['sim/kernel/a.ts', "import { b } from '../registers/b.ts';", 'sim-layers'],
  ['sim/registers/a.ts', "import { b } from '../buses/pci/b.ts';", 'sim-layers'],
  ['sim/buses/pci/a.ts', "import { b } from '../../faults/b.ts';", 'sim-layers'],
  ['sim/faults/a.ts', "import { b } from '../devices/edu/model.ts';", 'sim-layers'],
  [`${UART}/a.ts`, "import { b } from '../../machines/b.ts';", 'sim-layers'],
  ['sim/machines/a.ts', "import { b } from '../devices/edu/model.ts';"],
  ['sim/index.ts', "export { b } from './machines/b.ts';"],

  [`${UART}/a.ts`, "import { b } from '../edu/registers.ts';", 'one-device'],
  [`${UART}/a.ts`, "import { b } from './registers.ts';"],

  ['conformance/suites/edu/a.ts', "import '../../../sim/devices/edu/model.ts';", 'registers-only'],
  ['conformance/suites/edu/a.ts', "import '../../../sim/devices/edu/registers.ts';"],
  ['conformance/suites/edu/a.test.ts', "import '../../../sim/devices/edu/model.ts';"],
  [
    'drivers-under-test/samples/edu/a.ts',
    "import '../../../sim/devices/edu/dma.ts';",
    'registers-only',
  ],
  ['conformance/transports/a.ts', "import '../../sim/devices/edu/model.ts';"],

  ['reports/renderers/html.ts', "import { b } from '../result-file.ts';", 'renderers'],
  ['reports/renderers/html.ts', "import { b } from '../verdict.ts';"],
  ['reports/renderers/html.ts', "import { b } from './escape.ts';"],

  ['sim/kernel/a.ts', "import { b } from 'node:fs';", 'pure'],
  ['sim/kernel/a.ts', "const b = await import('fs/promises');", 'pure'],
  ['sim/kernel/a.ts', "import { b } from 'vitest';", 'pure'],
  ['sim/kernel/a.ts', "import { match } from 'ts-pattern';"],
  ['sim/kernel/a.ts', "import { z } from 'zod/mini';"],
  ['sim/kernel/a.test.ts', "import { b } from 'vitest';"],
  ['drivers-under-test/host/a.ts', "import { b } from 'node:events';", 'pure'],
  ['conformance/runner/a.ts', "import { b } from 'node:worker_threads';"],
  ['drivers-under-test/samples/edu/a.ts', "import { b } from 'driver-dyno/sim';", 'self-import'],

  ['sim/kernel/a.ts', 'export default 1;', 'default-export'],
  ['sim/kernel/a.ts', 'const b = 1;\nexport { b as default };', 'default-export'],
  ['drivers-under-test/samples/edu/driver.ts', 'export default 1;'],
  ['sim/utils/a.ts', 'let x;', 'noun'],
  ['sim/kernel/util.ts', 'let x;', 'noun'],
  ['sim/kernel/string-utils.ts', 'let x;', 'noun'],
  ['sim/kernel/index.ts', 'let x;', 'barrel'],

  [`${UART}/a.ts`, 'let x = 1 << 2;', 'shift'],
  [`${UART}/a.ts`, 'let x = y >> 2;', 'shift'],
  [`${UART}/a.ts`, 'let x = y >>> 2;', 'shift'],
  [`${UART}/a.ts`, 'x <<= 2;', 'shift'],
  [`${UART}/a.ts`, 'let x = y >>> 0;'],
  ['sim/registers/a.ts', 'let x = 1 << 2;'],
  ['traces/codecs/pcapng/a.ts', 'let x = 1 << 2;'],
  ['conformance/runner/journal-hash.ts', 'let x = 1 << 2;'],

  ['sim/kernel/a.ts', lines(401), 'file-length'],
  ['sim/kernel/a.ts', lines(400)],
  [`${UART}/registers.ts`, lines(401)],
  ['conformance/specs/pci/a.ts', lines(401)],
  ['sim/kernel/a.ts', `function f() {\n${lines(69)}}`, 'function-length'],
  ['sim/kernel/a.ts', `function f() {\n${lines(68)}}`],
  ['sim/kernel/a.ts', `const f = () => {\n${lines(69)}};`, 'function-length'],
  ['sim/kernel/a.ts', `class C { f() {\n${lines(69)}} }`, 'function-length'],
  ['sim/kernel/a.test.ts', `describe('a', () => {\n${lines(69)}});`],
  ['sim/kernel/a.ts', `// ${'x'.repeat(98)}`, 'line-length'],
  ['sim/kernel/a.ts', `// ${'x'.repeat(97)}`],
  ['sim/kernel/a.ts', `throw new Error('${'x'.repeat(90)}');`, 'line-length'],
  ['conformance/suites/edu/a.ts', `const clause = { text: '${'x'.repeat(200)}' };`],

  [`${UART}/model.ts`, '/** A UART. */\nlet x;', 'not-modelled'],
  [`${UART}/model.ts`, '/** A UART. */\nlet x;\n// Not modelled: nothing', 'not-modelled'],
  [`${UART}/model.ts`, '/**\n * A UART.\n *\n * Not modelled: parity.\n */\nlet x;'],
];

describe('each rule can fail', () => {
  for (const [path, text, rule] of planted) {
    const brief = text.length > 60 ? `${text.slice(0, 60)}...` : text;
    it(`${path}: ${JSON.stringify(brief)} -> ${rule ?? 'in order'}`, () => {
      const rules = offences(readSource(path, text)).map((offence) => offence.rule);
      expect(rules).toEqual(rule === undefined ? [] : [rule]);
    });
  }

  it('names the file, the line, the rule and what to do', () => {
    const source = readSource('sim/kernel/a.ts', "let x;\nimport 'node:fs';");
    expect(told(offences(source))).toEqual([
      'sim/kernel/a.ts:2 [pure] imports node:fs; this folder is plain ECMAScript: have the value injected',
    ]);
  });

  it('refuses a file that it cannot parse', () => {
    expect(() => readSource('sim/a.ts', 'let = ;')).toThrow(/sim\/a\.ts does not parse/);
  });
});
