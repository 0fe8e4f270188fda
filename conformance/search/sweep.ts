/**
 * What is tried in order before anything is left to chance: one fault of each kind, removal among
 * them, at the first place, the second, ... until it no longer strikes. First all faults during a
 * tour of all operations, then fault by fault during each operation alone.
 */
import type { FaultWord, SearchModel, Situation, OperationWord } from './model.ts';
import type { Phrase, Scenario, Step, Value, Parameter } from './scenario.ts';
import type { Capability } from '../target.ts';
import type { Subject } from './generate.ts';
import { PLACE } from './values.ts';

/** Places of one fault in one tour. */
const PLACES_MAX = 4000;
/** Values of each other parameter of a fault. */
const VALUES_MAX = 2;
/** Of a parameter that says what is struck, such as a register: all that are likely. */
const WHICH = 'offset';
/** Steps of a tour: a vocabulary is walked once. */
const TOUR_MAX = 64;

/** One fault of one kind in one tour; its place goes up until it no longer strikes. */
interface Lane {
  readonly part: 'faults' | 'answers';
  readonly phrase: Phrase;
  /** Undefined where the fault has no place: it is tried once. */
  readonly last: number | undefined;
  readonly steps: readonly Step[];
  /** All lanes of a stage end before the next one begins. */
  readonly stage: number;
  next: number;
  reach: number;
  ended: boolean;
}

export interface Swept {
  readonly scenario: Scenario;
  readonly lane: number;
}

/** Hands out scenarios in batches; what came of a batch is told before the next one. */
export class Sweep {
  readonly #lanes: readonly Lane[];
  readonly #base: Omit<Scenario, 'steps' | 'faults' | 'answers'>;
  readonly #tours: readonly (readonly Step[])[];
  #begun = false;
  /** The stage, and whose turn it is. */
  #stage = 0;
  #at = 0;

