/** Programs for two W25Q256 flashes: instructions over one line, whole and broken off. */
import fc from 'fast-check';
import type { SpiSegment } from '../../sim/buses/spi/bus.ts';
import type { World } from '../../sim/kernel/world.ts';
import type { DiffPlan } from '../divergence.ts';
import { MessageSide } from '../runner/message-side.ts';
import { explanations } from '../specs/spi-nor/divergences.ts';
import type { SpiHardware } from '../target.ts';
import type { FlashProgram, FlashStep } from './flash-steps.ts';

const MIB = 1024 * 1024;
const BYTES = 32 * MIB;
/** Over a chip erase of the model's. */
const REST_NS = 100e9;

const Opcode = { WriteEnable: 0x06, Program: 0x02, Program4: 0x12 } as const;
const READS = [0x03, 0x13] as const;
const PROGRAMS = [Opcode.Program, Opcode.Program4] as const;
const ERASES = [0x20, 0x52, 0xd8, 0x21, 0xdc] as const;
/** Instructions with four bytes of address, whatever the mode. */
const FOUR: readonly number[] = [0x13, 0x12, 0x21, 0xdc];

const byte = fc.nat({ max: 255 });
const places = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 600 }) },
  { weight: 3, arbitrary: fc.constantFrom(4095, 4096, 32_767, 65_535, 65_536) },
  { weight: 1, arbitrary: fc.integer({ min: 16 * MIB - 300, max: 16 * MIB + 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: BYTES - 300, max: BYTES - 1 }) },
);

function addressed(opcode: number, at: number): number[] {
  const low = [Math.floor(at / 65_536) % 256, Math.floor(at / 256) % 256, at % 256];
  return [opcode, ...(FOUR.includes(opcode) ? [Math.floor(at / 2 ** 24)] : []), ...low];
}

const tell = (...write: number[]): FlashStep => ({ write, read: 0 });
const enable = tell(Opcode.WriteEnable);
/** Rarely without: then nothing happens. */
const enabled = fc.oneof(
  { weight: 9, arbitrary: fc.constant([enable]) },
  { weight: 1, arbitrary: fc.constant([tell(0x04)]) },
);
const reads = fc
  .tuple(fc.constantFrom(...READS), places, fc.integer({ min: 1, max: 300 }))
  .map(([opcode, at, read]) => [{ write: addressed(opcode, at), read }]);
const pages = fc
  .tuple(
    enabled,
    fc.constantFrom(...PROGRAMS),
    places,
    fc.oneof(
      { weight: 5, arbitrary: fc.array(byte, { maxLength: 20 }) },
      { weight: 1, arbitrary: fc.array(byte, { minLength: 250, maxLength: 270 }) },
    ),
  )
  .map(([before, opcode, at, data]) => [...before, tell(...addressed(opcode, at), ...data)]);
const erases = fc
  .tuple(enabled, fc.constantFrom(...ERASES), places)
  .map(([before, opcode, at]) => [...before, tell(...addressed(opcode, at))]);
const chipErase = fc
  .tuple(enabled, fc.constantFrom(0xc7, 0x60))
  .map(([before, opcode]) => [...before, tell(opcode)]);
const questions = fc.constantFrom<FlashStep[]>(
  [{ write: [0x9f], read: 3 }],
  [{ write: [0x05], read: 2 }],
  [{ write: [0x5a, 0, 0, 0, 0], read: 8 }],
);
const modes = fc.constantFrom<FlashStep[]>(
  [enable],
  [tell(0x04)],
  [tell(0x66), tell(0x99)],
  [tell(0x99)],
  [tell()],
);

const programs: fc.Arbitrary<FlashProgram> = fc.record({
  steps: fc
    .array(
      fc.oneof<fc.MaybeWeightedArbitrary<FlashStep[]>[]>(
        { weight: 12, arbitrary: reads },
        { weight: 12, arbitrary: pages },
        { weight: 4, arbitrary: erases },
        { weight: 4, arbitrary: questions },
        { weight: 3, arbitrary: modes },
        { weight: 1, arbitrary: chipErase },
      ),
      { minLength: 1, maxLength: 12, size: 'max' },
    )
    .map((groups) => groups.flat()),
});

function perform(world: World, device: SpiHardware, { write, read }: FlashStep) {
  if (write.length === 0) {
    device.cutPower?.();
    return [];
  }
  const segments: SpiSegment[] = [{ write: Uint8Array.from(write) }];
  if (read > 0) segments.push({ read });
  let seen: readonly Uint8Array[] | undefined;
  device.spi.transfer(device.select, segments, (answers) => (seen = answers));
  world.advance(REST_NS);
  return (seen ?? []).map((value) => ({ name: 'read', value }));
}

function showStep({ write, read }: FlashStep): string {
  if (write.length === 0) return 'power cut';
  const bytes = write.map((it) => it.toString(16).padStart(2, '0')).join(' ');
  return read === 0 ? bytes : `${bytes}, read ${read}`;
}

export const flashDiff: DiffPlan<FlashProgram> = {
  device: 'spi-nor',
  programs,
  explanations,
  side: (target) => new MessageSide<FlashStep, SpiHardware>(target, { bus: 'spi', perform }),
  show: ({ steps }, count) => ['erased', ...steps.slice(0, count).map(showStep)],
  placeOf: ({ part, step }) => `${part} after ${step.write[0]?.toString(16)}`,
};
