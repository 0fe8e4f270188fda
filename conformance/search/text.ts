/**
 * Scenarios as text that a person reads, edits and commits:
 *
 *     dyno scenario 1
 *     model EduDevice
 *     driver edu
 *     target sim:edu
 *     seed 1
 *     fault lost-interrupt at=2
 *     client 0 factorial n=5
 *     choice 3 takes 1
 *
 * One line for each step, fault, answer and choice of the schedule; `#` begins a comment. A line
 * that no longer fits the model is refused with its place and the reason.
 */
import type { SearchModel, Vocabulary } from './model.ts';
import {
  CLIENTS_MAX,
  DEVIATIONS_MAX,
  type Deviation,
  PHRASES_MAX,
  type Parameter,
  type Parameters,
  type Phrase,
  STEPS_MAX,
  type Scenario,
  type Step,
  type Value,
} from './scenario.ts';

/** The first line. */
export const HEADER = 'dyno scenario 1';
const SEED_MAX = 0xffffffff;
const CHOICES_MAX = 10_000_000;

/** The text is no scenario, or no longer one: says where and why. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

export function formatScenario(scenario: Scenario): string {
  const { model, driver, target, seed, steps, faults, answers, schedule } = scenario;
  return [
    HEADER,
    `model ${model}`,
    `driver ${driver}`,
    `target ${target}`,
    `seed ${seed}`,
    ...scenarioLines({ steps, faults, answers, schedule }),
    '',
  ].join('\n');
}

/** What happens in it, a line each, without what it was made for. */
export function scenarioLines({
  steps,
  faults,
  answers,
  schedule,
}: Pick<Scenario, 'steps' | 'faults' | 'answers' | 'schedule'>): string[] {
  return [
    ...faults.map((fault) => `fault ${phraseText(fault)}`),
    ...answers.map((answer) => `answer ${phraseText(answer)}`),
    ...steps.map((step) => `client ${step.client} ${phraseText(step)}`),
    ...schedule.map(({ at, take }) => `choice ${at} takes ${take}`),
  ];
}

function phraseText({ word, with: values }: Phrase): string {
  return [word, ...Object.entries(values).map(([name, value]) => `${name}=${value}`)].join(' ');
}

export type Models = Readonly<Record<string, SearchModel>>;

/** @throws ScenarioError with `line:column`, for what is not written so or does not apply */
export function parseScenario(text: string, models: Models): Scenario {
  return new Parser(text, models).parse();
}

/** Why a scenario does not apply to a model; undefined when it does. */
export function whyNot(scenario: Scenario, model: SearchModel): string | undefined {
  const { steps, faults, answers } = model.vocabulary;
  const parts = [
    [scenario.steps, steps, 'step'],
    [scenario.faults, faults, 'fault'],
    [scenario.answers, answers, 'answer'],
  ] as const;
  for (const [phrases, words, what] of parts) {
    for (const phrase of phrases) {
      const problem = phraseProblem(phrase, words, what, model.name);
      if (problem !== undefined) return problem.text;
    }
  }
  return undefined;
}

interface Problem {
  /** The parameter in question; the word itself when undefined. */
  readonly parameter?: string;
  readonly text: string;
}

type Words = Vocabulary['steps'] | Vocabulary['faults'];

function phraseProblem(
  phrase: Phrase,
  words: Words,
  what: string,
  model: string,
): Problem | undefined {
  const { word, with: values } = phrase;
  const known = Object.hasOwn(words, word) ? words[word] : undefined;
  if (known === undefined) {
    const names = Object.keys(words).toSorted().join(', ') || 'none';
    return { text: `${model} has no ${what} ${word}; there are ${names}.` };
  }
  const { parameters } = known;
  for (const [name, value] of Object.entries(values)) {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (parameter === undefined) return { parameter: name, text: unknown(word, name, parameters) };
    const range = outside(parameter, value);
    if (range !== undefined) {
      return { parameter: name, text: `${name} of ${word} is ${range}, not ${value}.` };
    }
  }
  const missing = Object.keys(parameters).find((name) => !Object.hasOwn(values, name));
  return missing === undefined ? undefined : { text: `${word} needs its ${missing}.` };
}

function unknown(word: string, name: string, parameters: Parameters): string {
  const names = Object.keys(parameters).toSorted().join(', ') || 'none';
  return `${word} has no parameter ${name}; it has ${names}.`;
}

/** What the parameter may be, when the value is not that. */
function outside(parameter: Parameter, value: Value): string | undefined {
  switch (parameter.type) {
    case 'integer': {
      const { min, max } = parameter;
      const inside = Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
      return inside ? undefined : `a whole number, ${min} to ${max}`;
    }
    case 'choice':
      return parameter.of.some((one) => one === value) ? undefined : parameter.of.join(' or ');
    case 'flag':
      return typeof value === 'boolean' ? undefined : 'true or false';
  }
}

interface Token {
  readonly text: string;
  readonly column: number;
}

class Parser {
  readonly #lines: readonly string[];
  readonly #models: Models;
  #line = 0;
  #model: SearchModel | undefined;
  readonly #facts = new Map<string, string>();
  readonly #steps: Step[] = [];
  readonly #faults: Phrase[] = [];
  readonly #answers: Phrase[] = [];
  readonly #schedule: Deviation[] = [];

  constructor(text: string, models: Models) {
    this.#lines = text.split(/\r?\n/);
    this.#models = models;
  }

