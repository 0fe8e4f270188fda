/** Accesses of every kind to a register map: registers, their neighbours, boundary values. */
import fc from 'fast-check';
import type { CompiledMap, Register } from '../../sim/registers/compile.ts';
import type { Step, StepSize } from './access-steps.ts';

const SIZES = [1, 2, 4, 8] as const;

/** Values at the edges of what so many bytes hold, of the fields, and any. */
export function values(bytes: StepSize, register?: Register): fc.Arbitrary<bigint> {
  const all = 2n ** BigInt(bytes * 8) - 1n;
  const edges = [0n, 1n, all, all / 2n, all / 2n + 1n];
  const fields = (register?.fields ?? []).flatMap(({ mask, lsb, values: named }) => [
    mask,
    2n ** BigInt(lsb),
    ...Object.values(named ?? {}).map((value) => BigInt(value) * 2n ** BigInt(lsb)),
  ]);
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...[...edges, ...fields].filter((it) => it <= all)) },
    { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: all }) },
  );
}

export interface AccessOptions {
  readonly bar: number;
  readonly map: CompiledMap;
  /** Bytes of the BAR. */
  readonly extent: number;
  /** Sizes that the BAR's kind has. */
  readonly sizes?: readonly StepSize[];
  /** Registers that programs of another kind reach. */
  readonly without?: readonly string[];
}

/** Mostly whole registers; some accesses of every size, in their neighbourhood or far away. */
export function accesses(options: AccessOptions): fc.Arbitrary<Step> {
  const { bar, map, without = [] } = options;
  const registers = map.registers.filter(({ name }) => !without.includes(name));
  const reads = fc
    .constantFrom(...map.registers)
    .map(({ at, bytes }): Step => ({ kind: 'read', bar, offset: at, size: bytes }));
  const writes = fc.constantFrom(...registers).chain((register) =>
    values(register.bytes, register).map((value): Step => ({
      kind: 'write',
      bar,
      offset: register.at,
      size: register.bytes,
      value,
    })),
  );
  return fc.oneof(
    { weight: 5, arbitrary: reads },
    { weight: 5, arbitrary: writes },
    { weight: 2, arbitrary: strange(options) },
  );
}

function strange({ bar, map, extent, sizes = SIZES }: AccessOptions): fc.Arbitrary<Step> {
  const near = fc
    .tuple(fc.constantFrom(...map.registers), fc.nat({ max: 9 }))
    .map(([{ at }, plus]) => at + plus);
  const offset = fc.oneof(
    { weight: 4, arbitrary: near },
    { weight: 1, arbitrary: fc.nat({ max: extent - 1 }) },
  );
  return fc.tuple(offset, fc.constantFrom(...sizes)).chain(([anywhere, size]) => {
    const at = Math.min(anywhere, extent - size);
    return fc.oneof(
      fc.constant<Step>({ kind: 'read', bar, offset: at, size }),
      values(size).map((value): Step => ({ kind: 'write', bar, offset: at, size, value })),
    );
  });
}

/** Reads of the whole header and of what capabilities may lie behind it. */
export const configReads: fc.Arbitrary<Step> = fc
  .tuple(fc.nat({ max: 63 }), fc.constantFrom(1, 2, 4), fc.nat({ max: 3 }))
  .map(([word, size, plus]) => ({
    kind: 'config-read',
    offset: word * 4 + plus - (plus % size),
    size,
  }));
