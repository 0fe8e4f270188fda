/** The documents behind the rules and clauses of PCI; all known from secondary sources. */
import type { Citation } from '../../citation.ts';

export const PCI: Citation = {
  document: 'PCI Local Bus Specification',
  revision: '3.0',
  basis: 'secondary',
};

export const PCI_POWER: Citation = {
  document: 'PCI Bus Power Management Interface Specification',
  revision: '1.2',
  basis: 'secondary',
};

export const PCI_EXPRESS: Citation = {
  document: 'PCI Express Base Specification',
  revision: '2.0',
  basis: 'secondary',
};

export const IO_PCI_DEVICE: Citation = {
  document: 'PCIDriverKit, IOPCIDevice.iig',
  revision: 'IOPCIFamily 726.0.5',
  basis: 'secondary',
};

export const IO_SERVICE: Citation = {
  document: 'DriverKit, IOService.iig',
  revision: 'xnu-11417',
  basis: 'secondary',
};

export const IO_DMA_COMMAND: Citation = {
  document: 'DriverKit, IODMACommand.iig',
  revision: 'xnu-11417',
  basis: 'secondary',
};

export const IO_INTERRUPT_SOURCE: Citation = {
  document: 'DriverKit, IOInterruptDispatchSource.iig',
  revision: 'xnu-11417',
  basis: 'secondary',
};
