import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Divergence } from '../../reports/verdict.ts';
import type { AnswerValue, DiffPlan, Explanation, Program } from '../divergence.ts';
import type { Target } from '../target.ts';
import { diff } from './diff.ts';

type Numbers = Program<number>;

/** Two devices that say something of each number. */
function plan(
  says: readonly [(step: number) => AnswerValue, (step: number) => AnswerValue],
  explanations: readonly Explanation<Numbers>[] = [],
): DiffPlan<Numbers> {
  return {
    device: 'numbers',
    programs: fc.record({ steps: fc.array(fc.nat({ max: 99 }), { minLength: 1, maxLength: 20 }) }),
    explanations,
    side: (target) => ({
      open: async () => {},
      perform: async ({ steps }, index) => {
        const say = says[target.name === 'one' ? 0 : 1];
        return { parts: [{ name: 'value', value: say(steps[index] ?? 0) }], gone: false };
      },
      journal: () => [],
    }),
    show: ({ steps }, count) => ['start', ...steps.slice(0, count).map(String)],
    placeOf: ({ part, step }) => `${part} ${step}`,
  };
}

const target = (name: string) => ({ name }) as Target;

async function run(plan: DiffPlan<Numbers>, seed = 1) {
  const found: Divergence[] = [];
  const result = await diff({
    plan,
    targets: [target('one'), target('other')],
    runs: 1500,
    seed,
    reproduce: (from, path) => `again ${from} ${path ?? ''}`,
    onDivergence: (divergence) => void found.push(divergence),
  });
  return { found, result };
}

const same = (step: number) => BigInt(step);

describe('a comparison', () => {
  it('finds nothing where both say the same, and its hash is that of the programs', async () => {
    const { found, result } = await run(plan([same, same]));
    expect(found).toEqual([]);
    expect(result).toMatchObject({ programs: 1500, divergences: 0, unused: [] });
    const hashes = [await run(plan([same, same])), await run(plan([same, same]), 2)];
    expect(hashes.map((it) => it.result.hash === result.hash)).toEqual([true, false]);
  });

  it('makes each difference small, reports it once, and goes on past it', async () => {
    const strange = (step: number) => BigInt(step === 42 || step === 7 ? 200 : step);
    const { found, result } = await run(plan([same, strange]));
    expect(found.map(({ sequence, answers }) => [sequence, answers])).toEqual(
      expect.arrayContaining([
        [
          ['start', '42'],
          ['value: 0x2a', 'value: 0xc8'],
        ],
        [
          ['start', '7'],
          ['value: 0x7', 'value: 0xc8'],
        ],
      ]),
    );
    expect(result).toMatchObject({ divergences: 2 });
    expect(found.every(({ reproduce }) => reproduce.startsWith('again '))).toBe(true);
  });

  it('shows of bytes those that differ', async () => {
    const bytes = (last: number) => () => Uint8Array.of(1, 2, last);
    const { found } = await run(plan([bytes(3), bytes(4)]));
    expect(found[0]?.answers).toEqual(['value: [0x2] 3', 'value: [0x2] 4']);
  });
});

describe('an explanation', () => {
  const low: Explanation<Numbers> = {
    id: 'low-bit',
    cite: { document: 'this test', revision: '1', basis: 'read' },
    why: 'the low bit is free',
    example: ['any'],
    explains: ({ bits }) => bits % 2n,
  };

  it('closes the bits that it covers, with its smallest example', async () => {
    const odd = (step: number) => same(step) ^ 1n;
    const { found, result } = await run(plan([same, odd], [low]));
    expect(result).toMatchObject({ divergences: 0, unused: [] });
    expect(result.explained.get('low-bit')).toBe(1500);
    expect(found.map(({ explained, sequence }) => [explained?.id, sequence.length])).toEqual([
      ['low-bit', 2],
    ]);
  });

  it('closes nothing else, and is told as unused where nothing needs it', async () => {
    const third = (step: number) => same(step) ^ 3n;
    const { found } = await run(plan([same, third], [low]));
    expect(found[0]?.explained).toBeUndefined();
    expect((await run(plan([same, same], [low]))).result.unused).toEqual(['low-bit']);
  });
});
