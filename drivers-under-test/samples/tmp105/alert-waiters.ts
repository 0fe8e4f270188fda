/** Clients that wait for an alert: all of them hear of the next one. */
import { Completion } from '../../../sim/kernel/completion.ts';
import type { World } from '../../../sim/kernel/world.ts';
import type { SensorAlert } from '../../host/classes/temperature-sensor.ts';
import { fail, IOReturnError } from '../../host/io-return.ts';

const WAITERS_MAX = 64;

export class AlertWaiters {
  readonly #world: World;
  readonly #waiting = new Set<Completion<SensorAlert | undefined>>();

  constructor(world: World) {
    this.#world = world;
  }

  /** @throws kIOReturnNoResources when too many wait, kIOReturnAborted after `abort` */
  async wait(timeoutNs: number): Promise<SensorAlert | undefined> {
    if (this.#waiting.size >= WAITERS_MAX) fail('kIOReturnNoResources', 'too many clients wait');
    const heard = new Completion<SensorAlert | undefined>(this.#world);
    this.#waiting.add(heard);
    const timer = this.#world.after(timeoutNs, () => heard.resolve(undefined));
    try {
      return await heard.promise;
    } finally {
      timer.cancel();
      this.#waiting.delete(heard);
    }
  }

  tell(alert: SensorAlert): void {
    for (const heard of this.#waiting) heard.resolve(alert);
    this.#waiting.clear();
  }

  abort(): void {
    const error = new IOReturnError('kIOReturnAborted', 'the driver stops or sleeps');
    for (const heard of this.#waiting) heard.reject(error);
    this.#waiting.clear();
  }
}
