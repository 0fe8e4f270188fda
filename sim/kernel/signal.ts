/** A wire with two levels: who listens hears edges only. */
export class Signal {
  #level = false;
  readonly #listeners: ((level: boolean) => void)[] = [];

  get level(): boolean {
    return this.#level;
  }

  drive(level: boolean): void {
    if (level === this.#level) return;
    this.#level = level;
    for (const listener of this.#listeners) listener(level);
  }

  onEdge(listener: (level: boolean) => void): void {
    this.#listeners.push(listener);
  }
}
