/** Where QEMU's m25p80 and our W25Q256 differ, and stay so. */
import type { Difference as Any, Explanation } from '../../divergence.ts';
import type { FlashProgram, FlashStep } from '../../generators/flash-steps.ts';

type Difference = Any<FlashProgram>;

/** Chapters by title: the numbers of the sections were not seen. */
const SHEET = (section: string) => ({
  document: 'Winbond W25Q256JV data sheet',
  revision: 'G',
  section,
  basis: 'secondary' as const,
});

const WRITE_ENABLE = 0x06;
const READ_STATUS = 0x05;
const SFDP = 0x5a;
const READS = [0x03, 0x13];
const PAGE_BYTES = 256;
/** Address bytes of programs, by opcode. */
const PROGRAMS: ReadonlyMap<number, number> = new Map([
  [0x02, 3],
  [0x12, 4],
]);
/** Address bytes of erases, and what they erase. */
const ERASES: ReadonlyMap<number, readonly [addressBytes: number, bytes: number]> = new Map([
  [0x20, [3, 4096]],
  [0x21, [4, 4096]],
  [0x52, [3, 32_768]],
  [0xd8, [3, 65_536]],
  [0xdc, [4, 65_536]],
]);
const CHIP_ERASES = [0xc7, 0x60];

const opcodeOf = ({ write }: FlashStep): number => write[0] ?? -1;

/** Whether it programs or erases, when it is enabled. */
const changes = (step: FlashStep): boolean =>
  PROGRAMS.has(opcodeOf(step)) ||
  ERASES.has(opcodeOf(step)) ||
  CHIP_ERASES.includes(opcodeOf(step));

function addressOf({ write }: FlashStep, bytes: number): number {
  return write.slice(1, 1 + bytes).reduce((at, byte) => at * 256 + byte, 0);
}

function leavesPage(step: FlashStep): boolean {
  const bytes = PROGRAMS.get(opcodeOf(step));
  if (bytes === undefined) return false;
  return (addressOf(step, bytes) % PAGE_BYTES) + step.write.length - 1 - bytes > PAGE_BYTES;
}

function isUnaligned(step: FlashStep): boolean {
  const erase = ERASES.get(opcodeOf(step));
  return erase !== undefined && addressOf(step, erase[0]) % erase[1] !== 0;
}

const before = ({ program, index }: Difference): readonly FlashStep[] =>
  program.steps.slice(0, index);

const ofReads = (difference: Difference, applies: boolean): bigint =>
  applies && READS.includes(opcodeOf(difference.step)) ? difference.bits : 0n;

/** A program or erase that has only the latch of an earlier one to thank. */
function isUnlatched(steps: readonly FlashStep[]): boolean {
  return steps.some((step, index) => {
    const last = steps[index - 1];
    return changes(step) && (last === undefined || opcodeOf(last) !== WRITE_ENABLE);
  });
}

export const explanations: readonly Explanation<FlashProgram>[] = [
  {
    id: 'spi-nor-latch-stays',
    cite: SHEET('Write Enable Latch (WEL)'),
    why:
      'QEMU 7.2 leaves WEL set behind a program or erase. The model clears it, as the data sheet says; ' +
      'what follows without a Write Enable then happens in QEMU alone.',
    example: ['06', '02 00 00 00 00', '05, read 1'],
    explains: (difference) => {
      const steps = before(difference);
      if (opcodeOf(difference.step) === READ_STATUS)
        return steps.some(changes) ? difference.bits : 0n;
      return ofReads(difference, isUnlatched(steps) && steps.filter(changes).length > 1);
    },
    ends: true,
  },
  {
    id: 'spi-nor-no-pages',
    cite: SHEET('Page Program (02h)'),
    why: 'QEMU goes on behind the page; the model wraps within it, as the data sheet says.',
    example: ['06', '02 00 00 ff aa bb', '03 00 01 00, read 1'],
    explains: (difference) => ofReads(difference, before(difference).some(leavesPage)),
    ends: true,
  },
  {
    id: 'spi-nor-erase-from-address',
    cite: SHEET('Sector Erase (20h)'),
    why:
      'QEMU erases so many bytes from the very address on; the model erases the sector or block that ' +
      'the address lies in, as the data sheet says.',
    example: ['06', '20 00 00 01', '03 00 00 00, read 1'],
    explains: (difference) => ofReads(difference, before(difference).some(isUnaligned)),
    ends: true,
  },
  {
    id: 'spi-nor-parameter-table',
    cite: {
      document: 'JEDEC JESD216, Serial Flash Discoverable Parameters',
      revision: 'B',
      section: 'SFDP Header',
      basis: 'secondary',
    },
    why:
      "QEMU has the table of an older W25Q256, of JESD216's first revision and nine words; the " +
      "model has that of the JV, of revision B. Both are right: a driver must read the header's numbers.",
    example: ['5a 00 00 00 00, read 8'],
    explains: ({ step, bits }) => (opcodeOf(step) === SFDP ? bits : 0n),
  },
];
