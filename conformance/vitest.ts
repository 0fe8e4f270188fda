/**
 * The same clauses as Vitest tests, in a vendor's own repository:
 *
 *     import { defineClauses } from 'driver-dyno/vitest';
 *     import driver from './driver.ts';
 *     await defineClauses({ driver, target: 'sim:edu' });
 *
 * Each clause is a test with its requirement in `meta`. What is not run or not applicable is
 * skipped with the reason as its note; a failure's message is the block that `dyno run` prints.
 */
import { afterAll, describe, test } from 'vitest';
import { failureLines } from '../reports/renderers/failure-text.ts';
import type { Clause as ClauseRow, Verdict } from '../reports/verdict.ts';
import { DEFAULT_LIMITS } from '../sim/kernel/world.ts';
import { type Manifest, manifestProblem } from '../drivers-under-test/host/manifest.ts';
import { type Catalog, type Config, merge } from './config.ts';
import { clauseRow } from './runner/clause-row.ts';
import { judge } from './runner/judge.ts';
import { loadCatalog } from './runner/load.ts';
import { type LocatedClause, applicable, isChosen, itemSeed } from './runner/plan.ts';
import { type Target, TargetUnavailable } from './target.ts';
import { UsageError } from './usage-error.ts';

/** For tests that `dyno fuzz export` writes. */
export { ScenarioFailure, expectScenario } from './search/expect-scenario.ts';

export interface ClauseTests {
  /** What `driver.ts` default-exports. */
  readonly driver: Manifest;
  /** A target of ours or of the configuration, such as `sim:edu`. */
  readonly target: string;
  /** Suites, the beginnings of their paths, or addresses of clauses; default: all that apply. */
  readonly suites?: readonly string[];
  /** Values that a property generates; default 100. */
  readonly runs?: number;
  /** Default 1. */
  readonly seed?: number;
  /** Private suites, rules and targets; default: `dyno.config.ts` of the working folder. */
  readonly config?: Config;
  /** Wall time of one clause in milliseconds; default two minutes. */
  readonly timeoutMs?: number;
}

/** What reporters find in the `meta` of each test. */
export interface ClauseMeta {
  readonly requirement: string;
  readonly citation: ClauseRow['cite'];
  readonly level: ClauseRow['level'];
  readonly driver: string;
  readonly target: string;
  /** When it has been judged. */
  verdict?: Verdict['verdict'];
  journalHash?: string;
}

declare module 'vitest' {
  interface TaskMeta {
    dyno?: ClauseMeta;
  }
}

const RUNS = 100;
const TIMEOUT_MS = 120_000;

/**
 * Registers a test per clause that applies.
 * @throws UsageError for a broken manifest, an unknown target, or when nothing applies
 */
export async function defineClauses(options: ClauseTests): Promise<void> {
  const { driver, suites = [], timeoutMs = TIMEOUT_MS } = options;
  const problem = manifestProblem(driver);
  if (problem !== undefined) throw new UsageError(problem);
  const catalog = await catalogOf(options.config);
  const located = applicable(catalog, driver, options.target).filter(
    ({ address }) => suites.length === 0 || isChosen(address, suites),
  );
  if (located.length === 0) {
    throw new UsageError(`No clause applies to ${driver.id} on ${options.target}.`);
  }
  const bench = new Bench(catalog, options);
  describe(`${driver.id} on ${options.target}`, () => {
    afterAll(() => bench.close());
    for (const one of located) {
      const row = clauseRow(one);
      const meta: ClauseMeta = {
        requirement: one.address,
        citation: row.cite,
        level: row.level,
        driver: driver.id,
        target: options.target,
      };
      const name = `[${one.address}] ${row.text}`;
      // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- the judge expects
      test(name, { timeout: timeoutMs, meta: { dyno: meta } }, async ({ task, skip }) => {
        const verdict = await bench.judge(one);
        const { verdict: word, journalHash } = verdict;
        Object.assign(task.meta, { dyno: { ...meta, verdict: word, journalHash } });
        if (word === 'not-run' || word === 'not-applicable') skip(`${word}: ${verdict.reason}`);
        if (word !== 'pass') throw new ClauseFailure(failureLines(verdict, row).join('\n'));
      });
    }
  });
}

/** The message is the whole story; a stack through the judge would say nothing. */
class ClauseFailure extends Error {
  override readonly name = 'ClauseFailure';

  constructor(block: string) {
    super(block);
    this.stack = `${this.name}: ${block}`;
  }
}

async function catalogOf(config: Config | undefined): Promise<Catalog> {
  const catalog = await loadCatalog();
  return config === undefined ? catalog : merge(catalog, config);
}

/** One target, opened at its first use, and the judge. */
class Bench {
  readonly #catalog: Catalog;
  readonly #options: ClauseTests;
  #target: Target | undefined;

  constructor(catalog: Catalog, options: ClauseTests) {
    this.#catalog = catalog;
    this.#options = options;
  }

  async judge({ clause, address }: LocatedClause): Promise<Verdict> {
    const { driver, runs = RUNS, seed = 1 } = this.#options;
    this.#target ??= await this.#open();
    return judge({
      clause,
      address,
      driver,
      target: this.#target,
      seed: itemSeed(address, seed),
      runs,
      rules: this.#catalog.rules,
      exercises: this.#catalog.exercises,
      limits: DEFAULT_LIMITS,
      settle: () => new Promise<void>((resolve) => setImmediate(resolve)),
      clock: () => performance.now(),
      reproduce: () => `npx vitest run -t ${address}`,
    });
  }

  close(): void {
    this.#target?.close();
  }

  async #open(): Promise<Target> {
    const made = await this.#catalog.targets[this.#options.target]?.make({ onChild: () => {} });
    if (made === undefined) throw new TargetUnavailable(`There is no ${this.#options.target}.`);
    return made;
  }
}
