/** Units of the driver: one for each usable namespace. A unit keeps its number for good. */
import type { AdminQueue } from './admin.ts';
import { activeNamespaces, identifyNamespace } from './admin-commands.ts';
import { type ControllerFacts, type NamespaceFacts, namespaceFacts } from './identify.ts';

export const UNITS_MAX = 128;

export class Units {
  readonly #units: NamespaceFacts[] = [];

  get count(): number {
    return this.#units.length;
  }

  get(unit: number): NamespaceFacts | undefined {
    return this.#units[unit];
  }

  /** Asks for all namespaces. @returns the units that are not what they were */
  async read(admin: AdminQueue, controller: ControllerFacts): Promise<number[]> {
    const found: NamespaceFacts[] = [];
    for (const nsid of await activeNamespaces(admin, UNITS_MAX)) {
      if (nsid > controller.namespaces) break;
      const facts = namespaceFacts(nsid, await identifyNamespace(admin, nsid), controller);
      if (facts !== undefined) found.push(facts);
    }
    return this.#become(found);
  }

  #become(found: readonly NamespaceFacts[]): number[] {
    const changed: number[] = [];
    for (const [unit, before] of this.#units.entries()) {
      const now = found.find(({ nsid }) => nsid === before.nsid) ?? { ...before, blocks: 0 };
      this.#units[unit] = now;
      if (!isSame(before, now)) changed.push(unit);
    }
    for (const facts of found) {
      const isKnown = this.#units.some(({ nsid }) => nsid === facts.nsid);
      if (!isKnown && this.#units.length < UNITS_MAX) {
        changed.push(this.#units.length);
        this.#units.push(facts);
      }
    }
    return changed;
  }
}

function isSame(a: NamespaceFacts, b: NamespaceFacts): boolean {
  return a.blocks === b.blocks && a.blockBytes === b.blockBytes && a.readOnly === b.readOnly;
}
