/** The type 0 configuration header: who the function is, and its command and status registers. */
import fc from 'fast-check';
import { property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { PCI } from '../../specs/pci/documents.ts';
import { Command, Config, ONES, Status } from './function-facts.ts';

const PIN_LAST = 4;
const HEADER_BYTES = 0x40;
const WRITABLE = [Command.Io, Command.Memory, Command.Master, Command.IntxDisable];

/** Writes a pattern to a double word and reads it; it must stay as it was. */
const readOnly = (id: string, offset: number, what: string) =>
  property({
    id,
    cite: PCI,
    text: `${what} never change, whatever is written.`,
    level: 'shall',
    subject: 'device',
    given: fc.oneof(fc.constantFrom(0, ONES[4]), fc.nat({ max: ONES[4] })),
    check({ function: pci }, pattern) {
      const before = pci.configRead(offset, 4);
      pci.configWrite(offset, 4, pattern);
      expect.equal(pci.configRead(offset, 4), before, what);
    },
  });

export const header = suite({
  id: 'pci/header',
  for: { bus: 'pci' },
  clauses: [
    {
      id: 'present',
      cite: PCI,
      text: 'A function that is present has a vendor id other than all ones.',
      level: 'shall',
      subject: 'device',
      check({ function: pci }) {
        const vendor = pci.configRead(Config.Vendor, 2);
        expect.that(vendor !== ONES[2], 'a vendor id', 'not all ones', 'all ones');
      },
    },
    readOnly('ids', Config.Vendor, 'Vendor and device id'),
    readOnly('class', Config.Revision, 'Revision and class code'),
    readOnly('subsystem', Config.Subsystem, 'Subsystem vendor and subsystem id'),
    {
      id: 'type-0',
      cite: PCI,
      text: 'The header of a function with six BARs is of type 0.',
      level: 'shall',
      subject: 'device',
      check({ function: pci }) {
        expect.equal(pci.configRead(Config.HeaderType, 1) & 0x7f, 0, 'the layout of the header');
      },
    },
    {
      id: 'reserved',
      cite: PCI,
      text: 'Reserved bytes of the header read as zero.',
      level: 'shall',
      subject: 'device',
      check({ function: pci }) {
        for (let at: number = Config.Reserved; at < Config.InterruptLine; at++) {
          pci.configWrite(at, 1, ONES[1]);
          expect.equal(pci.configRead(at, 1), 0, `the reserved byte at ${at}`);
        }
      },
    },
    {
      id: 'sizes',
      cite: PCI,
      text: 'Bytes, words and double words of configuration space read alike.',
      level: 'shall',
      subject: 'device',
      check({ function: pci }) {
        for (let at = 0; at < HEADER_BYTES; at += 4) {
          const bytes = [0, 1, 2, 3].map((byte) => pci.configRead(at + byte, 1) * 256 ** byte);
          const words = [0, 2].map((byte) => pci.configRead(at + byte, 2) * 256 ** byte);
          const sum = (parts: number[]) => parts.reduce((total, part) => total + part, 0);
          const whole = pci.configRead(at, 4);
          expect.equal(sum(bytes), whole, `four bytes at ${at}`);
          expect.equal(sum(words), whole, `two words at ${at}`);
        }
      },
    },
    property({
      id: 'command',
      cite: PCI,
      text: 'I/O space, memory space, bus mastering and INTx disable read back as written.',
      level: 'shall',
      subject: 'device',
      given: fc.array(fc.subarray(WRITABLE), { minLength: 1, maxLength: 8 }),
      check({ function: pci }, writes) {
        const judged = WRITABLE.reduce((all, each) => all + each, 0);
        for (const set of writes) {
          const value = set.reduce((all, each) => all + each, 0);
          pci.configWrite(Config.Command, 2, value);
          expect.equal(pci.configRead(Config.Command, 2) & judged, value, 'the command register');
        }
        pci.configWrite(Config.Command, 2, 0);
      },
    }),
    {
      id: 'command-reserved',
      cite: PCI,
      text: 'Reserved bits of the command register read as zero.',
      level: 'shall',
      subject: 'device',
      check({ function: pci }) {
        pci.configWrite(Config.Command, 2, Command.Reserved);
        const seen = pci.configRead(Config.Command, 2) & Command.Reserved;
        expect.equal(seen, 0, 'bits 15 to 11 of the command register');
      },
    },
    {
      id: 'status',
      cite: PCI,
      text: 'Writing ones to the status register clears latched errors and changes nothing else.',
      level: 'shall',
      subject: 'device',
      check({ function: pci }) {
        const before = pci.configRead(Config.Status, 2);
        pci.configWrite(Config.Status, 2, 0);
        expect.equal(pci.configRead(Config.Status, 2), before, 'the status after writing zeros');
        pci.configWrite(Config.Status, 2, ONES[2]);
        const kept = before & ~Status.Errors;
        expect.equal(pci.configRead(Config.Status, 2), kept, 'the status after writing ones');
      },
    },
    property({
      id: 'interrupt-line',
      cite: PCI,
      text: 'The interrupt line register holds what software keeps in it.',
      level: 'shall',
      subject: 'device',
      given: fc.nat({ max: ONES[1] }),
      check({ function: pci }, line) {
        pci.configWrite(Config.InterruptLine, 1, line);
        expect.equal(pci.configRead(Config.InterruptLine, 1), line, 'the interrupt line');
      },
    }),
    {
      id: 'interrupt-pin',
      cite: PCI,
      text: 'The interrupt pin is none, or A to D, and never changes.',
      level: 'shall',
      subject: 'device',
      check({ function: pci }) {
        const pin = pci.configRead(Config.InterruptPin, 1);
        expect.that(pin <= PIN_LAST, 'the interrupt pin', `0 to ${PIN_LAST}`, String(pin));
        pci.configWrite(Config.InterruptPin, 1, pin === 0 ? 1 : 0);
        expect.equal(pci.configRead(Config.InterruptPin, 1), pin, 'the interrupt pin');
      },
    },
    {
      id: 'removed',
      cite: PCI,
      text: 'Where no function answers, configuration space and BARs read as all ones.',
      level: 'shall',
      subject: 'device',
      needs: ['removal'],
      check({ function: pci, hardware }) {
        pci.configWrite(Config.Command, 2, Command.Io + Command.Memory);
        hardware.remove?.();
        for (const size of [1, 2, 4] as const) {
          expect.equal(pci.configRead(Config.Vendor, size), ONES[size], `${size} bytes of the id`);
        }
        pci.bars.forEach((bar, index) => {
          if (bar === undefined) return;
          expect.equal(pci.read(index, 0, 1), ONES[1], `the first byte of BAR ${index}`);
        });
      },
    },
  ],
});