  constructor(model: SearchModel, subject: Subject) {
    const { driver, target, offers } = subject;
    this.#base = { model: model.name, driver, target, seed: 0, schedule: [] };
    this.#tours = tours(model, offers);
    const { faults, answers } = model.vocabulary;
    this.#lanes = this.#tours.flatMap((steps, tour) => [
      ...lanes({ part: 'faults', words: faults, steps, offers, isWhole: tour === 0 }),
      ...lanes({ part: 'answers', words: answers, steps, offers, isWhole: tour === 0 }),
    ]);
  }

  /** The next ones, in order: the tours, then the first place of every lane, the second, ... */
  take(count: number): Swept[] {
    const found: Swept[] = [];
    if (!this.#begun) {
      this.#begun = true;
      for (const steps of this.#tours) found.push({ scenario: this.#with(steps), lane: -1 });
    }
    for (let idle = 0; found.length < count && this.#stage <= this.#lastStage;) {
      const index = this.#at++ % this.#lanes.length;
      const lane = this.#lanes[index] as Lane;
      if (lane.stage !== this.#stage || lane.ended || lane.next > (lane.last ?? 1)) {
        if (++idle < this.#lanes.length) continue;
        idle = 0;
        this.#stage++;
        continue;
      }
      idle = 0;
      const at = lane.next++;
      const phrase = lane.last === undefined ? lane.phrase : placed(lane.phrase, at);
      found.push({ scenario: this.#with(lane.steps, lane.part, phrase), lane: index });
    }
    return found;
  }

  get #lastStage(): number {
    return this.#lanes.reduce((last, { stage }) => Math.max(last, stage), -1);
  }

  #with(steps: readonly Step[], part?: Lane['part'], phrase?: Phrase): Scenario {
    const plain = { ...this.#base, steps, faults: [], answers: [] };
    return part === undefined || phrase === undefined ? plain : { ...plain, [part]: [phrase] };
  }

  /** Whether the fault of one that was taken has struck; in the order of `take`. */
  told({ scenario, lane: index }: Swept, struck: boolean): void {
    const lane = this.#lanes[index];
    if (lane === undefined) return;
    const at = Number(scenario[lane.part][0]?.with[PLACE] ?? 0);
    if (struck) lane.reach = Math.max(lane.reach, at);
    else lane.ended = true;
  }

  /** The last place where each word was seen to strike: for what comes after the sweep. */
  get reach(): Readonly<Record<string, number>> {
    const reach: Record<string, number> = {};
    for (const { phrase, reach: last } of this.#lanes) {
      reach[phrase.word] = Math.max(reach[phrase.word] ?? 1, last);
    }
    return reach;
  }
}

function placed({ word, with: values }: Phrase, at: number): Phrase {
  return { word, with: { ...values, [PLACE]: at } };
}

interface LaneOptions {
  readonly part: Lane['part'];
  readonly words: Readonly<Record<string, FaultWord>>;
  readonly steps: readonly Step[];
  readonly offers: ReadonlySet<Capability>;
  /** The tour of everything: other parameters vary too. */
  readonly isWhole: boolean;
}

function lanes({ part, words, steps, offers, isWhole }: LaneOptions): Lane[] {
  return Object.entries(words)
    .filter(([, { needs }]) => needs === undefined || offers.has(needs))
    .flatMap(([word, { parameters }], index) => {
      const stage = isWhole ? 0 : index + 1;
      const place = parameters[PLACE];
      const last = place?.type === 'integer' ? Math.min(place.max, PLACES_MAX) : undefined;
      const next = place?.type === 'integer' ? place.min : 1;
      const all = variants(parameters);
      const chosen = isWhole || WHICH in parameters ? all : all.slice(0, 1);
      return chosen.map((values): Lane => {
        const phrase = { word, with: values };
        return { part, phrase, last, steps, stage, next, reach: 0, ended: false };
      });
    });
}

/** Few values of each parameter, all of them varied together: not their product. */
function variants(parameters: FaultWord['parameters']): Record<string, Value>[] {
  const which = parameters[WHICH];
  const places = which?.type === 'integer' ? (which.likely ?? []) : [];
  const each = Math.max(1, places.length);
  return Array.from({ length: each * VALUES_MAX }, (_, number) =>
    Object.fromEntries(
      Object.entries(parameters).map(([name, parameter]) => {
        if (name === WHICH && places.length > 0) return [name, places[number % each] as Value];
        const values = few(parameter);
        const index = name === PLACE ? 0 : Math.floor(number / each) % values.length;
        return [name, values[index] as Value];
      }),
    ),
  ).filter((one, index, all) => {
    const text = JSON.stringify(one);
    return all.findIndex((other) => JSON.stringify(other) === text) === index;
  });
}

function few(parameter: Parameter): readonly Value[] {
  if (parameter.type === 'flag') return [false, true];
  if (parameter.type === 'choice') return parameter.of;
  const { min, max, likely = [] } = parameter;
  return [...likely.slice(0, 1), ...likely.slice(-1), min, max].slice(0, VALUES_MAX);
}

/** Every word once, where it applies; and every word that applies at the start, alone. */
function tours(model: SearchModel, offers: ReadonlySet<Capability>): Step[][] {
  const all = Object.entries(model.vocabulary.steps).filter(
    ([, { needs }]) => needs === undefined || offers.has(needs),
  );
  const left = new Map(all);
  const tour: Step[] = [];
  let situation: Situation = model.start;
  while (tour.length < TOUR_MAX) {
    const applying = [...left].filter(([, { applies }]) => applies?.(situation) ?? true);
    // What leads elsewhere comes after all that can be done here.
    const next = applying.find(([, { leads }]) => leads === undefined) ?? applying[0];
    if (next === undefined) break;
    const [word, { parameters, leads }] = next;
    left.delete(word);
    const said = spoken(word, parameters);
    tour.push(said);
    situation = leads?.(situation, said) ?? situation;
  }
  const alone = all
    .filter(([, { applies }]) => applies?.(model.start) ?? true)
    .map(([word, { parameters }]) => [spoken(word, parameters)]);
  return [tour, ...alone];
}

function spoken(word: string, parameters: OperationWord['parameters']): Step {
  const values = Object.entries(parameters).map(([name, parameter]) => [name, few(parameter)[0]]);
  return { word, with: Object.fromEntries(values) as Step['with'], client: 0 };
}
