/**
 * A trace plays the driver: what it did is done again to a device, and what the device answers is
 * compared with what was recorded. It judges a model by a driver that nobody here wrote.
 *
 * Not played: what clients asked for, faults, power; buffers, unless the recording has commands.
 */
import type { InterruptListener, PciFunction } from '../../sim/buses/pci/function.ts';
import type { CompiledMap, Register } from '../../sim/registers/compile.ts';
import type { EventBatch } from '../format/batch.ts';
import { TraceKind } from '../format/event.ts';
import { Cqe, Offset } from './nvme-layout.ts';
import { NvmeHost } from './nvme-host.ts';
import { PageFollower } from './page-follower.ts';
import { compareRead, isIdempotent, namesOf } from './read-comparison.ts';
import { type Difference, ReplayTally } from './tally.ts';

export interface PlayedDevice {
  readonly function: PciFunction;
  /** Register maps by BAR. */
  readonly maps: ReadonlyMap<number, CompiledMap>;
  /** Virtual nanoseconds since the beginning. */
  now(): number;
  /** Lets so much time pass, with what happens in it. */
  pass(ns: number): void;
  /** The machine gave the BARs their places, and accesses follow them: they stay. */
  readonly fixedBars: boolean;
}

export interface PlayerOptions {
  /** As in the catalog: a device of `nvme` has queues in host memory. */
  readonly device: string;
  /** Says why the two devices differ there, where that is known. */
  readonly explained?: (difference: Difference) => boolean;
}

type Size = 1 | 2 | 4;

/** How long the device may take longer than recorded, and in how many looks that is found out. */
const LATER_NS = 2e9;
const FIRST_LOOK_NS = 100;
/** Recorded time that passes at once: a driver was idle for longer. */
const IDLE_NS_MAX = 10e9;
const BARS = { from: 0x10, end: 0x28 } as const;
const WORD = 0x1_0000_0000n;

export class DriverPlayer {
  readonly tally = new ReplayTally();
  readonly #device: PlayedDevice;
  readonly #explained: (difference: Difference) => boolean;
  readonly #pages: ReadonlyMap<number, PageFollower>;
  readonly #nvme: NvmeHost | undefined;
  /** Differences that a later read in the same poll may undo, by place. */
  readonly #polls = new Map<string, Difference>();
  /** Messages by vector that came and were not asked for. */
  readonly #messages = new Map<number, number>();
  #level = false;
  #event = 0;
  #timeNs = 0;
  #began: number | undefined;

  constructor(device: PlayedDevice, { device: kind, explained = () => false }: PlayerOptions) {
    this.#device = device;
    this.#explained = explained;
    this.#pages = new Map([...device.maps].map(([bar, map]) => [bar, new PageFollower(map)]));
    this.#nvme = kind === 'nvme' ? new NvmeHost(device.function.memory) : undefined;
    const listener: InterruptListener = {
      level: (asserted) => (this.#level = asserted),
      message: (vector) => this.#messages.set(vector, (this.#messages.get(vector) ?? 0) + 1),
    };
    device.function.listen(listener);
  }

  play(batch: EventBatch): void {
    for (let index = 0; index < batch.length; index++) {
      this.#at(batch.timesNs[index] as number);
      this.#play(batch, index);
      this.#event++;
      this.tally.events++;
    }
  }

  /** After the last event. */
  end(): ReplayTally {
    for (const difference of this.#polls.values()) this.#differ(difference);
    this.#polls.clear();
    return this.tally;
  }

  /** The recorded time comes, but for long pauses; it never goes back. */
  #at(timeNs: number): void {
    this.#began ??= timeNs;
    const ns = timeNs - this.#timeNs;
    if (this.#event > 0 && ns > 0) this.#device.pass(Math.min(ns, IDLE_NS_MAX));
    this.#timeNs = Math.max(this.#timeNs, timeNs);
  }

  #play(batch: EventBatch, index: number): void {
    const address = batch.addresses[index] as number;
    const space = batch.spaces[index] as number;
    const size = batch.sizes[index] as Size;
    const value =
      BigInt(batch.highs[index] as number) * WORD + BigInt(batch.values[index] as number);
    switch (batch.kinds[index] as TraceKind) {
      case TraceKind.ConfigRead:
        return this.#configRead(address, size, value);
      case TraceKind.ConfigWrite:
        return this.#configWrite(address, size, Number(value));
      case TraceKind.Read:
        return this.#read(space, address, size, value);
      case TraceKind.Write:
        return this.#write(space, address, size, value);
      case TraceKind.Interrupt:
        return this.#interrupt(space, address, Number(value));
      case TraceKind.Command:
        return this.#nvme?.command(space, batch.bytesAt(index) ?? new Uint8Array());
      case TraceKind.Completion:
        return this.#completion(batch.bytesAt(index));
      default:
    }
  }

  #configRead(offset: number, size: Size, expected: bigint): void {
    this.tally.applied++;
    const seen = BigInt(this.#device.function.configRead(offset, size) >>> 0);
    if (seen === expected) return this.tally.same();
    if (offset >= BARS.from && offset < BARS.end) return this.tally.tolerate('address');
    this.#differ(this.#difference(`configuration 0x${offset.toString(16)}`, expected, seen));
  }

  #configWrite(offset: number, size: Size, value: number): void {
    if (this.#device.fixedBars && offset >= BARS.from && offset < BARS.end) {
      return this.tally.skip('a BAR that stays where the machine put it');
    }
    this.tally.applied++;
    this.#device.function.configWrite(offset, size, value);
  }

