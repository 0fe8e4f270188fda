/** Faults of an I2C bus as they strike, told by the journal. */
import type { I2cFault } from '../../sim/faults/i2c-plan.ts';
import { describeFault } from '../../sim/faults/plan.ts';
import { EventKind } from '../../sim/kernel/journal.ts';
import type { Scene } from '../scene.ts';

/** Plans them, and collects those that have struck. */
export class StruckFaults {
  readonly #struck: I2cFault[] = [];
  /** From then on no device answers. */
  isUnplugged = false;

  constructor(scene: Scene, plan: readonly I2cFault[]) {
    scene.inject(...plan);
    const byText = new Map(plan.map((fault) => [describeFault(fault), fault]));
    const { journal } = scene.world;
    journal.observe(EventKind.Fault, (at) => {
      const fault = byText.get(journal.textAt(at));
      if (fault === undefined) return;
      this.#struck.push(fault);
      if (fault.kind === 'unplugged') this.isUnplugged = true;
    });
  }

  /** Those since it was last asked. */
  take(): readonly I2cFault[] {
    return this.#struck.splice(0);
  }
}
