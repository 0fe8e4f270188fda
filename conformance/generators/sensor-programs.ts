/** Programs for two TMP105s: registers written and read, and temperatures around the limits. */
import fc from 'fast-check';
import type { I2cMessage, I2cOutcome } from '../../sim/buses/i2c/bus.ts';
import type { World } from '../../sim/kernel/world.ts';
import type { AnswerPart, DiffPlan } from '../divergence.ts';
import { MessageSide } from '../runner/message-side.ts';
import { explanations } from '../specs/tmp105/divergences.ts';
import type { I2cHardware } from '../target.ts';
import type { SensorMessage, SensorProgram, SensorStep } from './sensor-steps.ts';

const ADDRESS = 0x48;
const ALERT_RESPONSE = 0x0c;
const CONFIGURATION = 1;
const T_LOW = 2;
const T_HIGH = 3;
/** Over eight conversions at the finest resolution: more than the longest fault queue. */
const REST_NS = 2e9;
const STEPS = { min: 200, max: 1400 };
const STEP = 62.5;
const UNUSED_BITS = 16;

const byte = fc.nat({ max: 255 });
const steps = fc.integer(STEPS);
const write = (...bytes: number[]): SensorMessage => ({ address: ADDRESS, write: bytes });
const read = (bytes: number): SensorMessage => ({ address: ADDRESS, read: bytes });
const transfer = (...messages: SensorMessage[]): SensorStep => ({ messages });

/** SD and OS make what is compared another question: they are rare. */
const configurations = fc.oneof(
  { weight: 9, arbitrary: byte.map((all) => all - (all % 2) - (all >= 128 ? 128 : 0)) },
  { weight: 1, arbitrary: byte },
);
const words = fc.oneof(
  { weight: 9, arbitrary: steps.map((all) => all * UNUSED_BITS) },
  { weight: 1, arbitrary: fc.nat({ max: 0xffff }) },
);
const configuring = configurations.map((all) => transfer(write(CONFIGURATION, all)));
const limit = (pointer: number, word: number): SensorStep =>
  transfer(write(pointer, Math.floor(word / 256), word % 256));
const pairs = fc
  .tuple(words, words)
  .map(([one, other]) => [limit(T_LOW, Math.min(one, other)), limit(T_HIGH, Math.max(one, other))]);
const oneLimit = fc
  .tuple(fc.constantFrom(T_LOW, T_HIGH), words)
  .map(([pointer, word]) => limit(pointer, word));
const looks = fc.nat({ max: 3 }).map((pointer) => transfer(write(pointer), read(bytesOf(pointer))));
const pointers = byte.map((pointer) => transfer(write(pointer)));
const reads = fc.constantFrom(1, 2, 3).map((length) => transfer(read(length)));
const anyWrite = fc
  .tuple(fc.nat({ max: 3 }), fc.array(byte, { minLength: 1, maxLength: 4 }))
  .map(([pointer, data]) => transfer(write(pointer, ...data)));
const elsewhere = fc.constantFrom(
  transfer({ address: 0x49, write: [0] }),
  transfer({ address: ALERT_RESPONSE, read: 1 }),
  transfer({ address: 0, write: [0x06] }),
);
const temperatures = fc.oneof(
  { weight: 9, arbitrary: steps.map((all) => ({ ambient: all * STEP })) },
  { weight: 1, arbitrary: fc.integer({ min: -130_000, max: 130_000 }).map(ambientOf) },
);

const single = (arbitrary: fc.Arbitrary<SensorStep>) => arbitrary.map((step) => [step]);

const programs: fc.Arbitrary<SensorProgram> = fc.record({
  steps: fc
    .array(
      fc.oneof<fc.MaybeWeightedArbitrary<SensorStep[]>[]>(
        { weight: 20, arbitrary: single(temperatures) },
        { weight: 20, arbitrary: single(looks) },
        { weight: 8, arbitrary: pairs },
        { weight: 6, arbitrary: single(configuring) },
        { weight: 2, arbitrary: single(reads) },
        { weight: 1, arbitrary: single(oneLimit) },
        { weight: 1, arbitrary: single(pointers) },
        { weight: 1, arbitrary: single(anyWrite) },
        { weight: 1, arbitrary: single(elsewhere) },
      ),
      { minLength: 1, maxLength: 16, size: 'max' },
    )
    .map((groups) => groups.flat()),
});

function ambientOf(ambient: number): SensorStep {
  return { ambient };
}

function bytesOf(pointer: number): number {
  return pointer === CONFIGURATION ? 1 : 2;
}

function perform(world: World, device: I2cHardware, step: SensorStep): AnswerPart[] {
  let parts: AnswerPart[] = [];
  // The first conversion after power-on is no question here.
  world.advance(REST_NS);
  if ('ambient' in step) device.ambient?.set(step.ambient);
  else device.i2c.transfer(step.messages.map(message), (outcome) => (parts = partsOf(outcome)));
  world.advance(REST_NS);
  const isHigh = device.lines.get('ALERT')?.level === true;
  return [...parts, { name: 'ALERT', value: isHigh ? 'high' : 'low' }];
}

function message(each: SensorMessage): I2cMessage {
  return 'write' in each ? { ...each, write: Uint8Array.from(each.write) } : each;
}

function partsOf({ end, message: index, bytes, read: seen }: I2cOutcome): AnswerPart[] {
  return [
    { name: 'end', value: end },
    { name: 'message', value: BigInt(index) },
    { name: 'bytes', value: BigInt(bytes) },
    ...seen.map((value, at) => ({ name: `read ${at}`, value })),
  ];
}

function showStep(step: SensorStep): string {
  if ('ambient' in step) return `${step.ambient} millidegrees`;
  return step.messages
    .map((each) => {
      const address = `0x${each.address.toString(16)}`;
      if (!('write' in each)) return `${address} read ${each.read}`;
      return `${address} write ${each.write.map((it) => it.toString(16)).join(' ')}`;
    })
    .join(', again ');
}

export const sensorDiff: DiffPlan<SensorProgram> = {
  device: 'tmp105',
  programs,
  explanations,
  side: (target) => new MessageSide<SensorStep, I2cHardware>(target, { bus: 'i2c', perform }),
  show: ({ steps: all }, count) => ['after power-on', ...all.slice(0, count).map(showStep)],
  placeOf: ({ part, step }) => `${part} ${'ambient' in step ? 'ambient' : 'transfer'}`,
};
