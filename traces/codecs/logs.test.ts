/** Logs that others write, against recordings of Linux 6.1 and QEMU 7.2 and their readers. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { EventBatch } from '../format/batch.ts';
import { TraceKind, wideValue } from '../format/event.ts';
import { decoded } from '../format/events.fixture.ts';
import { readDeviceLog } from '../record-linux/device-log.ts';
import { readMmiotrace } from '../record-linux/guest-log.ts';
import { ELSEWHERE } from './address-spaces.ts';
import { mmiotraceDecoder } from './mmiotrace/decoder.ts';
import { qemuLogDecoder } from './qemu-log/decoder.ts';

const utf8 = new TextEncoder();
const raw = (path: string) =>
  gunzipSync(readFileSync(new URL(`../corpus/${path}.gz`, import.meta.url)));

const mmiotrace = (text: string, first?: string) =>
  decoded(mmiotraceDecoder(first, new EventBatch(16)), utf8.encode(text), 7);
const qemu = (text: string, first?: string) =>
  decoded(qemuLogDecoder(first, new EventBatch(16)), utf8.encode(text), 7);

const { Read, Write, Mark, Raw, Lost } = TraceKind;

const HEAD =
  'VERSION 20070824\nPCIDEV 0020 1b360010 a fe000004 0 c001 0 0 0 0 4000 0 20 0 0 0 0 nvme\n';

describe('mmiotrace', () => {
  for (const device of ['nvme', 'e1000e']) {
    it(`of Linux' ${device} gives what its own reader gives`, () => {
      const file = raw(`${device}/raw/mmiotrace`);
      const { header, events } = decoded(mmiotraceDecoder(), file);
      const bases = new Map(header.spaces.map(({ space, base }) => [space, base]));
      const accesses = events.filter(({ kind }) => kind === Read || kind === Write);
      const seen = accesses.map((event) => ({
        isWrite: event.kind === Write,
        size: event.size,
        address: event.address + (bases.get(event.space) ?? 0),
        value: wideValue(event),
      }));
      const wanted = readMmiotrace(file.toString('utf8'));
      expect(seen.length).toBe(wanted.length);
      expect(wanted).toMatchObject(seen);
      expect(events.filter(({ kind }) => kind === Raw)).toEqual([]);
    });
  }

  it('knows BARs, mappings, marks and losses', () => {
    const { header, events } = mmiotrace(
      `${HEAD}MAP 1.5 1 0x1000 0xffa0 0x100 0x0 0\n` +
        'R 4 2.000001 1 0xfe00001c 0x1 0x0 0\n' +
        'W 8 2.000002 1 0xfe000028 0x1122334455667788 0x0 0\n' +
        'W 4 2.000003 1 0x1010 0x2 0x0 0\nR 4 2.000004 1 0x2000 0x3 0x0 0\n' +
        'MARK 2.5 hello\nMARK 0.000000 Lost 17 events.\nwhat is this\n',
    );
    expect(header.spaces[0]).toEqual({
      space: 0,
      kind: 'memory',
      base: 0xfe000000,
      length: 0x4000,
    });
    expect(header.identity).toEqual({ 'mmiotrace-version': '20070824', began: '1.500000000' });
    const rows = events.map((it) => [it.kind, it.timeNs, it.space, it.address, wideValue(it)]);
    expect(rows.slice(2)).toEqual([
      [Read, 500_001_000, 0, 0x1c, 1n],
      [Write, 500_002_000, 0, 0x28, 0x1122334455667788n],
      [Write, 500_003_000, 8, 0x10, 2n],
      [Read, 500_004_000, ELSEWHERE, 0x2000, 3n],
      [Mark, 1_000_000_000, 0, 0, 0n],
      [Lost, 1_000_000_000, 0, 0, 17n],
      [Raw, 1_000_000_000, 0, 0, 0n],
    ]);
    expect(events.at(-1)?.text).toBe('what is this');
  });

  it('says where a line is broken', () => {
    const broken = (line: string) => () => mmiotrace(`${HEAD}${line}\n`);
    expect(broken('R 9 1.0 1 0x0 0x0 0x0 0')).toThrow('line 3, column 3: the width is larger');
    expect(broken('R 4 1 1 0x0 0x0 0x0 0')).toThrow('line 3, column 6: here must be "."');
    expect(broken('R 4 1.0 1 0xg 0x0 0x0 0')).toThrow(
      'line 3, column 13: here must be the physical',
    );
    expect(broken('W 4 1.0 1 0x1 0x12345678901234567 0')).toThrow('line 3, column 17: the value');
    expect(broken('PCIDEV 0020')).toThrow('line 3, column 12: here must be " "');
  });
});

describe("QEMU's log", () => {
  it('of the NVMe controller gives what its own reader gives', () => {
    const file = raw('nvme/raw/qemu-log');
    const { header, events } = decoded(qemuLogDecoder('00:04.0'), file);
    const wanted = readDeviceLog(file.toString('utf8'));
    const inBar = ({ kind, space }: { kind: number; space: number }) =>
      (kind === Read || kind === Write) && space < 16;
    const shape = ({ timeNs, kind, address, size, value, high }: (typeof events)[number]) =>
      [timeNs, kind, address, size, value, high].join();
    expect(events.filter(inBar).map(shape)).toEqual(wanted.events.filter(inBar).map(shape));
    expect(header.spaces[0]).toEqual(wanted.spaces[0]);
    expect(events.filter(({ kind }) => kind === TraceKind.Interrupt).length).toBeGreaterThan(100);
  });

  it('gives the lines of VFIO', () => {
    const { header, events } = qemu(
      'vfio_region_write  (0000:01:00.0:region0+0x14, 0x460001, 4)\n' +
        'vfio_region_read  (0000:01:00.0:region2+0x8, 8) = 0x1122334455667788\n' +
        'vfio_pci_read_config  (0000:01:00.0, @0x4, len=0x2) 0x6\n' +
        'vfio_pci_write_config  (0000:01:00.0, @0x4, 0x7, len=0x2)\n' +
        'vfio_msi_interrupt  (0000:01:00.0) vector 3 0xfee00000/0x4041\n' +
        'vfio_intx_interrupt  (0000:01:00.0) Pin A\nvfio_something else\n',
    );
    const rows = events.map(({ kind, space, address, size, value, high }) => {
      return [kind, space, address, size, value, high];
    });
    expect(rows).toEqual([
      [Write, 0, 0x14, 4, 0x460001, 0],
      [Read, 2, 8, 8, 0x55667788, 0x11223344],
      [TraceKind.ConfigRead, 0, 4, 2, 6, 0],
      [TraceKind.ConfigWrite, 0, 4, 2, 7, 0],
      [TraceKind.Interrupt, 1, 3, 0, 1, 0],
      [TraceKind.Interrupt, 0, 0, 0, 1, 0],
      [Mark, 0, 0, 0, 0, 0],
    ]);
    expect(header.provenance.device).toBe('0000:01:00.0');
  });

  it('says where a line is broken', () => {
    expect(() => qemu('12@1.000001:memory_region_ops_read cpu 0 mr 0x1 addr 5\n')).toThrow(
      'line 1, column 54: here must be the address',
    );
    expect(() => qemu('pci_cfg_read nvme 00:04.0 0x0\n')).toThrow('line 1, column 14: this trace');
    expect(() => qemu('12@1.5;vfio\n')).toThrow('line 1, column 7: here must be ":"');
  });
});
