/**
 * What QEMU logs with `-trace`: accesses to regions of memory and ports, to configuration space,
 * interrupts of the NVMe model, and VFIO's accesses to real devices. Forms of lines as in the text
 * of QEMU 7.2.22, with the prefix `PID@SECONDS.MICROSECONDS:` or without.
 *
 * Devices get their spaces as they are used, as AddressSpaces says, from the lines
 * `pci_update_mappings_add` and VFIO's own names; an access to memory that no device has mapped
 * keeps its address and the name of its region. Trace points that we do not interpret are marks.
 */
import type { EventBatch } from '../../format/batch.ts';
import type { TraceDecoder } from '../../format/codec.ts';
import { TraceKind, WORD_MAX } from '../../format/event.ts';
import type { TraceHeader } from '../../format/header.ts';
import { Ascii } from '../../format/ascii.ts';
import type { LineReader } from '../../format/line-reader.ts';
import { AddressSpaces, ELSEWHERE, LISTED_MAX } from '../address-spaces.ts';
import { LogDecoder, type LogRules, addText } from '../log-decoder.ts';
import { StampClock } from '../stamp-clock.ts';

const AT = 0x40;
const PROCESS_MAX = 2 ** 32;
const SIZES_MAX = 8;
const IO_PORTS = 0x1_0000;
const POINT = /^[a-z][a-z0-9_]{1,80}$/;

const MAPPING = /^(\S+ \S+) (\d),0x([0-9a-f]{1,16})\+0x([0-9a-f]{1,16})$/;
const CONFIGURATION = /^(\S+ \S+) @0x([0-9a-f]{1,8}) (?:->|<-) 0x([0-9a-f]{1,8})$/;
const VFIO_READ = /^ ?\((\S+):region(\d)\+0x([0-9a-f]{1,13}), (\d)\) = 0x([0-9a-f]{1,16})$/;
const VFIO_WRITE = /^ ?\((\S+):region(\d)\+0x([0-9a-f]{1,13}), 0x([0-9a-f]{1,16}), (\d)\)$/;
const VFIO_CONFIG_READ = /^ ?\((\S+), @0x([0-9a-f]{1,8}), len=0x([0-9a-f])\) 0x([0-9a-f]{1,8})$/;
const VFIO_CONFIG_WRITE = /^ ?\((\S+), @0x([0-9a-f]{1,8}), 0x([0-9a-f]{1,8}), len=0x([0-9a-f])\)$/;
const VFIO_MESSAGE = /^ ?\((\S+)\) vector (\d{1,4}) /;
const VFIO_LEVEL = /^ ?\((\S+)\) Pin /;
const NVME_MESSAGE = /^raising MSI-X IRQ vector (\d{1,5})$/;
/** VFIO's number of the region that is configuration space. */
const VFIO_BARS = 6;

/** Reads a line's rest; what is not of the form that its trace point has is an error. */
type Point = (rules: QemuLogRules, reader: LineReader, batch: EventBatch) => void;

const { Read, Write, ConfigRead, ConfigWrite, Interrupt } = TraceKind;

