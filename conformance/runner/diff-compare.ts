/** Plays a program on two targets and finds the first difference that nothing explains. */
import {
  ANSWER_PARTS,
  type Answer,
  type AnswerPart,
  type Difference,
  type Explanation,
  type Program,
} from '../divergence.ts';
import type { DiffSide } from './diff-side.ts';

export type Sides = readonly [DiffSide, DiffSide];

export interface Outcome {
  /** Undefined: the two agree, but for what is explained. */
  readonly difference?: Difference;
  /** What was explained, with the first place. */
  readonly explained: ReadonlyMap<Explanation, Difference>;
  readonly steps: number;
}

export async function compare(
  sides: Sides,
  program: Program,
  explanations: readonly Explanation[],
): Promise<Outcome> {
  const explained = new Map<Explanation, Difference>();
  for (const side of sides) await side.open(program.interrupts);
  let index = 0;
  for (; index < program.steps.length; index++) {
    const answers: [Answer, Answer] = [
      await sides[0].perform(program, index),
      await sides[1].perform(program, index),
    ];
    for (const part of ANSWER_PARTS) {
      const difference = differenceOf(program, index, part, answers);
      if (difference === undefined) continue;
      const left = explain(difference, explanations, explained);
      if (left !== undefined) return { difference: left, explained, steps: index + 1 };
      if (ended(explained, index)) return { explained, steps: index + 1 };
    }
    if (answers[0].gone !== undefined) break;
  }
  return { explained, steps: index };
}

function differenceOf(
  program: Program,
  index: number,
  part: AnswerPart,
  answers: readonly [Answer, Answer],
): Difference | undefined {
  const step = program.steps[index];
  if (step === undefined) return undefined;
  const [one, other] = [show(answers[0], part), show(answers[1], part)];
  if (one === other) return undefined;
  const bits = part === 'value' ? answers[0].value ^ answers[1].value : 1n;
  return { part, step, index, program, answers, bits };
}

/** What no explanation covers. */
function explain(
  difference: Difference,
  explanations: readonly Explanation[],
  explained: Map<Explanation, Difference>,
): Difference | undefined {
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

function ended(explained: ReadonlyMap<Explanation, Difference>, index: number): boolean {
  return [...explained].some(([{ ends }, difference]) => ends && difference.index === index);
}

/** One part of an answer in one line. */
export function show(answer: Answer, part: AnswerPart): string {
  const value = answer[part];
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  if (typeof value === 'object') return `[${value.map((byte) => byte.toString(16)).join(' ')}]`;
  if (part === 'level') return value ? 'INTx raised' : 'INTx low';
  if (part === 'messages') return `${String(value)} messages`;
  return value === undefined ? 'the device is there' : 'the device is gone';
}
