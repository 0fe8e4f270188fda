/**
 * Linux' mmiotrace, version 20070824: accesses to memory-mapped registers as the kernel traps them.
 * Linux Documentation/trace/mmiotrace.rst, kernel/trace/trace_mmiotrace.c (secondary: our notes)
 * and recordings of Linux 6.1.
 *
 * A `PCIDEV` line says where the BARs of a device are; the one that is accessed first gets spaces
 * 0 to 5. A mapping in no BAR (`MAP`) is a device of its own. Accesses outside of both keep their
 * physical address, in the last space. `MAP`, `UNMAP`, `MARK` and `PCIDEV` stay as marks.
 */
import type { EventBatch } from '../../format/batch.ts';
import type { TraceDecoder } from '../../format/codec.ts';
import { TraceKind, WORD_MAX } from '../../format/event.ts';
import type { TraceHeader } from '../../format/header.ts';
import type { LineReader } from '../../format/line-reader.ts';
import { Ascii } from '../../format/ascii.ts';
import { AddressSpaces, LISTED_MAX } from '../address-spaces.ts';
import { LogDecoder, type LogRules, addText } from '../log-decoder.ts';
import { StampClock } from '../stamp-clock.ts';

const CAPITAL_R = 0x52;
const CAPITAL_W = 0x57;
const WIDTH_MAX = 8;
const MAP_ID_MAX = 65_535;
const RESOURCES = 7;
/** Bits of a resource's start that are none of its address: the BAR's own flags. */
const IO_FLAG = 1;
const IO_FLAGS = 3;
const MEMORY_FLAGS = 15;
const LOST = /^Lost (\d{1,9}) events\.?$/;

/** `first`: a part of the name of the device that gets spaces 0 to 5: its ids `8086:10d3`. */
export function mmiotraceDecoder(first?: string, batch?: EventBatch): TraceDecoder {
  return new LogDecoder(new MmiotraceRules(first), batch);
}

class MmiotraceRules implements LogRules {
  readonly clock = new StampClock();
  readonly #spaces: AddressSpaces;
  #version = '';

  constructor(first?: string) {
    this.#spaces = new AddressSpaces(first);
  }

  get isKnown(): boolean {
    return this.#spaces.isUsed;
  }

  header(): TraceHeader {
    const { beginning } = this.clock;
    const [device] = this.#spaces.devices;
    return {
      bus: 'pci',
      tool: 'Linux mmiotrace',
      blind: [
        'dma-contents',
        'dma-mappings',
        'buffer-contents',
        'port-io',
        'configuration',
        'interrupts',
        'lines',
        'commands',
        'lifecycle',
        'operations',
      ],
      spaces: this.#spaces.list(LISTED_MAX),
      provenance: device === undefined ? {} : { device },
      identity: {
        ...(this.#version === '' ? {} : { 'mmiotrace-version': this.#version }),
        ...(beginning === undefined ? {} : { began: beginning }),
      },
    };
  }

  line(reader: LineReader, batch: EventBatch): boolean {
    const first = reader.peek;
    if (
      (first === CAPITAL_R || first === CAPITAL_W) &&
      reader.bytes[reader.at + 1] === Ascii.Space
    ) {
      this.#access(reader, batch, first === CAPITAL_W);
      return true;
    }
    const word = reader.word();
    if (word === 'MAP') this.#map(reader, batch);
    else if (word === 'UNMAP') this.#unmap(reader, batch);
    else if (word === 'MARK') this.#mark(reader, batch);
    else if (word === 'PCIDEV') this.#device(reader, batch);
    else if (word === 'VERSION') {
      reader.skipSpaces();
      this.#version = reader.rest();
    } else return false;
    return true;
  }

  #access(reader: LineReader, batch: EventBatch, isWrite: boolean): void {
    reader.at += 2;
    const size = reader.decimal('the width', WIDTH_MAX);
    reader.expect(Ascii.Space);
    this.clock.read(reader);
    reader.expect(Ascii.Space);
    reader.decimal('the number of a mapping', MAP_ID_MAX);
    reader.expect(Ascii.Space);
    const spaces = this.#spaces;
    spaces.find(reader.wideHex('the physical address'));
    reader.expect(Ascii.Space);
    const value = reader.hex('the value');
    const { high } = reader;
    reader.expect(Ascii.Space);
    reader.hex('the program counter');
    const kind = isWrite ? TraceKind.Write : TraceKind.Read;
    batch.add(this.clock.timeNs, kind, spaces.space, spaces.offset, size, value, high);
  }

