/** What a client may ask for, checked before the device hears of it. */
import {
  FLOW_CONTROLS,
  PARITIES,
  type SerialParity,
  type SerialSettings,
} from '../../host/classes/serial-port.ts';
import { fail } from '../../host/io-return.ts';

/** 1.8432 MHz by 16: the speed of divisor 1. */
const BAUD_MAX = 115_200;
const DIVISOR_MAX = 0xffff;
/** A receiver stands about 4 % between the two ends. */
const BAUD_ERROR_MAX = 0.03;

/** What the chip needs to know. */
export interface LineSetup {
  readonly settings: SerialSettings;
  readonly divisor: number;
  readonly characterNs: number;
}

/** @throws kIOReturnBadArgument */
export function lineSetup(settings: SerialSettings): LineSetup {
  const { baud, dataBits, parity, stopBits, flowControl } = settings;
  if (![5, 6, 7, 8].includes(dataBits)) bad(`a character has 5 to 8 data bits, not ${dataBits}`);
  if (!PARITIES.includes(parity)) bad(`there is no parity ${String(parity)}`);
  if (!FLOW_CONTROLS.includes(flowControl)) bad(`there is no flow control ${String(flowControl)}`);
  const longStop = dataBits === 5 ? 1.5 : 2;
  if (stopBits !== 1 && stopBits !== longStop) {
    bad(`${dataBits} data bits go with 1 or ${longStop} stop bits, not ${stopBits}`);
  }
  const divisor = divisorFor(baud);
  const bits = 1 + dataBits + (parity === 'none' ? 0 : 1) + stopBits;
  return {
    settings: { ...settings },
    divisor,
    characterNs: Math.ceil((bits * divisor * 1e9) / BAUD_MAX),
  };
}

function divisorFor(baud: number): number {
  const divisor = Math.round(BAUD_MAX / baud);
  const reached = divisor >= 1 && divisor <= DIVISOR_MAX ? BAUD_MAX / divisor : 0;
  if (!(reached > 0 && Math.abs(reached - baud) <= baud * BAUD_ERROR_MAX)) {
    bad(`${baud} baud cannot be reached from ${BAUD_MAX} by a whole divisor`);
  }
  return divisor;
}

interface LineControl {
  readonly WLS: number;
  readonly STB: 0 | 1;
  readonly PEN: 0 | 1;
  readonly EPS: 0 | 1;
  readonly STICK: 0 | 1;
}

/** PC16550D data sheet §8.1. */
const PARITY_BITS: Readonly<Record<SerialParity, Pick<LineControl, 'PEN' | 'EPS' | 'STICK'>>> = {
  none: { PEN: 0, EPS: 0, STICK: 0 },
  odd: { PEN: 1, EPS: 0, STICK: 0 },
  even: { PEN: 1, EPS: 1, STICK: 0 },
  mark: { PEN: 1, EPS: 0, STICK: 1 },
  space: { PEN: 1, EPS: 1, STICK: 1 },
};

export function lineControl({ dataBits, stopBits, parity }: SerialSettings): LineControl {
  return { WLS: dataBits - 5, STB: stopBits === 1 ? 0 : 1, ...PARITY_BITS[parity] };
}

function bad(why: string): never {
  fail('kIOReturnBadArgument', why);
}
