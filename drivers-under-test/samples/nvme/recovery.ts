/**
 * What is done about commands that do not end and controllers that do not work: look whether an
 * interrupt was lost, abort, reset, and at last give up.
 */
import type { IODispatchQueue } from '../../host/io-dispatch-queue.ts';
import { IOReturnError } from '../../host/io-return.ts';
import { IOTimerDispatchSource } from '../../host/io-timer-dispatch-source.ts';
import type { BlockEvent } from '../../host/classes/block-device.ts';
import type { AdminQueue, AdminTrouble } from './admin.ts';
import { abort } from './admin-commands.ts';
import type { Controller } from './controller.ts';
import type { Events } from './events.ts';
import type { Interrupts } from './interrupts.ts';
import type { Io } from './io.ts';
import type { QueuePair } from './queue-pair.ts';
import { IoRequest } from './request.ts';
import type { Tasks } from './tasks.ts';

/** While anything is with the controller it is looked after so often; masked, more often. */
const WATCH_NS = 500_000_000;
const MASKED_WATCH_NS = 10_000_000;
/** An aborted command ends by then. */
const ABORT_WAIT_NS = 1_000_000_000;
const ABORT_LOOK_NS = 50_000_000;
const RESETS_MAX = 2;

/** What is to be recovered, and who is to be told. */
export interface RecoverableDevice {
  readonly counts: { timeouts: number; aborts: number; resets: number };
  readonly controller: Controller;
  readonly interrupts: Interrupts;
  readonly admin: AdminQueue;
  readonly io: Io;
  readonly events: Events;
  readonly tasks: Tasks;
  readonly tell: {
    event(event: BlockEvent): void;
    unitsChanged(changed: readonly number[]): void;
    failed(): void;
    gone(): void;
  };
  /** From disabled to ready. @returns units that have changed */
  bringUp(): Promise<number[]>;
  serveAll(): void;
}

export class Recovery implements AdminTrouble {
  readonly #device: RecoverableDevice;
  readonly #queue: IODispatchQueue;
  readonly #timer: IOTimerDispatchSource;
  #armed = false;
  #rescuing = false;
  /** The controller is used, and may be reset when something is wrong. */
  #active = false;
  #resetting = false;
  #closed = false;

  constructor(device: RecoverableDevice, queue: IODispatchQueue) {
    this.#device = device;
    this.#queue = queue;
    this.#timer = IOTimerDispatchSource.Create(queue);
    this.#timer.SetHandler(() => this.#tick());
  }

  /** From now on until `rest` troubles lead to a reset. */
  begin(): void {
    this.#active = true;
  }

  /** The controller is about to sleep or to stop. */
  rest(): void {
    this.#active = false;
    this.#armed = false;
    this.#timer.Disarm();
  }

  close(): void {
    this.rest();
    this.#closed = true;
    this.#timer.Cancel();
  }

  /** Something is with the controller. */
  watch(): void {
    if (this.#armed || this.#closed) return;
    this.#armed = true;
    const masked = this.#device.interrupts.isMasked;
    this.#timer.WakeAfter(masked ? MASKED_WATCH_NS : WATCH_NS);
  }

  look(): void {
    const health = this.#device.controller.health();
    if (health === 'gone') this.#gone();
    else if (health === 'fatal') this.#trouble();
  }

  lost(): void {
    this.#device.controller.isolate();
    if (this.#active) this.#trouble();
  }

  /**
   * Resets, and brings the controller up again: for good, or it has failed.
   * @throws IOReturnError when it has
   */
  async reset(): Promise<void> {
    this.#resetting = true;
    try {
      const changed = await this.#resetAndBringUp();
      this.#device.io.resume();
      this.#device.tell.unitsChanged(changed);
    } catch (error) {
      if (error instanceof IOReturnError) {
        if (error.codeName === 'kIOReturnNoDevice') this.#gone();
        else this.#giveUp();
      }
      throw error;
    } finally {
      this.#resetting = false;
    }
    if (this.#device.io.pending > 0) this.watch();
  }

  async #resetAndBringUp(): Promise<number[]> {
    const { io, admin, controller, counts } = this.#device;
    io.hold();
    for (let tries = 1; ; tries++) {
      counts.resets++;
      try {
        await this.#disable();
        admin.close('kIOReturnAborted');
        io.takeBack();
        return await this.#device.bringUp();
      } catch (error) {
        if (!(error instanceof IOReturnError) || tries === RESETS_MAX) throw error;
        if (error.codeName === 'kIOReturnNoDevice') throw error;
        controller.isolate();
      }
    }
  }

  #tick(): void {
    const { interrupts, io, events } = this.#device;
    this.#armed = false;
    interrupts.unmask();
    events.again();
    this.#device.serveAll();
    io.retryPostponed();
    if (io.pending > 0) this.look();
    if (!this.#active || this.#resetting) return;
    if (io.pending > 0 && !this.#rescuing && this.#anyOverdue()) {
      this.#rescuing = true;
      this.#device.tasks.begin(async () => {
        try {
          await this.#rescue();
        } finally {
          this.#rescuing = false;
        }
      });
    }
    if (io.pending > 0 || interrupts.isMasked || events.hasPostponed) this.watch();
  }

