/** What takes a flash its time: programs, erases and writes of status registers; one at once. */
import type { ScheduledEvent } from '../../kernel/event-queue.ts';
import type { Random } from '../../kernel/random.ts';
import type { World } from '../../kernel/world.ts';
import { ERASED, type NorArray } from './array.ts';
import type { SecurityRegisters } from './security.ts';
import type { NorStatus } from './status.ts';

export interface Operation {
  readonly kind:
    | 'program'
    | 'erase'
    | 'chip-erase'
    | 'program-security'
    | 'erase-security'
    | 'status';
  readonly at: number;
  readonly length: number;
  readonly ns: number;
  /** Of a program: address and byte. */
  readonly data?: readonly (readonly [number, number])[];
  /** Of a write of a status register. */
  readonly write?: () => void;
}

interface Running {
  readonly operation: Operation;
  readonly until: number;
  event: ScheduledEvent;
}

export class Operations {
  readonly #world: World;
  readonly #status: NorStatus;
  readonly #array: NorArray;
  readonly #security: SecurityRegisters;
  #running: Running | undefined;
  /** What was suspended, and what it still needs. */
  #suspended: { readonly operation: Operation; readonly leftNs: number } | undefined;

  constructor(world: World, status: NorStatus, array: NorArray, security: SecurityRegisters) {
    this.#world = world;
    this.#status = status;
    this.#array = array;
    this.#security = security;
  }

  /** While something is suspended only programs elsewhere begin, and only in an erase. */
  begin(operation: Operation): void {
    if (this.#running !== undefined || !this.#mayBegin(operation)) return;
    const { LB } = this.#status.registers.SR2;
    if (operation.kind.endsWith('security')) {
      const index = this.#security.indexOf(operation.at);
      if (index === undefined || Math.floor(LB / 2 ** (index - 1)) % 2 === 1) return;
    }
    this.#start(operation, operation.ns);
  }

  suspend(ns: number): void {
    const running = this.#running;
    if (running === undefined || this.#suspended !== undefined) return;
    if (running.operation.kind !== 'program' && running.operation.kind !== 'erase') return;
    running.event.cancel();
    this.#running = undefined;
    const leftNs = Math.max(0, running.until - this.#world.now);
    this.#suspended = { operation: running.operation, leftNs };
    this.#status.registers.SR2.SUS = 1;
    const event = this.#world.after(ns, () => {
      this.#running = undefined;
      this.#status.registers.SR1.BUSY = 0;
    });
    const waiting: Operation = { kind: 'status', at: 0, length: 0, ns };
    this.#running = { operation: waiting, until: this.#world.now + ns, event };
  }

  resume(): void {
    const suspended = this.#suspended;
    if (suspended === undefined || this.#running !== undefined) return;
    this.#suspended = undefined;
    this.#status.registers.SR2.SUS = 0;
    this.#start(suspended.operation, suspended.leftNs);
  }

  /** The array as it reads now: what is suspended there is nothing to rely on. */
  readAt(at: number): number {
    const suspended = this.#suspended?.operation;
    const isInside =
      suspended !== undefined && at >= suspended.at && at < suspended.at + suspended.length;
    return isInside ? ERASED - this.#array.read(at) : this.#array.read(at);
  }

  /** The power fails, or a reset comes. */
  breakOff(random: Random): void {
    this.#running?.event.cancel();
    for (const each of [this.#running?.operation, this.#suspended?.operation]) {
      if (each !== undefined) this.#half(each, random);
    }
    this.#running = undefined;
    this.#suspended = undefined;
  }

  #mayBegin({ kind, at, length }: Operation): boolean {
    if (this.#suspended === undefined) return true;
    const { operation } = this.#suspended;
    const isElsewhere = at + length <= operation.at || at >= operation.at + operation.length;
    return operation.kind === 'erase' && kind === 'program' && isElsewhere;
  }

  #start(operation: Operation, ns: number): void {
    this.#status.registers.SR1.BUSY = 1;
    const event = this.#world.after(ns, () => this.#finish(operation));
    this.#running = { operation, until: this.#world.now + ns, event };
  }

  #finish(operation: Operation): void {
    this.#running = undefined;
    const { SR1 } = this.#status.registers;
    SR1.BUSY = 0;
    SR1.WEL = 0;
    const { kind, at, length, data = [], write } = operation;
    write?.();
    if (kind === 'erase' || kind === 'chip-erase') this.#array.erase(at, length);
    else if (kind === 'erase-security') this.#security.erase(at);
    else if (kind === 'program') for (const [to, byte] of data) this.#array.program(to, byte);
    else for (const [to, byte] of data) this.#security.program(to, byte);
  }

  #half({ kind, at, length, data = [] }: Operation, random: Random): void {
    if (kind === 'erase' || kind === 'chip-erase') this.#array.halfErase(at, length, random);
    if (kind !== 'program') return;
    for (const [to, byte] of data) this.#array.halfProgram(to, byte, random);
  }
}
