/**
 * Hostile streams into a session with a flash behind it. DYNO_SERPROG_STREAMS says how many; each
 * is made from its number alone, which a failure names.
 */
import { expect, it } from 'vitest';
import { SimSpiBus } from '../../../sim/buses/spi/sim-bus.ts';
import { Random } from '../../../sim/kernel/random.ts';
import { World } from '../../../sim/kernel/world.ts';
import { SpiNor } from '../../../sim/devices/spi-nor/model.ts';
import { PARTS } from '../../../sim/devices/spi-nor/parts.ts';
import { PARAMETER_BYTES, READ_BYTES_MAX, WRITE_BYTES_MAX } from './commands.ts';
import { SerprogSession } from './session.ts';

const STREAMS = Number(process.env['DYNO_SERPROG_STREAMS'] ?? 5000);
/** As many use one flash, so that what one leaves behind meets the next. */
const STREAMS_OF_A_FLASH = 500;
const PIECES_MAX = 12;
const OPCODES = [...PARAMETER_BYTES.keys()];
const FLASH_OPCODES = [
  0x06, 0x02, 0x03, 0x05, 0x01, 0x20, 0xd8, 0x9f, 0xb9, 0x66, 0x99, 0x75, 0x7a,
];
/** Longer than anything that a stream can start. */
const AGES_NS = 3700e9;
const HEAP_BYTES_MAX = 256 * 2 ** 20;

function bench() {
  const world = new World({ seed: 1, settle: async () => {}, journalCapacity: 256 });
  const bus = new SimSpiBus(world);
  bus.attach(0, new SpiNor(world, PARTS.w25q16));
  return { world, bus };
}

type Bench = ReturnType<typeof bench>;

/** Feeds all, as a server does; time passes when the session wants it to. */
function feed({ world }: Bench, session: SerprogSession, bytes: Uint8Array): void {
  let rest = bytes;
  while (rest.length > 0) {
    rest = rest.subarray(session.receive(rest));
    for (let turns = 0; session.busy; turns++) {
      if (turns > 2) throw new Error('The session stays busy.');
      world.advance(AGES_NS);
    }
  }
}

function connect({ world, bus }: Bench) {
  const answers: number[] = [];
  let bytesOut = 0;
  const session = new SerprogSession({
    transfer: (write, readBytes, done) => {
      if (write.length > WRITE_BYTES_MAX || readBytes > READ_BYTES_MAX) throw new Error('unbound');
      const segments = readBytes === 0 ? [{ write }] : [{ write }, { read: readBytes }];
      bus.transfer(0, segments, ([read = new Uint8Array(0)]) => done(read));
    },
    delay: (us, done) => void world.after(us * 1000, done),
    setClock: (hz) => {
      bus.configure(0, { mode: 0, clockHz: hz });
      return hz;
    },
    answer: (bytes) => {
      bytesOut += bytes.length;
      answers.length = 0;
      answers.push(...bytes.subarray(0, 8));
    },
  });
  return { session, answers, out: () => bytesOut };
}

/** Pieces of the protocol, whole, cut off, or with wrong lengths; and noise. */
function stream(random: Random): Uint8Array {
  const bytes: number[] = [];
  const noise = (count: number) => {
    for (let index = 0; index < count; index++) bytes.push(random.below(256));
  };
  for (let pieces = 1 + random.below(PIECES_MAX); pieces > 0; pieces--) {
    const kind = random.below(4);
    if (kind === 0) noise(random.below(20));
    else if (kind === 1) {
      const opcode = OPCODES[random.below(OPCODES.length)] as number;
      bytes.push(opcode);
      noise(random.below((PARAMETER_BYTES.get(opcode) ?? 0) + 2));
    } else {
      const length = random.below(12);
      const claimed = kind === 2 ? length : random.below(40);
      const high = random.below(50) === 0 ? random.below(256) : 0;
      bytes.push(0x13, claimed, high, random.below(200) === 0 ? 1 : 0, random.below(8), 0, 0);
      if (length > 0) bytes.push(FLASH_OPCODES[random.below(FLASH_OPCODES.length)] as number);
      noise(length - 1);
    }
  }
  return Uint8Array.from(bytes);
}

const operation = (readBytes: number, ...write: number[]) =>
  Uint8Array.of(0x13, write.length, 0, 0, readBytes, 0, 0, ...write);

/** A new connection finds the programmer and the flash as they should be. */
function expectConsistent(place: Bench, which: number): void {
  const { session, answers } = connect(place);
  // Awake, out of whatever ran, and itself.
  for (const opcode of [0xab, 0x66, 0x99]) feed(place, session, operation(0, opcode));
  place.world.advance(AGES_NS);
  feed(place, session, operation(3, 0x9f));
  expect(answers, `stream ${which}`).toEqual([0x06, 0xef, 0x40, 0x15]);
  feed(place, session, operation(1, 0x05));
  // Neither busy nor write-enabled: bits 0 and 1.
  expect((answers[1] ?? 255) % 4, `stream ${which}`).toBe(0);
  feed(place, session, Uint8Array.of(0x10));
  expect(answers, `stream ${which}`).toEqual([0x15, 0x06]);
}

it(`survives ${STREAMS} hostile streams`, { timeout: 3_600_000 }, () => {
  let place = bench();
  let answered = 0;
  for (let which = 0; which < STREAMS; which++) {
    if (which % STREAMS_OF_A_FLASH === 0) place = bench();
    const { session, out } = connect(place);
    const bytes = stream(new Random(which, 'hostile serprog'));
    feed(place, session, bytes);
    answered += out();
    if (which % 10 === 0) expectConsistent(place, which);
  }
  expect(answered).toBeGreaterThan(STREAMS);
  expect(process.memoryUsage().heapUsed).toBeLessThan(HEAP_BYTES_MAX);
});
