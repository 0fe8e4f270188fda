/** I/O commands of every kind, legal and illegal. */
import fc from 'fast-check';
import { Io, pair } from '../suites/nvme/commands.ts';
import { layouts } from './nvme-layouts.ts';
import { MEMORY, type Fill, type NvmeCommand } from './nvme-steps.ts';
import { BLOCKS, BLOCK_BYTES } from './nvme-transfers.ts';

/** A command and what the host writes before it. */
export interface Prepared {
  readonly command: NvmeCommand;
  readonly fills: readonly Fill[];
}

/** Blocks of each namespace that programs write, from its first block and up to its last. */
const WINDOW = 64;
const MDTS_BYTES = 2 ** 19;
const FORCE_UNIT_ACCESS = 0x4000;
const LIMITED_RETRY = 0x8000;
const DEALLOCATE = 0x0200;
const PROTECTION = 0x0400;
const RANGE_BYTES = 16;

export const namespaces = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(1, 2) },
  { weight: 1, arbitrary: fc.constantFrom(0, 3, 0xffff_fffe, 0xffff_ffff) },
);

function firstBlocks(nsid: number): fc.Arbitrary<bigint> {
  const blocks = BigInt(BLOCKS[nsid] ?? 1);
  return fc.oneof(
    { weight: 20, arbitrary: fc.nat({ max: WINDOW - 1 }).map(BigInt) },
    { weight: 4, arbitrary: fc.nat({ max: WINDOW - 1 }).map((back) => blocks - BigInt(back + 1)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(blocks, blocks + 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n),
    },
  );
}

/** Zero based. Data memory has 16 pages: longer transfers go over it again. */
function lengths(nsid: number): fc.Arbitrary<number> {
  const most = MDTS_BYTES / (BLOCK_BYTES[nsid] ?? 512);
  return fc.oneof(
    { weight: 14, arbitrary: fc.nat({ max: 15 }) },
    { weight: 3, arbitrary: fc.nat({ max: 48 }) },
    { weight: 1, arbitrary: fc.constantFrom(most - 2, most - 1, most, 0xffff) },
  );
}

const controls = fc.oneof(
  { weight: 12, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.constantFrom(FORCE_UNIT_ACCESS, LIMITED_RETRY) },
  { weight: 1, arbitrary: fc.constantFrom(PROTECTION, 0x3c00, 0x00ff) },
);

interface Range {
  readonly nsid: number;
  readonly lba: bigint;
  readonly blocks: number;
  readonly control: number;
}

const ranges: fc.Arbitrary<Range> = namespaces.chain((nsid) =>
  fc.record({
    nsid: fc.constant(nsid),
    lba: firstBlocks(nsid),
    blocks: lengths(nsid),
    control: controls,
  }),
);

function ranged(opcode: number, { nsid, lba, blocks, control }: Range): NvmeCommand {
  return {
    opcode,
    nsid,
    dword10: Number(lba % 2n ** 32n),
    dword11: Number(lba / 2n ** 32n),
    dword12: pair(blocks, control),
  };
}

const transfers: fc.Arbitrary<Prepared> = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: fc.constant(Io.Write) },
      { weight: 4, arbitrary: fc.constant(Io.Read) },
      { weight: 1, arbitrary: fc.constant(Io.Compare) },
    ),
    ranges,
  )
  .chain(([opcode, range]) => {
    const bytes = Math.min(MDTS_BYTES, (range.blocks + 1) * (BLOCK_BYTES[range.nsid] ?? 512));
    return layouts(bytes).map(({ fills, ...prps }) => ({
      command: { ...ranged(opcode, range), ...prps },
      fills,
    }));
  });

const withoutData: fc.Arbitrary<Prepared> = fc
  .tuple(fc.constantFrom(Io.WriteZeroes, Io.Verify), ranges, fc.boolean())
  .map(([opcode, range, deallocates]) => {
    const control = range.control + (deallocates && range.control === 0 ? DEALLOCATE : 0);
    return { command: ranged(opcode, { ...range, control }), fills: [] };
  });

const flushes: fc.Arbitrary<Prepared> = fc
  .oneof({ weight: 4, arbitrary: namespaces }, { weight: 1, arbitrary: fc.constant(0xffff_ffff) })
  .map((nsid) => ({ command: { opcode: Io.Flush, nsid }, fills: [] }));

/** Dataset Management: its ranges lie in memory. */
const datasets: fc.Arbitrary<Prepared> = namespaces.chain((nsid) =>
  fc
    .record({
      ranges: fc.array(fc.tuple(firstBlocks(nsid), fc.nat({ max: 20 })), {
        minLength: 1,
        maxLength: 4,
      }),
      // Integral read, integral write, deallocate, and bits that have no name.
      attributes: fc.constantFrom(0, 1, 2, 4, 4, 4, 4, 5, 8),
      counted: fc.constantFrom(0, 0, 0, 0, 0, 1),
    })
    .map(({ ranges: list, attributes, counted }) => {
      const view = new DataView(new ArrayBuffer(list.length * RANGE_BYTES));
      for (const [index, [lba, blocks]] of list.entries()) {
        view.setUint32(index * RANGE_BYTES + 4, blocks, true);
        view.setBigUint64(index * RANGE_BYTES + 8, lba, true);
      }
      const at = { page: MEMORY.data, offset: 0 };
      const dword10 = list.length - 1 + counted;
      return {
        command: {
          opcode: Io.DatasetManagement,
          nsid,
          prp1: at,
          dword10,
          dword11: attributes,
        },
        fills: [{ at, bytes: [...new Uint8Array(view.buffer)] }],
      };
    }),
);

/** Opcodes that are reserved, of other command sets, or optional. */
const OTHERS = [0x03, 0x04, 0x06, 0x07, 0x0a, 0x0d, 0x0e, 0x11, 0x15, 0x19, 0x7f, 0x80, 0xff];

const others: fc.Arbitrary<Prepared> = fc
  .tuple(fc.constantFrom(...OTHERS), ranges)
  .map(([opcode, range]) => ({ command: ranged(opcode, range), fills: [] }));

/** Any command, with flags or fields that it should not have. */
const strange: fc.Arbitrary<Prepared> = fc
  .tuple(
    fc.oneof(transfers, withoutData, flushes),
    fc.constantFrom<Partial<NvmeCommand>>(
      { psdt: 1 },
      { psdt: 2 },
      { psdt: 3 },
      { fuse: 1 },
      { fuse: 2 },
      { fuse: 3 },
      { dword2: 1 },
      { dword3: 0xffff_ffff },
      { metadata: 0x1000 },
      { dword13: 0xff },
      { dword14: 0xffff_ffff },
      { dword15: 0xffff_ffff },
    ),
  )
  .map(([{ command, fills }, more]) => ({ command: { ...command, ...more }, fills }));

export const ioCommands: fc.Arbitrary<Prepared> = fc.oneof(
  { weight: 12, arbitrary: transfers },
  { weight: 3, arbitrary: withoutData },
  { weight: 1, arbitrary: flushes },
  { weight: 1, arbitrary: datasets },
  { weight: 1, arbitrary: others },
  { weight: 1, arbitrary: strange },
);
