/** The model of the 16550 behaves as its own register map says. */
import { expect, it } from 'vitest';
import { SerialLine } from '../../../sim/buses/uart/line.ts';
import { Uart16550 } from '../../../sim/devices/uart-16550/model.ts';
import { Random } from '../../../sim/kernel/random.ts';
import { World } from '../../../sim/kernel/world.ts';
import { registerChecks } from '../registers/checks.ts';
import { bankTarget } from '../registers/target.ts';

it.each(registerChecks)('$id: $text', (check) => {
  for (let seed = 0; seed < 20; seed++) {
    const world = new World({ seed, settle: () => Promise.resolve() });
    const uart = new Uart16550(world, new SerialLine(world));
    const target = {
      ...bankTarget(uart.bank),
      reset: (domain?: string) => uart.reset(domain === 'master' ? 'master' : 'power'),
    };
    expect(check.run(target, new Random(seed, check.id))).toEqual([]);
  }
});
