/**
 * Register map of the 16550 UART.
 *
 * PC16550D data sheet (National Semiconductor TL/C/8652, June 1995): names and bits from Table II
 * "Summary of Registers", reset values from Table I "UART Reset Configuration", addresses from the
 * table "Register Addresses" in §6.0. Offsets 0 and 1 are the divisor latch while LCR.DLAB is 1,
 * hence the two pages. A master reset leaves the divisor latch alone (§6.0, MR), and Table I says
 * nothing about the scratch register: their resets are unknown. The divisor's is then 9600 baud.
 */
import { type RegisterMap, bit, bits } from '../../registers/declare.ts';

const DATA = { DATA: bits(7, 0) };

/** IIR.ID while IIR.IPN is 0; Table IV, where the first has the highest priority. */
export const InterruptId = {
  LineStatus: 3,
  DataAvailable: 2,
  CharacterTimeout: 6,
  ThrEmpty: 1,
  ModemStatus: 0,
} as const;
export type InterruptId = (typeof InterruptId)[keyof typeof InterruptId];

const WRITES_SEND = 'a write sends a character, which other registers report';
const READ_TAKES = 'a read takes a character from the receiver';
const DLAB_SWITCHES = 'LCR.DLAB selects what offsets 0 and 1 mean';
const READ_CLEARS_THRE = 'a read withdraws the interrupt that it identifies (Table IV)';

export const registers = {
  name: 'uart-16550',
  width: 8,
  domains: ['power', 'master'],
  pages: ['main', 'divisor'],
  pageBy: ['LCR', 'DLAB'],
  registers: {
    RBR: {
      at: 0,
      access: 'RO',
      page: 'main',
      resetMask: 0,
      volatile: true,
      fields: DATA,
      exclude: { 'read-effects': READ_TAKES },
    },
    THR: {
      at: 0,
      access: 'WO',
      page: 'main',
      fields: DATA,
      exclude: { rw: WRITES_SEND, 'bit-bash': WRITES_SEND, aliasing: WRITES_SEND },
    },
    DLL: {
      at: 0,
      access: 'RW',
      page: 'divisor',
      reset: 12,
      resetMask: 0,
      keptBy: ['master'],
      fields: DATA,
    },
    DLM: {
      at: 1,
      access: 'RW',
      page: 'divisor',
      resetMask: 0,
      keptBy: ['master'],
      fields: DATA,
    },
    IER: {
      at: 1,
      access: 'RW',
      page: 'main',
      fields: { ERBFI: bit(0), ETBEI: bit(1), ELSI: bit(2), EDSSI: bit(3) },
    },
    IIR: {
      at: 2,
      access: 'RO',
      reset: 0x01,
      volatile: true,
      fields: { IPN: bit(0), ID: bits(3, 1, { values: InterruptId }), FIFOED: bits(7, 6) },
      exclude: { 'read-effects': READ_CLEARS_THRE },
    },
    FCR: {
      at: 2,
      access: 'WO',
      fields: {
        FIFOEN: bit(0),
        RFRES: bit(1),
        XFRES: bit(2),
        DMA: bit(3, {
          gap: { word: 'limitation', note: 'The pins RXRDY and TXRDY are not modelled.' },
        }),
        TRIGGER: bits(7, 6, { values: { One: 0, Four: 1, Eight: 2, Fourteen: 3 } }),
      },
    },
    LCR: {
      at: 3,
      access: 'RW',
      fields: {
        WLS: bits(1, 0),
        STB: bit(2),
        PEN: bit(3),
        EPS: bit(4),
        STICK: bit(5),
        SBRK: bit(6),
        DLAB: bit(7),
      },
      exclude: { aliasing: DLAB_SWITCHES },
    },
    MCR: {
      at: 4,
      access: 'RW',
      fields: { DTR: bit(0), RTS: bit(1), OUT1: bit(2), OUT2: bit(3), LOOP: bit(4) },
    },
    LSR: {
      at: 5,
      access: 'RO',
      reset: 0x60,
      volatile: true,
      fields: {
        DR: bit(0),
        OE: bit(1, { access: 'RC' }),
        PE: bit(2, { access: 'RC' }),
        FE: bit(3, { access: 'RC' }),
        BI: bit(4, { access: 'RC' }),
        THRE: bit(5),
        TEMT: bit(6),
        FIFOERR: bit(7),
      },
    },
    MSR: {
      at: 6,
      access: 'RO',
      resetMask: 0x0f,
      volatile: true,
      fields: {
        DCTS: bit(0, { access: 'RC' }),
        DDSR: bit(1, { access: 'RC' }),
        TERI: bit(2, { access: 'RC' }),
        DDCD: bit(3, { access: 'RC' }),
        CTS: bit(4),
        DSR: bit(5),
        RI: bit(6),
        DCD: bit(7),
      },
    },
    SCR: { at: 7, access: 'RW', resetMask: 0, fields: DATA },
  },
} as const satisfies RegisterMap;

/** Characters in each FIFO (General Description). */
export const FIFO_DEPTH = 16;

/** Receive trigger level by FCR.TRIGGER (§8.5). */
export const TRIGGER_LEVELS = [1, 4, 8, 14] as const;

/** The crystal of PC boards, of which the divisor makes 16 clocks per bit (Table III). */
export const CLOCK_HZ = 1_843_200;
