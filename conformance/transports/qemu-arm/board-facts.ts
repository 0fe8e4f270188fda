/** What the devices on QEMU's board offer, lack and do otherwise, with reasons. */
import type { Capability, Departure, Target } from '../../target.ts';
import type { BoardDevice } from './board.ts';
import { M25P80_DEPARTURES } from './m25p80-departures.ts';

export interface BoardFacts {
  /** As clauses name it. */
  readonly device: string;
  readonly compatible: string;
  readonly offers: readonly Capability[];
  readonly lacks: Target['lacks'];
  /** Each seen in QEMU 7.2. */
  readonly departures: Readonly<Record<string, Departure>>;
}

const NO_PAGES: Departure = {
  why: 'QEMU has no page buffer: a write goes on to the next page, to the end of the memory',
  shows: /the page$/,
};
const MEASURES_ALWAYS =
  'QEMU has no conversions: the temperature is there at once, in shutdown too';
const NO_FAULT_QUEUE =
  'QEMU keeps the fault queue, and alerts at the first temperature all the same';
const NO_BOARD_LINES = 'no line of the board reaches us but the bus';

export const BOARD_FACTS = {
  at24c: {
    device: '24cxx',
    compatible: 'microchip,24c32',
    offers: [],
    lacks: { 'board-lines': NO_BOARD_LINES },
    departures: {
      '24cxx/device/page-wrap': NO_PAGES,
      '24cxx/device/more-than-a-page': NO_PAGES,
      '24cxx/device/busy': {
        why: 'QEMU programs at once: there is no write cycle that could be polled',
        shows: /a poll during the cycle/,
      },
      '24cxx/wire/busy-reads': {
        why: 'QEMU programs at once: there is no write cycle in which it could refuse a read',
        shows: /a read during the cycle/,
      },
      '24cxx/wire/unfinished': {
        why: 'QEMU programs each byte as it comes, without waiting for the stop',
        shows: /the byte/,
      },
    },
  },
  tmp105: {
    device: 'tmp105',
    compatible: 'ti,tmp105',
    offers: ['board-lines', 'ambient'],
    lacks: { conversions: 'QEMU measures at once, and alerts at the first fault' },
    departures: {
      'tmp105/device/alert-response': {
        why: 'QEMU has no SMBus alert response',
        shows: /the answer over T_HIGH/,
      },
      'tmp105/device/alert-stays': {
        why: 'QEMU leaves a latched alert as it is when the device is shut down',
        shows: /ALERT in shutdown/,
      },
      'tmp105/device/conversion-time': {
        why: MEASURES_ALWAYS,
        shows: /the temperature before its end/,
      },
      'tmp105/device/faults-in-a-row': {
        why: NO_FAULT_QUEUE,
        shows: /ALERT after two of three/,
      },
      'tmp105/device/general-call-refused': {
        why: 'QEMU takes a general call for an access to the device',
        shows: /an unknown command|a read/,
      },
      'tmp105/device/other-limit-next': {
        why: 'QEMU goes on comparing while an alert waits to be read',
        shows: /ALERT of the lower limit/,
      },
      'tmp105/device/fault-queue': { why: NO_FAULT_QUEUE, shows: /ALERT before conversion/ },
      'tmp105/device/first-conversion': {
        why: MEASURES_ALWAYS,
        shows: /the temperature at once/,
      },
      'tmp105/device/general-call': {
        why: 'QEMU takes a general call for a write to the device, and resets nothing',
        shows: /the general call/,
      },
      'tmp105/device/one-shot': { why: MEASURES_ALWAYS, shows: /the temperature/ },
      'tmp105/device/power-cut': { why: MEASURES_ALWAYS, shows: /ALERT/ },
      'tmp105/device/shutdown': { why: MEASURES_ALWAYS, shows: /the temperature in shutdown/ },
      'tmp105/device/unused-bits': {
        why: 'QEMU keeps all sixteen bits of the limits',
        shows: /T_LOW/,
      },
    },
  },
  m25p80: {
    device: 'spi-nor',
    compatible: 'jedec,spi-nor',
    offers: [],
    lacks: {
      'board-lines': NO_BOARD_LINES,
      'operation-times': 'QEMU programs and erases within the access',
      'block-protection': "QEMU's W25Q256 has no TB: it protects from its last byte on only",
      'unique-id': 'QEMU answers instruction 4Bh by zeros',
      'power-down': 'QEMU does not know instruction B9h',
    },
    departures: M25P80_DEPARTURES,
  },
} as const satisfies Readonly<Record<BoardDevice, BoardFacts>>;
