/** Every rule of a scene, listening to its journal: what was broken, and what came up. */
import type { DmaMemory } from '../sim/buses/pci/function.ts';
import { EventKind, type Journal } from '../sim/kernel/journal.ts';
import type { CompiledMap } from '../sim/registers/compile.ts';
import type { Rule } from './rule.ts';

export interface BrokenRule {
  readonly rule: Rule;
  readonly detail: string;
  /** Number of the journal event at which it was noticed. */
  readonly event: number;
  readonly timeNs: number;
}

/** `space` of a violation that a rule noted; those that the host or the bus found have 0. */
export const NOTED_BY_RULE = 1;

/** Kept per rule and scene: the first ones tell the story. */
const KEPT_PER_RULE = 8;

interface Armed {
  readonly id: string;
  times: number;
  readonly kinds: EventKind[];
}

export class RuleBook {
  readonly broken: BrokenRule[] = [];
  readonly #armed: Armed[] = [];
  /** Events by kind, of those kinds that arm a rule. */
  readonly #events: (number | undefined)[] = [];
  readonly #journal: Journal;
  /** When set, only these rules count any more. */
  #only: readonly string[] | undefined;

  constructor(
    rules: readonly Rule[],
    journal: Journal,
    maps: ReadonlyMap<number, CompiledMap>,
    memory?: Pick<DmaMemory, 'peek'>,
  ) {
    this.#journal = journal;
    for (const rule of rules) {
      const armed: Armed = { id: rule.id, times: 0, kinds: [] };
      this.#armed.push(armed);
      let kept = 0;
      rule.watch({
        journal,
        maps,
        ...(memory === undefined ? {} : { memory }),
        on: (kind, handler) => journal.observe(kind, handler),
        arm: () => void armed.times++,
        armOn: (kind) => {
          armed.kinds.push(kind);
          this.#count(kind);
        },
        violate: (detail) => {
          if (this.#only !== undefined && !this.#only.includes(rule.id)) return;
          if (kept++ >= KEPT_PER_RULE) return;
          this.broken.push({ rule, detail, event: journal.count - 1, timeNs: journal.now });
          journal.note(EventKind.Violation, `${rule.id}: ${detail}`, NOTED_BY_RULE);
        },
      });
    }
  }

  /** From here on only these rules count: the device may do what nobody asked it for. */
  only(ids: readonly string[]): void {
    this.#only = ids;
  }

  /** How often each rule was armed, by its id. */
  get armed(): ReadonlyMap<string, number> {
    return new Map(
      this.#armed.map(({ id, times, kinds }) => [
        id,
        kinds.reduce((sum, kind) => sum + (this.#events[kind] ?? 0), times),
      ]),
    );
  }

  #count(kind: EventKind): void {
    if (this.#events[kind] !== undefined) return;
    const events = this.#events;
    events[kind] = 0;
    this.#journal.observe(kind, () => void events[kind]!++);
  }
}
