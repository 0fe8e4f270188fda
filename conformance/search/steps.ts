/** Plays the steps of a scenario in a scene whose faults are planned. */
import type { Scene } from '../scene.ts';
import { asNvmeFault } from './answers.ts';
import { asPciFault } from './faults.ts';
import type { SearchModel } from './model.ts';
import type { Scenario, Step } from './scenario.ts';

/** Who sees what is played. */
export interface Audience {
  /** A step begins in this state. */
  step?(state: string, step: Step): void;
  /** One of the states that must be reached at least once. */
  reached?(state: string): void;
  /** Where the play is: asked when it fails. */
  watch?(state: () => string): void;
}

/** Before the first access: everything that goes wrong by plan. */
export function plan(scene: Scene, { faults, answers }: Scenario): void {
  scene.inject(...faults.map(asPciFault));
  if (answers.length > 0) scene.misbehave(...answers.map(asNvmeFault));
}

/**
 * Each step begins in the order of the list, when the client's step before it has ended.
 * @throws what the first step throws that finds something; the others are not waited for
 */
export async function playSteps(
  scene: Scene,
  model: SearchModel,
  steps: readonly Step[],
  audience: Audience = {},
): Promise<void> {
  const play = model.play(scene, (state) => audience.reached?.(state));
  audience.watch?.(() => play.state());
  const begun = play.begin?.();
  if (begun !== undefined) await begun;
  const clients = new Clients();
  for (const step of steps) {
    const before = clients.pending(step.client);
    if (before !== undefined) await before;
    audience.step?.(play.state(), step);
    const going = play.perform(step);
    if (going !== undefined) clients.begin(step.client, going);
  }
  if (clients.isBusy) await clients.all();
  const finished = play.finish();
  if (finished !== undefined) await finished;
}

/** What is going on, by client. */
class Clients {
  readonly #going = new Map<number, Promise<void>>();
  #broken: Promise<never> | undefined;
  #break: (error: unknown) => void = () => {};

  get isBusy(): boolean {
    return this.#going.size > 0;
  }

  begin(client: number, going: Promise<void>): void {
    this.#broken ??= this.#breakable();
    const ended = going.then(
      () => void this.#going.delete(client),
      (error: unknown) => this.#break(error),
    );
    this.#going.set(client, ended);
  }

  /** Until this client's step has ended, or one of another client has found something. */
  pending(client: number): Promise<void> | undefined {
    const going = this.#going.get(client);
    if (going === undefined || this.#broken === undefined) return undefined;
    return Promise.race([going, this.#broken]);
  }

  async all(): Promise<void> {
    for (const client of [...this.#going.keys()]) await this.pending(client);
  }

  #breakable(): Promise<never> {
    const broken = new Promise<never>((_, reject) => (this.#break = reject));
    // Whoever waits next hears of it.
    broken.catch(() => {});
    return broken;
  }
}
