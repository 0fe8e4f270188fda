/** The generic register checks as clauses: they come free with any register map. */
import { EventKind } from '../../../sim/kernel/journal.ts';
import { Random } from '../../../sim/kernel/random.ts';
import type { CompiledMap } from '../../../sim/registers/compile.ts';
import { type Clause, suite } from '../../clause.ts';
import { ExpectationError, show } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { probe } from '../probe.ts';
import { registerChecks } from './checks.ts';
import type { RegisterFinding } from './probe.ts';
import type { RegisterTarget } from './target.ts';

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
      const findings = [...scene.hardware.maps].flatMap(([bar, map]) => {
        const random = new Random(scene.world.seed, `${each.id} of BAR ${bar}`);
        return each.run(target(scene, bar, map), random);
      });
      // What a target is known for must not hide what is new.
      const known = scene.target.departures?.[`registers/${each.id}`];
      const errors = findings.map(asExpectation);
      const error = errors.find(({ message }) => !known?.shows.test(message)) ?? errors[0];
      if (error !== undefined) throw error;
    },
  })),
});

function target(scene: Scene, bar: number, map: CompiledMap): RegisterTarget {
  const { journal } = scene.world;
  let device = probe(scene).registers(bar);
  let lostPower = false;
  journal.observe(EventKind.Reset, (at) => (lostPower = journal.textAt(at) === 'power'));
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
      // A target may know no other way than another device in the slot.
      return lostPower ? map.domains[0] : undefined;
    },
  };
}

function asExpectation({ text, expected, seen, sequence, register }: RegisterFinding) {
  const steps = sequence.map((step) => show(step)).join('\n');
  const hex = (value: bigint) => `0x${value.toString(16)}`;
  return new ExpectationError(`${register}: ${text}\n${steps}`, hex(expected), hex(seen));
}
