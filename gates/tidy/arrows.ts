/** Which file may import which: the arrows of ARCHITECTURE.md, as data and one function. */
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { Source } from './source.ts';

export interface Offence {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  /** What is wrong and what to do instead. */
  readonly text: string;
}

/** What each top-level folder may import beside itself and libraries. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  sim: [],
  traces: ['sim'],
  'drivers-under-test': ['sim', 'traces'],
  conformance: ['sim', 'traces', 'drivers-under-test', 'reports'],
  reports: [],
};

/** Inside sim/ a folder may import itself and those before it. */
const SIM_LAYERS = ['kernel', 'registers', 'buses', 'faults', 'devices', 'machines'];

/** Plain ECMAScript: these folders must also run in a browser. */
const PURE = [
  /^sim\//,
  /^traces\/(format|codecs)\//,
  /^conformance\/(suites|checkers|specs|generators)\//,
  /^drivers-under-test\/(host|samples)\//,
];

/** Libraries that are plain ECMAScript themselves. */
const PURE_LIBRARIES = ['fast-check', 'saxes', 'ts-pattern', 'zod'];

const RENDERER = /^reports\/(renderers|viewer)\//;

/** The result document: its schema, and what follows from it without any input or output. */
const DOCUMENT = /^reports\/(verdict|document|summary)\.ts$/;

/** The offences of one file's imports. */
export function importOffences(source: Source): Offence[] {
  return source.imports.flatMap(({ target, isPackage, line }) => {
    const found = isPackage ? libraryImport(source, target) : ourImport(source, target);
    return found ? [{ path: source.path, line, rule: found[0], text: found[1] }] : [];
  });
}

type RuleAndText = readonly [rule: string, text: string];

function ourImport(source: Source, target: string): RuleAndText | undefined {
  const from = topFolder(source.path);
  const to = topFolder(target);
  const allowed = FOLDERS[from];
  if (allowed && to !== from && !allowed.includes(to)) {
    const list = [from, ...allowed].map((folder) => `${folder}/`).join(', ');
    return ['folders', `imports ${target}; ${from}/ may import ${list} and libraries only`];
  }
  return (
    simLayer(source.path, target) ??
    otherDevice(source.path, target) ??
    deviceInside(source, target) ??
    rendererImport(source, target)
  );
}

function simLayer(path: string, target: string): RuleAndText | undefined {
  const from = SIM_LAYERS.indexOf(simFolder(path));
  const to = SIM_LAYERS.indexOf(simFolder(target));
  if (from < 0 || to <= from) return undefined;
  return [
    'sim-layers',
    `imports ${target}; inside sim/ the order is ${SIM_LAYERS.join(' <- ')}: move what both need down`,
  ];
}

function otherDevice(path: string, target: string): RuleAndText | undefined {
  const [from, to] = [deviceOf(path), deviceOf(target)];
  if (from === undefined || to === undefined || from === to) return undefined;
  return [
    'one-device',
    `imports ${target}; a device never imports another: join them in machines/`,
  ];
}

/** Drivers and suites are the second opinion. Their tests may build the device that they need. */
function deviceInside(source: Source, target: string): RuleAndText | undefined {
  const isSecondOpinion = /^(conformance\/suites|drivers-under-test)\//.test(source.path);
  if (!isSecondOpinion || source.isTest || deviceOf(target) === undefined) return undefined;
  if (/^sim\/devices\/[^/]+\/registers\.ts$/.test(target)) return undefined;
  // The layout of structures in memory is as public as a register map; suites restate it.
  if (source.path.startsWith('drivers-') && target.endsWith('/structures.ts')) return undefined;
  return [
    'registers-only',
    `imports ${target}; suites and drivers may import a device's registers.ts only, ` +
      'and restate the values that they expect',
  ];
}

function rendererImport(source: Source, target: string): RuleAndText | undefined {
  if (!RENDERER.test(source.path) || RENDERER.test(target)) return undefined;
  if (DOCUMENT.test(target) || source.isTest) return undefined;
  return [
    'renderers',
    `imports ${target}; a renderer reads the result document only (reports/verdict.ts)`,
  ];
}

function libraryImport(source: Source, target: string): RuleAndText | undefined {
  if (source.isTest) return undefined;
  if (/^driver-dyno(\/|$)/.test(target)) {
    return ['self-import', `imports ${target}; inside the repository import the file you mean`];
  }
  if (!PURE.some((folder) => folder.test(source.path))) return undefined;
  if (isBuiltin(target)) {
    return ['pure', `imports ${target}; this folder is plain ECMAScript: have the value injected`];
  }
  if (PURE_LIBRARIES.includes(topFolder(target))) return undefined;
  return ['pure', `imports ${target}; here only ${PURE_LIBRARIES.join(', ')} may be imported`];
}

function topFolder(path: string): string {
  return path.split('/')[0]!;
}

function simFolder(path: string): string {
  const [top, folder] = path.split('/');
  return top === 'sim' ? folder! : '';
}

function deviceOf(path: string): string | undefined {
  return /^sim\/devices\/([^/]+)\//.exec(posix.normalize(path))?.[1];
}
