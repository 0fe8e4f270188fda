/**
 * The registers behind BARs as the accesses alone tell of them: one mirror for each map, fed once
 * for all rules of a scene.
 */
import { EventKind, type Journal } from '../../../sim/kernel/journal.ts';
import type { AccessSize } from '../../../sim/registers/declare.ts';
import { type MirrorFinding, RegisterMirror } from '../../../sim/registers/mirror.ts';
import type { Watch } from '../../rule.ts';
import { ConfigKnowledge } from './config-knowledge.ts';
import { isAnswer } from './events.ts';

export interface RegisterListener {
  found(finding: MirrorFinding, bar: number): void;
  /** An access to a BAR whose map is known. */
  accessed(): void;
}

const watches = new WeakMap<Journal, RegisterWatch>();

export function listenToRegisters(watch: Watch, listener: RegisterListener): void {
  if (watch.maps.size === 0) return;
  let registers = watches.get(watch.journal);
  if (registers === undefined) {
    registers = new RegisterWatch(watch);
    watches.set(watch.journal, registers);
  }
  registers.listeners.push(listener);
}

class RegisterWatch {
  readonly listeners: RegisterListener[] = [];
  readonly #journal: Journal;
  readonly #config: ConfigKnowledge;
  readonly #mirrors = new Map<number, RegisterMirror>();
  /** BARs that have answered since the last event that could silence them. */
  readonly #answering = new Set<number>();
  /** What registers hold, or what a read tells of it, is not certain now. */
  #unsure = false;
  /** A fault struck, so reads and writes may not be what they seem, up to the end. */
  #faulty = false;

  constructor(watch: Watch) {
    this.#journal = watch.journal;
    this.#config = new ConfigKnowledge(watch);
    for (const [bar, map] of watch.maps) {
      this.#mirrors.set(bar, new RegisterMirror(map, (finding) => this.#found(finding, bar)));
    }
    watch.on(EventKind.Read, (at) => this.#saw(at, 'read'));
    watch.on(EventKind.Write, (at) => this.#saw(at, 'write'));
    for (const kind of [EventKind.ConfigWrite, EventKind.Reset, EventKind.Removed]) {
      watch.on(kind, () => this.#forget());
    }
    watch.on(EventKind.Fault, () => (this.#faulty = true));
  }

  #saw(at: number, access: 'read' | 'write'): void {
    const journal = this.#journal;
    const bar = journal.spaceAt(at);
    const mirror = this.#mirrors.get(bar);
    if (mirror === undefined || this.#config.gone || this.#config.asleep) return;
    const size = journal.sizeAt(at) as AccessSize;
    const value = journal.valueAt(at);
    if (isAnswer(journal, at)) this.#answering.add(bar);
    this.#unsure = this.#faulty || !(this.#answering.has(bar) || this.#config.decodes(bar));
    for (const listener of this.listeners) listener.accessed();
    mirror[access](journal.addressAt(at), size, value, journal.highAt(at));
    if (this.#unsure) mirror.forget();
  }

  #found(finding: MirrorFinding, bar: number): void {
    // Where bits are concerned, what they held decides.
    if (this.#unsure && finding.bits !== 0n) return;
    for (const listener of this.listeners) listener.found(finding, bar);
  }

  #forget(): void {
    this.#answering.clear();
    for (const mirror of this.#mirrors.values()) mirror.forget();
  }
}
