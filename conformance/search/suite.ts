/** The search as clauses: a small, fixed share of it for every run and every certificate. */
import type { Arbitrary } from 'fast-check';
import type { Citation } from '../citation.ts';
import { type Clause, type Suite, property, suite } from '../clause.ts';
import { CAPABILITIES, type Capability, type Target } from '../target.ts';
import { scenarios } from './arbitrary.ts';
import type { Extent } from './extent.ts';
import type { FaultWord, OperationWord, SearchModel } from './model.ts';
import type { Phrase, Scenario } from './scenario.ts';
import { plan, playSteps } from './steps.ts';
import { scenarioLines } from './text.ts';

const SIZE: Extent = { steps: { usual: 10, most: 60 }, clients: 4, faults: 0, answers: 0 };
const FAULTS_MAX = 3;

const cite = (section: string): Citation => ({
  document: 'driver-dyno, catalogue of driver bug classes',
  revision: '1',
  section,
  basis: 'read',
});

type Told = Pick<Clause, 'id' | 'text' | 'cite' | 'needs' | 'bugClasses'>;

/**
 * Any operations at any moment of a driver's life: without faults, on a bus that has some, and on
 * a device that has some where the model knows such.
 */
export function searchSuite(id: string, model: SearchModel): Suite {
  const clauses = [
    clause(model, SIZE, {
      id: 'operations',
      text: 'Whatever is asked in whatever state of its life, calls end as they may, and are right.',
      cite: cite('BC-23'),
      needs: ['virtual-time'],
      bugClasses: ['BC-13', 'BC-19', 'BC-20', 'BC-23', 'BC-24', 'BC-27', 'BC-28'],
    }),
    clause(
      model,
      { ...SIZE, faults: FAULTS_MAX },
      {
        id: 'bus-faults',
        text: 'The same on a bus with faults; when they are over the driver works, or has stopped.',
        cite: cite('BC-21'),
        needs: ['virtual-time', 'faults'],
        bugClasses: ['BC-05', 'BC-08', 'BC-09', 'BC-10', 'BC-12', 'BC-21', 'BC-22'],
      },
    ),
    clause(
      model,
      { ...SIZE, faults: 1, answers: FAULTS_MAX },
      {
        id: 'device-faults',
        text: 'The same with a device that misbehaves.',
        cite: cite('BC-22'),
        needs: ['virtual-time', 'faults', 'nvme-faults'],
        bugClasses: ['BC-02', 'BC-05', 'BC-13', 'BC-22'],
      },
    ),
  ];
  const hasAnswers = Object.keys(model.vocabulary.answers).length > 0;
  return suite({
    id: `search/${id}`,
    for: { class: model.name },
    clauses: hasAnswers ? clauses : clauses.slice(0, 2),
  });
}

function clause(model: SearchModel, extent: Extent, told: Told): Clause {
  return property<Scenario>({
    ...told,
    level: 'shall',
    subject: 'driver',
    given: anywhere(model, extent),
    show: scenarioLines,
    async check(scene, scenario) {
      const said = within(scenario, model, scene.target);
      plan(scene, said);
      await playSteps(scene, model, said.steps);
    },
  });
}

/** For no driver and no target in particular: what a target lacks is left out when it is played. */
function anywhere(model: SearchModel, extent: Extent): Arbitrary<Scenario> {
  const offers = new Set(Object.keys(CAPABILITIES) as Capability[]);
  return scenarios(model, { driver: '', target: '', offers, extent });
}

function within(scenario: Scenario, { vocabulary }: SearchModel, { offers }: Target): Scenario {
  const said = <P extends Phrase>(
    phrases: readonly P[],
    words: Readonly<Record<string, OperationWord | FaultWord>>,
  ): P[] =>
    phrases.filter(({ word }) => {
      const needs = words[word]?.needs;
      return needs === undefined || offers.has(needs);
    });
  return {
    ...scenario,
    steps: said(scenario.steps, vocabulary.steps),
    faults: said(scenario.faults, vocabulary.faults),
    answers: said(scenario.answers, vocabulary.answers),
  };
}
