/** One of two targets compared by transfers on a bus of messages. */
import { World } from '../../sim/kernel/world.ts';
import type { JournalEntry } from '../../reports/verdict.ts';
import type { Answer, AnswerPart, DiffSide, Program } from '../divergence.ts';
import type { Hardware, Target } from '../target.ts';
import { entriesAround } from './journal-entries.ts';

export interface MessageCare<S, H extends Hardware> {
  readonly bus: H['bus'];
  /** Performs a step, and lets time pass until its end and the device's rest. */
  perform(world: World, hardware: H, step: S): readonly AnswerPart[];
}

export class MessageSide<S, H extends Hardware> implements DiffSide<Program<S>> {
  readonly #target: Target;
  readonly #care: MessageCare<S, H>;
  #world!: World;
  #hardware!: H;

  constructor(target: Target, care: MessageCare<S, H>) {
    this.#target = target;
    this.#care = care;
  }

  async open(): Promise<void> {
    const { pace } = this.#target;
    this.#world = new World({ seed: 0, settle: async () => {}, ...(pace && { pace }) });
    const hardware = this.#target.open(this.#world);
    if (hardware.bus !== this.#care.bus) throw new Error(`${this.#target.name} is on another bus.`);
    this.#hardware = hardware as H;
  }

  async perform(program: Program<S>, index: number): Promise<Answer> {
    const step = program.steps[index] as S;
    const parts = this.#care.perform(this.#world, this.#hardware, step);
    const gone = this.#hardware.lost?.() !== undefined;
    const target = { name: 'target', value: gone ? 'the device is gone' : 'the device is there' };
    return { parts: [target, ...parts], gone };
  }

  journal(): JournalEntry[] {
    const { journal } = this.#world;
    return entriesAround(journal, this.#hardware.maps, journal.count - 1);
  }
}
