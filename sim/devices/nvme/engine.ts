/**
 * Takes commands from submission queues, has them carried out step by step, ends them.
 *
 * NVM Express Base Specification 1.4, "Command Processing", "Fused Operations" (secondary).
 */
import type { ScheduledEvent } from '../../kernel/event-queue.ts';
import type { World } from '../../kernel/world.ts';
import type { StructureField } from '../../registers/structure.ts';
import type { DeviceDma } from '../../buses/pci/dma.ts';
import { Arbiter } from './arbitration.ts';
import { CommandExecution, type CommandOwner } from './command.ts';
import type { Execution, Executor } from './execution.ts';
import { Begin, type NvmeOutbox } from './outbox.ts';
import { PAGE_MIN } from './prp.ts';
import type { QueueSet } from './queue-set.ts';
import type { SubmissionQueue } from './queues.ts';
import { MORE, Status } from './status.ts';
import { COMMAND_BYTES, COMPLETION_BYTES, Command, Completion, Fuse } from './structures.ts';
import { Timeline } from './timeline.ts';

/** Commands that the controller works on at once. */
export const EXECUTIONS_MAX = 256;

/** Where the parts of the controller that the engine works for are. */
export interface EngineParts {
  readonly world: World;
  readonly dma: DeviceDma;
  readonly queues: QueueSet;
  readonly outbox: NvmeOutbox;
  readonly admin: Executor;
  readonly io: Executor;
  /** From a doorbell to the first look at its queue, and what an admin command takes. */
  readonly fetchNs: number;
  readonly adminNs: number;
  /** A command ended with an error: into the error log. */
  failed(
    execution: Execution,
    status: number,
    field: StructureField | undefined,
    lba: number,
  ): void;
  /** The controller cannot go on: CSTS.CFS. */
  fatal(): void;
  /** Completions were posted: interrupts may follow. */
  posted(): void;
}

