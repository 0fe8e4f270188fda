/** What clients of block storage can ask. */
import type { BlockDevice } from '../../../drivers-under-test/host/classes/block-device.ts';
import { AREA } from '../../suites/block-device/facts.ts';
import { nanoseconds } from '../faults.ts';
import type { OperationWord } from '../model.ts';
import type { Parameter, Parameters } from '../scenario.ts';
import { LIFE_WORDS } from './life-words.ts';

/** Counts from the beginning of the area. */
const at: Parameter = { type: 'integer', min: 0, max: AREA.blocks - 1 };
const blocks: Parameter = { type: 'integer', min: 1, max: 6 };
const range: Parameters = { at, blocks };
/** How a transfer lies in memory: where it begins in words, and where it is cut, in 1/256. */
const layout: Parameters = {
  word: { type: 'integer', min: 0, max: 1023, likely: [0, 1, 3, 127, 129, 511, 1022, 1023] },
  cut: { type: 'integer', min: 0, max: 255, likely: [0, 1, 128, 255] },
};

/** Arguments that no unit takes: each must be refused. */
export const WRONG_CALLS: Readonly<Record<string, (device: BlockDevice) => unknown>> = {
  'read-nothing': (device) => device.read(0, 0, []),
  'read-no-memory': (device) => device.read(0, 0, [{} as never]),
  'trim-nothing': (device) => device.trim(0, []),
  'trim-negative': (device) => device.trim(0, [{ lba: -1, blocks: 1 }]),
  'trim-beyond': (device) => device.trim(0, [{ lba: 2 ** 40, blocks: 1 }]),
  'trim-no-blocks': (device) => device.trim(0, [{ lba: 0, blocks: 0 }]),
  'zeroes-nan': (device) => device.writeZeroes(0, { lba: Number.NaN, blocks: 1 }),
  'zeroes-beyond': (device) => device.writeZeroes(0, { lba: 2 ** 53, blocks: 1 }),
  'image-nothing': (device) => device.updateFirmware(new Uint8Array(0)),
  'image-3-bytes': (device) => device.updateFirmware(new Uint8Array(3)),
  'event-no-time': (device) => device.nextEvent(Number.NaN),
  'event-negative': (device) => device.nextEvent(-1),
};

export const BLOCK_WORDS: Readonly<Record<string, OperationWord>> = {
  ...LIFE_WORDS,
  read: { weight: 10, parameters: { ...range, ...layout } },
  write: { weight: 14, parameters: { ...range, ...layout, fua: { type: 'flag' } } },
  zeroes: { weight: 2, parameters: range },
  trim: { weight: 2, parameters: range },
  flush: { weight: 3, parameters: {} },
  bulk: {
    weight: 2,
    parameters: {
      blocks: {
        type: 'integer',
        min: 1,
        max: 600,
        likely: [8, 9, 16, 17, 255, 256, 257, 512, 513],
      },
      ...layout,
    },
  },
  geometry: { weight: 1, parameters: { unit: { type: 'integer', min: 0, max: 1 } } },
  identity: { weight: 1, parameters: { unit: { type: 'integer', min: 0, max: 1 } } },
  statistics: { weight: 1, parameters: {} },
  'next-event': { weight: 1, parameters: { timeout: { ...nanoseconds, max: 1e9 } as Parameter } },
  format: {
    weight: 1,
    parameters: { blockBytes: { type: 'choice', of: ['512', '4096', '1000'] } },
  },
  firmware: { weight: 1, parameters: { words: { type: 'integer', min: 1, max: 2048 } } },
  'wrong-call': {
    weight: 1,
    parameters: { which: { type: 'choice', of: Object.keys(WRONG_CALLS) } },
  },
};
