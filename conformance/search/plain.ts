/** What fast-check makes of a model with its default settings: sizes, values, and no styles. */
import fc from 'fast-check';
import type { Extent } from './extent.ts';
import type { FaultWord, SearchModel } from './model.ts';
import type { Parameter, Phrase, Scenario, Value } from './scenario.ts';
import type { Draft, Subject } from './generate.ts';

export function plainDrafts(
  model: SearchModel,
  { driver, target, offers }: Subject,
  { clients, faults, answers }: Extent,
): fc.Arbitrary<Draft> {
  const { vocabulary } = model;
  const client = fc.nat({ max: clients - 1 });
  const step = fc
    .tuple(phraseOf(offered(vocabulary.steps, offers)), client)
    .map(([phrase, who]) => ({ ...phrase, client: who }));
  const broken = phrasesOf(offered(vocabulary.faults, offers), faults);
  const wrong = phrasesOf(offered(vocabulary.answers, offers), answers);
  return fc
    .record({
      steps: fc.array(step),
      faults: broken,
      answers: wrong,
      order: fc.nat({ max: 0x7fffffff }),
    })
    .map(({ order, ...planned }): Draft => {
      const rest = { driver, target, model: model.name, seed: 0, schedule: [] };
      const scenario: Scenario = { ...rest, ...planned };
      return { scenario, order: { kind: 'uniform', seed: order } };
    });
}

type Words = Readonly<Record<string, FaultWord>>;

function offered(words: Words, offers: Subject['offers']): Words {
  const found = Object.entries(words).filter(([, { needs }]) => !needs || offers.has(needs));
  return Object.fromEntries(found);
}

function phrasesOf(words: Words, maxLength: number): fc.Arbitrary<Phrase[]> {
  const isNone = Object.keys(words).length === 0;
  return isNone ? fc.constant([]) : fc.array(phraseOf(words), { maxLength });
}

function phraseOf(words: Words): fc.Arbitrary<Phrase> {
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
