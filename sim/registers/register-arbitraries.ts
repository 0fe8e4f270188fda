/** Random register maps and accesses for the property tests of this folder. */
import fc from 'fast-check';
import type {
  AccessSize,
  FieldDeclaration,
  RegisterDeclaration,
  RegisterMap,
  Width,
} from './declare.ts';
import { READ_EFFECTS, WRITE_EFFECTS } from './effects.ts';

export interface Step {
  readonly side: 'read' | 'write';
  readonly offset: number;
  readonly size: AccessSize;
  readonly low: number;
  readonly high: number;
  /** A reset instead of the access. */
  readonly domain: number | undefined;
}

/** Where the accesses of `accesses()` may start: a little more than the maps span. */
const SPAN = 40;
const DOMAINS = ['power', 'hard', 'soft'] as const;
const WORDS = ['reserved', 'unimplemented', 'undocumented', 'limitation'] as const;

export function accesses(): fc.Arbitrary<Step[]> {
  return fc.array(
    fc.record({
      side: fc.constantFrom('read', 'write'),
      offset: fc.nat(SPAN),
      size: fc.constantFrom<AccessSize[]>(1, 2, 4, 8),
      low: fc.nat(0xffffffff),
      high: fc.nat(0xffffffff),
      domain: fc.option(fc.nat(2), { freq: 10, nil: undefined }),
    }),
    { maxLength: 30 },
  );
}

/** Registers side by side or with holes, of every width, policy, endianness and access size. */
export function maps(): fc.Arbitrary<RegisterMap> {
  const parts = fc.array(fc.tuple(register(), fc.nat(3)), { minLength: 1, maxLength: 5 });
  return fc
    .record({
      parts,
      endian: fc.constantFrom('little', 'big'),
      unaligned: fc.boolean(),
      refused: fc.constantFrom('all-ones', 'zeros'),
      sizes: fc.constantFrom<AccessSize[][]>([1, 2, 4, 8], [4], [1, 2]),
      ownSize: fc.boolean(),
    })
    .map(({ parts, sizes, ownSize, endian, unaligned, refused }) => {
      const registers: Record<string, RegisterDeclaration> = {};
      let at = 0;
      parts.forEach(([declaration, hole], index) => {
        if (hole === 0) at += 1;
        registers[`R${index}`] = { ...declaration, at };
        at += (declaration.width ?? 8) / 8;
      });
      const rules = ownSize ? {} : { sizes };
      return {
        name: 'random',
        width: 8,
        endian,
        unaligned,
        refused,
        domains: DOMAINS,
        registers,
        ...rules,
      };
    });
}

function register(): fc.Arbitrary<RegisterDeclaration> {
  return fc.constantFrom<Width[]>(8, 16, 32, 64).chain((width) =>
    fc
      .record({ cuts: fc.uniqueArray(fc.nat(width - 1), { maxLength: 3 }), bare: fc.boolean() })
      .chain(({ cuts, bare }) => {
        if (bare) return rights(width).map((all) => ({ at: 0, width, ...all }));
        const edges = [0, ...cuts.toSorted((a, b) => a - b).filter((cut) => cut > 0), width];
        const spans = edges.slice(1).map((end, index) => [end - 1, edges[index] ?? 0] as const);
        return fc
          .tuple(...spans.map(([msb, lsb]) => fc.option(field(msb, lsb), { freq: 5 })))
          .map((fields) => {
            const named = fields.flatMap((each, index) => (each ? [[`F${index}`, each]] : []));
            return { at: 0, width, fields: Object.fromEntries(named) };
          });
      }),
  );
}

function field(msb: number, lsb: number): fc.Arbitrary<FieldDeclaration> {
  return fc.tuple(rights(msb - lsb + 1), fc.boolean()).map(([all, named]) => ({
    bits: [msb, lsb] as const,
    ...all,
    ...(named ? { values: { OFF: 0, ON: 1 } } : {}),
  }));
}

function rights(width: number): fc.Arbitrary<Omit<FieldDeclaration, 'bits'>> {
  const all = (1n << BigInt(width)) - 1n;
  return fc
    .record({
      read: fc.constantFrom(...READ_EFFECTS),
      write: fc.constantFrom(...WRITE_EFFECTS),
      reset: fc.bigInt({ min: 0n, max: all }),
      keptBy: fc.subarray(['hard', 'soft']),
      gap: fc.option(fc.constantFrom(...WORDS), { freq: 6, nil: undefined }),
    })
    .map(({ gap, ...rest }) => ({
      ...rest,
      ...(gap === undefined ? {} : { gap: { word: gap, note: 'random' } }),
    }));
}