  #write(bar: number, offset: number, size: number, value: bigint): void {
    this.tally.applied++;
    this.#pages.get(bar)?.wrote(offset, Number(value));
    this.#pollEnds(bar, offset);
    const { function: device } = this.#device;
    if (size !== 8) {
      device.write(bar, offset, size as Size, this.#translated(bar, offset, Number(value)));
    } else {
      const low = this.#translated(bar, offset, Number(value % WORD));
      const high = this.#translated(bar, offset + 4, Number(value / WORD));
      device.write(bar, offset, 8, low, high);
    }
  }

  #translated(bar: number, offset: number, value: number): number {
    if (this.#nvme === undefined || bar !== 0) return value;
    if (offset < Offset.DOORBELLS) return this.#nvme.translated(offset, value);
    if (offset >= Offset.END) return value;
    const problem = this.#nvme.doorbell(offset, value);
    if (problem !== undefined) this.tally.skip(`a doorbell: ${problem}`);
    return value;
  }

  #read(bar: number, offset: number, size: number, expected: bigint): void {
    this.tally.applied++;
    if (this.#nvme !== undefined && bar === 0 && NvmeHost.isAddress(offset)) {
      this.#readNow(bar, offset, size);
      return this.tally.tolerate('address');
    }
    const key = `${bar}/${offset}`;
    const register = this.#pages.get(bar)?.register('read', offset);
    const again = isIdempotent(register);
    let seen = this.#readNow(bar, offset, size);
    let { firm, volatile } = compareRead(register, offset, expected, seen);
    if (this.#polls.delete(key)) this.tally.tolerate('poll');
    if (firm === 0n && volatile === 0n) return this.tally.same();
    for (let look = FIRST_LOOK_NS, ns = 0; again && ns < LATER_NS; ns += look, look *= 2) {
      this.#device.pass(look);
      seen = this.#readNow(bar, offset, size);
      ({ firm, volatile } = compareRead(register, offset, expected, seen));
      if (firm === 0n && volatile === 0n) return this.tally.tolerate('later');
    }
    if (firm === 0n) return this.tally.tolerate('volatile');
    const where = register === undefined ? place(bar, offset) : namesOf(register, offset, firm);
    const difference = this.#difference(where, expected, seen);
    if (again) this.#polls.set(key, { ...difference, nearly: lastOfPoll(register) });
    else this.#differ(difference);
  }

  #readNow(bar: number, offset: number, size: number): bigint {
    const { function: device } = this.#device;
    const low = BigInt(device.read(bar, offset, size as Size) >>> 0);
    return size === 8 ? BigInt(device.high >>> 0) * WORD + low : low;
  }

  /** A write to the register: what was read before it is final. */
  #pollEnds(bar: number, offset: number): void {
    const key = `${bar}/${offset}`;
    const difference = this.#polls.get(key);
    if (difference === undefined) return;
    this.#polls.delete(key);
    this.#differ(difference);
  }

  #interrupt(space: number, vector: number, value: number): void {
    const came = () => {
      if (space === 0) return this.#level === (value === 1);
      const count = this.#messages.get(vector) ?? 0;
      if (count > 0) this.#messages.set(vector, count - 1);
      return count > 0;
    };
    if (came()) return this.tally.same();
    for (let look = FIRST_LOOK_NS, ns = 0; ns < LATER_NS; ns += look, look *= 2) {
      this.#device.pass(look);
      if (came()) return this.tally.tolerate('window');
    }
    const where = space === 0 ? 'INTx' : `message of vector ${vector}`;
    const seen = space === 0 ? String(Number(this.#level)) : '0';
    this.#differ({ ...this.#here(where), expected: String(value), seen });
  }

  #completion(recorded: Uint8Array | undefined): void {
    if (this.#nvme === undefined || recorded === undefined) {
      return this.tally.skip('a completion whose contents were not recorded');
    }
    const queue = Cqe.SQID.get(recorded);
    const id = Cqe.CID.get(recorded);
    let answer = this.#nvme.answer(queue, id);
    let later = false;
    for (let look = FIRST_LOOK_NS, ns = 0; answer === undefined && ns < LATER_NS; ns += look) {
      this.#device.pass(look);
      look *= 2;
      answer = this.#nvme.answer(queue, id);
      later = true;
    }
    const where = `completion of command ${id} of queue ${queue}`;
    if (answer === undefined) {
      return this.#differ({ ...this.#here(where), expected: 'one', seen: 'none' });
    }
    for (const name of ['STATUS', 'DW0'] as const) {
      const [expected, seen] = [Cqe[name].get(recorded), Cqe[name].get(answer)];
      if (expected !== seen) {
        const difference = this.#difference(`${where}, ${name}`, BigInt(expected), BigInt(seen));
        this.#differ(difference);
      } else if (later) this.tally.tolerate('later');
      else this.tally.same();
    }
  }

  #here(where: string): Omit<Difference, 'expected' | 'seen'> {
    return { event: this.#event, timeNs: this.#timeNs - (this.#began ?? 0), where };
  }

  #difference(where: string, expected: bigint, seen: bigint): Difference {
    const shown = (value: bigint) => `0x${value.toString(16)}`;
    return { ...this.#here(where), expected: shown(expected), seen: shown(seen) };
  }

  #differ(difference: Difference): void {
    if (this.#explained(difference)) this.tally.tolerate('explained');
    else this.tally.differ(difference);
  }
}

function place(bar: number, offset: number): string {
  return `BAR${bar}+0x${offset.toString(16)}`;
}

function lastOfPoll(register: Register | undefined) {
  const why = `it would pass if ${register?.name ?? 'the register'} were read again next`;
  return { tolerance: 'poll', why } as const;
}
