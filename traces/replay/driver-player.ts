/**
 * A trace plays the driver: what it did is done again to a device, and what the device answers is
 * compared with what was recorded. It judges a model by a driver that nobody here wrote.
 *
 * Not played: what clients asked for, faults, power; buffers, unless the recording has commands.
 */
import type { InterruptListener, PciFunction } from '../../sim/buses/pci/function.ts';
import type { CompiledMap } from '../../sim/registers/compile.ts';
import type { EventBatch } from '../format/batch.ts';
import { TraceKind } from '../format/event.ts';
import type { TraceSpace } from '../format/header.ts';
import { BarNames } from './bar-names.ts';
import { Cqe, Offset } from './nvme-layout.ts';
import { InterruptWindow } from './interrupt-window.ts';
import { NvmeHost } from './nvme-host.ts';
import { PageFollower } from '../view/page-follower.ts';
import { compareRead, isIdempotent, namesOf } from './read-comparison.ts';
import { type Difference, ReplayTally } from './tally.ts';

export interface PlayedDevice {
  readonly function: PciFunction;
  /** Register maps by BAR. */
  readonly maps: ReadonlyMap<number, CompiledMap>;
  /** Lets so much time pass, with what happens in it. */
  pass(ns: number): void;
  /** False: messages go where the transport itself sends them, whatever the tables say. */
  readonly messages: boolean;
}

export interface PlayerOptions {
  /** As in the catalog: a device of `nvme` has queues in host memory. */
  readonly device: string;
  /** Of the recording's header. */
  readonly spaces: readonly TraceSpace[];
  readonly known?: KnownDifferences;
}

/** Where the recorded device and this one are known to differ, and why: data beside the model. */
export interface KnownDifferences {
  /** A sentence that explains the difference; `command` is what a completion answers. */
  readonly explain?: (
    difference: Difference,
    command: Uint8Array | undefined,
  ) => string | undefined;
  /** What to write instead, where the recorded driver used what this device lacks. */
  readonly adapt?: (bar: number, offset: number, value: number) => number;
  /** So much longer do pauses take: the recorded device was done sooner than this one can be. */
  readonly slower?: number;
}

type Size = 1 | 2 | 4;

/** How long the device may take longer than recorded, and in how many looks that is found out. */
const LATER_NS = 2e9;
const FIRST_LOOK_NS = 100;
/** Recorded time that passes at once: a driver was idle for longer. */
const IDLE_NS_MAX = 10e9;
const WORD = 0x1_0000_0000n;
/** `space` of MSI-X tables is their BAR and this. */
const TABLES = 8;
const BARS = 6;

export class DriverPlayer {
  readonly tally = new ReplayTally();
  readonly #device: PlayedDevice;
  readonly #known: KnownDifferences;
  readonly #pages: ReadonlyMap<number, PageFollower>;
  readonly #nvme: NvmeHost | undefined;
  readonly #bars: BarNames;
  readonly #windows = new Map<string, InterruptWindow>();
  #recordedLevel = 0;
  #event = 0;
  #timeNs = 0;
  #began: number | undefined;

  constructor(device: PlayedDevice, { device: kind, spaces, known = {} }: PlayerOptions) {
    this.#bars = new BarNames(spaces, device.function.bars);
    this.#device = device;
    this.#known = known;
    this.#pages = new Map([...device.maps].map(([bar, map]) => [bar, new PageFollower(map)]));
    this.#nvme = kind === 'nvme' ? new NvmeHost(device.function.memory) : undefined;
    const listener: InterruptListener = {
      level: (asserted) => this.#came(0, 0, Number(asserted)),
      message: (vector) => {
        if (device.messages) this.#came(1, vector, 1);
      },
    };
    device.function.listen(listener);
  }

  play(batch: EventBatch): void {
    for (let index = 0; index < batch.length; index++) {
      this.#at(batch.timesNs[index] as number);
      this.#play(batch, index);
      this.#settle(this.#event);
      this.#event++;
      this.tally.events++;
    }
  }

  /** After the last event. */
  end(): ReplayTally {
    this.#device.pass(LATER_NS);
    this.#settle(Infinity);
    return this.tally;
  }

