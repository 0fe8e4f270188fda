/**
 * Keeps of QEMU's log what is about one PCI function: its configuration space, accesses to its
 * BARs wherever they are mapped at the time, its own trace points, its interrupt line, and the
 * marks of the workload. A log of a boot has a hundred times as much.
 */

/** What the filter needs to see. */
export const FILTER_POINTS = ['memory_region_ops_*', 'pci_cfg_*', 'pci_update_mappings_*'];

/** QEMU's debug console, to which the guest's init.sh writes the names of phases. */
const MARKS = "name 'isa-debugcon'";
const ACCESS = /:memory_region_ops_(?:read|write) .* addr (0x[0-9a-f]+) /;
const MAPPING = /:pci_update_mappings_(add|del) (\S+) \S+ (\d),(0x[0-9a-f]+)\+(0x[0-9a-f]+)$/;
const CONFIGURATION = /:pci_cfg_(?:read|write) (\S+) /;
const LINE_LEVEL = /:ioapic_set_irq vector: (\d+) /;

export class LogFilter {
  readonly #pciName: string;
  readonly #bars = new Map<string, { from: number; end: number }>();
  readonly #irq: number | undefined;
  #lastLevel = '';

  /** @param irq input of the I/O APIC that the function's interrupt pin drives, where it is kept */
  constructor(pciName: string, irq?: number) {
    this.#pciName = pciName;
    this.#irq = irq;
  }

  keeps(line: string): boolean {
    const access = ACCESS.exec(line);
    if (access !== null) return line.includes(MARKS) || this.#isOurs(Number(access[1]));
    const mapping = MAPPING.exec(line);
    if (mapping !== null) return this.#maps(mapping);
    const configuration = CONFIGURATION.exec(line);
    if (configuration !== null) return configuration[1] === this.#pciName;
    const level = LINE_LEVEL.exec(line);
    return level === null || this.#changes(Number(level[1]), line);
  }

  #isOurs(address: number): boolean {
    for (const { from, end } of this.#bars.values()) {
      if (address >= from && address < end) return true;
    }
    return false;
  }

  #maps([, verb, name, bar, address, length]: RegExpExecArray): boolean {
    if (name !== this.#pciName) return false;
    const from = Number(address);
    if (verb === 'add') this.#bars.set(bar!, { from, end: from + Number(length) });
    else this.#bars.delete(bar!);
    return true;
  }

  /** QEMU sets levels much more often than they change. */
  #changes(irq: number, line: string): boolean {
    const level = line.slice(line.indexOf(':ioapic_set_irq'));
    if (irq !== this.#irq || level === this.#lastLevel) return false;
    this.#lastLevel = level;
    return true;
  }
}
