/** Programs for two EEPROMs of 4 KiB with pages of 32 bytes: transfers of every shape. */
import fc from 'fast-check';
import type { I2cMessage, I2cOutcome } from '../../sim/buses/i2c/bus.ts';
import type { World } from '../../sim/kernel/world.ts';
import type { AnswerPart, DiffPlan } from '../divergence.ts';
import { MessageSide } from '../runner/message-side.ts';
import { explanations } from '../specs/24cxx/divergences.ts';
import type { I2cHardware } from '../target.ts';
import type { EepromMessage, EepromProgram, EepromStep } from './eeprom-steps.ts';

const BYTES = 4096;
const PAGE_BYTES = 32;
const ADDRESS = 0x50;
/** Of the longest transfer and of a write cycle. */
const REST_NS = 100e6;

const byte = fc.nat({ max: 255 });
const places = fc.oneof(
  { weight: 4, arbitrary: fc.nat({ max: 2 * PAGE_BYTES }) },
  { weight: 2, arbitrary: fc.integer({ min: BYTES - PAGE_BYTES, max: BYTES + PAGE_BYTES }) },
  { weight: 1, arbitrary: fc.nat({ max: 0xffff }) },
);
const word = (at: number): number[] => [Math.floor(at / 256), at % 256];
const write = (bytes: readonly number[]): EepromMessage => ({ address: ADDRESS, write: bytes });
const reading = fc.integer({ min: 1, max: 80 }).map((read) => ({ address: ADDRESS, read }));

/** Up to the end of the page. */
const withinPage = fc
  .tuple(places, fc.array(byte, { minLength: 1, maxLength: PAGE_BYTES }))
  .map(([at, data]) => [write([...word(at), ...data.slice(0, PAGE_BYTES - (at % PAGE_BYTES))])]);
const anyWrite = fc
  .tuple(places, fc.array(byte, { maxLength: 70 }))
  .map(([at, data]) => [write([...word(at), ...data])]);
const randomRead = fc.tuple(places, reading).map(([at, read]) => [write(word(at)), read]);
const currentRead = reading.map((read) => [read]);
const poll = fc.constant([write([])]);
const halfAddress = byte.map((high) => [write([high])]);
const elsewhere = fc
  .constantFrom<EepromMessage>({ address: 0x51, write: [1] }, { address: 0x2f, read: 2 })
  .map((message) => [message]);
const chains = fc
  .array(fc.oneof(withinPage, randomRead, currentRead, elsewhere), { minLength: 2, maxLength: 3 })
  .map((all): EepromStep => all.flat());

const programs: fc.Arbitrary<EepromProgram> = fc.record({
  steps: fc.array(
    fc.oneof<fc.MaybeWeightedArbitrary<EepromStep>[]>(
      { weight: 20, arbitrary: withinPage },
      { weight: 20, arbitrary: randomRead },
      { weight: 8, arbitrary: currentRead },
      { weight: 3, arbitrary: poll },
      { weight: 3, arbitrary: elsewhere },
      { weight: 1, arbitrary: anyWrite },
      { weight: 1, arbitrary: halfAddress },
      { weight: 1, arbitrary: chains },
      { weight: 1, arbitrary: fc.constant([]) },
    ),
    { minLength: 1, maxLength: 16, size: 'max' },
  ),
});

function perform(world: World, device: I2cHardware, step: EepromStep) {
  if (step.length === 0) {
    device.cutPower?.();
    return [];
  }
  let seen: I2cOutcome | undefined;
  device.i2c.transfer(step.map(message), (outcome) => (seen = outcome));
  world.advance(REST_NS);
  return seen === undefined ? [{ name: 'end', value: 'never' }] : parts(seen);
}

function message(each: EepromMessage): I2cMessage {
  return 'write' in each ? { ...each, write: Uint8Array.from(each.write) } : each;
}

function parts({ end, message: index, bytes, read }: I2cOutcome): AnswerPart[] {
  return [
    { name: 'end', value: end },
    { name: 'message', value: BigInt(index) },
    { name: 'bytes', value: BigInt(bytes) },
    ...read.map((value, at) => ({ name: `read ${at}`, value })),
  ];
}

function showStep(step: EepromStep): string {
  if (step.length === 0) return 'power cut';
  return step
    .map((each) => {
      const address = `0x${each.address.toString(16)}`;
      if (!('write' in each)) return `${address} read ${each.read}`;
      return `${address} write ${each.write.map((it) => it.toString(16)).join(' ')}`;
    })
    .join(', again ');
}

export const eepromDiff: DiffPlan<EepromProgram> = {
  device: '24cxx',
  programs,
  explanations,
  side: (target) => new MessageSide<EepromStep, I2cHardware>(target, { bus: 'i2c', perform }),
  show: ({ steps }, count) => ['erased', ...steps.slice(0, count).map(showStep)],
  placeOf: ({ part, step }) => `${part} ${step.map((it) => Object.keys(it)[1]).join(' ')}`,
};
