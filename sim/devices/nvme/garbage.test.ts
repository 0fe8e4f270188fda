/** Whatever a host does, the controller lives on: it never throws, never hangs. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../kernel/random.ts';
import { ControllerBench } from './controller-bench.ts';
import { DOORBELLS_AT, QUEUES } from './registers.ts';
import { COMMAND_BYTES, Command } from './structures.ts';

/** One that can be used and many that cannot. */
const OPCODES = [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 16, 17, 20, 21, 128];
const STEPS = 60;

/** A value that is rather small, or an address that is mapped, or anything. */
function value(random: Random, addresses: readonly number[]): number {
  switch (random.below(4)) {
    case 0:
      return random.below(8);
    case 1:
      return addresses[random.below(addresses.length)] as number;
    case 2:
      return random.below(4096);
    default:
      return random.uint32();
  }
}

function command(random: Random, addresses: readonly number[]): Uint8Array {
  const sqe = random.bytes(COMMAND_BYTES);
  if (random.chance(9, 10)) {
    Command.OPC.set(sqe, 0, OPCODES[random.below(OPCODES.length)] as number);
    Command.FUSE.set(sqe, 0, random.chance(1, 10) ? random.below(4) : 0);
    Command.PSDT.set(sqe, 0, random.chance(1, 10) ? random.below(4) : 0);
    Command.NSID.set(sqe, 0, random.below(4));
    for (const name of ['PRP1', 'PRP2', 'CDW10', 'CDW11', 'CDW12', 'CDW13'] as const) {
      Command[name].set(sqe, 0, value(random, addresses));
    }
  }
  return sqe;
}

function play(seed: number): string {
  const random = new Random(seed, 'garbage');
  const bench = new ControllerBench();
  bench.enable(16);
  const rooms = [bench.room(8192), bench.room(65_536)];
  const addresses = rooms.map(({ address }) => address);
  for (const id of [1, 2]) bench.createPair(id, 8);
  for (let step = 0; step < STEPS; step++) {
    const queue = random.below(bench.pairs.length);
    const pair = bench.pairs[queue];
    if (pair === undefined) continue;
    for (const room of rooms) room.buffer.write(random.below(4096), random.bytes(64));
    switch (random.below(8)) {
      case 0:
        bench.pci.write(0, random.below(0x14) * 4, 4, value(random, addresses));
        break;
      case 1:
        bench.pci.write(0, DOORBELLS_AT + random.below(2 * QUEUES) * 4, 4, random.below(64));
        break;
      case 2:
        bench.pci.write(0, 0x14, 4, random.chance(1, 2) ? 0x0046_0001 : 0x0046_0000);
        break;
      default: {
        const at = random.below(pair.size) * COMMAND_BYTES;
        pair.submissions.buffer.write(at, command(random, addresses));
        bench.pci.write(0, DOORBELLS_AT + queue * 8, 4, random.below(pair.size));
      }
    }
    bench.pass(random.below(400_000));
    if (random.chance(1, 3)) bench.take(queue);
    if (random.chance(1, 100)) bench.nvme.cutPower();
  }
  return bench.world.journal.hash();
}

test('garbage in registers, doorbells and queues ends as a status, an event or nothing', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const hash = play(seed);
      expect(play(seed)).toBe(hash);
    }),
    { numRuns: 60 },
  );
});

test('garbage reaches every admin command', () => {
  const bench = new ControllerBench();
  const random = new Random(1, 'opcodes');
  bench.enable(64);
  const room = bench.room(65_536);
  for (let opcode = 0; opcode < 256; opcode++) {
    for (let count = 0; count < 4; count++) {
      const sqe = command(random, [room.address]);
      Command.OPC.set(sqe, 0, opcode);
      const pair = bench.pairs[0];
      pair?.submissions.buffer.write(pair.tail * COMMAND_BYTES, sqe);
      if (pair !== undefined) pair.tail = (pair.tail + 1) % pair.size;
      bench.ring(0);
      bench.pass(10_000_000);
      bench.take(0);
    }
  }
  expect(bench.read('CSTS')).toBe(1);
});
