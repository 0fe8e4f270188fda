/**
 * A rule: a passive oracle over the journal that no driver (or device) may break, whatever the
 * clause at hand. It sees events as they are recorded and must not touch anything.
 */
import type { DmaMemory } from '../sim/buses/pci/function.ts';
import type { EventKind, Journal } from '../sim/kernel/journal.ts';
import type { CompiledMap } from '../sim/registers/compile.ts';
import type { Citation } from './citation.ts';
import type { BusKind } from './target.ts';

/** What a rule is given for one scene. */
export interface Watch {
  readonly journal: Journal;
  /** Register maps by BAR, where they are known. */
  readonly maps: ReadonlyMap<number, CompiledMap>;
  /** The host's memory, for structures that live there. */
  readonly memory?: Pick<DmaMemory, 'peek'>;
  /** `at` is a place in the journal's ring: `journal.addressAt(at)`, `journal.valueAt(at)`. */
  on(kind: EventKind, handler: (at: number) => void): void;
  /** The situation that the rule judges has come up; a rule that was never armed proved nothing. */
  arm(): void;
  /** As `arm` at every event of this kind, at less cost. */
  armOn(kind: EventKind): void;
  violate(detail: string): void;
}

export interface Rule {
  /** Stable, such as `PCI-R03`. */
  readonly id: string;
  readonly cite: Citation;
  /** Our own sentence. */
  readonly text: string;
  readonly subject: 'driver' | 'device';
  /** Only on targets with this device; default: on all. */
  readonly device?: string;
  /** Only on targets on this bus; default: on all. */
  readonly bus?: BusKind;
  /** Classes of `bug-classes.md` that it catches, such as `BC-14`. */
  readonly bugClasses: readonly string[];
  watch(watch: Watch): void;
}

/** Whether a rule judges drivers of this device on this bus. */
export function appliesTo(rule: Rule, device: string | undefined, bus: string): boolean {
  return (rule.device ?? device) === device && (rule.bus ?? bus) === bus;
}