  #anyOverdue(): boolean {
    const { now } = this.#queue.host.world;
    return this.#device.io.pairs.some((pair) => pair.overdue(now).length > 0);
  }

  /** Each command that is overdue is aborted; when that does not help, the controller is reset. */
  async #rescue(): Promise<void> {
    const { io, counts } = this.#device;
    const { world } = this.#queue.host;
    for (const pair of io.pairs) {
      for (const { command, identifier } of pair.overdue(world.now)) {
        if (!(command instanceof IoRequest) || !this.#active || this.#resetting) continue;
        counts.timeouts++;
        if (await this.#abort(pair, command, identifier)) continue;
        if (!this.#resetting) this.#trouble();
        return;
      }
    }
    io.pump();
  }

  /** @returns whether the command has ended */
  async #abort(pair: QueuePair, request: IoRequest, identifier: number): Promise<boolean> {
    const { world } = this.#queue.host;
    request.aborted = true;
    this.#device.counts.aborts++;
    try {
      await abort(this.#device.admin, pair.id, identifier);
    } catch (error) {
      if (!(error instanceof IOReturnError)) throw error;
      return !request.aborted;
    }
    const deadline = world.now + ABORT_WAIT_NS;
    while (request.aborted && world.now < deadline && this.#active) {
      pair.poll();
      if (request.aborted) await this.#queue.Sleep(this, ABORT_LOOK_NS);
    }
    return !request.aborted;
  }

  /** The controller needs a reset; where nobody uses it, whoever waits for it is told. */
  #trouble(): void {
    if (!this.#active || this.#resetting) {
      this.#device.controller.isolate();
      this.#device.admin.close('kIOReturnDeviceError');
      return;
    }
    this.#resetting = true;
    this.#device.io.hold();
    this.#device.tasks.begin(() => this.#device.tasks.alone(() => this.#recover()));
  }

  async #recover(): Promise<void> {
    if (!this.#active) {
      this.#resetting = false;
      return;
    }
    await this.reset();
    this.#device.tell.event({ kind: 'recovered' });
  }

  /** The controller takes its hands off the queues and the memory of requests. */
  async #disable(): Promise<void> {
    const { controller, admin, io } = this.#device;
    // Whatever it answers from here on is not looked at: the queues are void.
    for (const pair of [admin.pair, ...io.pairs]) pair.freeze();
    try {
      await controller.disable();
    } catch (error) {
      if (!(error instanceof IOReturnError) || error.codeName !== 'kIOReturnTimeout') throw error;
      controller.isolate();
      controller.resetFunction();
      await controller.disable();
    }
  }

  /** Nothing helps. */
  #giveUp(): void {
    this.rest();
    this.#device.controller.isolate();
    this.#device.admin.close('kIOReturnTimeout');
    this.#device.io.failAll('kIOReturnTimeout', 'the controller does not come back');
    this.#device.tell.failed();
  }

  #gone(): void {
    this.rest();
    this.#device.admin.close('kIOReturnNoDevice');
    this.#device.io.failAll('kIOReturnNoDevice', 'the device is gone');
    this.#device.tell.gone();
  }
}
