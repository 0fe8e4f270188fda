/** A promise that the world's side resolves: it tells the world that promises must settle. */
import type { World } from './world.ts';

export class Completion<T> {
  readonly promise: Promise<T>;
  settled = false;
  readonly #world: World;
  #resolve: (value: T | PromiseLike<T>) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(world: World) {
    this.#world = world;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  resolve(value: T | PromiseLike<T>): void {
    this.settled = true;
    this.#world.unsettled = true;
    this.#resolve(value);
  }

  reject(error: unknown): void {
    this.settled = true;
    this.#world.unsettled = true;
    this.#reject(error);
  }
}
