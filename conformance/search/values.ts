/**
 * Values of parameters: limits of fields, neighbours of powers of two, small ones, any. Within a
 * scenario a parameter often keeps to a few values, so that operations meet in the same places.
 */
import { type Source, between } from './source.ts';
import type { Parameter, Parameters, Phrase, Value } from './scenario.ts';

/** How far into a scene a fault can strike where nobody has found out yet. */
const REACH = 200;
/** A parameter with fewer values repeats them anyhow. */
const FEW_VALUES = 8;
const POOL_MAX = 4;

type IntegerParameter = Extract<Parameter, { readonly type: 'integer' }>;

/** A parameter, compiled: parameters of the same name and range share a domain. */
export interface Domain {
  readonly name: string;
  readonly index: number;
  readonly parameter: Parameter;
  readonly likely: readonly number[];
  readonly edges: readonly number[];
}

/** The values that each domain keeps to in one scenario; empty where it does not. */
export type Pools = readonly (readonly Value[])[];

export class Domains {
  readonly all: Domain[] = [];
  readonly #byKey = new Map<string, Domain>();

  of(parameters: Parameters): readonly Domain[] {
    return Object.entries(parameters).map(([name, parameter]) => {
      const key = `${name} ${JSON.stringify(parameter)}`;
      const known = this.#byKey.get(key);
      if (known !== undefined) return known;
      const isInteger = parameter.type === 'integer';
      const domain: Domain = {
        name,
        index: this.all.length,
        parameter,
        likely: isInteger ? likelyOf(parameter) : [],
        edges: isInteger ? edgesOf(parameter) : [],
      };
      this.all.push(domain);
      this.#byKey.set(key, domain);
      return domain;
    });
  }

  /** No domain keeps to anything. */
  get none(): Pools {
    return this.all.map(() => []);
  }

  pools(source: Source): Pools {
    return this.all.map((domain) => {
      const { parameter } = domain;
      if (parameter.type !== 'integer' || parameter.max - parameter.min < FEW_VALUES) return [];
      if (source.below(2) === 0) return [];
      return Array.from({ length: 1 + source.below(POOL_MAX) }, () => someValue(source, domain));
    });
  }
}

function likelyOf({ min, max, likely = [] }: IntegerParameter): number[] {
  return likely.filter((value) => value >= min && value <= max);
}

/** The ends, what is likely and its neighbours, and powers of two with theirs; no value twice. */
function edgesOf(parameter: IntegerParameter): number[] {
  const { min, max } = parameter;
  const found = new Set<number>([min, max]);
  const around = (value: number) => {
    for (const near of [value, value - 1, value + 1]) {
      if (near >= min && near <= max) found.add(near);
    }
  };
  around(min);
  around(max);
  likelyOf(parameter).forEach(around);
  for (let power = 1; power <= max; power *= 2) around(power);
  return [...found].toSorted((a, b) => a - b);
}

/** A value without regard to the rest of the scenario. */
function someValue(source: Source, { parameter, likely, edges }: Domain): Value {
  if (parameter.type === 'flag') return source.below(2) === 1;
  if (parameter.type === 'choice') return pick(source, parameter.of) ?? '';
  const { min, max } = parameter;
  const how = source.below(8);
  if (how === 0) return source.below(2) === 0 ? min : max;
  if (how < 3 && likely.length > 0) return pick(source, likely) ?? min;
  if (how < 4) return pick(source, edges) ?? min;
  return how < 6 ? small(source, min, max) : between(source, min, max);
}

/** As many with few digits as with many. */
export function small(source: Source, min: number, max: number): number {
  const digits = source.below(32 - Math.clz32(Math.min(max - min, 0x7fff_ffff)) + 1);
  return between(source, min, Math.min(max, min + 2 ** digits - 1));
}

export function pick<T>(source: Source, from: readonly T[]): T | undefined {
  return from[source.below(from.length)];
}

/** A word with values for all of its parameters. */
export function phrase(
  source: Source,
  word: string,
  domains: readonly Domain[],
  pools: Pools,
): Phrase {
  const values: Record<string, Value> = {};
  for (let at = 0; at < domains.length; at++) {
    const domain = domains[at] as Domain;
    const pool = pools[domain.index] as readonly Value[];
    const isPooled = pool.length > 0 && source.below(4) > 0;
    values[domain.name] = isPooled
      ? (pool[source.below(pool.length)] as Value)
      : someValue(source, domain);
  }
  return { word, with: values };
}

/** Name of the parameter that says where a fault strikes: it counts what passes, from `min`. */
export const PLACE = 'at';

const FIRST_PLACES = 4;

function place(source: Source, min: number, last: number): number {
  const how = source.below(4);
  if (how === 0) return between(source, min, Math.min(last, min + FIRST_PLACES - 1));
  return how < 3 ? small(source, min, last) : between(source, min, last);
}

/** A fault: where it strikes is early more often than late, and not past what the scene reaches. */
export function misfortune(
  source: Source,
  word: string,
  domains: readonly Domain[],
  reach: number | undefined,
): Phrase {
  const values: Record<string, Value> = {};
  for (const domain of domains) {
    const { parameter } = domain;
    if (domain.name === PLACE && parameter.type === 'integer') {
      const { min } = parameter;
      const last = Math.max(min, Math.min(parameter.max, reach ?? REACH));
      values[PLACE] = place(source, min, last);
    } else {
      values[domain.name] = someValue(source, domain);
    }
  }
  return { word, with: values };
}
