/** Mutants of the model of the 16550, by hand: interrupts, side effects, timing. */
import type { DeviceMutant } from '../../../drivers-under-test/mutants/mutant.ts';

export const uartMutants: readonly DeviceMutant[] = [
  {
    id: 'uart-16550-model/timeout-late',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/receiver.ts',
    what: 'The character timeout comes a character late.',
    edits: [{ find: 'const TIMEOUT_CHARACTERS = 4;', replace: 'const TIMEOUT_CHARACTERS = 5;' }],
  },
  {
    id: 'uart-16550-model/trigger-beyond',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/receiver.ts',
    what: 'Data interrupts one character beyond the trigger level.',
    edits: [
      { find: 'return this.#held.length >= level;', replace: 'return this.#held.length > level;' },
    ],
  },
  {
    id: 'uart-16550-model/overrun-keeps-newest',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/receiver.ts',
    what: 'An overrun of the FIFO destroys what it holds.',
    edits: [
      { find: 'if (!FCR.FIFOEN) this.#held = [character];', replace: 'this.#held = [character];' },
    ],
  },
  {
    id: 'uart-16550-model/overrun-untold',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/receiver.ts',
    what: 'An overrun is not told.',
    edits: [{ find: 'LSR.OE = 1;\n', replace: 'LSR.OE = 0;\n' }],
  },
  {
    id: 'uart-16550-model/timeout-stays',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/receiver.ts',
    what: 'The character timeout stays when RBR is read.',
    edits: [
      {
        find: 'const taken = this.#held.shift();\n    this.timedOut = false;',
        replace: 'const taken = this.#held.shift();',
      },
    ],
  },
  {
    id: 'uart-16550-model/parity-hidden',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/receiver.ts',
    what: 'Parity errors are not shown.',
    edits: [{ find: 'LSR.PE = character?.parityError ? 1 : 0;', replace: 'LSR.PE = 0;' }],
  },
  {
    id: 'uart-16550-model/break-hidden',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/receiver.ts',
    what: 'Breaks are not shown.',
    edits: [{ find: 'LSR.BI = character?.break ? 1 : 0;', replace: 'LSR.BI = 0;' }],
  },
  {
    id: 'uart-16550-model/thre-not-withdrawn',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/model.ts',
    what: 'Reading IIR does not withdraw the THRE interrupt.',
    edits: [
      {
        find: 'if (this.#pending() === InterruptId.ThrEmpty) this.transmitter.emptied = false;',
        replace: '',
      },
    ],
  },
  {
    id: 'uart-16550-model/thre-silent',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/model.ts',
    what: 'Enabling the THRE interrupt with an empty THR does not interrupt.',
    edits: [
      {
        find: 'if (written.ETBEI && !before.ETBEI) this.transmitter.enableInterrupt();',
        replace: '',
      },
    ],
  },
  {
    id: 'uart-16550-model/receiver-not-emptied',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/model.ts',
    what: 'FCR bit 1 does not empty the receiver.',
    edits: [
      {
        find: 'if (changed || (written.FIFOEN && written.RFRES)) this.receiver.clear();',
        replace: 'if (changed) this.receiver.clear();',
      },
    ],
  },
  {
    id: 'uart-16550-model/transmitter-not-emptied',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/model.ts',
    what: 'FCR bit 2 does not empty the transmitter.',
    edits: [
      {
        find: 'if (changed || (written.FIFOEN && written.XFRES)) this.transmitter.clear();',
        replace: 'if (changed) this.transmitter.clear();',
      },
    ],
  },
  {
    id: 'uart-16550-model/mode-keeps-fifos',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/model.ts',
    what: 'A change of FCR bit 0 empties nothing.',
    edits: [
      {
        find: 'const changed = written.FIFOEN !== before.FIFOEN;',
        replace: 'const changed = written.FIFOEN > 1;',
      },
    ],
  },
  {
    id: 'uart-16550-model/no-break',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/model.ts',
    what: 'LCR bit 6 sends no break.',
    edits: [
      {
        find: 'this.#line.toPeer.setBreak(LCR.SBRK === 1 && !MCR.LOOP);',
        replace: 'this.#line.toPeer.setBreak(LCR.SBRK === 1 && MCR.LOOP === 1);',
      },
    ],
  },
  {
    id: 'uart-16550-model/loop-leaks',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/model.ts',
    what: 'In the loop characters leave all the same.',
    edits: [
      {
        find: 'const wire = () => (MCR.LOOP ? this.#loop : line.toPeer);',
        replace: 'const wire = () => (MCR.LOOP ? line.toPeer : line.toPeer);',
      },
    ],
  },
  {
    id: 'uart-16550-model/temt-early',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/model.ts',
    what: 'TEMT is set as soon as the FIFO is empty.',
    edits: [
      {
        find: 'LSR.TEMT = this.transmitter.isIdle ? 1 : 0;',
        replace: 'LSR.TEMT = this.transmitter.holdingEmpty ? 1 : 0;',
      },
    ],
  },
  {
    id: 'uart-16550-model/priority-swapped',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/interrupts.ts',
    what: 'Data comes before line errors.',
    edits: [
      {
        find: '  if (IER.ELSI && LSR.OE + LSR.PE + LSR.FE + LSR.BI > 0) return InterruptId.LineStatus;\n',
        replace: '',
      },
      {
        find: 'return InterruptId.DataAvailable;',
        replace:
          'return InterruptId.DataAvailable;\n  if (IER.ELSI && LSR.OE + LSR.PE + LSR.FE + LSR.BI > 0) return InterruptId.LineStatus;',
      },
    ],
  },
  {
    id: 'uart-16550-model/modem-unmasked',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/interrupts.ts',
    what: 'Modem changes interrupt without having been enabled.',
    edits: [{ find: 'if (IER.EDSSI && modem.hasChanged)', replace: 'if (modem.hasChanged)' }],
  },
  {
    id: 'uart-16550-model/ring-begins',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/modem.ts',
    what: 'The beginning of a ring counts, not its end.',
    edits: [
      {
        find: 'if (before.RI && !now.RI) MSR.TERI = 1;',
        replace: 'if (!before.RI && now.RI) MSR.TERI = 1;',
      },
    ],
  },
  {
    id: 'uart-16550-model/cts-change-lost',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/modem.ts',
    what: 'A change of CTS is not latched.',
    edits: [{ find: 'if (now.CTS !== before.CTS) MSR.DCTS = 1;', replace: '' }],
  },
  {
    id: 'uart-16550-model/loop-crossed',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/modem.ts',
    what: 'In the loop DSR follows RTS.',
    edits: [{ find: 'DSR: MCR.DTR === 1,', replace: 'DSR: MCR.RTS === 1,' }],
  },
  {
    id: 'uart-16550-model/thre-late',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/transmitter.ts',
    what: 'THRE rises only when the last character has left.',
    edits: [
      { find: 'if (this.#held.length === 0) this.#indicateAfter(format);', replace: '' },
      {
        find: 'this.#shifting = false;\n      if (this.#held.length > 0)',
        replace:
          'this.#shifting = false;\n      if (this.#held.length === 0) this.#indicateAfter(format);\n      if (this.#held.length > 0)',
      },
    ],
  },
  {
    id: 'uart-16550-model/divisor-high-ignored',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/format.ts',
    what: 'The upper half of the divisor has no effect.',
    edits: [{ find: 'DLM.DATA * 256 + DLL.DATA', replace: 'DLM.DATA * 0 + DLL.DATA' }],
  },
  {
    id: 'uart-16550-model/stick-parity-inverted',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/format.ts',
    what: 'Stick parity sends EPS instead of its complement.',
    edits: [{ find: "return EPS ? 'space' : 'mark';", replace: "return EPS ? 'mark' : 'space';" }],
  },
  {
    id: 'uart-16550-model/six-bits-are-five',
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/format.ts',
    what: 'Six data bits are sent as five.',
    edits: [
      {
        find: 'const DATA_BITS = [5, 6, 7, 8] as const;',
        replace: 'const DATA_BITS = [5, 5, 7, 8] as const;',
      },
    ],
  },
];