const POINTS: Readonly<Record<string, Point>> = {
  memory_region_ops_read: (rules, reader, batch) => rules.access(reader, batch, Read),
  memory_region_ops_write: (rules, reader, batch) => rules.access(reader, batch, Write),
  memory_region_ram_device_read: (rules, reader, batch) => rules.access(reader, batch, Read),
  memory_region_ram_device_write: (rules, reader, batch) => rules.access(reader, batch, Write),
  pci_cfg_read: (rules, reader, batch) => rules.configuration(reader, batch, ConfigRead),
  pci_cfg_write: (rules, reader, batch) => rules.configuration(reader, batch, ConfigWrite),
  pci_update_mappings_add: (rules, reader, batch) => rules.mapping(reader, batch, true),
  pci_update_mappings_del: (rules, reader, batch) => rules.mapping(reader, batch, false),
  pci_nvme_irq_msix: (rules, reader, batch) => {
    const [, vector] = fitting(reader, NVME_MESSAGE);
    batch.add(rules.clock.timeNs, Interrupt, 1, Number(vector), 0, 1, 0);
  },
  pci_nvme_irq_pin: (rules, _reader, batch) => {
    batch.add(rules.clock.timeNs, Interrupt, 0, 0, 0, 1, 0);
  },
  vfio_region_read: (rules, reader, batch) => {
    const [, device = '', region, at, size, value] = fitting(reader, VFIO_READ);
    rules.region(batch, Read, { device, region, at, size, value });
  },
  vfio_region_write: (rules, reader, batch) => {
    const [, device = '', region, at, value, size] = fitting(reader, VFIO_WRITE);
    rules.region(batch, Write, { device, region, at, size, value });
  },
  vfio_pci_read_config: (rules, reader, batch) => {
    const [, device = '', at, size, value] = fitting(reader, VFIO_CONFIG_READ);
    rules.config(batch, ConfigRead, { device, at, size, value });
  },
  vfio_pci_write_config: (rules, reader, batch) => {
    const [, device = '', at, value, size] = fitting(reader, VFIO_CONFIG_WRITE);
    rules.config(batch, ConfigWrite, { device, at, size, value });
  },
  vfio_msi_interrupt: (rules, reader, batch) => {
    const [, , vector] = fitting(reader, VFIO_MESSAGE);
    batch.add(rules.clock.timeNs, Interrupt, 1, Number(vector), 0, 1, 0);
  },
  vfio_intx_interrupt: (rules, reader, batch) => {
    fitting(reader, VFIO_LEVEL);
    batch.add(rules.clock.timeNs, Interrupt, 0, 0, 0, 1, 0);
  },
};

/** `first`: a part of the name of the device that gets spaces 0 to 5: its place `00:04.0`. */
export function qemuLogDecoder(first?: string, batch?: EventBatch): TraceDecoder {
  return new LogDecoder(new QemuLogRules(first), batch);
}

interface Access {
  readonly device: string;
  readonly region?: string | undefined;
  readonly at: string | undefined;
  readonly size?: string | undefined;
  readonly value: string | undefined;
}

class QemuLogRules implements LogRules {
  readonly clock = new StampClock();
  readonly #spaces: AddressSpaces;

  constructor(first?: string) {
    this.#spaces = new AddressSpaces(first);
  }

  get isKnown(): boolean {
    return this.#spaces.isUsed;
  }

  header(): TraceHeader {
    const { beginning } = this.clock;
    const devices = this.#spaces.devices.slice(0, LISTED_MAX);
    return {
      bus: 'pci',
      tool: 'QEMU -trace',
      blind: [
        'dma-contents',
        'dma-mappings',
        'buffer-contents',
        'lines',
        'commands',
        'lifecycle',
        'operations',
      ],
      spaces: this.#spaces.list(LISTED_MAX),
      provenance: devices[0] === undefined ? {} : { device: devices[0] },
      identity: {
        ...(beginning === undefined ? { clock: 'none' } : { began: beginning }),
        ...Object.fromEntries(devices.map((device, at) => [`function-${at}`, device])),
      },
    };
  }

  line(reader: LineReader, batch: EventBatch): boolean {
    this.#stamp(reader);
    const name = reader.word();
    if (!POINT.test(name)) return false;
    reader.accept(Ascii.Space);
    const point = Object.hasOwn(POINTS, name) ? POINTS[name] : undefined;
    if (point !== undefined) point(this, reader, batch);
    else addText(batch, this.clock.timeNs, TraceKind.Mark, `${name} ${reader.rest()}`.trimEnd());
    return true;
  }

