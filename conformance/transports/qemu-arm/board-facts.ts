/** What the devices on QEMU's board offer, lack and do otherwise, with reasons. */
import type { Capability, Departure, Target } from '../../target.ts';
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
const NO_BOARD_LINES = 'no line of the board reaches us but the bus';

export const BOARD_FACTS = {
  at24c: {
    device: '24cxx',
    compatible: 'microchip,24c32',
    offers: ['virtual-time', 'power-cut'],
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
  m25p80: {
    device: 'spi-nor',
    compatible: 'jedec,spi-nor',
    offers: ['virtual-time', 'power-cut'],
    lacks: {
      'board-lines': NO_BOARD_LINES,
      'operation-times': 'QEMU programs and erases within the access',
      'block-protection': "QEMU's W25Q256 has no TB: it protects from its last byte on only",
      'unique-id': 'QEMU answers instruction 4Bh by zeros',
    },
    departures: M25P80_DEPARTURES,
  },
} as const satisfies Readonly<Record<string, BoardFacts>>;
