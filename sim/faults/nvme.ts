/**
 * An NVMe controller's way out to the host that obeys a plan of faults. The controller behind it is
 * as it was; what reaches the host is not.
 *
 * Layouts: NVM Express Base Specification 1.4, "Completion Queue Entry", "Identify command", "Get
 * Log Page command" (secondary sources), as far as a fault needs them.
 */
import type { World } from '../kernel/world.ts';
import { structure } from '../registers/structure.ts';
import { type Armed, armed, strikes } from './armed-faults.ts';
import type { NvmeFault, NvmeFaultKind, NvmeFaultPlan } from './nvme-plan.ts';
import { FAULTS_MAX } from './plan.ts';

/** What a fault looks at in a command. */
export interface FaultyCommand {
  readonly sqe: Uint8Array;
  readonly queue: number;
}

/** The controller's way out, as its model declares it (sim/devices/nvme/outbox.ts). */
export interface FaultyOutbox<C extends FaultyCommand> {
  begin(command: C): number;
  post(queue: number, completion: Uint8Array): void;
  dataOut(command: C, offset: number, address: number, bytes: Uint8Array): boolean;
  dataIn(command: C, offset: number, address: number, into: Uint8Array): boolean;
  readyDelay(ready: boolean): number;
  reset(): void;
}

/** What `begin` answers besides a status. */
const Begin = { Go: -1, Ignore: -2, Fatal: -3 } as const;
const DO_NOT_RETRY = 0x4000;
const STATUS_TYPE = 0x100;

const Completion = structure({
  name: 'completion queue entry',
  bytes: 16,
  fields: { SQHD: [8, 0, 16], SQID: [10, 0, 16], CID: [12, 0, 16], P: [14, 0, 1] },
});
const Command = structure({
  name: 'submission queue entry',
  bytes: 64,
  fields: { OPC: [0, 0, 8], SELECTOR: [40, 0, 8] },
});
const OPCODES = { identify: 0x06, 'log-page': 0x02 } as const;

type ArmedFault<K extends NvmeFaultKind> = Armed<Extract<NvmeFault, { readonly kind: K }>>;

/** A completion that is kept back. */
interface Held {
  readonly queue: number;
  readonly completion: Uint8Array;
}

/**
 * Wraps the way out of a controller. `posted` tells the controller that a completion was posted
 * outside of its own steps.
 * @throws RangeError for a plan of more than FAULTS_MAX faults
 */
export function withNvmeFaults<C extends FaultyCommand>(
  inner: FaultyOutbox<C>,
  plan: NvmeFaultPlan,
  world: World,
  posted: () => void,
): FaultyOutbox<C> {
  if (plan.length === 0) return inner;
  if (plan.length > FAULTS_MAX) throw new RangeError(`A plan has ${FAULTS_MAX} faults at most.`);
  return new NvmeFaults(inner, plan, world, posted);
}

class NvmeFaults<C extends FaultyCommand> implements FaultyOutbox<C> {
  readonly #inner: FaultyOutbox<C>;
  readonly #world: World;
  readonly #posted: () => void;
  readonly #lost: ArmedFault<'lost-completion'>[];
  readonly #late: ArmedFault<'late-completion'>[];
  readonly #reordered: ArmedFault<'reordered-completion'>[];
  readonly #duplicate: ArmedFault<'duplicate-completion'>[];
  readonly #falseIds: ArmedFault<'false-command-id'>[];
  readonly #falseHeads: ArmedFault<'false-queue-head'>[];
  readonly #wrongPhases: ArmedFault<'wrong-phase'>[];
  readonly #statuses: ArmedFault<'error-status'>[];
  readonly #fatal: ArmedFault<'fatal-status'>[];
  readonly #hang: ArmedFault<'hang'>[];
  readonly #lateReady: ArmedFault<'late-ready'>[];
  readonly #structures: ArmedFault<'false-structure'>[];
  readonly #flipped: ArmedFault<'flipped-bit'>[];
  readonly #failed: ArmedFault<'failed-transfer'>[];
  /** By submission queue: the head that was reported last. */
  readonly #heads = new Map<number, number>();
  /** Waiting for the next completion of their queue. */
  #swapped: Held[] = [];
  /** Answers that are being changed: a fault and the command that it struck. */
  #lies: { readonly fault: ArmedFault<'false-structure'>['fault']; readonly of: C }[] = [];
  #hanging = false;
  /** One more with each reset: what was held back before is forgotten. */
  #resets = 0;

