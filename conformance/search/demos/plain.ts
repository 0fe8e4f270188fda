/** What fast-check makes of a model with its default settings: sizes, values, and no styles. */
import fc from 'fast-check';
import type { Extent } from '../extent.ts';
import type { SearchModel } from '../model.ts';
import type { Parameter, Parameters, Phrase, Scenario, Value } from '../scenario.ts';
import type { Draft } from '../generate.ts';

export function plainDrafts(
  model: SearchModel,
  subject: { readonly driver: string; readonly target: string },
  { clients, faults }: Extent,
): fc.Arbitrary<Draft> {
  const { vocabulary } = model;
  const client = fc.nat({ max: clients - 1 });
  const step = fc
    .tuple(phraseOf(vocabulary.steps), client)
    .map(([phrase, who]) => ({ ...phrase, client: who }));
  const broken = Object.keys(vocabulary.faults).length > 0 ? phraseOf(vocabulary.faults) : null;
  return fc
    .record({
      steps: fc.array(step),
      faults: broken === null ? fc.constant([]) : fc.array(broken, { maxLength: faults }),
      order: fc.nat({ max: 0x7fffffff }),
    })
    .map(({ steps, faults: planned, order }): Draft => {
      const rest = { ...subject, model: model.name, seed: 0, answers: [], schedule: [] };
      const scenario: Scenario = { ...rest, steps, faults: planned };
      return { scenario, order: { kind: 'uniform', seed: order } };
    });
}

function phraseOf(
  words: Readonly<Record<string, { readonly parameters: Parameters }>>,
): fc.Arbitrary<Phrase> {
  return fc.oneof(
    ...Object.entries(words).map(([word, { parameters }]) =>
      fc
        .record(
          Object.fromEntries(
            Object.entries(parameters).map(([name, parameter]) => [name, valueOf(parameter)]),
          ),
        )
        .map((values) => ({ word, with: { ...values } })),
    ),
  );
}

function valueOf(parameter: Parameter): fc.Arbitrary<Value> {
  if (parameter.type === 'flag') return fc.boolean();
  if (parameter.type === 'choice') return fc.constantFrom(...parameter.of);
  return fc.integer({ min: parameter.min, max: parameter.max });
}