export class Engine implements CommandOwner {
  readonly arbiter = new Arbiter();
  pageBytes = PAGE_MIN;
  readonly #parts: EngineParts;
  readonly #waiting = new Timeline<CommandExecution>();
  readonly #idle: CommandExecution[] = [];
  readonly #completion = new Uint8Array(COMPLETION_BYTES);
  readonly #ready: (queue: SubmissionQueue) => boolean;
  readonly #wake: () => void;
  #running = false;
  /** In the controller's hands, those that wait for an event of their own included; in no order. */
  readonly #active: CommandExecution[] = [];
  #taken = 0;
  #event: ScheduledEvent | undefined;
  #inside = false;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#ready = (queue) => !queue.isEmpty && queue.completions.hasRoom;
    this.#wake = () => {
      this.#event = undefined;
      this.#work();
    };
  }

  /** From now on commands are taken. */
  start(pageBytes: number, mechanism: number): void {
    this.pageBytes = pageBytes;
    this.arbiter.start(mechanism);
    this.#running = true;
  }

  /** Whatever is in flight is forgotten. */
  stop(): void {
    this.#running = false;
    this.#event?.cancel();
    this.#event = undefined;
    this.#waiting.clear();
    for (const command of this.#active) command.live = false;
    this.#active.length = 0;
  }

  /** Takes no more commands; those in flight go on. */
  pause(): void {
    this.#running = false;
  }

  get inFlight(): number {
    return this.#active.length;
  }

  /** There may be something to take. */
  kick(): void {
    if (!this.#inside) this.#wakeAt(this.#parts.world.now + this.#parts.fetchNs);
  }

  later(command: CommandExecution, ns: number): void {
    command.step++;
    this.#waiting.add(command, this.#parts.world.now + ns);
    if (!this.#inside) this.#wakeAt(command.due);
  }

  /** The command with this identifier of a queue, if it is in flight. */
  find(queue: number, id: number): CommandExecution | undefined {
    for (const command of this.#active) {
      if (command.queue === queue && command.id === id) return command;
    }
    return undefined;
  }

  /** Every command of a queue ends with a status, in the order taken. */
  endAll(queue: number, status: number): void {
    const commands = this.#active.filter((command) => command.queue === queue);
    commands.sort((a, b) => a.taken - b.taken);
    for (const command of commands) this.abort(command, status);
  }

  /** Ends a command from outside. */
  abort(command: CommandExecution, status: number): void {
    const { held, fused } = command;
    this.#waiting.remove(command);
    command.held = undefined;
    held?.cache.end(held, false);
    command.complete(status);
    fused?.complete(status);
  }

  /** How many commands of a queue with this opcode are in flight. */
  count(queue: number, opcode: number): number {
    let count = 0;
    for (const command of this.#active) {
      if (command.queue === queue && Command.OPC.get(command.sqe) === opcode) count++;
    }
    return count;
  }

  /** The command waits for an event that may never come: no completion entry is kept for it. */
  park(execution: Execution): CommandExecution | undefined {
    const command = this.find(execution.queue, Command.CID.get(execution.sqe));
    if (command !== undefined) this.#release(command);
    return command;
  }

  end(
    command: CommandExecution,
    status: number,
    dword0: number,
    field: StructureField | undefined,
    lba: number,
  ): void {
    const { outbox } = this.#parts;
    const { from } = command;
    if (from === undefined) return;
    let reported = status;
    if (status !== Status.Success) {
      this.#parts.failed(command, status, field, lba);
      reported = status | MORE;
    }
    command.live = false;
    this.#forget(command);
    this.#release(command);
    from.inFlight--;
    from.busy[command.id] = (from.busy[command.id] as number) - 1;
    // What is not set here stays zero.
    const entry = this.#completion;
    Completion.DW0.set(entry, 0, dword0);
    Completion.SQHD.set(entry, 0, from.head);
    Completion.SQID.set(entry, 0, command.queue);
    Completion.CID.set(entry, 0, command.id);
    Completion.STATUS.set(entry, 0, reported);
    this.#idle.push(command);
    outbox.post(from.completions.id, entry);
    if (!this.#inside) {
      this.#parts.posted();
      this.kick();
    }
  }

  readList(address: number, into: Uint8Array, bytes: number): boolean {
    return this.#parts.dma.readInto(address, into.subarray(0, bytes));
  }

  toHost(of: Execution, offset: number, address: number, bytes: Uint8Array): boolean {
    return this.#parts.outbox.dataOut(of, offset, address, bytes);
  }

  fromHost(of: Execution, offset: number, address: number, into: Uint8Array): boolean {
    return this.#parts.outbox.dataIn(of, offset, address, into);
  }

  /** Everything that can be done now. */
  #work(): void {
    const { world } = this.#parts;
    this.#inside = true;
    do {
      for (;;) {
        const first = this.#waiting.first;
        if (first === undefined || first.due > world.now) break;
        this.#step(this.#waiting.take());
      }
    } while (this.#take());
    this.#inside = false;
    this.#parts.posted();
    const next = this.#waiting.first;
    if (next !== undefined) this.#wakeAt(next.due);
  }

  #wakeAt(time: number): void {
    const { world } = this.#parts;
    if (this.#event !== undefined) {
      if (this.#event.time <= time) return;
      this.#event.cancel();
    }
    this.#event = world.after(time - world.now, this.#wake);
  }

  /** Takes one command; false when there is none that can be taken. */
  #take(): boolean {
    if (!this.#running || this.#active.length >= EXECUTIONS_MAX) return false;
    const { queues } = this.#parts;
    const queue = this.arbiter.choose(queues.submissions, queues.top, this.#ready);
    if (queue === undefined) return false;
    let command = this.#fetch(queue);
    // The queue is finite, and only the host fills it.
    while (command !== undefined) {
      const fuse = Command.FUSE.get(command.sqe);
      command = fuse === Fuse.None ? this.#begin(command) : this.#fuse(queue, command, fuse);
    }
    return true;
  }

  #fetch(queue: SubmissionQueue): CommandExecution | undefined {
    const command = this.#idle.pop() ?? new CommandExecution(this);
    const address = queue.address + queue.head * COMMAND_BYTES;
    if (!this.#parts.dma.readInto(address, command.sqe)) {
      this.#idle.push(command);
      this.#parts.fatal();
      return undefined;
    }
    queue.takeHead();
    queue.inFlight++;
    queue.completions.reserved++;
    command.reserved = true;
    command.from = queue;
    command.queue = queue.id;
    command.id = Command.CID.get(command.sqe);
    command.step = 0;
    command.note = 0;
    command.fused = undefined;
    command.held = undefined;
    command.live = true;
    queue.busy[command.id] = (queue.busy[command.id] as number) + 1;
    command.taken = this.#taken++;
    command.place = this.#active.length;
    this.#active.push(command);
    return command;
  }

  /** Two fused commands are one after the other in their queue. Returns what comes instead. */
  #fuse(
    queue: SubmissionQueue,
    command: CommandExecution,
    fuse: number,
  ): CommandExecution | undefined {
    if (queue.id === 0 || fuse > Fuse.Second) {
      command.fail(Status.InvalidField, Command.FUSE);
      return undefined;
    }
    if (fuse === Fuse.Second || queue.isEmpty) {
      command.fail(Status.AbortedMissingFused, Command.FUSE);
      return undefined;
    }
    const second = this.#fetch(queue);
    if (second === undefined) return undefined;
    if (Command.FUSE.get(second.sqe) !== Fuse.Second) {
      command.fail(Status.AbortedMissingFused, Command.FUSE);
      return second;
    }
    command.fused = second;
    const verdict = this.#parts.outbox.begin(second);
    if (verdict === Begin.Go) {
      this.#begin(command);
      return undefined;
    }
    command.fail(Status.AbortedFailedFused);
    this.#obey(second, verdict);
    return undefined;
  }

  #begin(command: CommandExecution): undefined {
    const { from } = command;
    if (from !== undefined && (from.busy[command.id] as number) > 1) {
      command.fail(Status.CommandIdConflict, Command.CID);
      return undefined;
    }
    const verdict = this.#parts.outbox.begin(command);
    if (verdict !== Begin.Go) {
      command.fused?.complete(Status.AbortedFailedFused);
      this.#obey(command, verdict);
    } else if (command.queue === 0) {
      this.#waiting.add(command, this.#parts.world.now + this.#parts.adminNs);
    } else {
      this.#parts.io(command);
    }
    return undefined;
  }

  /** Something keeps the command from being carried out. */
  #obey(command: CommandExecution, verdict: number): void {
    if (verdict === Begin.Fatal) this.#parts.fatal();
    else if (verdict !== Begin.Ignore) command.complete(verdict);
  }

  #step(command: CommandExecution): void {
    if (command.queue === 0) this.#parts.admin(command);
    else this.#parts.io(command);
  }

  /** The last one takes its place. */
  #forget(command: CommandExecution): void {
    const last = this.#active.pop() as CommandExecution;
    if (last === command) return;
    this.#active[command.place] = last;
    last.place = command.place;
  }

  #release(command: CommandExecution): void {
    if (!command.reserved || command.from === undefined) return;
    command.reserved = false;
    command.from.completions.reserved--;
  }
}
