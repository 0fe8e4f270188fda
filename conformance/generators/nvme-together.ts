/**
 * I/O commands that may be under way at once: no two of them share data memory, and none writes
 * what another one reads or writes, so that their order cannot be seen.
 */
import fc from 'fast-check';
import { Io } from '../suites/nvme/commands.ts';
import { MEMORY, type NvmeCommand } from './nvme-steps.ts';
import { BLOCKS, BLOCK_BYTES } from './nvme-transfers.ts';

const COMMANDS_MAX = 6;
/** Each has so many pages of data memory. */
const PAGES = 2;
const WINDOW = 48;
const MOVES: readonly number[] = [Io.Write, Io.Read, Io.Compare];
const READS: readonly number[] = [Io.Read, Io.Compare, Io.Verify];

const choice = fc.record({
  opcode: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(Io.Write, Io.Read) },
    { weight: 2, arbitrary: fc.constantFrom(Io.Compare, Io.Verify, Io.WriteZeroes, Io.Flush) },
  ),
  nsid: fc.constantFrom(1, 2),
  lba: fc.nat({ max: WINDOW - 1 }),
  fromEnd: fc.boolean(),
  blocks: fc.nat({ max: 15 }),
});
type Choice = typeof choice extends fc.Arbitrary<infer T> ? T : never;

function commandOf(choice: Choice, index: number): NvmeCommand {
  const { opcode, nsid, lba, fromEnd, blocks } = choice;
  if (opcode === Io.Flush) return { opcode, nsid };
  const bytes = BLOCK_BYTES[nsid] ?? 512;
  const most = (PAGES * 4096) / bytes;
  const count = Math.min(blocks, most - 1);
  const first = fromEnd ? (BLOCKS[nsid] ?? 0) - lba - 1 : lba;
  const fields = { opcode, nsid, dword10: first, dword12: count };
  if (!MOVES.includes(opcode)) return fields;
  const page = MEMORY.data + index * PAGES;
  const second = (count + 1) * bytes > 4096 ? { prp2: { page: page + 1, offset: 0 } } : {};
  return { ...fields, prp1: { page, offset: 0 }, ...second };
}

function collides(one: NvmeCommand, other: NvmeCommand): boolean {
  if (one.nsid !== other.nsid || one.opcode === Io.Flush || other.opcode === Io.Flush) return false;
  if (READS.includes(one.opcode) && READS.includes(other.opcode)) return false;
  const [first, second] = [one, other].map(({ dword10 = 0, dword12 = 0 }) => ({
    from: dword10,
    end: dword10 + dword12 + 1,
  }));
  return first!.from < second!.end && second!.from < first!.end;
}

export const apart: fc.Arbitrary<NvmeCommand[]> = fc
  .array(choice, { minLength: 2, maxLength: COMMANDS_MAX })
  .map((choices) => {
    const commands: NvmeCommand[] = [];
    for (const each of choices) {
      const command = commandOf(each, commands.length);
      if (!commands.some((other) => collides(command, other))) commands.push(command);
    }
    return commands;
  });
