/** Lines as QEMU 7.2 writes them, each kept or not. */
import { expect, it } from 'vitest';
import { LogFilter } from './log-filter.ts';

const keeps = (filter: LogFilter, line: string): boolean => [...filter.lines(line)].includes(line);

function access(address: string, region: string): string {
  const what = `cpu 0 mr 0x55 addr ${address} value 0x1 size 4 name '${region}'`;
  return `7@1.000001:memory_region_ops_read ${what}`;
}

const mapping = (verb: string, name: string): string =>
  `7@1.000001:pci_update_mappings_${verb} ${name} 00:04.0 0,0x10000+0x2000`;

it('keeps accesses within the BARs of the function, as they are mapped', () => {
  const filter = new LogFilter('nvme');
  const kept = [
    access('0x10000', 'nvme'),
    mapping('add', 'other'),
    access('0x10000', 'nvme'),
    mapping('add', 'nvme'),
    access('0xffff', 'nvme'),
    access('0x10000', 'nvme'),
    access('0x11fff', 'msix-table'),
    access('0x12000', 'nvme'),
    mapping('del', 'nvme'),
    access('0x10000', 'nvme'),
  ].map((line) => keeps(filter, line));
  expect(kept).toEqual([false, false, false, true, false, true, true, false, true, false]);
});

it('keeps the configuration space of the function, with the access that tells the width', () => {
  const filter = new LogFilter('nvme');
  const write = (address: string): string =>
    access(address, 'pci-conf-data').replace('ops_read', 'ops_write');
  const log = [
    '7@1.000001:pci_cfg_read nvme 00:04.0 @0x0 -> 0x101b36',
    access('0xcfc', 'pci-conf-data'),
    '7@1.000001:pci_cfg_read mch 00:00.0 @0x0 -> 0x29c08086',
    access('0xcfd', 'pci-conf-data'),
    write('0xcfe'),
    '7@1.000001:pci_cfg_write mch 00:00.0 @0x91 <- 0x33',
    write('0xcff'),
    '7@1.000001:pci_cfg_write nvme 00:04.0 @0x4 <- 0x6',
  ];
  expect(log.flatMap((line) => [...filter.lines(line)])).toEqual(
    [0, 1, 6, 7].map((index) => log[index]),
  );
});

it('keeps marks and what the device says', () => {
  const filter = new LogFilter('nvme');
  expect(keeps(filter, access('0xe9', 'isa-debugcon'))).toBe(true);
  expect(keeps(filter, '7@1.000001:pci_nvme_irq_msix raising MSI-X IRQ vector 0')).toBe(true);
});

it('keeps the changes of one interrupt line', () => {
  const filter = new LogFilter('pci-serial', 20);
  const kept = [
    [20, 0],
    [20, 0],
    [4, 1],
    [20, 1],
    [20, 1],
    [20, 0],
  ].map(([irq, level]) =>
    keeps(filter, `7@1.000001:ioapic_set_irq vector: ${irq} level: ${level}`),
  );
  expect(kept).toEqual([true, false, false, true, false, true]);
});
