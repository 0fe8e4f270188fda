/** The documents behind the rules and clauses of PCI; all known from secondary sources. */
import type { Citation } from '../../citation.ts';

const cited = (document: string, revision: string): Citation => ({
  document,
  revision,
  basis: 'secondary',
});
const driverKit = (file: string): Citation => cited(`DriverKit, ${file}`, 'xnu-11417');

export const PCI = cited('PCI Local Bus Specification', '3.0');
export const PCI_POWER = cited('PCI Bus Power Management Interface Specification', '1.2');
export const PCI_EXPRESS = cited('PCI Express Base Specification', '2.0');
export const IO_PCI_DEVICE = cited('PCIDriverKit, IOPCIDevice.iig', 'IOPCIFamily 726.0.5');
export const IO_SERVICE = driverKit('IOService.iig');
export const IO_DMA_COMMAND = driverKit('IODMACommand.iig');
export const IO_INTERRUPT_SOURCE = driverKit('IOInterruptDispatchSource.iig');
