/** Plays a program on two targets and finds the first difference that nothing explains. */
import type {
  Answer,
  AnswerValue,
  DiffSide,
  Difference,
  Explanation,
  Program,
} from '../divergence.ts';

export type Sides<P extends Program> = readonly [DiffSide<P>, DiffSide<P>];

export interface Outcome<P extends Program> {
  /** Undefined: the two agree, but for what is explained. */
  readonly difference?: Difference<P>;
  /** What was explained, with the first place. */
  readonly explained: ReadonlyMap<Explanation<P>, Difference<P>>;
  readonly steps: number;
}

/** @param onAnswer is given what the first of the two says to each step */
export async function compare<P extends Program>(
  sides: Sides<P>,
  program: P,
  explanations: readonly Explanation<P>[],
  onAnswer: (answer: Answer) => void = () => {},
): Promise<Outcome<P>> {
  const explained = new Map<Explanation<P>, Difference<P>>();
  for (const side of sides) await side.open(program);
  let index = 0;
  for (; index < program.steps.length; index++) {
    const answers: [Answer, Answer] = [
      await sides[0].perform(program, index),
      await sides[1].perform(program, index),
    ];
    onAnswer(answers[0]);
    for (const difference of differencesOf(program, index, answers)) {
      const left = explain(difference, explanations, explained);
      if (left !== undefined) return { difference: left, explained, steps: index + 1 };
      if (ended(explained, index)) return { explained, steps: index + 1 };
    }
    if (answers[0].gone || answers[1].gone) break;
  }
  return { explained, steps: index };
}

function differencesOf<P extends Program>(
  program: P,
  index: number,
  answers: readonly [Answer, Answer],
): Difference<P>[] {
  const [one, other] = answers;
  const differences: Difference<P>[] = [];
  const add = (part: string, values: Difference<P>['values']): void => {
    const bits = differingBits(...values);
    if (bits === 0n) return;
    const step = program.steps[index];
    differences.push({ part, values, step, index, program, answers, bits });
  };
  for (const [at, { name, value }] of one.parts.entries()) {
    const here = other.parts[at];
    const match = here?.name === name ? here : other.parts.find((part) => part.name === name);
    add(name, [value, match?.value]);
  }
  for (const { name, value } of other.parts) {
    if (!one.parts.some((part) => part.name === name)) add(name, [undefined, value]);
  }
  return differences;
}

function differingBits(one: AnswerValue | undefined, other: AnswerValue | undefined): bigint {
  if (typeof one === 'bigint' && typeof other === 'bigint') return one ^ other;
  if (one instanceof Uint8Array && other instanceof Uint8Array) return differingBytes(one, other);
  return one === other ? 0n : 1n;
}

function differingBytes(one: Uint8Array, other: Uint8Array): bigint {
  const length = Math.max(one.length, other.length);
  if (Buffer.compare(one, other) === 0) return 0n;
  let digits = '';
  for (let index = length - 1; index >= 0; index--) {
    digits += one[index] === other[index] ? '0' : '1';
  }
  return BigInt(`0b${digits}`);
}

/** What no explanation covers. */
function explain<P extends Program>(
  difference: Difference<P>,
  explanations: readonly Explanation<P>[],
  explained: Map<Explanation<P>, Difference<P>>,
): Difference<P> | undefined {
  let { bits } = difference;
  for (const explanation of explanations) {
    const covered = explanation.explains({ ...difference, bits }) & bits;
    if (covered === 0n) continue;
    if (!explained.has(explanation) || explanation.ends) explained.set(explanation, difference);
    bits &= ~covered;
    if (bits === 0n) return undefined;
  }
  return { ...difference, bits };
}

function ended<P extends Program>(
  explained: ReadonlyMap<Explanation<P>, Difference<P>>,
  index: number,
): boolean {
  return [...explained].some(([{ ends }, difference]) => ends && difference.index === index);
}
