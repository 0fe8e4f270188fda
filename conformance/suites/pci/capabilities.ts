/** The list of capabilities: MSI, MSI-X, power management, function-level reset. */
import fc from 'fast-check';
import { property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { PCI, PCI_EXPRESS, PCI_POWER } from '../../specs/pci/documents.ts';
import {
  CAPABILITIES_MAX,
  CAPABILITY_END,
  CAPABILITY_FIRST,
  CapabilityId,
  Command,
  Config,
  ONES,
  Status,
  answers,
  capability,
  capabilityOffsets,
  isSilent,
  readPlace,
} from './function-facts.ts';

const Msi = { Control: 2, Address: 4, Upper: 8, Data: 8, WideData: 12 } as const;
const MsiControl = { Enable: 0x1, Capable: 0xe, Enabled: 0x70, Wide: 0x80 } as const;
/** Of the exponent of the number of vectors: 32 is 2^5. */
const MSI_EXPONENT_MAX = 5;
const PMCSR = 4;
const Power = { State: 0x3, NoSoftReset: 0x8 } as const;
const D3HOT = 3;

const Msix = { Control: 2, Table: 4, EntryBytes: 16 } as const;
const MsixControl = { Size: 0x7ff, FunctionMask: 0x4000, Enable: 0x8000 } as const;

export const capabilities = suite({
  id: 'pci/capabilities',
  for: { bus: 'pci' },
  clauses: [
    {
      id: 'list',
      cite: PCI,
      text: 'The list of capabilities ends, and lies on double words behind the header.',
      level: 'shall',
      subject: 'device',
      check({ function: pci }) {
        const offsets = capabilityOffsets(pci);
        expect.that(offsets.length <= CAPABILITIES_MAX, 'the list of capabilities ends');
        expect.equal(new Set(offsets).size, offsets.length, 'capabilities that are listed once');
        for (const at of offsets) {
          const lies = at >= CAPABILITY_FIRST && at < CAPABILITY_END && at % 4 === 0;
          expect.that(lies, `the place of the capability at ${at}`);
        }
      },
    },
    {
      id: 'list-bit',
      cite: PCI,
      text: 'The status register says whether there is a list, and the pointer agrees.',
      level: 'shall',
      subject: 'device',
      check({ function: pci }) {
        const said = (pci.configRead(Config.Status, 2) & Status.Capabilities) !== 0;
        expect.equal(pci.configRead(Config.Capabilities, 1) !== 0, said, 'a pointer to a list');
      },
    },
    {
      id: 'heads',
      cite: PCI,
      text: 'Ids and links of capabilities never change.',
      level: 'shall',
      subject: 'device',
      check({ function: pci }) {
        for (const at of [Config.Capabilities, ...capabilityOffsets(pci)]) {
          const size = at === Config.Capabilities ? 1 : 2;
          const before = pci.configRead(at, size);
          pci.configWrite(at, size, ONES[size] - before);
          expect.equal(pci.configRead(at, size), before, `the head of the capability at ${at}`);
        }
      },
    },
    {
      id: 'msi-enable',
      cite: PCI,
      text: 'MSI is off until it is enabled, and its enable bit reads back.',
      level: 'shall',
      subject: 'device',
      needs: ['msi'],
      check({ function: pci }) {
        const at = capability(pci, CapabilityId.Msi) + Msi.Control;
        for (const enable of [0, MsiControl.Enable, 0]) {
          if (enable !== 0) pci.configWrite(at, 2, enable);
          expect.equal(pci.configRead(at, 2) & MsiControl.Enable, enable, 'the enable bit');
          pci.configWrite(at, 2, 0);
        }
      },
    },
    {
      id: 'msi-vectors',
      cite: PCI,
      text: 'MSI asks for 1 to 32 vectors, which never changes; what is granted reads back.',
      level: 'shall',
      subject: 'device',
      needs: ['msi'],
      check({ function: pci }) {
        const at = capability(pci, CapabilityId.Msi) + Msi.Control;
        const asked = (pci.configRead(at, 2) & MsiControl.Capable) / 2;
        expect.that(asked <= MSI_EXPONENT_MAX, 'the exponent of vectors', '0 to 5', String(asked));
        for (let granted = 0; granted <= asked; granted++) {
          pci.configWrite(at, 2, granted * 16);
          const control = pci.configRead(at, 2);
          expect.equal((control & MsiControl.Enabled) / 16, granted, 'the vectors granted');
          expect.equal((control & MsiControl.Capable) / 2, asked, 'the vectors asked for');
        }
        pci.configWrite(at, 2, MsiControl.Capable);
        const kept = (pci.configRead(at, 2) & MsiControl.Capable) / 2;
        expect.equal(kept, asked, 'the vectors asked for');
        pci.configWrite(at, 2, 0);
      },
    },
    property({
      id: 'msi-message',
      cite: PCI,
      text: 'Address and data of a message read back; the address is that of a double word.',
      level: 'shall',
      subject: 'device',
      needs: ['msi'],
      given: fc.record({
        low: fc.nat({ max: ONES[4] }),
        high: fc.nat({ max: ONES[4] }),
        data: fc.nat({ max: ONES[2] }),
      }),
      check({ function: pci }, { low, high, data }) {
        const at = capability(pci, CapabilityId.Msi);
        const wide = (pci.configRead(at + Msi.Control, 2) & MsiControl.Wide) !== 0;
        const dataAt = at + (wide ? Msi.WideData : Msi.Data);
        pci.configWrite(at + Msi.Address, 4, low);
        pci.configWrite(dataAt, 2, data);
        if (wide) pci.configWrite(at + Msi.Upper, 4, high);
        expect.equal(pci.configRead(at + Msi.Address, 4), low - (low % 4), 'the address');
        expect.equal(pci.configRead(dataAt, 2), data, 'the data');
        if (wide) expect.equal(pci.configRead(at + Msi.Upper, 4), high, 'the upper address');
      },
    }),
    {
      id: 'msi-reset',
      cite: PCI,
      text: 'A reset turns MSI off.',
      level: 'shall',
      subject: 'device',
      needs: ['msi', 'device-reset'],
      check({ function: pci }) {
        const at = capability(pci, CapabilityId.Msi) + Msi.Control;
        pci.configWrite(at, 2, MsiControl.Enable);
        expect.that(pci.reset('hot'), 'the hot reset is done');
        expect.equal(pci.configRead(at, 2) & MsiControl.Enable, 0, 'the enable bit');
      },
    },
    {
      id: 'd3hot',
      cite: PCI_POWER,
      text: 'In D3hot a function answers in configuration space only.',
      level: 'shall',
      subject: 'device',
      needs: ['power-states'],
      check(scene) {
        const pci = scene.function;
        const at = capability(pci, CapabilityId.PowerManagement) + PMCSR;
        const found = answers(scene);
        const id = pci.configRead(Config.Vendor, 4);
        pci.configWrite(Config.Command, 2, Command.Io + Command.Memory);
        pci.configWrite(at, 2, D3HOT);
        expect.equal(pci.configRead(Config.Vendor, 4), id, 'the id in D3hot');
        expect.equal(pci.configRead(at, 2) & Power.State, D3HOT, 'the power state');
        for (const answer of found)
          expect.that(isSilent(pci, answer), `BAR ${answer.bar} in D3hot`);
        pci.configWrite(at, 2, 0);
        expect.equal(pci.configRead(at, 2) & Power.State, 0, 'the power state on return');
      },
    },
    {
      id: 'd0-soft-reset',
      cite: PCI_POWER,
      text: 'On return to D0 a function that does not promise to keep its state has lost it.',
      level: 'shall',
      subject: 'device',
      needs: ['power-states'],
      check({ function: pci }) {
        const at = capability(pci, CapabilityId.PowerManagement) + PMCSR;
        const keeps = (pci.configRead(at, 2) & Power.NoSoftReset) !== 0;
        pci.configWrite(Config.Command, 2, Command.Memory);
        pci.configWrite(at, 2, D3HOT);
        pci.configWrite(at, 2, 0);
        const expected = keeps ? Command.Memory : 0;
        expect.equal(pci.configRead(Config.Command, 2), expected, 'the command register in D0');
      },
    },
    {
      id: 'msix-enable',
      cite: PCI,
      text: 'MSI-X is off after a reset; enable and function mask read back, the size never changes.',
      level: 'shall',
      subject: 'device',
      needs: ['msix', 'device-reset'],
      check({ function: pci }) {
        const at = capability(pci, CapabilityId.MsiX) + Msix.Control;
        const size = pci.configRead(at, 2) & MsixControl.Size;
        expect.equal(pci.configRead(at, 2), size, 'the control word at first');
        const both = MsixControl.Enable + MsixControl.FunctionMask;
        pci.configWrite(at, 2, ONES[2]);
        expect.equal(pci.configRead(at, 2), both + size, 'the control word, all ones written');
        expect.that(pci.reset('hot'), 'the hot reset is done');
        expect.equal(pci.configRead(at, 2), size, 'the control word after a reset');
      },
    },
    {
      id: 'msix-table',
      cite: PCI,
      text: 'Every vector of MSI-X is masked at first; address, data and mask read back.',
      level: 'shall',
      subject: 'device',
      needs: ['msix'],
      check({ function: pci }) {
        const at = capability(pci, CapabilityId.MsiX);
        const vectors = (pci.configRead(at + Msix.Control, 2) & MsixControl.Size) + 1;
        const where = pci.configRead(at + Msix.Table, 4);
        const bar = where % 8;
        pci.configWrite(Config.Command, 2, Command.Memory);
        for (let vector = 0; vector < vectors; vector++) {
          const entry = where - bar + vector * Msix.EntryBytes;
          expect.equal(pci.read(bar, entry + 12, 4) & 1, 1, `the mask of vector ${vector}`);
          [0x1000 + vector * 4, 1, 0xbeef, 0].forEach((value, index) => {
            pci.write(bar, entry + index * 4, 4, value);
            expect.equal(pci.read(bar, entry + index * 4, 4), value, `word ${index} of ${vector}`);
          });
        }
      },
    },
    {
      id: 'function-reset',
      cite: PCI_EXPRESS,
      text: 'A function-level reset puts the command register and the device to their first state.',
      level: 'shall',
      subject: 'device',
      needs: ['function-reset'],
      check(scene) {
        const pci = scene.function;
        const found = answers(scene);
        pci.configWrite(Config.Command, 2, Command.Io + Command.Memory + Command.Master);
        const before = found.map((answer) => readPlace(pci, answer));
        expect.that(pci.reset('function'), 'the function-level reset is done');
        expect.equal(pci.configRead(Config.Command, 2), 0, 'the command register');
        for (const answer of found) expect.that(isSilent(pci, answer), `BAR ${answer.bar}`);
        pci.configWrite(Config.Command, 2, Command.Io + Command.Memory);
        expect.equal(
          found.map((answer) => readPlace(pci, answer)),
          before,
          'the registers',
        );
      },
    },
  ],
});
