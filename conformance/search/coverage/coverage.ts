/** What each execution of a scenario reaches, in features: the feedback of the search. */
import { hashText } from '../../../sim/kernel/random.ts';
import type { Scene } from '../../scene.ts';
import type { SearchModel } from '../model.ts';
import type { EdgeCounters } from './edge-counters.ts';
import { mixed } from './feature-hash.ts';
import { bucketOf, FeatureKind, type Features } from './features.ts';
import { Traffic } from './traffic.ts';

export class Coverage {
  readonly #features: Features;
  readonly #edges: EdgeCounters;
  readonly #traffic: Traffic;
  /** Of states, operations and rules: a small set. */
  readonly #hashes = new Map<string, number>();
  readonly #onStep: () => void;
  #scene: Scene | undefined;

  constructor(features: Features, edges: EdgeCounters, onStep: () => void = () => {}) {
    this.#features = features;
    this.#edges = edges;
    this.#onStep = onStep;
    this.#traffic = new Traffic(features);
  }

  /** The model with every play of it watched: begun by its `play`, ended by `end`. */
  watched(model: SearchModel): SearchModel {
    return {
      ...model,
      play: (scene, reach) => {
        this.#begin(scene);
        const play = model.play(scene, (state) => {
          this.#features.hit(FeatureKind.State, this.#hash(state));
          reach(state);
        });
        return {
          begin: () => play.begin?.(),
          perform: (step) => {
            this.#onStep();
            const state = this.#hash(play.state());
            this.#features.hit(FeatureKind.Operation, mixed(state, this.#hash(step.word)));
            return play.perform(step);
          },
          finish: () => play.finish(),
          state: () => play.state(),
        };
      },
    };
  }

  #begin(scene: Scene): void {
    this.#scene = scene;
    this.#edges.clear();
    this.#traffic.follow(scene.world.journal, scene.device.maps);
  }

  /** The execution is over: what it reached is entered into the features. */
  end(): void {
    const scene = this.#scene;
    if (scene === undefined) return;
    this.#scene = undefined;
    this.#edges.drain(this.#features);
    for (const [rule, times] of scene.rules.armed) {
      if (times === 0) continue;
      this.#features.hit(FeatureKind.Rule, mixed(this.#hash(rule), bucketOf(times)));
    }
  }

  #hash(text: string): number {
    let hash = this.#hashes.get(text);
    if (hash === undefined) {
      hash = hashText(text);
      this.#hashes.set(text, hash);
    }
    return hash;
  }
}