  /** The recorded time comes, but for long pauses; it never goes back. */
  #at(timeNs: number): void {
    this.#began ??= timeNs;
    const ns = timeNs - this.#timeNs;
    if (this.#event > 0 && ns > 0) {
      this.#device.pass(Math.min(ns * (this.#known.slower ?? 1), IDLE_NS_MAX));
    }
    this.#timeNs = Math.max(this.#timeNs, timeNs);
  }

  #play(batch: EventBatch, index: number): void {
    const address = batch.addresses[index] as number;
    // Linux's recordings number the tables of MSI-X apart: they are the system's, not the driver's.
    const recorded = batch.spaces[index] as number;
    const space = recorded >= TABLES && recorded < TABLES + BARS ? recorded - TABLES : recorded;
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
    if (BarNames.has(offset)) return this.tally.tolerate('address');
    this.#differ(this.#difference(`configuration 0x${offset.toString(16)}`, expected, seen));
  }

  #configWrite(offset: number, size: Size, value: number): void {
    this.tally.applied++;
    const written = BarNames.has(offset) ? this.#bars.translated(offset, value) : value;
    this.#device.function.configWrite(offset, size, written);
  }

  #write(bar: number, offset: number, size: number, value: bigint): void {
    this.tally.applied++;
    this.#pages.get(bar)?.wrote(offset, Number(value));
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
    const adapted = this.#known.adapt?.(bar, offset, value) ?? value;
    if (adapted !== value) this.tally.adapted++;
    if (this.#nvme === undefined || bar !== 0) return adapted;
    if (offset < Offset.DOORBELLS) return this.#nvme.translated(offset, adapted);
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
    const register = this.#pages.get(bar)?.register('read', offset);
    const again = isIdempotent(register);
    let seen = this.#readNow(bar, offset, size);
    let { firm, volatile } = compareRead(register, offset, expected, seen);
    if (firm === 0n && volatile === 0n) return this.tally.same();
    for (let look = FIRST_LOOK_NS, ns = 0; again && ns < LATER_NS; ns += look, look *= 2) {
      this.#device.pass(look);
      seen = this.#readNow(bar, offset, size);
      ({ firm, volatile } = compareRead(register, offset, expected, seen));
      if (firm === 0n && volatile === 0n) return this.tally.tolerate('later');
    }
    const named = (bits: bigint) =>
      register === undefined ? place(bar, offset) : namesOf(register, offset, bits);
    if (firm === 0n) return this.tally.changed(named(volatile));
    this.#differ(this.#difference(named(firm), expected, seen));
  }

  #readNow(bar: number, offset: number, size: number): bigint {
    const { function: device } = this.#device;
    const low = BigInt(device.read(bar, offset, size as Size) >>> 0);
    return size === 8 ? BigInt(device.high >>> 0) * WORD + low : low;
  }

  #interrupt(space: number, vector: number, value: number): void {
    if (space !== 0 && !this.#device.messages) return this.tally.skip('messages of interrupts');
    const window = this.#window(space, vector);
    // QEMU tells levels that stay, too.
    if (space === 0 && value === this.#recordedLevel) return;
    if (space === 0) this.#recordedLevel = value;
    window.recorded({ value, event: this.#event, timeNs: this.#timeNs - (this.#began ?? 0) });
  }

  #came(space: number, vector: number, value: number): void {
    const timeNs = this.#timeNs - (this.#began ?? 0);
    this.#window(space, vector).came({ value, event: this.#event, timeNs });
  }

  #window(space: number, vector: number): InterruptWindow {
    const where = space === 0 ? 'INTx' : `message of vector ${vector}`;
    const window = this.#windows.get(where) ?? new InterruptWindow(where);
    this.#windows.set(where, window);
    return window;
  }

  #settle(event: number): void {
    for (const window of this.#windows.values()) {
      window.settle(event, this.tally, (difference) => this.#differ(difference));
    }
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
    const command = answer?.sqe ?? this.#nvme.unanswered(queue, id);
    if (answer === undefined) {
      return this.#differ({ ...this.#here(where), expected: 'one', seen: 'none' }, command);
    }
    for (const name of ['STATUS', 'DW0'] as const) {
      const [expected, seen] = [Cqe[name].get(recorded), Cqe[name].get(answer.cqe)];
      if (expected !== seen) {
        const difference = this.#difference(`${where}, ${name}`, BigInt(expected), BigInt(seen));
        this.#differ(difference, command);
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

  #differ(difference: Difference, command?: Uint8Array): void {
    const why = this.#known.explain?.(difference, command);
    if (why === undefined) this.tally.differ(difference);
    else this.tally.explain(why);
  }
}

function place(bar: number, offset: number): string {
  return `BAR${bar}+0x${offset.toString(16)}`;
}
