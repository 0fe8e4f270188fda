/**
 * A realm for JavaScript drivers that others wrote: globals of their own, in which time, chance and
 * the built-in modules of Node.js are the world's. The package is loaded as it is.
 *
 * No wall against malice: who looks for a way out finds one. Honest code stays in the world's time.
 * Not there: ES modules, process.nextTick's place before promises, Intl's independence of the
 * machine, and the built-in modules that are refused by name.
 */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction, createContext, runInContext } from 'node:vm';
import type { QueueHost } from '../../host/service-host.ts';
import { ForeignError, asForeignError } from './foreign-error.ts';
import { PRELUDE } from './prelude.ts';
import { RealmTimers } from './timers.ts';

/** Pure ones: they know neither files nor clocks. */
const PURE_BUILTINS = ['assert', 'buffer', 'events', 'path', 'punycode', 'querystring'];
const MORE_PURE_BUILTINS = ['string_decoder', 'url', 'util'];
const SERVED = new Set([...PURE_BUILTINS, ...MORE_PURE_BUILTINS]);

export interface RealmOptions {
  /** Modules by the name that the package asks for, instead of the real ones. */
  readonly replace?: Readonly<Record<string, unknown>>;
}

interface ForeignModule {
  exports: unknown;
}

type Wrapper = (
  exports: unknown,
  require: (name: string) => unknown,
  module: ForeignModule,
  filename: string,
  folder: string,
) => void;

const ours = createRequire(import.meta.url);

export class Realm {
  readonly timers: RealmTimers;
  readonly #context: object;
  readonly #replace: ReadonlyMap<string, unknown>;
  readonly #modules = new Map<string, ForeignModule>();

  constructor(host: QueueHost, options: RealmOptions = {}) {
    this.timers = new RealmTimers(host);
    this.#replace = new Map(Object.entries(options.replace ?? {}));
    const { world } = host;
    const random = world.random('javascript');
    this.#context = createContext(this.#globals(), { name: 'driver' });
    const prelude = runInContext(PRELUDE, this.#context) as (outside: object) => void;
    prelude({
      now: () => Math.floor(world.now / 1e6),
      random: () => random.below(2 ** 32) / 2 ** 32,
    });
  }

  /** Loads a package that is installed beside us, or a file of it. @throws ForeignError */
  load(name: string): unknown {
    return this.inside(() => this.#require(name, ours));
  }

  /** Runs code that calls into the realm; what it throws comes out as an Error of ours. */
  inside<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw asForeignError(error);
    }
  }

  /** Nothing of the realm runs any more. */
  close(): void {
    this.timers.close();
  }

  #globals(): Record<string, unknown> {
    const { timers } = this;
    const globals: Record<string, unknown> = {
      ...timers.functions,
      Buffer,
      TextDecoder,
      TextEncoder,
      URL,
      URLSearchParams,
      structuredClone,
      console: Object.fromEntries(
        ['debug', 'error', 'info', 'log', 'trace', 'warn'].map((name) => [name, () => {}]),
      ),
      process: Object.assign(new EventEmitter(), {
        argv: ['node'],
        env: {},
        nextTick: timers.functions.nextTick,
        platform: 'linux',
        version: process.version,
        versions: { node: process.versions.node },
        exit: (code: unknown) => {
          throw new ForeignError(`process.exit(${String(code)}) would end the program`);
        },
      }),
    };
    delete globals['nextTick'];
    globals['global'] = globals;
    return globals;
  }

  #require(name: string, from: NodeJS.Require): unknown {
    const plain = name.replace(/^node:/, '');
    if (this.#replace.has(plain)) return this.#replace.get(plain);
    if (plain === 'timers') return this.timers.functions;
    if (isBuiltin(name)) {
      if (SERVED.has(plain)) return ours(name);
      throw new ForeignError(`${name} reaches out of the world: it is refused; replace it`);
    }
    const path = from.resolve(name);
    const known = this.#modules.get(path);
    if (known !== undefined) return known.exports;
    const module: ForeignModule = { exports: {} };
    this.#modules.set(path, module);
    const text = readFileSync(path, 'utf8');
    if (path.endsWith('.json')) module.exports = JSON.parse(text) as unknown;
    else this.#evaluate(text, path, module);
    return module.exports;
  }

  #evaluate(text: string, path: string, module: ForeignModule): void {
    const from = createRequire(path);
    const run = compileFunction(
      text.replace(/^#!.*/, ''),
      ['exports', 'require', 'module', '__filename', '__dirname'],
      { filename: path, parsingContext: this.#context },
    ) as unknown as Wrapper;
    const require = (name: string) => this.#require(name, from);
    run.call(module.exports, module.exports, require, module, path, dirname(path));
  }
}
