/**
 * Keeps of QEMU's log what is about one PCI function: its configuration space, accesses to its
 * BARs wherever they are mapped at the time, its own trace points, its interrupt line, and the
 * marks of the workload. A log of a boot has a hundred times as much.
 *
 * QEMU does not say how wide an access to configuration space is. So the access to its window is
 * kept too: a read of the window follows what it reads, a write comes before what it writes.
 */

/** What the filter needs to see. */
export const FILTER_POINTS = ['memory_region_ops_*', 'pci_cfg_*', 'pci_update_mappings_*'];

/** QEMU's debug console, to which the guest's init.sh writes the names of phases. */
const MARKS = "name 'isa-debugcon'";
/** Whether it is a write, where, and whether that is a way to configuration space. */
const ACCESS =
  /:memory_region_ops_(read|write) .* addr (0x[0-9a-f]+) .* name '(pci-conf-data|pcie-mmcfg-mmio)?/;
const MAPPING = /:pci_update_mappings_(add|del) (\S+) \S+ (\d),(0x[0-9a-f]+)\+(0x[0-9a-f]+)$/;
const CONFIGURATION = /:pci_cfg_(read|write) (\S+) /;
const LINE_LEVEL = /:ioapic_set_irq vector: (\d+) /;

export class LogFilter {
  readonly #pciName: string;
  readonly #bars = new Map<string, { from: number; end: number }>();
  readonly #irq: number | undefined;
  #lastLevel = '';
  /** A write to some function's configuration space: the next line says to which. */
  #pending: string | undefined;
  /** Our configuration space was read: the next line says how wide. */
  #isRead = false;

  /** @param irq input of the I/O APIC that the function's interrupt pin drives, where it is kept */
  constructor(pciName: string, irq?: number) {
    this.#pciName = pciName;
    this.#irq = irq;
  }

  /** Takes a line; gives those that are kept. */
  *lines(line: string): Iterable<string> {
    const before = this.#pending;
    const wasRead = this.#isRead;
    this.#pending = undefined;
    this.#isRead = false;
    const access = ACCESS.exec(line);
    const configuration = CONFIGURATION.exec(line);
    if (access?.[3] !== undefined) {
      if (access[1] === 'write') this.#pending = line;
      else if (wasRead) yield line;
    } else if (configuration !== null) {
      if (configuration[2] !== this.#pciName) return;
      this.#isRead = configuration[1] === 'read';
      if (before !== undefined && !this.#isRead) yield before;
      yield line;
    } else if (access === null ? this.#isSaid(line) : this.#isOurs(line, Number(access[2]))) {
      yield line;
    }
  }

  #isOurs(line: string, address: number): boolean {
    for (const { from, end } of this.#bars.values()) {
      if (address >= from && address < end) return true;
    }
    return line.includes(MARKS);
  }

  #isSaid(line: string): boolean {
    const mapping = MAPPING.exec(line);
    if (mapping !== null) return this.#maps(mapping);
    const level = LINE_LEVEL.exec(line);
    return level === null || this.#changes(Number(level[1]), line);
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