  #map(reader: LineReader, batch: EventBatch): void {
    reader.expect(Ascii.Space);
    this.clock.read(reader);
    reader.expect(Ascii.Space);
    const id = reader.decimal('the number of a mapping', MAP_ID_MAX);
    reader.expect(Ascii.Space);
    const base = reader.wideHex('the physical address');
    reader.expect(Ascii.Space);
    reader.hex('the virtual address');
    reader.expect(Ascii.Space);
    const length = reader.wideHex('the length');
    this.#spaces.addUnlessKnown(`mapping ${id}`, base, length);
    addText(batch, this.clock.timeNs, TraceKind.Mark, reader.text(reader.start, reader.end));
  }

  #unmap(reader: LineReader, batch: EventBatch): void {
    reader.expect(Ascii.Space);
    this.clock.read(reader);
    reader.expect(Ascii.Space);
    const id = reader.decimal('the number of a mapping', MAP_ID_MAX);
    this.#spaces.remove(`mapping ${id}`, 0);
    addText(batch, this.clock.timeNs, TraceKind.Mark, reader.text(reader.start, reader.end));
  }

  #mark(reader: LineReader, batch: EventBatch): void {
    reader.expect(Ascii.Space);
    const from = reader.at;
    const stamp = reader.word();
    reader.skipSpaces();
    const text = reader.rest();
    const [, lost] = LOST.exec(text) ?? [];
    if (lost !== undefined) {
      const index = batch.add(this.clock.timeNs, TraceKind.Lost, 0, 0, 0, 0, 0);
      batch.values[index] = Math.min(Number(lost), WORD_MAX);
      return;
    }
    reader.at = from;
    if (/^0*\.?0*$/.test(stamp)) reader.at += stamp.length;
    else this.clock.read(reader);
    addText(batch, this.clock.timeNs, TraceKind.Mark, text);
  }

  /** `PCIDEV BBDD VVVVDDDD irq` and seven starts and seven lengths, all in hexadecimal. */
  #device(reader: LineReader, batch: EventBatch): void {
    reader.expect(Ascii.Space);
    const place = reader.digits('bus and function').toString(16).padStart(4, '0');
    reader.expect(Ascii.Space);
    const ids = reader.digits('vendor and device').toString(16).padStart(8, '0');
    reader.expect(Ascii.Space);
    reader.digits('the interrupt');
    const numbers: number[] = [];
    while (numbers.length < RESOURCES * 2) {
      reader.expect(Ascii.Space);
      const low = reader.digits('a resource');
      numbers.push(Math.min(reader.high * 2 ** 32 + low, Number.MAX_SAFE_INTEGER));
    }
    const name = `${place} ${ids.slice(0, 4)}:${ids.slice(4)}`;
    for (let bar = 0; bar < RESOURCES; bar++) {
      const [start = 0, length = 0] = [numbers[bar], numbers[bar + RESOURCES]];
      if (length === 0) continue;
      const isPort = start % 2 === IO_FLAG;
      const base = start - (start % ((isPort ? IO_FLAGS : MEMORY_FLAGS) + 1));
      this.#spaces.add(name, bar, isPort ? 'io' : 'memory', base, length);
    }
    addText(batch, this.clock.timeNs, TraceKind.Mark, reader.text(reader.start, reader.end));
  }
}