  constructor(inner: FaultyOutbox<C>, plan: NvmeFaultPlan, world: World, posted: () => void) {
    this.#inner = inner;
    this.#world = world;
    this.#posted = posted;
    this.#lost = armed(plan, 'lost-completion');
    this.#late = armed(plan, 'late-completion');
    this.#reordered = armed(plan, 'reordered-completion');
    this.#duplicate = armed(plan, 'duplicate-completion');
    this.#falseIds = armed(plan, 'false-command-id');
    this.#falseHeads = armed(plan, 'false-queue-head');
    this.#wrongPhases = armed(plan, 'wrong-phase');
    this.#statuses = armed(plan, 'error-status');
    this.#fatal = armed(plan, 'fatal-status');
    this.#hang = armed(plan, 'hang');
    this.#lateReady = armed(plan, 'late-ready');
    this.#structures = armed(plan, 'false-structure');
    this.#flipped = armed(plan, 'flipped-bit');
    this.#failed = armed(plan, 'failed-transfer');
  }

  begin(command: C): number {
    const { queue } = command;
    // All count, whichever of them strikes.
    if (this.#struck(this.#hang, queue) !== undefined) this.#hanging = true;
    const fatal = this.#struck(this.#fatal, queue);
    const error = this.#struck(this.#statuses, queue);
    if (this.#hanging) return Begin.Ignore;
    if (fatal !== undefined) return Begin.Fatal;
    if (error === undefined) return this.#inner.begin(command);
    return error.type * STATUS_TYPE + error.code + (error.doNotRetry ? DO_NOT_RETRY : 0);
  }

  post(queue: number, completion: Uint8Array): void {
    this.#heads.set(Completion.SQID.get(completion), Completion.SQHD.get(completion));
    const before = this.#swapped;
    this.#swapped = before.filter((held) => held.queue !== queue);
    this.#send(queue, completion);
    // The controller uses these bytes again, and sets the other fields only.
    Completion.P.set(completion, 0, 0);
    for (const held of before) {
      if (held.queue === queue) this.#release(held);
    }
  }

  dataOut(command: C, offset: number, address: number, bytes: Uint8Array): boolean {
    let changed = this.#lie(command, offset, bytes);
    const fails = this.#struckAny(this.#failed) !== undefined;
    const flipped = this.#struckAny(this.#flipped);
    if (fails) return false;
    if (flipped !== undefined) {
      changed = changed.slice();
      const bit = flipped.bit % (bytes.length * 8);
      const byte = Math.floor(bit / 8);
      changed[byte] = (changed[byte] as number) ^ (2 ** (bit % 8));
    }
    return this.#inner.dataOut(command, offset, address, changed);
  }

  dataIn(command: C, offset: number, address: number, into: Uint8Array): boolean {
    if (this.#struckAny(this.#failed) !== undefined) return false;
    return this.#inner.dataIn(command, offset, address, into);
  }

  readyDelay(ready: boolean): number {
    const delay = this.#inner.readyDelay(ready);
    const late = this.#struckAny(this.#lateReady);
    if (late === undefined) return delay;
    return late.ns === 0 ? Infinity : delay + late.ns;
  }

  reset(): void {
    this.#resets++;
    this.#hanging = false;
    this.#swapped = [];
    this.#lies = [];
    this.#heads.clear();
    this.#inner.reset();
  }

  #send(queue: number, completion: Uint8Array): void {
    const lost = this.#struck(this.#lost, queue);
    const late = this.#struck(this.#late, queue);
    const reordered = this.#struck(this.#reordered, queue);
    const duplicate = this.#struck(this.#duplicate, queue);
    this.#falsify(queue, completion);
    if (lost !== undefined) return;
    if (late !== undefined) return this.#hold(queue, completion, late.ns);
    if (reordered !== undefined) return this.#swap(queue, completion, reordered.ns);
    this.#inner.post(queue, completion);
    if (duplicate !== undefined) this.#inner.post(queue, completion);
  }

  #falsify(queue: number, completion: Uint8Array): void {
    const id = this.#struck(this.#falseIds, queue);
    if (id !== undefined) Completion.CID.set(completion, 0, id.id);
    const head = this.#struck(this.#falseHeads, queue);
    if (head !== undefined) Completion.SQHD.set(completion, 0, head.head);
    // The bytes are the controller's, and used again: a later entry has its right phase.
    const isWrong = this.#struck(this.#wrongPhases, queue) !== undefined;
    Completion.P.set(completion, 0, isWrong ? 1 : 0);
  }

  #hold(queue: number, completion: Uint8Array, ns: number): void {
    const held = { queue, completion: completion.slice() };
    const resets = this.#resets;
    this.#world.after(ns, () => {
      if (resets !== this.#resets) return;
      this.#release(held);
      this.#posted();
    });
  }

  #swap(queue: number, completion: Uint8Array, ns: number): void {
    const held = { queue, completion: completion.slice() };
    this.#swapped.push(held);
    this.#world.after(ns, () => {
      if (!this.#swapped.includes(held)) return;
      this.#swapped = this.#swapped.filter((each) => each !== held);
      this.#release(held);
      this.#posted();
    });
  }

  /** As the controller would post it now: the head of its submission queue does not move back. */
  #release({ queue, completion }: Held): void {
    const head = this.#heads.get(Completion.SQID.get(completion));
    if (head !== undefined) Completion.SQHD.set(completion, 0, head);
    this.#inner.post(queue, completion);
  }

  /** The bytes of an answer with what the plan changes in them. */
  #lie(command: C, offset: number, bytes: Uint8Array): Uint8Array {
    if (this.#structures.length === 0) return bytes;
    if (offset === 0) this.#beginLies(command);
    let changed = bytes;
    for (const { fault, of } of this.#lies) {
      if (of !== command) continue;
      if (changed === bytes) changed = bytes.slice();
      fault.bytes.forEach((byte, index) => {
        const at = fault.offset + index - offset;
        if (at >= 0 && at < changed.length) changed[at] = byte;
      });
    }
    return changed;
  }

  #beginLies(command: C): void {
    this.#lies = this.#lies.filter(({ of }) => of !== command);
    if (command.queue !== 0) return;
    const opcode = Command.OPC.get(command.sqe);
    const selector = Command.SELECTOR.get(command.sqe);
    for (const each of this.#structures) {
      const { fault } = each;
      if (opcode !== OPCODES[fault.command] || selector !== fault.selector) continue;
      if (strikes(each, this.#world)) this.#lies.push({ fault, of: command });
    }
  }

  /** The fault that this one of a queue is for, if any. */
  #struck<F extends { readonly kind: string; readonly at: number; readonly queue?: number }>(
    faults: readonly Armed<F>[],
    queue: number,
  ): F | undefined {
    let struck: F | undefined;
    for (const each of faults) {
      if (each.fault.queue !== undefined && each.fault.queue !== queue) continue;
      if (strikes(each, this.#world)) struck = each.fault;
    }
    return struck;
  }

  #struckAny<F extends { readonly kind: string; readonly at: number }>(
    faults: readonly Armed<F>[],
  ): F | undefined {
    let struck: F | undefined;
    for (const each of faults) {
      if (strikes(each, this.#world)) struck = each.fault;
    }
    return struck;
  }
}
