/**
 * flashrom through our serprog port, beside flashrom with its own dummy programmer that emulates
 * the same chip in its own process: what the port, the bus and the model cost.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpiBus, SpiMode, SpiSegment } from '../sim/buses/spi/bus.ts';
import { World } from '../sim/kernel/world.ts';
import { flashBoard } from '../sim/machines/flash-board.ts';
import { ProcessPace, ProcessSeat } from '../conformance/process-seat.ts';
import { programMissing } from '../conformance/program.ts';
import type { FlashDevice } from '../drivers-under-test/host/classes/flash-device.ts';
import flashrom from '../drivers-under-test/third-party/flashrom/driver.ts';
import type { Figure } from './measure.ts';

const MIB = 2 ** 20;
const READ_BYTES = 4 * MIB;
const WRITE_BYTES = MIB / 8;
const WHOLE_BYTES = 16 * MIB;
const ENDLESS = { virtualNs: 1e13, events: 1e10 };
const CHIP = ['-c', 'W25Q128.V'];

/** Wall time by instruction: from the end of the transaction before to its own end. */
class MeteredBus implements SpiBus {
  readonly spent = new Map<number, { count: number; ms: number }>();
  transactions = 0;
  #inner: SpiBus;
  #last = 0;

  constructor(inner: SpiBus) {
    this.#inner = inner;
  }

  get ms(): number {
    return [...this.spent.values()].reduce((sum, { ms }) => sum + ms, 0);
  }

  clear(): void {
    this.spent.clear();
    this.transactions = 0;
  }

  configure(select: number, mode: SpiMode): void {
    this.#inner.configure(select, mode);
  }

  transfer(
    select: number,
    segments: readonly SpiSegment[],
    done: (read: readonly Uint8Array[]) => void,
  ): void {
    const opcode = segments[0]?.write?.[0] ?? 0;
    this.#inner.transfer(select, segments, (read) => {
      done(read);
      const now = performance.now();
      const sum = this.spent.get(opcode) ?? { count: 0, ms: 0 };
      // The first one of all waits for nobody.
      if (this.transactions++ > 0) sum.ms += now - this.#last;
      sum.count++;
      this.spent.set(opcode, sum);
      this.#last = now;
    });
  }
}

async function onPort(work: (flash: FlashDevice, bus: MeteredBus, world: World) => Promise<void>) {
  const pace = new ProcessPace();
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  const world = new World({ seed: 1, pace, settle });
  const board = flashBoard(world, 'w25q128');
  const bus = new MeteredBus(board.spi);
  const hardware = { ...board, spi: bus };
  const seat = new ProcessSeat({ world, pace, driver: flashrom, hardware, faults: [] });
  try {
    const end = await world.run(async () => {
      await seat.start();
      bus.clear();
      await work(seat.client as unknown as FlashDevice, bus, world);
    }, ENDLESS);
    if (end.end !== 'returned') throw new Error(`flashrom's run ended otherwise: ${end.end}`);
  } finally {
    await seat.close();
  }
}

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + Math.floor(at / 256)) % 251);
}

/** MiB a second of a whole run of flashrom with its dummy programmer. */
function dummy(option: '-r' | '-w', bytes: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'dyno-dummy-'));
  const [layout, part, whole] = ['layout', 'part', 'whole'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  try {
    writeFileSync(layout, `00000000:${(bytes - 1).toString(16).padStart(8, '0')} part\n`);
    writeFileSync(part, pattern(bytes));
    writeFileSync(whole, new Uint8Array(WHOLE_BYTES));
    const area = ['-l', layout, '-i', `part:${part}`, '-N', option, whole];
    const from = performance.now();
    const words = ['-p', 'dummy:bus=spi,emulate=W25Q128FV', ...CHIP, ...area];
    const { status, stdout } = spawnSync(flashrom.command.program, words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`flashrom's dummy programmer: ${stdout}`);
    return (bytes / MIB / (performance.now() - from)) * 1000;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function serprogFigures(): Promise<Figure[]> {
  if (programMissing(flashrom) !== undefined) return [];
  const figures: Figure[] = [];
  await onPort(async (flash, bus) => {
    await flash.read(0, READ_BYTES);
    const readMs = bus.ms;
    figures.push({
      what: 'flashrom -r of 4 MiB through serprog, MiB',
      perSecond: (READ_BYTES / MIB / readMs) * 1000,
    });
    bus.clear();
    await flash.program(0, pattern(WRITE_BYTES));
    figures.push(
      {
        what: 'flashrom -w of 128 KiB through serprog, KiB',
        perSecond: (WRITE_BYTES / 1024 / writing(bus)) * 1000,
      },
      {
        what: 'flashrom -w of 128 KiB through serprog, transactions',
        perSecond: (bus.transactions / writing(bus)) * 1000,
      },
    );
  });
  figures.push(
    {
      what: "flashrom -r of 4 MiB, its dummy programmer's, MiB",
      perSecond: dummy('-r', READ_BYTES),
    },
    {
      what: "flashrom -w of 128 KiB, its dummy programmer's, KiB",
      perSecond: dummy('-w', WRITE_BYTES) * 1024,
    },
  );
  return figures;
}

/** The adapter reads before it writes: the second of flashrom's handshake between is no work. */
function writing(bus: MeteredBus): number {
  return bus.ms - HANDSHAKE_MS;
}

/** flashrom waits that long, by the wall clock, when it meets a serprog programmer. */
const HANDSHAKE_MS = 1000;

/** All of a W25Q128 read, written and verified: minutes, for `npm run bench -- whole-flash`. */
export async function printWholeFlash(): Promise<void> {
  if (programMissing(flashrom) !== undefined) return;
  await onPort(async (flash, bus, world) => {
    const from = performance.now();
    const fromNs = world.now;
    const before = process.cpuUsage();
    await flash.program(0, pattern(WHOLE_BYTES));
    const { user, system } = process.cpuUsage(before);
    const seconds = (performance.now() - from) / 1000;
    console.log(`16 MiB read, written and verified by flashrom: ${seconds.toFixed(1)} s`);
    console.log(`  of virtual time ${((world.now - fromNs) / 1e9).toFixed(1)} s`);
    console.log(`  in this process ${((user + system) / 1e6).toFixed(1)} s of a core, the rest:`);
    console.log('  flashrom, the loopback between, and whoever else uses the machine');
    for (const [opcode, { count, ms }] of bus.spent) {
      const name = `instruction ${opcode.toString(16).padStart(2, '0')}`;
      console.log(`  ${name} ${String(count).padStart(7)} x  ${(ms / 1000).toFixed(1)} s`);
    }
  });
}
