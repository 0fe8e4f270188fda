/** Base address registers: how they tell their size, and when they are decoded. */
import type { BarInfo, PciFunction } from '../../../sim/buses/pci/function.ts';
import { suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { PCI } from '../../specs/pci/documents.ts';
import { BAR_COUNT, Command, Config, ONES, answers, isSilent } from './function-facts.ts';

/** Low bits of a BAR that say what it is. */
const KIND_BITS = { M32: 0x0, M32PF: 0x8, M64: 0x4, M64PF: 0xc, IO: 0x1 } as const;
const WORD = 2 ** 32;

const barAt = (bar: number): number => Config.Bar0 + 4 * bar;
const isWide = ({ kind }: BarInfo): boolean => kind === 'M64' || kind === 'M64PF';
const typeBits = ({ kind }: BarInfo): number => (kind === 'IO' ? 4 : 16);
const decoderOf = ({ kind }: BarInfo): number => (kind === 'IO' ? Command.Io : Command.Memory);

function eachBar(pci: PciFunction, look: (bar: BarInfo, index: number) => void): void {
  pci.bars.forEach((bar, index) => {
    if (bar !== undefined) look(bar, index);
  });
}

/** Writes all ones, reads what sticks, and puts the address back. */
function sized(pci: PciFunction, index: number): number {
  const at = barAt(index);
  const before = pci.configRead(at, 4);
  pci.configWrite(at, 4, ONES[4]);
  const answer = pci.configRead(at, 4);
  pci.configWrite(at, 4, before);
  return answer;
}

function place(pci: PciFunction, index: number, address: number): void {
  pci.configWrite(barAt(index), 4, address % WORD);
  if (isWide(pci.bars[index]!)) pci.configWrite(barAt(index + 1), 4, Math.floor(address / WORD));
}

export const baseAddresses = suite({
  id: 'pci/base-addresses',
  for: { bus: 'pci' },
  clauses: [
    {
      id: 'size',
      cite: PCI,
      text: 'A BAR to which all ones are written tells its size.',
      level: 'shall',
      subject: 'device',
      check({ function: pci }) {
        eachBar(pci, (bar, index) => {
          const answer = sized(pci, index);
          const low = answer - (answer % typeBits(bar));
          const high = isWide(bar) ? sized(pci, index + 1) : ONES[4];
          const size = low > 0 && high === ONES[4] ? WORD - low : (WORD - high) * WORD;
          expect.equal(size, bar.size, `the size of BAR ${index}`);
        });
      },
    },
    {
      id: 'kind',
      cite: PCI,
      text: 'The low bits of a BAR say what it is, and never change.',
      level: 'shall',
      subject: 'device',
      check({ function: pci }) {
        eachBar(pci, (bar, index) => {
          for (const pattern of [0, ONES[4]]) {
            const before = pci.configRead(barAt(index), 4);
            pci.configWrite(barAt(index), 4, pattern);
            const seen = pci.configRead(barAt(index), 4) % typeBits(bar);
            pci.configWrite(barAt(index), 4, before);
            expect.equal(seen, KIND_BITS[bar.kind], `the kind of BAR ${index}`);
          }
        });
      },
    },
    {
      id: 'absent',
      cite: PCI,
      text: 'A BAR that is not implemented reads as zero, whatever is written.',
      level: 'shall',
      subject: 'device',
      check({ function: pci }) {
        for (let index = 0; index < BAR_COUNT; index++) {
          const below = pci.bars[index - 1];
          if (pci.bars[index] !== undefined || (below !== undefined && isWide(below))) continue;
          expect.equal(sized(pci, index), 0, `BAR ${index}, which is not there`);
        }
      },
    },
    {
      id: 'rom',
      cite: PCI,
      text: 'The expansion ROM register is absent, or tells a size that is a power of two.',
      level: 'shall',
      subject: 'device',
      check({ function: pci }) {
        const before = pci.configRead(Config.Rom, 4);
        pci.configWrite(Config.Rom, 4, ONES[4] - 1);
        const answer = pci.configRead(Config.Rom, 4);
        pci.configWrite(Config.Rom, 4, before);
        const size = answer === 0 ? 1 : WORD - answer;
        expect.that(
          Number.isInteger(WORD / size),
          'the size of the ROM',
          'a power of two',
          String(size),
        );
      },
    },
    {
      id: 'off-at-first',
      cite: PCI,
      text: 'Nothing is decoded before the command register says so.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const pci = scene.function;
        const decoding = Command.Io + Command.Memory + Command.Master;
        expect.equal(pci.configRead(Config.Command, 2) & decoding, 0, 'the command register');
        for (const answer of answers(scene)) {
          expect.that(isSilent(pci, answer), `BAR ${answer.bar} before it is decoded`);
        }
      },
    },
    {
      id: 'decoders',
      cite: PCI,
      text: 'Each kind of BAR answers to its own bit of the command register alone.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const pci = scene.function;
        for (const answer of answers(scene)) {
          const own = decoderOf(pci.bars[answer.bar]!);
          pci.configWrite(Config.Command, 2, Command.Io + Command.Memory - own);
          expect.that(isSilent(pci, answer), `BAR ${answer.bar} answers to the other bit`);
          pci.configWrite(Config.Command, 2, own);
          expect.that(!isSilent(pci, answer), `BAR ${answer.bar} does not answer to its own bit`);
        }
      },
    },
    {
      id: 'moved',
      cite: PCI,
      text: 'A BAR that is moved answers at its old address no more, and does when it is back.',
      level: 'shall',
      subject: 'device',
      check(scene) {
        const pci = scene.function;
        for (const answer of answers(scene)) {
          const { address, size } = pci.bars[answer.bar]!;
          place(pci, answer.bar, address >= size ? address - size : address + size);
          pci.configWrite(Config.Command, 2, Command.Io + Command.Memory);
          expect.that(isSilent(pci, answer), `BAR ${answer.bar} answers where it was`);
          place(pci, answer.bar, address);
          expect.that(!isSilent(pci, answer), `BAR ${answer.bar} does not answer where it is`);
        }
      },
    },
    {
      id: 'off-after-reset',
      cite: PCI,
      text: 'A reset turns decoding and bus mastering off.',
      level: 'shall',
      subject: 'device',
      needs: ['device-reset'],
      check({ function: pci }) {
        const bits = Command.Io + Command.Memory + Command.Master;
        pci.configWrite(Config.Command, 2, bits);
        expect.that(pci.reset('hot'), 'the hot reset is done');
        expect.equal(pci.configRead(Config.Command, 2) & bits, 0, 'the command register');
      },
    },
  ],
});
