/**
 * QEMU's log of one PCI function, as log-filter.ts leaves it, as events: configuration space,
 * registers, interrupts, the workload's phases, and what the model itself complains of. Forms of
 * lines as QEMU 7.2 writes them.
 */
import { type TraceEvent, TraceKind, traceEvent } from '../format/event.ts';
import type { TraceSpace } from '../format/header.ts';

/** What the model said of a command or a completion, beside its contents. */
export interface ModelNote {
  /** QEMU's name of the trace point. */
  readonly point: string;
  readonly numbers: Readonly<Record<string, number>>;
}

export interface DeviceLog {
  readonly events: readonly TraceEvent[];
  readonly spaces: readonly TraceSpace[];
  /** In their order. */
  readonly notes: readonly ModelNote[];
}

const LINE = /^\d+@(\d+)\.(\d{6}):(\S+) (.*)$/;
const ACCESS = /^cpu \S+ mr \S+ addr 0x([0-9a-f]+) value 0x([0-9a-f]+) size (\d) name '(.*)'$/;
const CONFIGURATION = /^\S+ \S+ @0x([0-9a-f]+) (?:->|<-) 0x([0-9a-f]+)$/;
const MAPPING = /^\S+ \S+ (\d),0x([0-9a-f]+)\+0x([0-9a-f]+)$/;
const MESSAGE = /^(?:raising MSI-X IRQ|MSI-X notify) vector (\S+)$/;
const LEVEL = /^(?:vector: \d+ level|IRQ line state): (\d)$/;
const NUMBER = /(\w+) (0x[0-9a-f]+|\d+)\b/g;
/** Regions through which configuration space is reached. */
const WINDOWS = ['pci-conf-data', 'pcie-mmcfg-mmio'];
const MARKS = 'isa-debugcon';
/**
 * Structures of the PCI core's within a BAR, not the driver's: they get a space of their own, 8 and
 * the number of the BAR, with the same offsets.
 */
const CORE_REGIONS = ['msix-table', 'msix-pba'];
const CORE_SPACES = 8;
const LINE_FEED = 10;
const IO_PORTS = 0x1_0000;
const WORD = 0x1_0000_0000n;

/** @throws Error naming the line that has an unknown form */
export function readDeviceLog(text: string): DeviceLog {
  const reader = new DeviceLogReader();
  for (const line of text.split('\n')) if (line !== '') reader.take(line);
  return reader;
}

class DeviceLogReader implements DeviceLog {
  readonly events: TraceEvent[] = [];
  readonly spaces: TraceSpace[] = [];
  readonly notes: ModelNote[] = [];
  #began: number | undefined;
  #timeNs = 0;
  #mark = '';
  /** Width of a write to configuration space that the next line describes. */
  #width: number | undefined;
  /** A read of configuration space whose width the next line tells. */
  #read: { at: number; value: number } | undefined;

  take(line: string): void {
    const [, seconds, micros, point, rest] = LINE.exec(line) ?? [];
    if (point === undefined) throw new Error(`QEMU's log has a line of unknown form: ${line}`);
    const time = Number(seconds) * 1_000_000 + Number(micros);
    this.#began ??= time;
    this.#timeNs = (time - this.#began) * 1000;
    if (!this.#takePoint(point, rest!)) {
      throw new Error(`QEMU's log has a line of unknown form: ${line}`);
    }
  }

  #takePoint(point: string, rest: string): boolean {
    if (point.startsWith('memory_region_ops_')) return this.#access(rest, point.endsWith('write'));
    if (point.startsWith('pci_cfg_')) return this.#configuration(rest, point.endsWith('write'));
    if (point === 'pci_update_mappings_add') return this.#mapping(rest);
    if (point === 'pci_update_mappings_del') return true;
    if (point.includes('_irq_') || point.endsWith('_irq')) return this.#interrupt(rest);
    if (/_(err|ub|wrn)_/.test(point)) {
      this.#add({ kind: TraceKind.Gap, text: `QEMU ${point} ${rest}` });
      return true;
    }
    const numbers = [...rest.matchAll(NUMBER)].map(([, name, value]) => [name!, Number(value)]);
    this.notes.push({ point, numbers: Object.fromEntries(numbers) });
    return true;
  }

  #add(event: Omit<Parameters<typeof traceEvent>[0], 'timeNs'>): void {
    this.events.push(traceEvent({ ...event, timeNs: this.#timeNs }));
  }

  #access(rest: string, isWrite: boolean): boolean {
    const [, hexAddress, hexValue, digits, region] = ACCESS.exec(rest) ?? [];
    if (region === undefined) return false;
    const value = BigInt(`0x${hexValue}`);
    const size = Number(digits);
    if (WINDOWS.includes(region)) return this.#window(size, isWrite);
    if (region === MARKS) return this.#letter(Number(value));
    const address = Number(`0x${hexAddress}`);
    const bar = this.spaces.find(({ base, length }) => address >= base && address < base + length);
    if (bar === undefined) return false;
    this.#add({
      kind: isWrite ? TraceKind.Write : TraceKind.Read,
      space: CORE_REGIONS.includes(region) ? this.#coreSpace(bar) : bar.space,
      address: address - bar.base,
      size,
      value: Number(value % WORD),
      high: Number(value / WORD),
    });
    return true;
  }

  #coreSpace(bar: TraceSpace): number {
    const space = CORE_SPACES + (bar.space % CORE_SPACES);
    if (!this.spaces.some((it) => it.space === space)) this.spaces.push({ ...bar, space });
    return space;
  }

  #window(size: number, isWrite: boolean): boolean {
    const read = this.#read;
    this.#read = undefined;
    if (isWrite) {
      this.#width = size;
      return true;
    }
    if (read === undefined) return false;
    this.#add({ kind: TraceKind.ConfigRead, address: read.at, value: read.value, size });
    return true;
  }

  #configuration(rest: string, isWrite: boolean): boolean {
    const [, address, digits] = CONFIGURATION.exec(rest) ?? [];
    const size = this.#width;
    this.#width = undefined;
    if (digits === undefined || (isWrite && size === undefined)) return false;
    const [at, value] = [Number(`0x${address}`), Number(`0x${digits}`)];
    if (isWrite) this.#add({ kind: TraceKind.ConfigWrite, address: at, value, size: size! });
    else this.#read = { at, value };
    return true;
  }

  /** BARs stay where they were put first: one that moves would need its own space. */
  #mapping(rest: string): boolean {
    const [, bar, hexBase, hexLength] = MAPPING.exec(rest) ?? [];
    if (hexLength === undefined) return false;
    const [space, base, length] = [Number(bar), Number(`0x${hexBase}`), Number(`0x${hexLength}`)];
    const known = this.spaces.find((it) => it.space === space);
    if (known !== undefined) return known.base === base;
    this.spaces.push({ space, kind: base < IO_PORTS ? 'io' : 'memory', base, length });
    return true;
  }

  #interrupt(rest: string): boolean {
    const message = MESSAGE.exec(rest);
    const level = LEVEL.exec(rest);
    const { Interrupt: kind } = TraceKind;
    if (message) this.#add({ kind, space: 1, address: Number(message[1]), value: 1 });
    else if (level) this.#add({ kind, value: Number(level[1]) });
    return message !== null || level !== null;
  }

  #letter(code: number): boolean {
    if (code !== LINE_FEED) {
      this.#mark += String.fromCodePoint(code);
      return true;
    }
    this.#add({ kind: TraceKind.Mark, text: `phase ${this.#mark}` });
    this.#mark = '';
    return true;
  }
}
