/** How a function signals: the INTx line while no message mechanism is on, else messages. */
import { EventKind, type Journal } from '../../kernel/journal.ts';
import { Signal } from '../../kernel/signal.ts';
import type { InterruptListener } from './function.ts';
import { InterruptKind } from './interrupt-kind.ts';
import type { Msi } from './msi.ts';
import type { Msix } from './msix.ts';

const SILENT: InterruptListener = { level: () => {}, message: () => {} };

export class Interrupts {
  /** INTx as the device asserts it. */
  readonly request = new Signal();
  msi: Msi | undefined;
  msix: Msix | undefined;
  readonly #journal: Journal;
  #listener = SILENT;
  #asserted = false;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  listen(listener: InterruptListener): void {
    this.#listener = listener;
    if (this.#asserted) listener.level(true);
  }

  /** `allowed`: the function is awake and INTx is not disabled. */
  drive(allowed: boolean): void {
    const asserted = allowed && this.request.level && !this.#messages();
    if (asserted === this.#asserted) return;
    this.#asserted = asserted;
    this.#journal.record(EventKind.Interrupt, InterruptKind.Level, 0, asserted ? 1 : 0);
    this.#listener.level(asserted);
  }

  /** False when no message mechanism is on. MSI-X has precedence where both are on. */
  signal(vector: number): boolean {
    if (this.msix?.enabled === true) this.msix.signal(vector);
    else if (this.msi?.enabled === true) this.msi.signal(vector);
    else return false;
    return true;
  }

  /** What carries a signal now: MSI-X has precedence where both are on. */
  get mechanism(): 'none' | 'msi' | 'msix' {
    if (this.msix?.enabled === true) return 'msix';
    return this.msi?.enabled === true ? 'msi' : 'none';
  }

  send(vector: number): void {
    this.#journal.record(EventKind.Interrupt, InterruptKind.Message, vector, 1);
    this.#listener.message(vector);
  }

  route(mechanism: 'none' | 'msi' | 'msix', vectors: number): boolean {
    if (mechanism === 'msi' && this.msi === undefined) return false;
    if (mechanism === 'msix' && this.msix === undefined) return false;
    this.msi?.enable(mechanism === 'msi', vectors);
    this.msix?.enable(mechanism === 'msix', vectors);
    return true;
  }

  #messages(): boolean {
    return this.msi?.enabled === true || this.msix?.enabled === true;
  }
}