  /** `cpu 0 mr 0x7f addr 0x10 value 0x1 size 4 name 'edu-mmio'`. */
  access(reader: LineReader, batch: EventBatch, kind: TraceKind): void {
    skipWord(reader, 'cpu');
    reader.word();
    skipWord(reader, ' mr');
    reader.word();
    skipWord(reader, ' addr');
    const address = reader.wideHex('the address');
    skipWord(reader, ' value');
    const value = reader.hex('the value');
    const { high } = reader;
    skipWord(reader, ' size');
    const size = reader.decimal('the size', SIZES_MAX);
    const spaces = this.#spaces;
    spaces.find(address);
    const { timeNs } = this.clock;
    const index = batch.add(timeNs, kind, spaces.space, spaces.offset, size, value, high);
    if (spaces.space !== ELSEWHERE || reader.done) return;
    skipWord(reader, ' name');
    const quoted = reader.rest();
    batch.texts[index] = quoted.replace(/^'(.*)'$/, '$1');
  }

  configuration(reader: LineReader, batch: EventBatch, kind: TraceKind): void {
    const [, device = '', at, value] = fitting(reader, CONFIGURATION);
    this.config(batch, kind, { device, at, value });
  }

  mapping(reader: LineReader, batch: EventBatch, added: boolean): void {
    const from = reader.at;
    const [, device = '', bar, base, length] = fitting(reader, MAPPING);
    const [start, size] = [Number(`0x${base}`), Number(`0x${length}`)];
    if (!Number.isSafeInteger(start + size)) {
      throw reader.errorFrom(from, 'this mapping is beyond 2^53');
    }
    // Ports are below 64 Ki, and no memory of a PCI device is.
    const kind = start + size <= IO_PORTS ? 'io' : 'memory';
    if (added) this.#spaces.add(device, Number(bar), kind, start, size);
    else this.#spaces.remove(device, Number(bar));
    const what = added ? 'mapped' : 'unmapped';
    const text = `${device}: BAR ${bar} ${what}, ${size} bytes at 0x${base}`;
    addText(batch, this.clock.timeNs, TraceKind.Mark, text);
  }

  /** An access through VFIO: to a BAR, or to what VFIO has beyond them. */
  region(batch: EventBatch, kind: TraceKind, { device, region, at, size, value }: Access): void {
    const number = Number(region);
    const space = number < VFIO_BARS ? this.#spaces.spaceOf(device, number) : ELSEWHERE;
    this.#add(batch, kind, space, Number(`0x${at}`), Number(size), value ?? '0');
  }

  config(batch: EventBatch, kind: TraceKind, { device, at, size = '0', value }: Access): void {
    const space = this.#spaces.spaceOf(device, 0);
    const offset = Number(`0x${at}`);
    this.#add(batch, kind, space, offset, Number(`0x${size}`), value ?? '0');
  }

  #add(
    batch: EventBatch,
    kind: TraceKind,
    space: number,
    address: number,
    size: number,
    value: string,
  ): void {
    const low = Number(`0x${value.slice(-8)}`);
    const high = value.length > 8 ? Number(`0x${value.slice(0, -8)}`) : 0;
    batch.add(this.clock.timeNs, kind, space, address, size, Math.min(low, WORD_MAX), high);
  }

  /** `PID@SECONDS.MICROSECONDS:`, where the log has it. */
  #stamp(reader: LineReader): void {
    const from = reader.at;
    const first = reader.peek;
    if (first < Ascii.Zero || first > Ascii.Nine) return;
    const at = reader.bytes.indexOf(AT, from);
    if (at < 0 || at >= reader.end) return;
    reader.decimal('the number of a process', PROCESS_MAX);
    reader.expect(AT);
    this.clock.read(reader);
    reader.expect(Ascii.Colon);
  }
}

/** @throws TraceError when the rest of the line has another form */
function fitting(reader: LineReader, form: RegExp): RegExpExecArray {
  const from = reader.at;
  const found = form.exec(reader.rest());
  if (found === null) throw reader.errorFrom(from, 'this trace point has another form in QEMU 7.2');
  return found;
}

/** Passes a word that must stand there, and a space. */
function skipWord(reader: LineReader, word: string): void {
  for (let at = 0; at < word.length; at++) reader.expect(word.charCodeAt(at));
  reader.expect(Ascii.Space);
}
