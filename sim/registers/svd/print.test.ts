import fc from 'fast-check';
import { format } from 'oxfmt';
import { describe, expect, it } from 'vitest';
import { bit, bits, type FieldDeclaration, type RegisterMap } from '../declare.ts';
import { ACCESS, type AccessName } from '../effects.ts';
import { printRegistersTs } from './print.ts';

/** The printed module's export; the property below fails if anything else is in the source. */
function evaluate(source: string): unknown {
  const script = source
    .replace(/^import .*$/m, '')
    .replace('export const registers =', 'return')
    .replace('as const satisfies RegisterMap', '');
  // oxlint-disable-next-line typescript/no-implied-eval
  const run = new Function('bit', 'bits', script) as (...helpers: unknown[]) => unknown;
  return run(bit, bits);
}

async function formatted(source: string): Promise<string> {
  return (await format('registers.ts', source, { printWidth: 100, singleQuote: true })).code;
}

const name = fc.oneof(
  fc.constantFrom('CTRL', 'A', 'constructor', 'class', 'VERY_LONG_NAME_OF_A_REGISTER_OR_FIELD'),
  fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,12}$/),
);
const valueName = fc.oneof(
  name,
  fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text !== '__proto__'),
  fc.constantFrom("it's", '"quoted"', '2 MHz', '1', '\\', '*/'),
);
const access = fc.constantFrom(...(Object.keys(ACCESS) as AccessName[]));
const reset = fc.oneof(fc.nat(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }));

function optional<T>(record: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  return fc.record(record, { requiredKeys: [], noNullPrototype: true });
}

const field: fc.Arbitrary<FieldDeclaration> = fc
  .tuple(
    fc.nat(31),
    fc.nat(31),
    optional({
      access,
      volatile: fc.boolean(),
      reset,
      values: fc.dictionary(valueName, fc.nat(), { maxKeys: 6, noNullPrototype: true }),
    }),
  )
  .map(([a, b, options]) => ({ bits: [Math.max(a, b), Math.min(a, b)], ...options }));

const map: fc.Arbitrary<RegisterMap> = fc
  .tuple(
    fc.record({ name, width: fc.constantFrom(8, 16, 32, 64) }, { noNullPrototype: true }),
    optional({
      endian: fc.constantFrom('little', 'big'),
      pages: fc.array(name, { minLength: 1, maxLength: 20 }),
    }),
    fc.dictionary(
      name,
      fc
        .tuple(
          fc.nat(),
          optional({
            width: fc.constantFrom(8, 16, 32, 64),
            access,
            reset,
            resetMask: reset,
            page: name,
            array: fc.record({ count: fc.nat(), stride: fc.nat() }, { noNullPrototype: true }),
            volatile: fc.boolean(),
            exclude: optional({ all: valueName, rw: fc.string({ maxLength: 110 }) }),
            fields: fc.dictionary(name, field, { maxKeys: 5, noNullPrototype: true }),
          }),
        )
        .map(([at, rest]) => ({ at, ...rest })),
      { maxKeys: 5, noNullPrototype: true },
    ),
  )
  .map(([head, rest, registers]) => ({ ...head, ...rest, registers }));

describe('printRegistersTs', () => {
  it('prints a map as one would write it', async () => {
    const source = printRegistersTs(
      {
        name: 'P',
        width: 32,
        registers: {
          CTRL: {
            at: 0x10,
            access: 'RW',
            fields: { EN: { bits: [0, 0] }, MODE: { bits: [3, 2], values: { Off: 0, '2x': 1 } } },
          },
        },
      },
      [
        { where: 'P.CTRL', what: 'protection s', line: 3 },
        { where: 'P.STAT', what: 'protection s', line: 9 },
      ],
    );
    expect(source).toBe(`/**
 * Register map of P, imported from CMSIS-SVD.
 *
 * Not modelled, or read leniently:
 * - protection s: P.CTRL, P.STAT.
 */
import { bit, bits, type RegisterMap } from '../../registers/declare.ts';

export const registers = {
  name: 'P',
  width: 32,
  registers: {
    CTRL: {
      at: 0x10,
      access: 'RW',
      fields: { EN: bit(0), MODE: bits(3, 2, { values: { Off: 0, '2x': 1 } }) },
    },
  },
} as const satisfies RegisterMap;
`);
    expect(await formatted(source)).toBe(source);
  });

  it('prints what evaluates to the same map, formatted', async () => {
    await fc.assert(
      fc.asyncProperty(map, async (declared) => {
        const source = printRegistersTs(declared, []);
        expect(evaluate(source)).toEqual(declared);
        expect(await formatted(source)).toBe(source);
      }),
    );
  });

  it('lets no text out of its comment', () => {
    const loss = { where: 'P.*/', what: 'evil */\n process.exit()', line: 1 };
    const source = printRegistersTs({ name: 'P*/', width: 8, registers: {} }, [loss]);
    expect(evaluate(source)).toEqual({ name: 'P*/', width: 8, registers: {} });
  });
});
