/** What clients of a serial port, and its far end, can do. */
import {
  FLOW_CONTROLS,
  PARITIES,
  type SerialPort,
  type SerialSettings,
} from '../../../drivers-under-test/host/classes/serial-port.ts';
import { SETTINGS } from '../../suites/serial-port/facts.ts';
import type { OperationWord, Situation } from '../model.ts';
import type { Parameter, Step } from '../scenario.ts';
import { LIFE_WORDS } from './life-words.ts';

const isOpen = (it: Situation) => it['life'] === 'up' && it['open'] === true;
const isClosed = (it: Situation) => it['life'] === 'up' && it['open'] !== true;
const opens = (it: Situation): Situation => ({ ...it, open: true });
const closes = (it: Situation): Situation => ({ ...it, open: false });

/** Longer than a character at any speed: a shorter one would be taken for a character. */
const breakNs: Parameter = { type: 'integer', min: 80e6, max: 1e9, likely: [80e6, 300e6] };
/** Around the depth of the FIFO, and its triggers. */
const length: Parameter = { type: 'integer', min: 0, max: 400, likely: [1, 8, 14, 16, 17, 33, 0] };
/** A driver that polls a device which lies takes long: not longer than it must. */
const timeout: Parameter = {
  type: 'integer',
  min: 0,
  max: 2e9,
  likely: [0, 1e5, 1e6, 2e7, 5e8],
};
const flag: Parameter = { type: 'flag' };

const settings: OperationWord['parameters'] = {
  baud: { type: 'choice', of: ['115200', '9600', '1200', '57600', '38400', '300'] },
  dataBits: { type: 'choice', of: ['8', '7', '6', '5'] },
  parity: { type: 'choice', of: PARITIES },
  longStop: flag,
  flow: { type: 'choice', of: FLOW_CONTROLS },
};

export function settingsOf({ with: values }: Step): SerialSettings {
  const dataBits = Number(values['dataBits']) as SerialSettings['dataBits'];
  const longStop = dataBits === 5 ? 1.5 : 2;
  return {
    baud: Number(values['baud']),
    dataBits,
    parity: values['parity'] as SerialSettings['parity'],
    stopBits: values['longStop'] === true ? longStop : 1,
    flowControl: values['flow'] as SerialSettings['flowControl'],
  };
}

/** Arguments that make no sense: each must be refused. */
export const WRONG_CALLS: Readonly<Record<string, (port: SerialPort) => unknown>> = {
  'configure-baud-0': (port) => port.configure({ ...SETTINGS, baud: 0 }),
  'configure-baud-nan': (port) => port.configure({ ...SETTINGS, baud: Number.NaN }),
  'configure-9-bits': (port) => port.configure({ ...SETTINGS, dataBits: 9 as 8 }),
  'configure-parity': (port) => port.configure({ ...SETTINGS, parity: 'some' as 'odd' }),
  'configure-stop-bits': (port) => port.configure({ ...SETTINGS, dataBits: 5, stopBits: 2 }),
  'read-negative': (port) => port.read(-1, 0),
  'read-fraction': (port) => port.read(1.5, 0),
  'read-2^40': (port) => port.read(2 ** 40, 0),
  'read-no-time': (port) => port.read(1, Number.NaN),
  'write-text': (port) => port.write('text' as unknown as Uint8Array, 0),
  'write-forever': (port) => port.write(Uint8Array.of(1), Infinity),
  'drain-negative': (port) => port.drain(-1),
  'flush-all': (port) => port.flush('all' as 'both'),
  'break-negative': (port) => port.sendBreak(-1),
  'event-no-time': (port) => port.nextEvent(Number.NaN),
};

const offWord = (name: string): OperationWord => {
  const word = LIFE_WORDS[name] as OperationWord;
  return { ...word, leads: (it, phrase) => closes(word.leads?.(it, phrase) ?? it) };
};

export const SERIAL_WORDS: Readonly<Record<string, OperationWord>> = {
  ...LIFE_WORDS,
  stop: offWord('stop'),
  crash: offWord('crash'),
  open: { weight: 10, parameters: settings, applies: isClosed, leads: opens },
  'open-again': { weight: 1, parameters: settings, applies: isOpen },
  close: { weight: 2, parameters: {}, applies: isOpen, leads: closes },
  configure: { weight: 2, parameters: settings, applies: isOpen },
  write: { weight: 8, parameters: { length, timeout }, applies: isOpen },
  read: { weight: 8, parameters: { length, timeout }, applies: isOpen },
  drain: { weight: 3, parameters: { timeout }, applies: isOpen },
  flush: {
    weight: 2,
    parameters: { what: { type: 'choice', of: ['receive', 'transmit', 'both'] } },
    applies: isOpen,
  },
  break: { weight: 1, parameters: { ns: breakNs }, applies: isOpen },
  'modem-lines': { weight: 1, parameters: { dtr: flag, rts: flag }, applies: isOpen },
  'modem-status': { weight: 2, parameters: {}, applies: isOpen },
  'next-event': { weight: 2, parameters: { timeout }, applies: isOpen },
  statistics: { weight: 1, parameters: {} },
  'wrong-call': {
    weight: 1,
    parameters: { which: { type: 'choice', of: Object.keys(WRONG_CALLS) } },
    applies: isOpen,
  },
  'far-send': { weight: 8, parameters: { length }, needs: 'serial-peer' },
  'far-error': {
    weight: 1,
    parameters: { error: { type: 'choice', of: ['parity', 'framing'] } },
    needs: 'line-errors',
  },
  'far-break': {
    weight: 1,
    parameters: { ns: breakNs },
    needs: 'line-breaks',
  },
  'far-lines': {
    weight: 2,
    parameters: { line: { type: 'choice', of: ['CTS', 'DSR', 'RI', 'DCD'] }, on: flag },
    needs: 'modem-lines',
  },
};
