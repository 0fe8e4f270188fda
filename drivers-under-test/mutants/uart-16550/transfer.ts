/** Mutants of the 16550 driver: characters, errors, interrupts and flow control. */
import type { DriverMutant } from '../mutant.ts';

const folder = 'drivers-under-test/samples/uart-16550';
const uart = { driver: 'uart-16550', expected: [] } as const;
const port = { ...uart, file: `${folder}/port.ts` } as const;
const inbox = { ...uart, file: `${folder}/inbox.ts` } as const;
const outbox = { ...uart, file: `${folder}/outbox.ts` } as const;
const chip = { ...uart, file: `${folder}/chip.ts` } as const;

export const uartTransfer: readonly DriverMutant[] = [
  {
    ...port,
    id: 'uart-16550/fifo-overfilled',
    bugClass: 'BC-02',
    what: 'One character more than the FIFO holds is written for each THRE.',
    edits: [
      {
        find: 'room = this.#chip.depth; room > 0;',
        replace: 'room = this.#chip.depth; room >= 0;',
      },
    ],
  },
  {
    ...port,
    id: 'uart-16550/one-character-per-interrupt',
    bugClass: 'BC-24',
    what: 'The FIFO of the transmitter is used for one character at a time.',
    edits: [{ find: 'room = this.#chip.depth; room > 0;', replace: 'room = 1; room > 0;' }],
  },
  {
    ...port,
    id: 'uart-16550/thre-not-awaited',
    bugClass: 'BC-25',
    what: 'A write fills the FIFO at once, without having seen THRE.',
    edits: [
      {
        find: 'if (this.#outbox.isReady && !this.#chip.asksForData) this.#chip.enable({ ETBEI: 1 });',
        replace: 'if (this.#outbox.isReady && !this.#chip.asksForData) this.fill();',
      },
    ],
  },
  {
    ...port,
    id: 'uart-16550/transmit-interrupt-stays',
    bugClass: 'BC-08',
    what: 'The interrupt of the empty transmitter stays enabled when nothing is to be sent.',
    edits: [
      {
        find: 'if (more !== this.#chip.asksForData) this.#chip.enable({ ETBEI: more ? 1 : 0 });',
        replace: 'if (more && !this.#chip.asksForData) this.#chip.enable({ ETBEI: 1 });',
      },
    ],
  },
  {
    ...port,
    id: 'uart-16550/polls-receiver-without-end',
    bugClass: 'BC-05',
    what: 'The receiver is emptied without a limit.',
    edits: [
      { find: 'for (let count = 0; count < CHARACTERS_MAX; count++) {', replace: 'for (;;) {' },
    ],
  },
  {
    ...port,
    id: 'uart-16550/handler-without-limit',
    bugClass: 'BC-08',
    what: 'The handler serves sources as long as there are any.',
    edits: [
      {
        find: 'for (let pass = 0; pass < PASSES_MAX; pass++) {',
        replace: 'for (let pass = 0; ; pass++) {',
      },
    ],
  },
  {
    ...port,
    id: 'uart-16550/spurious-taken-for-data',
    bugClass: 'BC-09',
    what: 'An interrupt with nothing pending is served as if data had come.',
    edits: [
      {
        find: 'else if (pass === 0) this.#nothingPending();',
        replace: 'else if (pass === 0) this.#inbox.put(this.#chip.registers.RBR.read());',
      },
    ],
  },
  {
    ...port,
    id: 'uart-16550/status-once',
    bugClass: 'BC-11',
    what: 'LSR is read once for all characters, so that errors meet the wrong ones.',
    edits: [
      {
        find: 'for (let count = 0; count < CHARACTERS_MAX; count++) {\n      status = LSR.fields();',
        replace:
          'for (let count = 0; count < CHARACTERS_MAX; count++) {\n' +
          '      if (status === undefined || count % 4 === 0) status = LSR.fields();',
      },
    ],
  },
  {
    ...port,
    id: 'uart-16550/errors-passed-on',
    bugClass: 'BC-25',
    what: 'A character with a framing error is passed on as if it were good.',
    edits: [{ find: 'return !PE && !FE;', replace: 'return !PE;' }],
  },
  {
    ...port,
    id: 'uart-16550/break-is-a-byte',
    bugClass: 'BC-25',
    what: 'A break is told, and passed on as a zero too.',
    edits: [
      {
        find: "this.#note({ kind: 'break' });\n      return false;",
        replace: "this.#note({ kind: 'break' });\n      return true;",
      },
    ],
  },
  {
    ...port,
    id: 'uart-16550/timeout-source-forgotten',
    bugClass: 'BC-10',
    what: 'The character timeout is not served.',
    edits: [{ find: 'case TIMEOUT:\n', replace: '' }],
  },
  {
    ...port,
    id: 'uart-16550/modem-source-forgotten',
    bugClass: 'BC-11',
    what: 'The modem interrupt is served without reading MSR.',
    edits: [{ find: 'this.readModem();\n        break;', replace: 'break;' }],
  },
  {
    ...port,
    id: 'uart-16550/ring-inverted',
    bugClass: 'BC-11',
    what: 'The change of RI is told as a change of DCD.',
    edits: [
      { find: 'ri: status.TERI, dcd: status.DDCD', replace: 'ri: status.DDCD, dcd: status.TERI' },
    ],
  },
  {
    ...port,
    id: 'uart-16550/event-does-not-wake',
    bugClass: 'BC-24',
    what: 'An event does not wake the client that waits for one.',
    edits: [
      {
        find: 'this.#inbox.note(event);\n    this.#wakes.arrived();',
        replace: 'this.#inbox.note(event);',
      },
    ],
  },
  {
    ...port,
    id: 'uart-16550/arrival-does-not-wake',
    bugClass: 'BC-24',
    what: 'Characters that arrive do not wake the reader.',
    edits: [{ find: 'if (this.#inbox.length !== before) this.#wakes.arrived();', replace: '' }],
  },
  {
    ...port,
    id: 'uart-16550/lost-interrupt-is-the-end',
    bugClass: 'BC-10',
    what: 'When the interrupt of the transmitter is lost the write fails, though there is room.',
    edits: [{ find: 'if (!status.THRE) return false;', replace: 'if (status.THRE) return false;' }],
  },
  {
    ...port,
    id: 'uart-16550/loss-not-counted',
    bugClass: 'BC-25',
    what: 'What finds no room in the buffer is lost without a word.',
    edits: [
      {
        find: "this.counts.overflows++;\n    this.#note({ kind: 'error', error: 'overflow' });",
        replace: '',
      },
    ],
  },
  {
    ...port,
    id: 'uart-16550/received-wraps',
    bugClass: 'BC-26',
    what: 'The count of received characters wraps after a byte.',
    edits: [
      {
        find: 'this.counts.received++;',
        replace: 'this.counts.received = (this.counts.received + 1) % 256;',
      },
    ],
  },
  {
    ...port,
    id: 'uart-16550/cts-ignored',
    bugClass: 'BC-23',
    what: 'CTS does not stop the transmitter.',
    edits: [{ find: 'this.#outbox.stopped = status.CTS === 0;', replace: '' }],
  },
  {
    ...port,
    id: 'uart-16550/cts-does-not-resume',
    bugClass: 'BC-24',
    what: 'A write that CTS has stopped is not resumed.',
    edits: [
      {
        find: 'this.#outbox.stopped = status.CTS === 0;\n      this.kick();',
        replace: 'if (status.CTS === 0) this.#outbox.stopped = true;',
      },
    ],
  },
  {
    ...port,
    id: 'uart-16550/never-pauses',
    bugClass: 'BC-25',
    what: 'The other end is not asked to pause when the buffer fills.',
    edits: [{ find: 'if (this.#inbox.isHigh) this.#askToPause();', replace: '' }],
  },
  {
    ...port,
    id: 'uart-16550/pause-never-ends',
    bugClass: 'BC-24',
    what: 'The other end is never told to go on.',
    edits: [{ find: "if (this.flowControl === 'xon-xoff') this.#hurry(XON);", replace: '' }],
  },
  {
    ...port,
    id: 'uart-16550/rts-stays-down',
    bugClass: 'BC-24',
    what: 'RTS is not raised again when the buffer was emptied.',
    edits: [
      {
        find: "this.#pausing = false;\n    if (this.flowControl === 'rts-cts') this.setRts(this.#wantsRts);",
        replace: 'this.#pausing = false;',
      },
    ],
  },
  {
    ...port,
    id: 'uart-16550/xoff-is-data',
    bugClass: 'BC-23',
    what: 'XON and XOFF act, and are passed on as data too.',
    edits: [
      {
        find: 'this.kick();\n      return;\n    }\n    if (this.#inbox.put',
        replace: 'this.kick();\n    }\n    if (this.#inbox.put',
      },
    ],
  },
  {
    ...port,
    id: 'uart-16550/xoff-always',
    bugClass: 'BC-23',
    what: 'XOFF stops the transmitter without flow control, too.',
    edits: [
      {
        find: "if (this.flowControl === 'xon-xoff' && (character === XON || character === XOFF)) {",
        replace: 'if (character === XON || character === XOFF) {',
      },
    ],
  },
  {
    ...inbox,
    id: 'uart-16550/inbox-index-unbounded',
    bugClass: 'BC-01',
    what: 'The index into the receive buffer does not wrap.',
    edits: [
      {
        find: 'this.#bytes[(this.#first + this.#length) % CAPACITY] = byte;',
        replace: 'this.#bytes[this.#first + this.#length] = byte;',
      },
    ],
  },
  {
    ...inbox,
    id: 'uart-16550/inbox-kept-between-clients',
    bugClass: 'BC-28',
    what: 'What one client left unread is shown to the next.',
    edits: [{ find: 'this.clear();\n    this.#events = [];', replace: 'this.#events = [];' }],
  },
  {
    ...inbox,
    id: 'uart-16550/events-kept-between-clients',
    bugClass: 'BC-28',
    what: 'Events of one client are shown to the next.',
    edits: [{ find: 'this.clear();\n    this.#events = [];', replace: 'this.clear();' }],
  },
  {
    ...outbox,
    id: 'uart-16550/last-byte-forgotten',
    bugClass: 'BC-25',
    what: 'Of a long write the last byte is silently left out.',
    edits: [
      {
        find: 'this.#bytes = bytes.slice();',
        replace: 'this.#bytes = bytes.slice(0, bytes.length > 20 ? -1 : bytes.length);',
      },
    ],
  },
  {
    ...chip,
    id: 'uart-16550/lines-named-wrongly',
    bugClass: 'BC-17',
    what: 'Lowering DTR lowers RTS too.',
    edits: [
      {
        find: 'if (dtr !== undefined) this.#mcr.DTR = dtr ? 1 : 0;',
        replace: 'if (dtr !== undefined) this.#mcr.DTR = this.#mcr.RTS = dtr ? 1 : 0;',
      },
    ],
  },
  {
    ...chip,
    id: 'uart-16550/flush-forgets-receiver',
    bugClass: 'BC-25',
    what: 'A flush leaves in the receiver what the driver had not taken yet.',
    edits: [
      {
        find: 'else FCR.write({ FIFOEN: 1, RFRES: 1, TRIGGER: this.#trigger });',
        replace: 'else FCR.write({ FIFOEN: 1, TRIGGER: this.#trigger });',
      },
    ],
  },
  {
    ...chip,
    id: 'uart-16550/flush-forgets-transmitter',
    bugClass: 'BC-25',
    what: 'A flush leaves in the transmitter what it had taken already.',
    edits: [
      {
        find: 'if (this.depth > 1) FCR.write({ FIFOEN: 1, XFRES: 1, TRIGGER: this.#trigger });',
        replace: 'if (this.depth > 1) FCR.write({ FIFOEN: 1, TRIGGER: this.#trigger });',
      },
    ],
  },
  {
    ...port,
    id: 'uart-16550/handler-waits-for-more',
    bugClass: 'BC-24',
    what: 'The handler waits for the next character instead of leaving.',
    edits: [
      { find: 'const CHARACTERS_MAX = 256;', replace: 'const CHARACTERS_MAX = 2048;' },
      {
        find: 'if (!status.DR) break;',
        replace: 'if (!status.DR && count < 700) continue;\n      if (!status.DR) break;',
      },
    ],
  },
];
