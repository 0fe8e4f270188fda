/** Live DMA mappings as the journal tells of them, and what of NVMe lies in each. */
import { AddressList } from '../../../sim/buses/pci/address-list.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import type { Watch } from '../../rule.ts';
import type { Mapping } from './queues.ts';

/** More at a time than any IOMMU of ours grants. */
const MAPPINGS_MAX = 65_536;

export class Mappings {
  /** Some targets do not journal mappings: there nothing is known to be unmapped. */
  known = false;
  readonly #live = new AddressList<Mapping>();
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
      const unused = { users: 0, user: undefined, queues: 0, gone: false };
      this.#live.add({ address, end, rights, host, ...unused });
    });
    on(EventKind.DmaUnmap, (at) => {
      const address = journal.addressAt(at);
      const mapping = this.#live.atOrBelow(address);
      if (mapping?.address !== address) return;
      this.#live.remove(mapping);
      if (this.#last === mapping) this.#last = undefined;
      if (mapping.users > 0 || mapping.queues > 0) gone(mapping);
    });
  }

  /** The mapping that holds this byte. */
  at(address: number): Mapping | undefined {
    const last = this.#last;
    if (last !== undefined && address >= last.address && address < last.end) return last;
    const mapping = this.#live.atOrBelow(address);
    if (mapping === undefined || address >= mapping.end) return undefined;
    this.#last = mapping;
    return mapping;
  }
}
