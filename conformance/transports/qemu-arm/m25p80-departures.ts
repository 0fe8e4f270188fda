/** What QEMU's W25Q256 does otherwise than the data sheets say; each seen in QEMU 7.2. */
import type { Departure } from '../../target.ts';

const departure = (why: string, shows: RegExp): Departure => ({ why, shows });

const NO_RES =
  'QEMU answers instructions 90h and ABh with ids of some other parts only, else by zeros';
const NO_DUAL_STATUS =
  'QEMU keeps one status register for this part, and none of it through a reset';
const NO_POWER_DOWN = 'QEMU has no power-down: it does not know B9h';
const NO_SECURITY = 'QEMU has no security registers: it does not know 42h, 44h and 48h';
const NO_PAGES = 'QEMU has no page buffer: a program goes on to the next page';

export const M25P80_DEPARTURES: Readonly<Record<string, Departure>> = {
  'spi-nor/device/device-id': departure(NO_RES, /from address 0/),
  'spi-nor/device/release-id': departure(NO_RES, /the device id/),
  'spi-nor/device/release-with-id': departure(NO_RES, /the device id/),
  'spi-nor/device/fast-reads': departure(
    'QEMU takes each dummy clock for a byte, as controllers that count clocks send it',
    /bytes by /,
  ),
  'spi-nor/device/quad-enable': departure(
    'QEMU hears quad instructions whatever QE says',
    /a quad read without QE/,
  ),
  'spi-nor/device/latch-spent': departure(
    'QEMU leaves WEL set behind a program or erase',
    /WEL after a program/,
  ),
  'spi-nor/device/status-kept': departure(NO_DUAL_STATUS, /status register 1/),
  'spi-nor/device/status-volatile': departure(
    'QEMU does not know 50h: status registers are written after 06h alone',
    /neither busy nor enabled/,
  ),
  'spi-nor/device/status-two-bytes': departure(NO_DUAL_STATUS, /CMP/),
  'spi-nor/device/page-wrap': departure(NO_PAGES, /the end of the page/),
  'spi-nor/device/more-than-a-page': departure(NO_PAGES, /the page/),
  'spi-nor/device/erase': departure(
    'QEMU erases so many bytes from the very address on, not the sector that it lies in',
    /around the (beginning|end)/,
  ),
  'spi-nor/device/power-down': departure(NO_POWER_DOWN, /a read in power-down/),
  'spi-nor/device/four-byte-mode': departure(
    'QEMU has no status register 3 that could tell the address mode',
    /ADS/,
  ),
  'spi-nor/device/security-registers': departure(NO_SECURITY, /the register/),
  'spi-nor/device/security-erase': departure(NO_SECURITY, /the erased register/),
  'spi-nor/device/security-wrap': departure(NO_SECURITY, /around the end/),
  'spi-nor/device/security-lock': departure(NO_SECURITY, /LB1/),
};
