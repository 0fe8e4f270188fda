/** Mutants of the 16550 driver: how it sets the chip up. */
import type { DriverMutant } from '../mutant.ts';

const folder = 'drivers-under-test/samples/uart-16550';
const uart = { driver: 'uart-16550', expected: [] } as const;
const chip = { ...uart, file: `${folder}/chip.ts` } as const;
const settings = { ...uart, file: `${folder}/settings.ts` } as const;

export const uartSetup: readonly DriverMutant[] = [
  {
    ...chip,
    id: 'uart-16550/divisor-halves-swapped',
    bugClass: 'BC-17',
    what: 'The halves of the divisor go to the wrong registers.',
    edits: [
      {
        find: 'DLL.write({ DATA: divisor % 256 });',
        replace: 'DLM.write({ DATA: divisor % 256 });',
      },
      {
        find: 'DLM.write({ DATA: Math.floor(divisor / 256) });',
        replace: 'DLL.write({ DATA: Math.floor(divisor / 256) });',
      },
    ],
  },
  {
    ...chip,
    id: 'uart-16550/divisor-without-high-byte',
    bugClass: 'BC-06',
    what: 'The upper byte of the divisor is not written.',
    edits: [{ find: 'DLM.write({ DATA: Math.floor(divisor / 256) });', replace: '' }],
  },
  {
    ...settings,
    id: 'uart-16550/divisor-cut-off',
    bugClass: 'BC-06',
    what: 'The divisor is rounded up.',
    edits: [{ find: 'Math.round(BAUD_MAX / baud)', replace: 'Math.ceil(BAUD_MAX / baud)' }],
  },
  {
    ...chip,
    id: 'uart-16550/latch-left-open',
    bugClass: 'BC-16',
    what: 'The FIFOs are set up before the divisor latch is closed.',
    edits: [
      { find: 'LCR.write(this.#lcr);\n    this.#trigger', replace: 'this.#trigger' },
      {
        find: 'if (this.depth > 1) FCR.write({ FIFOEN: 1, TRIGGER: this.#trigger });',
        replace:
          'if (this.depth > 1) FCR.write({ FIFOEN: 1, TRIGGER: this.#trigger });\n' +
          '    LCR.write(this.#lcr);',
      },
    ],
  },
  {
    ...settings,
    id: 'uart-16550/even-is-odd',
    bugClass: 'BC-17',
    what: 'Even parity is set up as odd parity.',
    edits: [
      { find: 'even: { PEN: 1, EPS: 1, STICK: 0 }', replace: 'even: { PEN: 1, EPS: 0, STICK: 0 }' },
    ],
  },
  {
    ...settings,
    id: 'uart-16550/one-stop-bit',
    bugClass: 'BC-17',
    what: 'A second stop bit is never sent.',
    edits: [{ find: 'STB: stopBits === 1 ? 0 : 1', replace: 'STB: 0' }],
  },
  {
    ...settings,
    id: 'uart-16550/settings-unchecked',
    bugClass: 'BC-27',
    what: 'A number of data bits that does not exist is accepted.',
    edits: [{ find: '![5, 6, 7, 8].includes(dataBits)', replace: 'dataBits > 8' }],
  },
  {
    ...chip,
    id: 'uart-16550/fcr-reserved',
    bugClass: 'BC-18',
    what: 'Reserved bits of FCR are written as ones.',
    edits: [
      {
        find: 'this.registers.FCR.write({ FIFOEN: 1, RFRES: 1, XFRES: 1, TRIGGER: this.#trigger });',
        replace: 'this.registers.FCR.write(0xb7);',
      },
    ],
  },
  {
    ...chip,
    id: 'uart-16550/fifos-off',
    bugClass: 'BC-25',
    what: 'The FIFOs are never found, and the chip is used without them.',
    edits: [{ find: '=== FIFOS_WORK ? FIFO_DEPTH : 1', replace: '=== 2 ? FIFO_DEPTH : 1' }],
  },
  {
    ...chip,
    id: 'uart-16550/fifos-not-emptied',
    bugClass: 'BC-28',
    what: 'open does not empty the FIFOs, and Start leaves them as it finds them.',
    edits: [
      {
        find: 'FIFOEN: 1, RFRES: 1, XFRES: 1, TRIGGER: this.#trigger });',
        replace: 'FIFOEN: 1, TRIGGER: this.#trigger });',
      },
      {
        find: 'FCR.write({ FIFOEN: 1 });\n    FCR.write({ FIFOEN: 1, RFRES: 1, XFRES: 1 });\n    FCR.write({ FIFOEN: 0 });\n    this.#discard();',
        replace: 'FCR.write({ FIFOEN: 1 });',
      },
      { find: 'this.#discard();\n    // OUT2', replace: '// OUT2' },
    ],
  },
  {
    ...chip,
    id: 'uart-16550/trusts-line-control',
    bugClass: 'BC-28',
    what: 'Start assumes that the divisor latch is closed and no break is sent.',
    edits: [
      {
        find: 'this.registers.LCR.write(this.#lcr);\n    this.silence();',
        replace: 'this.silence();',
      },
    ],
  },
  {
    ...chip,
    id: 'uart-16550/loop-left-on',
    bugClass: 'BC-18',
    what: 'The loop of the self-test is not switched off again.',
    edits: [
      {
        find: 'this.#mcr = { DTR: 0, RTS: 0, OUT2: 1 };',
        replace: 'this.#mcr = { DTR: 0, RTS: 0, OUT2: 0 };',
      },
    ],
  },
  {
    ...chip,
    id: 'uart-16550/receiver-errors-unheard',
    bugClass: 'BC-10',
    what: 'The interrupt of line errors is not enabled.',
    edits: [
      {
        find: 'this.enable({ ERBFI: 1, ELSI: 1, EDSSI: 1 });',
        replace: 'this.enable({ ERBFI: 1, EDSSI: 1 });',
      },
    ],
  },
  {
    ...chip,
    id: 'uart-16550/modem-interrupt-off',
    bugClass: 'BC-10',
    what: 'Changes of the modem lines do not interrupt.',
    edits: [
      {
        find: 'this.enable({ ERBFI: 1, ELSI: 1, EDSSI: 1 });',
        replace: 'this.enable({ ERBFI: 1, ELSI: 1 });',
      },
    ],
  },
  {
    ...chip,
    id: 'uart-16550/interrupts-before-open',
    bugClass: 'BC-10',
    what: 'The receiver interrupts as soon as the driver is started.',
    edits: [
      {
        find: 'this.depth = IIR.get',
        replace: 'this.enable({ ERBFI: 1 });\n    this.depth = IIR.get',
      },
    ],
  },
  {
    ...chip,
    id: 'uart-16550/absent-chip-busy',
    bugClass: 'BC-21',
    what: 'Where nobody answers Start says that the device is busy.',
    edits: [
      {
        find: "fail('kIOReturnNoDevice', 'nobody answers');",
        replace: "fail('kIOReturnBusy', 'nobody answers');",
      },
    ],
  },
  {
    ...chip,
    id: 'uart-16550/trigger-fourteen',
    bugClass: 'BC-25',
    what: 'The receiver interrupts when it has room for two characters only.',
    edits: [{ find: 'const TRIGGER_EIGHT = 2;', replace: 'const TRIGGER_EIGHT = 3;' }],
  },
];
