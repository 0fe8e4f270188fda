/**
 * Scenarios from decisions. A scenario has a style: some of the words only (swarm), some clients,
 * some places that operations meet in; without one every scenario would be like every other.
 */
import type { Capability } from '../target.ts';
import { type Extent, checkExtent } from './extent.ts';
import type { OperationWord, SearchModel, Situation, FaultWord } from './model.ts';
import type { Phrase, Scenario, Step } from './scenario.ts';
import { type Order, someDeviations, someOrder } from './schedules.ts';
import type { Source } from './source.ts';
import { type Domain, type Pools, Domains, misfortune, phrase } from './values.ts';
import { type Weighed, choose, weigh } from './weighted.ts';

/** What earlier runs found out, so that decisions are not wasted. */
export interface Hints {
  /** The last place where a fault of this word was seen to strike. */
  readonly reach?: Readonly<Record<string, number>>;
  /** Choices that a schedule was asked for in one run. */
  readonly choices?: number;
}

export interface Subject {
  readonly driver: string;
  readonly target: string;
  /** Of the target: words that need more are left out. */
  readonly offers: ReadonlySet<Capability>;
}

/**
 * A scenario, and the order to run it in: what that chooses is then written in it. In order means
 * as the scenario itself says.
 */
export interface Draft {
  readonly scenario: Scenario;
  readonly order: Order;
}

interface Word {
  readonly name: string;
  readonly weight: number;
  readonly domains: readonly Domain[];
}

interface Operation extends Word, Pick<OperationWord, 'applies' | 'leads'> {
  /** Only where others have led. */
  readonly isDeep: boolean;
}

/** The style of one scenario. */
interface Style {
  readonly operations: readonly Operation[];
  readonly pools: Pools;
  readonly clients: number;
  /** How much likelier an operation becomes that only others make possible. */
  readonly depth: number;
}

const SEEDS = 0x8000_0000;

export class Generator {
  readonly model: SearchModel;
  readonly extent: Extent;
  readonly subject: Subject;
  readonly #domains = new Domains();
  readonly #operations: readonly Operation[];
  readonly #faults: readonly Word[];
  readonly #answers: readonly Word[];

  /** @throws RangeError for an extent that nobody can have meant */
  constructor(model: SearchModel, subject: Subject, extent: Extent) {
    checkExtent(extent);
    this.model = model;
    this.subject = subject;
    this.extent = extent;
    const { steps, faults, answers } = model.vocabulary;
    this.#operations = this.#compile(steps).map((word) => {
      const { applies, leads } = steps[word.name] as OperationWord;
      const isDeep = applies !== undefined && !applies(model.start);
      return { ...word, isDeep, ...(applies && { applies }), ...(leads && { leads }) };
    });
    if (this.#operations.length === 0) {
      throw new RangeError(`The model ${model.name} has no operations: give it at least one.`);
    }
    this.#faults = this.#compile(faults);
    this.#answers = this.#compile(answers);
  }

  #compile(words: Readonly<Record<string, OperationWord | FaultWord>>): Word[] {
    return Object.entries(words)
      .filter(([, { weight, needs }]) => weight > 0 && this.#isOffered(needs))
      .map(([name, { weight, parameters }]) => {
        return { name, weight, domains: this.#domains.of(parameters) };
      });
  }

  #isOffered(needs: Capability | undefined): boolean {
    return needs === undefined || this.subject.offers.has(needs);
  }

  draft(source: Source, hints: Hints = {}): Draft {
    const { faults, answers } = this.extent;
    const steps = this.steps(source, lengthOf(source, this.extent.steps));
    const order = someOrder(source, hints.choices);
    // Half of those in the default order deviate from it in few places.
    const isWritten = order.kind === 'in-order' && source.below(2) === 0;
    const scenario: Scenario = {
      model: this.model.name,
      driver: this.subject.driver,
      target: this.subject.target,
      seed: source.below(2) === 0 ? 0 : source.below(SEEDS),
      steps,
      faults: this.#phrases(source, this.#faults, faults, hints),
      answers: this.#phrases(source, this.#answers, answers, hints),
      schedule: isWritten ? someDeviations(source, hints.choices) : [],
    };
    return { scenario, order };
  }

  /** So many steps in one style. */
  steps(source: Source, length: number, situation: Situation = this.model.start): Step[] {
    const style = this.#style(source);
    const steps: Step[] = [];
    let at = situation;
    let choice = this.#weighed(style, at);
    for (let index = 0; index < length; index++) {
      const operation = choose(source, choice);
      if (operation === undefined) break;
      const said = phrase(source, operation.name, operation.domains, style.pools);
      const client = style.clients === 1 ? 0 : source.below(style.clients);
      steps.push({ word: said.word, with: said.with, client });
      if (operation.leads === undefined) continue;
      const next = operation.leads(at, said);
      if (next !== at) choice = this.#weighed(style, next);
      at = next;
    }
    return steps;
  }

  fault(source: Source, hints: Hints = {}): Phrase | undefined {
    return this.#phrase(source, this.#faults, hints);
  }

  answer(source: Source, hints: Hints = {}): Phrase | undefined {
    return this.#phrase(source, this.#answers, hints);
  }

  /** A word of an operation with new values; undefined where it is none of the vocabulary. */
  spoken(source: Source, word: string): Phrase | undefined {
    const operation = this.#operations.find(({ name }) => name === word);
    return operation && phrase(source, word, operation.domains, this.#domains.none);
  }

  #phrase(source: Source, words: readonly Word[], { reach }: Hints): Phrase | undefined {
    const word = choose(
      source,
      weigh(words, () => 1),
    );
    return word && misfortune(source, word.name, word.domains, reach?.[word.name]);
  }

  /** None in one of three, else few more often than many. */
  #phrases(source: Source, words: readonly Word[], most: number, hints: Hints): Phrase[] {
    if (most === 0 || words.length === 0 || source.below(3) === 0) return [];
    let count = 1;
    while (count < most && source.below(2) === 0) count++;
    return Array.from({ length: count }, () => this.#phrase(source, words, hints) as Phrase);
  }

  #style(source: Source): Style {
    const keep = 1 + source.below(4);
    const swarm = keep === 4 ? [] : this.#operations.filter(() => source.below(4) < keep);
    const few = source.below(4) === 0 ? this.extent.clients : Math.min(3, this.extent.clients);
    return {
      operations: swarm.length === 0 ? this.#operations : swarm,
      pools: this.#domains.pools(source),
      clients: source.below(2) === 0 ? 1 : 1 + source.below(few),
      depth: DEPTHS[source.below(DEPTHS.length)] as number,
    };
  }

  /** What applies there of this style; if nothing does, of all words. */
  #weighed({ operations, depth }: Style, situation: Situation): Weighed<Operation> {
    const apply = (list: readonly Operation[]) =>
      weigh(
        list.filter(({ applies }) => applies === undefined || applies(situation)),
        ({ isDeep }) => (isDeep ? depth : 1),
      );
    const chosen = apply(operations);
    return chosen.total > 0 ? chosen : apply(this.#operations);
  }
}

const DEPTHS = [1, 1, 4, 16] as const;

function lengthOf(source: Source, { usual, most }: Extent['steps']): number {
  const how = source.below(16);
  if (how < 2) return source.below(Math.min(6, most) + 1);
  return 1 + source.below(how === 15 ? most : Math.min(most, 2 * usual));
}
