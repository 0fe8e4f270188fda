/** Each form of line of QEMU's log, as an event. */
import { expect, it } from 'vitest';
import { TraceKind, traceEvent } from '../format/event.ts';
import { readDeviceLog } from './device-log.ts';

function access(verb: string, address: string, value: string, size: number, region: string) {
  const what = `cpu 0 mr 0x55 addr ${address} value ${value} size ${size} name '${region}'`;
  return `memory_region_ops_${verb} ${what}`;
}

function read(...lines: string[]) {
  return readDeviceLog(lines.map((line, at) => `7@12.00000${at}:${line}\n`).join(''));
}

it('reads configuration space with the width of its window', () => {
  const { events } = read(
    'pci_cfg_read nvme 00:04.0 @0x6 -> 0x10',
    access('read', '0xcfe', '0x10', 2, 'pci-conf-data'),
    access('write', '0xcfc', '0x406', 2, 'pci-conf-data'),
    'pci_cfg_write nvme 00:04.0 @0x4 <- 0x406',
  );
  expect(events).toEqual([
    traceEvent({ timeNs: 1000, kind: TraceKind.ConfigRead, address: 6, size: 2, value: 0x10 }),
    traceEvent({ timeNs: 3000, kind: TraceKind.ConfigWrite, address: 4, size: 2, value: 0x406 }),
  ]);
});

it('places accesses in BARs, with all bits of the value', () => {
  const { events, spaces } = read(
    'pci_update_mappings_add nvme 00:04.0 0,0x100000000+0x4000',
    'pci_update_mappings_add nvme 00:04.0 2,0xc000+0x8',
    access('write', '0x100000028', '0x123456789a', 8, 'nvme'),
    access('read', '0xc005', '0x60', 1, 'serial'),
  );
  expect(spaces).toEqual([
    { space: 0, kind: 'memory', base: 0x1_0000_0000, length: 0x4000 },
    { space: 2, kind: 'io', base: 0xc000, length: 8 },
  ]);
  const wide = { address: 0x28, size: 8, value: 0x3456789a, high: 0x12 };
  expect(events).toEqual([
    traceEvent({ timeNs: 2000, kind: TraceKind.Write, space: 0, ...wide }),
    traceEvent({ timeNs: 3000, kind: TraceKind.Read, space: 2, address: 5, size: 1, value: 0x60 }),
  ]);
});

it("keeps the PCI core's accesses to MSI-X apart, at the same offsets", () => {
  const { events, spaces } = read(
    'pci_update_mappings_add nvme 00:04.0 0,0x10000+0x4000',
    access('write', '0x1200c', '0x1', 4, 'msix-table'),
    access('write', '0x11000', '0x1', 4, 'nvme'),
    access('read', '0x13000', '0x0', 4, 'msix-pba'),
  );
  expect(events.map(({ space, address }) => [space, address])).toEqual([
    [8, 0x200c],
    [0, 0x1000],
    [8, 0x3000],
  ]);
  expect(spaces.map(({ space, base, length }) => [space, base, length])).toEqual([
    [0, 0x10000, 0x4000],
    [8, 0x10000, 0x4000],
  ]);
});

it('knows interrupts, by message and by level', () => {
  const { events } = read(
    'pci_nvme_irq_msix raising MSI-X IRQ vector 1',
    'e1000e_irq_msix_notify_vec MSI-X notify vector 0x2',
    'ioapic_set_irq vector: 20 level: 1',
    'e1000e_irq_legacy_notify IRQ line state: 0',
  );
  expect(events.map(({ space, address, value }) => [space, address, value])).toEqual([
    [1, 1, 1],
    [1, 2, 1],
    [0, 0, 1],
    [0, 0, 0],
  ]);
});

it('spells phases from the letters of the debug console', () => {
  const letters = Array.from('io\n', (it) => `0x${it.codePointAt(0)!.toString(16)}`);
  const lines = letters.map((code) => access('write', '0xe9', code, 1, 'isa-debugcon'));
  const [mark] = read(...lines).events;
  expect(mark).toEqual(traceEvent({ timeNs: 2000, kind: TraceKind.Mark, text: 'phase io' }));
});

it('keeps what the model complains of, and what it notes', () => {
  const { events, notes } = read(
    'e1000e_wrn_regs_read_unknown WARNING: Read from unknown register 0xfc, 4 byte(s)',
    "pci_nvme_admin_cmd cid 31 sqid 0 opc 0xc opname 'NVME_ADM_CMD_ASYNC_EV_REQ'",
  );
  expect(events.map(({ kind }) => kind)).toEqual([TraceKind.Gap]);
  expect(notes).toEqual([{ point: 'pci_nvme_admin_cmd', numbers: { cid: 31, sqid: 0, opc: 12 } }]);
});

it.each([
  'no time at all',
  '7@12.000001:memory_region_ops_read cpu 0',
  `7@12.000001:${access('read', '0x5000', '0x0', 4, 'nvme')}`,
  `7@12.000001:${access('read', '0xcfc', '0x0', 4, 'pci-conf-data')}`,
  '7@12.000001:pci_cfg_write nvme 00:04.0 @0x4 <- 0x406',
  '7@12.000001:pci_nvme_irq_masked IRQ is masked by nobody',
])('names the line that it does not understand: %s', (line) => {
  expect(() => readDeviceLog(line)).toThrow(line);
});
