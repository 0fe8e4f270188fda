/** Mutants of the simulated PCI function, by hand: interrupts, side effects, timing. */
import type { DeviceMutant } from '../../../drivers-under-test/mutants/mutant.ts';

export const pciMutants: readonly DeviceMutant[] = [
  {
    id: 'pci/no-vendor',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'The vendor id reads as all ones.',
    noSmoke: 'the smoke test looks whether anybody answers',
    edits: [{ find: 'reset: options.vendor }', replace: 'reset: 0xffff }' }],
  },
  {
    id: 'pci/device-id-writable',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'The device id can be written.',
    edits: [
      {
        find: "DEVICE: { at: 0x02, access: 'RO', reset: options.device }",
        replace: 'DEVICE: { at: 0x02, reset: options.device }',
      },
    ],
  },
  {
    id: 'pci/revision-writable',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'The revision can be written.',
    edits: [
      {
        find: "width: 8, access: 'RO', reset: options.revision",
        replace: 'width: 8, reset: options.revision',
      },
    ],
  },
  {
    id: 'pci/subsystem-writable',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'The subsystem id can be written.',
    edits: [
      {
        find: "SUBSYSTEM: { at: 0x2e, access: 'RO'",
        replace: "SUBSYSTEM: { at: 0x2e, access: 'RW'",
      },
    ],
  },
  {
    id: 'pci/header-type-1',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'The header says that it is one of a bridge.',
    edits: [
      {
        find: "HEADER_TYPE: { at: 0x0e, width: 8, access: 'RO' }",
        replace: "HEADER_TYPE: { at: 0x0e, width: 8, access: 'RO', reset: 1 }",
      },
    ],
  },
  {
    id: 'pci/reserved-writable',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'Reserved bytes of the header can be written.',
    edits: [
      { find: "RESERVED36: { at: 0x36, access: 'RO' }", replace: 'RESERVED36: { at: 0x36 }' },
    ],
  },
  {
    id: 'pci/master-read-only',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'Bus mastering cannot be turned on.',
    edits: [{ find: 'MASTER: bit(2),', replace: "MASTER: bit(2, { access: 'RO' })," }],
  },
  {
    id: 'pci/message-and-line',
    target: 'sim:edu',
    file: 'sim/buses/pci/interrupts.ts',
    what: 'Each message asserts the line as well.',
    edits: [
      {
        find: 'this.#listener.message(vector);',
        replace:
          'this.#listener.message(vector);\n' +
          '    this.#journal.record(EventKind.Interrupt, InterruptKind.Level, 0, 1);',
      },
    ],
  },
  {
    id: 'pci/command-reserved',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'A reserved bit of the command register can be written.',
    edits: [
      { find: 'INTX_DISABLE: bit(10),', replace: 'INTX_DISABLE: bit(10),\n    RESERVED: bit(12),' },
    ],
  },
  {
    id: 'pci/status-writable',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'The capabilities bit of the status register can be written.',
    edits: [
      {
        find: 'CAPABILITIES: bit(4, { reset: capabilities ? 1 : 0 })',
        replace: "CAPABILITIES: bit(4, { access: 'RW', reset: capabilities ? 1 : 0 })",
      },
    ],
  },
  {
    id: 'pci/interrupt-line-lost',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'The interrupt line register holds nothing.',
    edits: [
      {
        find: 'INTERRUPT_LINE: { at: 0x3c, width: 8,',
        replace: "INTERRUPT_LINE: { at: 0x3c, width: 8, access: 'RO',",
      },
    ],
  },
  {
    id: 'pci/interrupt-pin-writable',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'The interrupt pin can be written.',
    edits: [
      {
        find: "INTERRUPT_PIN: { at: 0x3d, width: 8, access: 'RO',",
        replace: 'INTERRUPT_PIN: { at: 0x3d, width: 8,',
      },
    ],
  },
  {
    id: 'pci/bar-size-doubled',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'A BAR tells twice its size.',
    edits: [
      {
        find: 'const address = low < 32 ? { ADDRESS: bits(31, low) } : {};',
        replace: 'const address = low < 31 ? { ADDRESS: bits(31, low + 1) } : {};',
      },
    ],
  },
  {
    id: 'pci/bar-type-writable',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'The type bits of a BAR can be written.',
    edits: [
      {
        find: "      TYPE: bits(2, 1, {\n        access: 'RO',",
        replace: '      TYPE: bits(2, 1, {',
      },
    ],
  },
  {
    id: 'pci/absent-bar-writable',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'A BAR that is not there can be written.',
    edits: [
      { find: "return { at, width: 32, access: 'RO' };", replace: 'return { at, width: 32 };' },
    ],
  },
  {
    id: 'pci/rom-size',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'The expansion ROM tells a size that is no power of two.',
    edits: [
      {
        find: "ROM: { at: 0x30, width: 32, access: 'RO' }",
        replace: 'ROM: { at: 0x30, width: 32, fields: { HIGH: bits(31, 24), LOW: bits(15, 11) } }',
      },
    ],
  },
  {
    id: 'pci/decodes-at-once',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'Memory is decoded after power-on.',
    edits: [{ find: 'MEMORY: bit(1),', replace: 'MEMORY: bit(1, { reset: 1 }),' }],
  },
  {
    id: 'pci/decodes-after-reset',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'Memory is still decoded after a hot reset.',
    edits: [{ find: 'MEMORY: bit(1),', replace: "MEMORY: bit(1, { keptBy: ['hot'] })," }],
  },
  {
    id: 'pci/list-bit-wrong',
    target: 'sim:edu',
    file: 'sim/buses/pci/header.ts',
    what: 'The status register denies the list of capabilities.',
    edits: [{ find: 'reset: capabilities ? 1 : 0', replace: 'reset: capabilities ? 0 : 1' }],
  },
  {
    id: 'pci/odd-bytes',
    target: 'sim:edu',
    file: 'sim/buses/pci/config-space.ts',
    what: 'A byte at an odd offset reads as the one before it.',
    edits: [
      {
        find: 'placed.bank.read(offset - placed.at, size);',
        replace: 'placed.bank.read(offset - placed.at - (size === 1 ? offset % 2 : 0), size);',
      },
    ],
  },
  {
    id: 'pci/list-endless',
    target: 'sim:edu',
    file: 'sim/buses/pci/config-space.ts',
    what: 'The last capability points back to the first.',
    edits: [
      {
        find: 'before = capability;',
        replace: 'before = capability; capability.bank.registers.NEXT.value = CAPABILITIES_BASE;',
      },
    ],
  },
  {
    id: 'pci/removed-reads-zero',
    target: 'sim:edu',
    file: 'sim/buses/pci/sim-function.ts',
    what: 'A function that was pulled out reads as zeros.',
    edits: [
      {
        find: 'return this.#removed ? allOnes(size) : this.#config.read(offset, size);',
        replace: 'return this.#removed ? 0 : this.#config.read(offset, size);',
      },
    ],
  },
  {
    id: 'pci/decoders-swapped',
    target: 'sim:edu',
    file: 'sim/buses/pci/sim-function.ts',
    what: 'Memory answers to the bit for I/O ports, and the other way round.',
    edits: [
      {
        find: "bar.kind === 'IO' ? registers.COMMAND.IO : registers.COMMAND.MEMORY",
        replace: "bar.kind !== 'IO' ? registers.COMMAND.IO : registers.COMMAND.MEMORY",
      },
    ],
  },
  {
    id: 'pci/moved-bar-answers',
    target: 'sim:edu',
    file: 'sim/buses/pci/sim-function.ts',
    what: 'A BAR answers at its old address when it was moved.',
    edits: [
      {
        find: 'const here = programmed(registers, index, bar.kind) === bar.address;',
        replace: 'const here = programmed(registers, index, bar.kind) >= 0;',
      },
    ],
  },
  {
    id: 'pci/masters-unasked',
    target: 'sim:edu',
    file: 'sim/buses/pci/sim-function.ts',
    what: 'The function masters the bus without having been allowed to.',
    edits: [
      { find: 'mayMaster: () => this.#mayMaster(),', replace: 'mayMaster: () => !this.#removed,' },
    ],
  },
  {
    id: 'pci/heads-writable',
    target: 'sim:edu',
    file: 'sim/buses/pci/capability.ts',
    what: 'The links of capabilities can be written.',
    edits: [
      { find: "NEXT: { at: 1, width: 8, access: 'RO',", replace: 'NEXT: { at: 1, width: 8,' },
    ],
  },
  {
    id: 'pci/msi-on-at-once',
    target: 'sim:edu',
    file: 'sim/buses/pci/msi.ts',
    what: 'MSI is on after power-on.',
    edits: [{ find: 'ENABLE: bit(0),', replace: 'ENABLE: bit(0, { reset: 1 }),' }],
  },
  {
    id: 'pci/msi-vectors-writable',
    target: 'sim:edu',
    file: 'sim/buses/pci/msi.ts',
    what: 'The number of vectors asked for can be written.',
    edits: [
      { find: "CAPABLE: bits(3, 1, { access: 'RO', reset", replace: 'CAPABLE: bits(3, 1, { reset' },
    ],
  },
  {
    id: 'pci/msi-address-unaligned',
    target: 'sim:edu',
    file: 'sim/buses/pci/msi.ts',
    what: 'The lowest bits of the message address can be written.',
    edits: [
      {
        find: 'ADDRESS: { at: 4, width: 32, fields: { ADDRESS: bits(31, 2) } },',
        replace: 'ADDRESS: { at: 4, width: 32, fields: { ADDRESS: bits(31, 0) } },',
      },
    ],
  },
  {
    id: 'pci/msi-survives-reset',
    target: 'sim:edu',
    file: 'sim/buses/pci/msi.ts',
    what: 'MSI stays on over a hot reset.',
    edits: [{ find: 'ENABLE: bit(0),', replace: "ENABLE: bit(0, { keptBy: ['hot'] })," }],
  },
  {
    id: 'pci/awake-in-d3hot',
    target: 'sim:edu-express',
    file: 'sim/buses/pci/power-management.ts',
    what: 'In D3hot the function answers as in D0.',
    edits: [
      {
        find: 'return this.bank.registers.PMCSR.STATE === PowerState.D0;',
        replace: 'return this.bank.registers.PMCSR.STATE <= PowerState.D3;',
      },
    ],
  },
  {
    id: 'pci/d3hot-keeps-state',
    target: 'sim:edu-express',
    file: 'sim/buses/pci/power-management.ts',
    what: 'The way back to D0 keeps the state, though the function does not promise it.',
    edits: [
      {
        find: 'changed(PMCSR.STATE === D0 && PMCSR.NO_SOFT_RESET === 0);',
        replace: 'changed(PMCSR.STATE === D0 && PMCSR.NO_SOFT_RESET === 1);',
      },
    ],
  },
  {
    id: 'pci/msix-survives-reset',
    target: 'sim:edu-express',
    file: 'sim/buses/pci/msix.ts',
    what: 'MSI-X stays on over a hot reset.',
    edits: [{ find: 'ENABLE: bit(15),', replace: "ENABLE: bit(15, { keptBy: ['hot'] })," }],
  },
  {
    id: 'pci/msix-unmasked',
    target: 'sim:edu-express',
    file: 'sim/buses/pci/msix.ts',
    what: 'The vectors of MSI-X are not masked at first.',
    edits: [{ find: 'MASK: bit(0, { reset: 1 })', replace: 'MASK: bit(0)' }],
  },
  {
    id: 'pci/function-reset-ignored',
    target: 'sim:edu-express',
    file: 'sim/buses/pci/sim-function.ts',
    what: 'A function-level reset does nothing.',
    edits: [
      {
        find: 'this.#reset(kind);\n    this.#platformAssigns();',
        replace: "if (kind !== 'function') this.#reset(kind);\n    this.#platformAssigns();",
      },
    ],
  },
];
