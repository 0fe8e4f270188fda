/** An SPI bus whose wires obey a plan of faults: wraps any bus, a model's or QEMU's. */
import { EventKind } from '../kernel/journal.ts';
import type { World } from '../kernel/world.ts';
import { type SpiBus, type SpiMode, type SpiSegment, checkSegments } from '../buses/spi/bus.ts';
import { FAULTS_MAX, describeFault } from './plan.ts';
import type { SpiFault, SpiFaultPlan } from './spi-plan.ts';

/** @throws RangeError for a plan of more than FAULTS_MAX faults */
export function withSpiFaults(inner: SpiBus, plan: SpiFaultPlan, world: World): SpiBus {
  if (plan.length === 0) return inner;
  if (plan.length > FAULTS_MAX) throw new RangeError(`A plan has ${FAULTS_MAX} faults at most.`);
  return new FaultySpiBus(inner, plan, world);
}

const IDLE = 0xff;

class FaultySpiBus implements SpiBus {
  readonly #inner: SpiBus;
  readonly #plan: SpiFaultPlan;
  readonly #world: World;
  readonly #told = new Set<SpiFault>();
  #bytes = 0;
  #transactions = 0;

  constructor(inner: SpiBus, plan: SpiFaultPlan, world: World) {
    this.#inner = inner;
    this.#plan = plan;
    this.#world = world;
  }

  configure(select: number, mode: SpiMode): void {
    this.#inner.configure(select, mode);
  }

  transfer(
    select: number,
    segments: readonly SpiSegment[],
    done: (read: readonly Uint8Array[]) => void,
  ): void {
    checkSegments(segments);
    this.#transactions++;
    const from = this.#bytes;
    const starts: number[] = [];
    const sent = segments.map((segment) => {
      starts.push(this.#bytes);
      const start = this.#bytes;
      this.#bytes += segment.write?.length ?? segment.read ?? 0;
      return this.#spoiled(segment, start);
    });
    if (this.#isLost(from)) {
      const read = segments.flatMap(({ read: length }) =>
        length === undefined ? [] : [new Uint8Array(length).fill(IDLE)],
      );
      this.#world.after(0, () => done(read));
      return;
    }
    const reading = segments.flatMap(({ read }, index) =>
      read === undefined ? [] : [starts[index] as number],
    );
    this.#inner.transfer(select, sent, (read) => {
      read.forEach((bytes, index) => this.#spoil(bytes, reading[index] as number, true));
      done(read);
    });
  }

  #isLost(from: number): boolean {
    return this.#plan.some((fault) => {
      const isLost =
        (fault.kind === 'lost-transaction' && fault.at === this.#transactions) ||
        (fault.kind === 'unplugged' && from + 1 >= fault.at);
      if (isLost) this.#tell(fault);
      return isLost;
    });
  }

  #spoiled(segment: SpiSegment, start: number): SpiSegment {
    if (segment.write === undefined) return segment;
    const write = segment.write.slice();
    this.#spoil(write, start, false);
    return { ...segment, write };
  }

  /** What the wires do to bytes that began at `start`. */
  #spoil(bytes: Uint8Array, start: number, isRead: boolean): void {
    for (const fault of this.#plan) {
      if (fault.kind === 'lost-transaction') continue;
      const first = fault.at - 1 - start;
      if (fault.kind === 'flipped-bits') {
        const isHere = isRead || fault.onlyAnswers !== true;
        if (!isHere || first < 0 || first >= bytes.length) continue;
        bytes[first] = (bytes[first] as number) ^ fault.bits;
        this.#tell(fault);
      } else if (isRead && first < bytes.length) {
        const length = fault.kind === 'unplugged' ? Infinity : fault.bytes;
        if (first + length <= 0) continue;
        bytes.fill(
          fault.kind === 'unplugged' ? IDLE : fault.value,
          Math.max(first, 0),
          first + length,
        );
        this.#tell(fault);
      }
    }
  }

  #tell(fault: SpiFault): void {
    if (this.#told.has(fault)) return;
    this.#told.add(fault);
    this.#world.journal.note(EventKind.Fault, describeFault(fault));
  }
}
