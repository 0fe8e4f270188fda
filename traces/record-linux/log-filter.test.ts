/** Lines as QEMU 7.2 writes them, each kept or not. */
import { expect, it } from 'vitest';
import { LogFilter } from './log-filter.ts';

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
  ].map((line) => filter.keeps(line));
  expect(kept).toEqual([false, false, false, true, false, true, true, false, true, false]);
});

it('keeps the configuration space of the function only', () => {
  const filter = new LogFilter('nvme');
  expect(filter.keeps('7@1.000001:pci_cfg_read nvme 00:04.0 @0x0 -> 0x101b36')).toBe(true);
  expect(filter.keeps('7@1.000001:pci_cfg_write mch 00:00.0 @0x91 <- 0x33')).toBe(false);
});

it('keeps marks and what the device says', () => {
  const filter = new LogFilter('nvme');
  expect(filter.keeps(access('0xe9', 'isa-debugcon'))).toBe(true);
  expect(filter.keeps('7@1.000001:pci_nvme_irq_msix raising MSI-X IRQ vector 0')).toBe(true);
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
  ].map(([irq, level]) => filter.keeps(`7@1.000001:ioapic_set_irq vector: ${irq} level: ${level}`));
  expect(kept).toEqual([true, false, false, true, false, true]);
});