  parse(): Scenario {
    if (this.#lines[0]?.trim() !== HEADER) {
      this.#refuse(1, `The first line of a scenario is "${HEADER}".`);
    }
    for (this.#line = 1; this.#line < this.#lines.length; this.#line++) {
      const tokens = tokensOf(this.#lines[this.#line] ?? '');
      const [key] = tokens;
      if (key !== undefined) this.#entry(key, tokens.slice(1));
    }
    const fact = (name: string) => this.#facts.get(name) ?? this.#lacks(name);
    return {
      model: fact('model'),
      driver: fact('driver'),
      target: fact('target'),
      seed: Number(fact('seed')),
      steps: this.#steps,
      faults: this.#faults,
      answers: this.#answers,
      schedule: this.#schedule,
    };
  }

  #entry(key: Token, rest: readonly Token[]): void {
    switch (key.text) {
      case 'model':
      case 'driver':
      case 'target':
      case 'seed':
        return this.#fact(key, rest);
      case 'fault':
        return this.#add(this.#faults, this.#phrase(key, rest, 'faults', 'fault'), PHRASES_MAX);
      case 'answer':
        return this.#add(this.#answers, this.#phrase(key, rest, 'answers', 'answer'), PHRASES_MAX);
      case 'client': {
        const client = this.#number(rest[0] ?? key, CLIENTS_MAX - 1);
        const phrase = this.#phrase(rest[0] ?? key, rest.slice(1), 'steps', 'step');
        return this.#add(this.#steps, { client, ...phrase }, STEPS_MAX);
      }
      case 'choice':
        return this.#choice(key, rest);
      default:
        return this.#refuse(
          key.column,
          `A line begins with model, driver, target, seed, fault, answer, client or choice, ` +
            `not with ${key.text}.`,
        );
    }
  }

  #fact(key: Token, [value, ...more]: readonly Token[]): void {
    if (value === undefined) this.#refuse(key.column, `The ${key.text} is not named.`);
    if (this.#facts.has(key.text)) this.#refuse(key.column, `The ${key.text} is named twice.`);
    if (key.text === 'seed') this.#number(value, SEED_MAX);
    // The folder of a driver may have blanks in its name.
    const words = key.text === 'driver' ? [value, ...more] : [value];
    if (key.text !== 'driver' && more[0] !== undefined) {
      this.#refuse(more[0].column, `Nothing follows the ${key.text}.`);
    }
    this.#facts.set(key.text, words.map(({ text }) => text).join(' '));
    if (key.text !== 'model') return;
    this.#model = Object.hasOwn(this.#models, value.text) ? this.#models[value.text] : undefined;
    if (this.#model !== undefined) return;
    const names = Object.keys(this.#models).toSorted().join(', ');
    this.#refuse(value.column, `There is no model ${value.text}; there are ${names}.`);
  }

  #choice(key: Token, [at, takes, take, ...more]: readonly Token[]): void {
    if (takes?.text !== 'takes' || at === undefined || take === undefined || more.length > 0) {
      this.#refuse(key.column, 'A choice reads "choice 3 takes 1".');
    }
    const deviation = { at: this.#number(at, CHOICES_MAX), take: this.#number(take, CHOICES_MAX) };
    const last = this.#schedule.at(-1)?.at ?? -1;
    if (deviation.at <= last) this.#refuse(at.column, 'Choices come in order, each once.');
    this.#add(this.#schedule, deviation, DEVIATIONS_MAX);
  }

  #phrase(
    before: Token,
    [word, ...rest]: readonly Token[],
    words: keyof Vocabulary,
    what: string,
  ): Phrase {
    const model = this.#model ?? this.#refuse(1, 'The model is named before what it knows.');
    if (word === undefined) this.#refuse(before.column, `What ${what} is it?`);
    const columns = new Map<string, number>();
    const values: Record<string, Value> = {};
    for (const { text, column } of rest) {
      const [name, value] = split(text);
      if (value === undefined) this.#refuse(column, `A parameter reads "name=value".`);
      if (columns.has(name)) this.#refuse(column, `${name} is given twice.`);
      columns.set(name, column);
      values[name] = valueOf(value, model.vocabulary[words][word.text]?.parameters[name]);
    }
    const phrase: Phrase = { word: word.text, with: values };
    const problem = phraseProblem(phrase, model.vocabulary[words], what, model.name);
    if (problem === undefined) return phrase;
    const column = columns.get(problem.parameter ?? '') ?? word.column;
    return this.#refuse(column, problem.text);
  }

  #number({ text, column }: Token, max: number): number {
    const value = Number(text);
    if (/^\d+$/.test(text) && value <= max) return value;
    return this.#refuse(column, `A whole number from 0 to ${max} is expected, not ${text}.`);
  }

  #add<T>(list: T[], item: T, max: number): void {
    if (list.length === max) this.#refuse(1, `There are more than ${max} of these.`);
    list.push(item);
  }

  #lacks(name: string): never {
    this.#line = this.#lines.length - 1;
    return this.#refuse(1, `The scenario does not name its ${name}.`);
  }

  #refuse(column: number, why: string): never {
    throw new ScenarioError(`${this.#line + 1}:${column}: ${why}`);
  }
}

function tokensOf(line: string): Token[] {
  const written = line.replace(/(^|\s)#.*$/, '');
  return [...written.matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    column: match.index + 1,
  }));
}

function split(text: string): readonly [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** As the parameter has it; without one, by its form, for the refusal that follows. */
function valueOf(text: string, parameter: Parameter | undefined): Value {
  if (parameter?.type === 'choice') return text;
  if (parameter?.type !== 'integer' && (text === 'true' || text === 'false')) {
    return text === 'true';
  }
  return /^-?\d+$/.test(text) ? Number(text) : text;
}
