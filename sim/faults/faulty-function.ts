/** A PCI function whose bus, memory and interrupts obey a plan of faults. */
import { EventKind } from '../kernel/journal.ts';
import type { World } from '../kernel/world.ts';
import { allOnes } from '../buses/pci/config-space.ts';
import type {
  BarInfo,
  DmaMemory,
  InterruptListener,
  PciFunction,
  ResetKind,
} from '../buses/pci/function.ts';
import { armed, strikes } from './armed-faults.ts';
import { FaultyInterrupts } from './faulty-interrupts.ts';
import { FaultyMemory } from './faulty-memory.ts';
import { FAULTS_MAX, type PciFaultPlan } from './plan.ts';
import { PostedWrites } from './posted-writes.ts';

type Size = 1 | 2 | 4 | 8;
const COMMAND = 0x04;

/**
 * Wraps any function. `remove` pulls the device out where the target can; everywhere the driver
 * sees all ones.
 * @throws RangeError for a plan of more than FAULTS_MAX faults
 */
export function withFaults(
  inner: PciFunction,
  plan: PciFaultPlan,
  world: World,
  remove?: () => void,
): PciFunction {
  if (plan.length === 0) return inner;
  if (plan.length > FAULTS_MAX) throw new RangeError(`A plan has ${FAULTS_MAX} faults at most.`);
  return new FaultyFunction(inner, plan, world, remove);
}

class FaultyFunction implements PciFunction {
  readonly bars: readonly (BarInfo | undefined)[];
  readonly memory: DmaMemory;
  high = 0;
  readonly #inner: PciFunction;
  readonly #world: World;
  readonly #remove: (() => void) | undefined;
  readonly #interrupts: FaultyInterrupts;
  readonly #writes: PostedWrites;
  readonly #removals;
  readonly #silences;
  readonly #stuck;
  readonly #lies;
  readonly #posted;
  readonly #resets;
  #removed = false;
  #silent = 0;
  #routed: { mechanism: 'none' | 'msi' | 'msix'; vectors: number } | undefined;

  constructor(inner: PciFunction, plan: PciFaultPlan, world: World, remove?: () => void) {
    this.#inner = inner;
    this.#world = world;
    this.#remove = remove;
    this.bars = inner.bars;
    this.memory = new FaultyMemory(inner.memory, plan, world);
    this.#interrupts = new FaultyInterrupts(plan, world);
    this.#writes = new PostedWrites(world);
    this.#removals = armed(plan, 'removal');
    this.#silences = armed(plan, 'no-answer');
    this.#stuck = armed(plan, 'stuck-bits');
    this.#lies = armed(plan, 'false-read');
    this.#posted = armed(plan, 'posted-writes');
    this.#resets = armed(plan, 'self-reset');
    inner.listen(this.#interrupts);
  }

  configRead(offset: number, size: 1 | 2 | 4): number {
    this.#writes.flush();
    const value = this.#answers() ? this.#inner.configRead(offset, size) : allOnes(size);
    this.#interrupts.accessed();
    return value;
  }

  configWrite(offset: number, size: 1 | 2 | 4, value: number): void {
    this.#writes.flush();
    if (this.#answers()) this.#inner.configWrite(offset, size, value);
    this.#interrupts.accessed();
  }

  read(bar: number, offset: number, size: Size): number {
    this.#writes.flush();
    let value = allOnes(size);
    this.high = allOnes(4);
    if (this.#answers()) {
      value = this.#inner.read(bar, offset, size);
      this.high = this.#inner.high;
      value = this.#twisted(bar, offset, value) & allOnes(size);
      if (size === 8) this.high = this.#twisted(bar, offset + 4, this.high) >>> 0;
    }
    this.#interrupts.accessed();
    return value >>> 0;
  }

  write(bar: number, offset: number, size: Size, value: number, high = 0): void {
    if (this.#answers()) {
      const write = () => {
        if (!this.#removed) this.#inner.write(bar, offset, size, value, high);
      };
      if (this.bars[bar]?.kind === 'IO') {
        this.#writes.flush();
        write();
      } else {
        this.#writes.post(write);
      }
    }
    this.#interrupts.accessed();
  }

  reset(kind: ResetKind): boolean {
    this.#writes.flush();
    return !this.#removed && this.#inner.reset(kind);
  }

  listen(listener: InterruptListener): void {
    this.#interrupts.listen(listener);
  }

  route(mechanism: 'none' | 'msi' | 'msix', vectors: number): boolean {
    if (this.#removed || !this.#inner.route(mechanism, vectors)) return false;
    this.#interrupts.messages = mechanism !== 'none';
    this.#routed = { mechanism, vectors };
    return true;
  }

  /** Counts an access; false when the bus gets no answer to it. */
  #answers(): boolean {
    for (const fault of this.#posted) {
      if (strikes(fault, this.#world)) this.#writes.holdNs = fault.fault.ns;
    }
    for (const fault of this.#removals) {
      if (strikes(fault, this.#world)) this.#pullOut();
    }
    for (const fault of this.#resets) {
      if (strikes(fault, this.#world) && !this.#removed) this.#selfReset();
    }
    if (this.#silent > 0) this.#silent--;
    for (const fault of this.#silences) {
      if (strikes(fault, this.#world)) this.#silent = Math.max(this.#silent, fault.fault.accesses);
    }
    return !this.#removed && this.#silent === 0;
  }

  #pullOut(): void {
    if (this.#removed) return;
    this.#removed = true;
    this.#interrupts.remove();
    if (this.#remove === undefined) this.#world.journal.note(EventKind.Removed, 'removed');
    else this.#remove();
  }

  /** The device loses its state; what the platform programmed is programmed again. */
  #selfReset(): void {
    const command = this.#inner.configRead(COMMAND, 2);
    if (!this.#inner.reset('function')) this.#inner.reset('hot');
    this.#inner.configWrite(COMMAND, 2, command);
    if (this.#routed !== undefined) {
      this.#inner.route(this.#routed.mechanism, this.#routed.vectors);
    }
  }

  /** What the device answers, as stuck bits and lies leave it. */
  #twisted(bar: number, offset: number, answer: number): number {
    let value = answer;
    for (const lie of this.#lies) {
      const { fault } = lie;
      if (fault.bar !== bar || fault.offset !== offset) continue;
      if (strikes(lie, this.#world)) lie.memory = fault.reads;
      if (lie.memory-- > 0) value = fault.value;
    }
    for (const stuck of this.#stuck) {
      const { fault } = stuck;
      if (fault.bar !== bar || fault.offset !== offset) continue;
      if (strikes(stuck, this.#world)) stuck.memory = fault.value ?? value;
      if (stuck.seen >= fault.at) value = (value & ~fault.mask) | (stuck.memory & fault.mask);
    }
    return value;
  }
}
