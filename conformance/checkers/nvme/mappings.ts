/** Live DMA mappings as the journal tells of them, and what of NVMe lies in each. */
import { EventKind } from '../../../sim/kernel/journal.ts';
import type { Watch } from '../../rule.ts';
import type { Mapping } from './queues.ts';

/** More at a time than any IOMMU of ours grants. */
const MAPPINGS_MAX = 65_536;

export class Mappings {
  /** Some targets do not journal mappings: there nothing is known to be unmapped. */
  known = false;
  readonly #live: Mapping[] = [];
  #last: Mapping | undefined;

  /** `gone` is called with a mapping that was undone while it was in use. */
  constructor({ journal, on }: Watch, gone: (mapping: Mapping) => void) {
    on(EventKind.DmaMap, (at) => {
      this.known = true;
      if (this.#live.length === MAPPINGS_MAX) return;
      const address = journal.addressAt(at);
      const end = address + journal.valueAt(at);
      const rights = journal.spaceAt(at);
      const host = journal.highAt(at);
      const mapping = { address, end, rights, host, users: 0, user: undefined, queues: 0 };
      const index = this.#indexAfter(address);
      if (index === this.#live.length) this.#live.push(mapping);
      else this.#live.splice(index, 0, mapping);
    });
    on(EventKind.DmaUnmap, (at) => {
      const address = journal.addressAt(at);
      const index = this.#indexAfter(address) - 1;
      const mapping = this.#live[index];
      if (mapping?.address !== address) return;
      if (index === this.#live.length - 1) this.#live.pop();
      else this.#live.splice(index, 1);
      if (this.#last === mapping) this.#last = undefined;
      if (mapping.users > 0 || mapping.queues > 0) gone(mapping);
    });
  }

  /** The mapping that holds this byte. */
  at(address: number): Mapping | undefined {
    const last = this.#last;
    if (last !== undefined && address >= last.address && address < last.end) return last;
    const mapping = this.#live[this.#indexAfter(address) - 1];
    if (mapping === undefined || address >= mapping.end) return undefined;
    this.#last = mapping;
    return mapping;
  }

  /** How many live mappings begin at or below an address. */
  #indexAfter(address: number): number {
    let low = 0;
    let high = this.#live.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#live[middle] as Mapping).address <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
