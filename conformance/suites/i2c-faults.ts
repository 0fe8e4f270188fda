/** Any faults of an I2C bus, for properties. */
import fc from 'fast-check';
import type { I2cFault } from '../../sim/faults/i2c-plan.ts';

const FAULTS_MAX = 4;
const STRETCH_MAX_NS = 3_000_000;

const { nat, integer } = fc;

/** @param bytesMax of the bus, among which they strike */
export function someI2cFaults(bytesMax: number): fc.Arbitrary<I2cFault[]> {
  const at = integer({ min: 1, max: bytesMax });
  const few = integer({ min: 1, max: 8 });
  const one: fc.Arbitrary<I2cFault> = fc.oneof(
    fc.record({ kind: fc.constant('no-acknowledge' as const), at, bytes: few }),
    fc.record({
      kind: fc.constant('flipped-bits' as const),
      at,
      bits: nat({ max: 7 }).map((bit) => 2 ** bit),
    }),
    fc.record({
      kind: fc.constant('stretched-clock' as const),
      at,
      ns: nat({ max: STRETCH_MAX_NS }),
    }),
    fc.record({ kind: fc.constant('lost-arbitration' as const), at }),
    fc.record({
      kind: fc.constant('stuck-data' as const),
      at,
      recoveries: integer({ min: 1, max: 2 }),
    }),
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('unplugged' as const), at }) },
  );
  return fc.array(one, { minLength: 1, maxLength: FAULTS_MAX, size: 'max' });
}
