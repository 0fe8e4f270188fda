/** Where QEMU 7.2's pci-serial and our 16550 are known to differ in a replay. */
import type { KnownDifferences } from '../../../traces/replay/driver-player.ts';

export const uartReplay: KnownDifferences = {
  // QEMU's characters are on the line at once, ours take the time of their bits.
  slower: 20,
  explain: ({ where, expected, seen }) =>
    where === 'MCR.OUT2' && expected === '0x8' && seen === '0x0'
      ? 'A reset clears all of MCR (PC16550D, Table I); QEMU leaves OUT2 set.'
      : undefined,
};
