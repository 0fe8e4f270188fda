/** The generic register checks as clauses: they come free with any register map. */
import { Random } from '../../../sim/kernel/random.ts';
import type { CompiledMap } from '../../../sim/registers/compile.ts';
import { type Clause, suite } from '../../clause.ts';
import { ExpectationError, show } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { probe } from '../probe.ts';
import { registerChecks } from './checks.ts';
import type { RegisterFinding } from './probe.ts';

export const registers = suite({
  id: 'registers',
  for: { bus: 'pci' },
  clauses: registerChecks.map((each): Clause => ({
    id: each.id,
    cite: each.cite,
    text: each.text,
    level: 'shall',
    subject: 'device',
    needs: ['device-reset'],
    check(scene) {
      for (const [bar, map] of scene.hardware.maps) {
        const random = new Random(scene.world.seed, `${each.id} of BAR ${bar}`);
        const [first] = each.run(target(scene, bar, map), random);
        if (first !== undefined) throw asExpectation(first);
      }
    },
  })),
});

function target(scene: Scene, bar: number, map: CompiledMap) {
  let device = probe(scene).registers(bar);
  return {
    map,
    read: (offset: number, size: 1 | 2 | 4 | 8) => device.read(offset, size),
    write: (offset: number, size: 1 | 2 | 4 | 8, value: number) =>
      device.write(offset, size, value),
    read64: (offset: number) => device.read64(offset),
    write64: (offset: number, value: bigint) => device.write64(offset, value),
    reset: () => {
      scene.function.reset('hot');
      device = probe(scene).registers(bar);
    },
  };
}

function asExpectation({ text, expected, seen, sequence, register }: RegisterFinding) {
  const steps = sequence.map((step) => show(step)).join('\n');
  const hex = (value: bigint) => `0x${value.toString(16)}`;
  return new ExpectationError(`${register}: ${text}\n${steps}`, hex(expected), hex(seen));
}
