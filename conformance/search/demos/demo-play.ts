/** How the demonstrations are played: a started driver, and calls that may fail as they say. */
import { IOReturnError } from '../../../drivers-under-test/host/io-return.ts';
import type { Scene } from '../../scene.ts';
import type { OperationWord, Play } from '../model.ts';
import type { Step } from '../scenario.ts';

export interface DemoClient {
  identify(): number;
}

/** Words that do no harm. */
export const commonWords: Readonly<Record<string, OperationWord>> = {
  identify: { weight: 1, parameters: {} },
  pass: {
    weight: 1,
    parameters: { ns: { type: 'integer', min: 1, max: 1e9, likely: [1000, 1e6] } },
  },
};

type Calls<C> = Readonly<Record<string, (client: C, values: Step['with']) => Promise<void> | void>>;

export class DemoPlay<C extends DemoClient> implements Play {
  readonly #scene: Scene;
  readonly #calls: Calls<C>;
  readonly #failed: () => void;
  #client: C | undefined;
  #pending = 0;

  /** @param failed a call ended with an error of the driver: throws where that may not be */
  constructor(scene: Scene, calls: Calls<C>, failed = () => {}) {
    this.#scene = scene;
    this.#calls = calls;
    this.#failed = failed;
  }

  async begin(): Promise<void> {
    this.#client = await this.#scene.start<C>();
  }

  perform({ word, with: values }: Step): Promise<void> | void {
    const client = this.#client;
    if (client === undefined) throw new Error('A step comes before the driver has started.');
    if (word === 'identify') return void client.identify();
    if (word === 'pass') return this.#scene.pass(Number(values['ns']));
    return this.#call(client, this.#calls[word], values);
  }

  finish(): void {}

  state(): string {
    return this.#pending > 0 ? 'busy' : 'idle';
  }

  async #call(client: C, call: Calls<C>[string] | undefined, values: Step['with']): Promise<void> {
    this.#pending++;
    try {
      await call?.(client, values);
    } catch (error) {
      if (!(error instanceof IOReturnError)) throw error;
      this.#failed();
    } finally {
      this.#pending--;
    }
  }
}
