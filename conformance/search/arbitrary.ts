/** Scenarios as an arbitrary of fast-check, for properties of clauses. */
import fc from 'fast-check';
import type { Extent } from './extent.ts';
import { Generator, type Hints, type Subject } from './generate.ts';
import type { SearchModel } from './model.ts';
import type { Scenario } from './scenario.ts';
import { someDeviations } from './schedules.ts';
import { type Position, candidates } from './shrink.ts';
import { type Pass, shrinkPasses } from './shrink-passes.ts';
import { fromFastCheck } from './source.ts';
import { whyNot } from './text.ts';

/**
 * Scenarios of a model, with their schedule written in them. Sizes are those of `extent`, whatever
 * fast-check's own; they shrink as `shrink` does, from values that come from elsewhere too.
 * @throws RangeError for an extent that nobody can have meant
 */
export function scenarios(
  model: SearchModel,
  options: Subject & { readonly extent: Extent; readonly hints?: Hints },
): fc.Arbitrary<Scenario> {
  return new ScenarioArbitrary(new Generator(model, options, options.extent), options.hints);
}

class ScenarioArbitrary extends fc.Arbitrary<Scenario> {
  readonly #generator: Generator;
  readonly #hints: Hints | undefined;
  readonly #passes: readonly Pass[];

  constructor(generator: Generator, hints: Hints | undefined) {
    super();
    this.#generator = generator;
    this.#hints = hints;
    this.#passes = shrinkPasses(generator.model.vocabulary);
  }

  override generate(random: fc.Random): fc.Value<Scenario> {
    const source = fromFastCheck(random);
    const { scenario } = this.#generator.draft(source, this.#hints);
    const schedule = someDeviations(source, this.#hints?.choices);
    return new fc.Value({ ...scenario, schedule }, undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Scenario {
    const scenario = value as Partial<Scenario>;
    const { model } = this.#generator;
    if (scenario.model !== model.name || !Array.isArray(scenario.steps)) return false;
    return whyNot(value as Scenario, model) === undefined;
  }

  override shrink(scenario: Scenario, context: unknown): fc.Stream<fc.Value<Scenario>> {
    const position = context as Position | undefined;
    const smaller = candidates(this.#passes, { scenario }, position);
    return fc.stream(valued(smaller));
  }
}

function* valued(smaller: ReturnType<typeof candidates>): IterableIterator<fc.Value<Scenario>> {
  for (const { scenario, position } of smaller) yield new fc.Value(scenario, position);
}
