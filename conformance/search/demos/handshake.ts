/**
 * A bug behind six steps, among 14 other operations, that only one answer of the device shows: its
 * length is checked against the buffer, and a length of 0 is forgotten.
 */
import { fail } from '../../../drivers-under-test/host/io-return.ts';
import { Register } from '../../suites/edu/device-facts.ts';
import type { OperationWord, SearchModel } from '../model.ts';
import { type Demo, DemoService, demoDriver } from './demo.ts';
import { type DemoClient, DemoPlay, commonWords } from './demo-play.ts';

const STEPS = ['open', 'negotiate', 'resize', 'map', 'arm'] as const;
const OTHERS = 12;
const BYTES_MAX = 64;
const ALL_ONES = 0xffffffff;

class HandshakeDriver extends DemoService {
  readonly #buffer = new DataView(new ArrayBuffer(BYTES_MAX));
  #reached = 0;
  protected readonly isMended: boolean = false;

  /** One of the steps before `receive`, in their order. @throws kIOReturnNotReady */
  advance(step: string): void {
    if (STEPS[this.#reached] !== step) fail('kIOReturnNotReady', `${step} is not the next step`);
    this.#reached++;
  }

  /** The last byte of what the device sends. */
  receive(): number {
    if (this.#reached < STEPS.length) fail('kIOReturnNotReady', 'nothing is armed');
    // The device answers with the inverse.
    this.pci.MemoryWrite32(0, Register.Liveness, ALL_ONES - BYTES_MAX);
    const length = this.pci.MemoryRead32(0, Register.Liveness);
    const isShort = this.isMended && length === 0;
    if (length > BYTES_MAX || isShort) fail('kIOReturnDeviceError', `${length} bytes`);
    return this.#buffer.getUint8(length - 1);
  }
}

class MendedDriver extends HandshakeDriver {
  protected override readonly isMended = true;
}

interface Client extends DemoClient {
  advance(step: string): void;
  receive(): number;
}

/** Nothing tells the generator their order. */
const words = Object.fromEntries(
  [...STEPS, 'receive', ...Array.from({ length: OTHERS }, (_, index) => `other-${index}`)].map(
    (word): [string, OperationWord] => [word, { weight: 1, parameters: {} }],
  ),
);

const others = Object.keys(words).filter((word) => word.startsWith('other-'));

const model: SearchModel = {
  name: 'Handshake',
  vocabulary: {
    steps: { ...commonWords, ...words },
    faults: {
      'false-read': {
        weight: 1,
        parameters: {
          at: { type: 'integer', min: 1, max: 100 },
          offset: { type: 'integer', min: Register.Liveness, max: Register.Liveness },
          value: { type: 'integer', min: 0, max: ALL_ONES },
          reads: { type: 'integer', min: 1, max: 8 },
        },
        needs: 'faults',
      },
    },
    answers: {},
  },
  start: {},
  play: (scene) =>
    new DemoPlay<Client>(scene, {
      ...Object.fromEntries(
        STEPS.map((step) => [step, (client: Client) => client.advance(step)] as const),
      ),
      ...Object.fromEntries(
        others.map((word) => [word, (client: Client) => void client.identify()] as const),
      ),
      receive: (client) => void client.receive(),
    }),
};

export const handshake: Demo = {
  id: 'answer after a handshake',
  what: 'six steps in order among 20 words, then one answer of the device',
  model,
  driver: demoDriver('handshake', HandshakeDriver),
  mended: demoDriver('handshake', MendedDriver),
  extent: { steps: { usual: 50, most: 400 }, clients: 1, faults: 2, answers: 0 },
  smallest: { steps: 6, faults: 1, choices: 0 },
};
