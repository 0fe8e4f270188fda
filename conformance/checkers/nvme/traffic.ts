/**
 * What passes between a host and an NVMe controller, followed from the journal alone: register
 * accesses, DMA mappings, and the host's memory where it can be looked into. Each submitted
 * command and each consumed completion is recorded, and handed to the rules. Where somebody else
 * recorded them (an imported trace), those are used, and no memory is needed.
 *
 * One for each journal, whatever the number of rules.
 */
import { EventKind, type Journal } from '../../../sim/kernel/journal.ts';
import { Lifecycle } from '../../../sim/kernel/lifecycle.ts';
import type { Watch } from '../../rule.ts';
import { Controller } from './controller.ts';
import type { Identity } from './identity.ts';
import { Offset } from './layout.ts';
import { Listeners, type TrafficListener } from './listener.ts';
import { QueueFollower } from './queue-follower.ts';
import type { QueueSet } from './queue-set.ts';

/** How the journal names the fault in which a device resets itself. */
const SELF_RESET = 'self-reset';
const PCI_COMMAND = 0x04;
const BUS_MASTER = 4;

const traffics = new WeakMap<Journal, Traffic>();

/** The traffic of this journal, with one more listener. */
export function listenToTraffic(watch: Watch, listener: TrafficListener): Traffic {
  let traffic = traffics.get(watch.journal);
  if (traffic === undefined) {
    traffic = new Traffic(watch);
    traffics.set(watch.journal, traffic);
  }
  traffic.listeners.add(listener);
  return traffic;
}

export class Traffic {
  readonly controller = new Controller();
  readonly listeners = new Listeners();
  readonly #journal: Journal;
  readonly #follower: QueueFollower;
  readonly #access = { offset: 0, size: 0, value: 0, high: 0, isWrite: false };
  #resetsItself = false;
  /** The power went: whoever touches the controller next knows nothing of it. */
  #asleep = false;

  constructor(watch: Watch) {
    const { journal } = watch;
    this.#journal = journal;
    this.#follower = new QueueFollower(watch, this.controller, this.listeners);
    watch.on(EventKind.Write, (at) => {
      if (journal.spaceAt(at) !== 0) return;
      const offset = journal.addressAt(at);
      this.#wake();
      if (offset >= Offset.DOORBELLS) this.#follower.doorbell(offset, journal.valueAt(at));
      else this.#register(at, offset, true);
    });
    watch.on(EventKind.Read, (at) => {
      if (journal.spaceAt(at) !== 0) return;
      const offset = journal.addressAt(at);
      this.#wake();
      if (offset < Offset.DOORBELLS) this.#register(at, offset, false);
    });
    watch.on(EventKind.ConfigWrite, (at) => {
      if (journal.addressAt(at) !== PCI_COMMAND) return;
      // Without bus mastering the device reaches no memory.
      if (journal.valueAt(at) % (2 * BUS_MASTER) < BUS_MASTER) this.queues.release();
    });
    watch.on(EventKind.Fault, (at) => {
      this.#resetsItself = journal.textAt(at).startsWith(SELF_RESET);
    });
    watch.on(EventKind.Reset, () => this.#reset());
    watch.on(EventKind.Removed, () => {
      this.#lose();
      this.controller.gone = true;
    });
    watch.on(EventKind.Lifecycle, (at) => this.#lifecycle(journal.textAt(at)));
  }

  get queues(): QueueSet {
    return this.#follower.queues;
  }

  get identity(): Identity {
    return this.#follower.identity;
  }

  /** Takes every completion that the controller has posted, as the host may have done. */
  sync(): void {
    this.#follower.sync();
  }

  #register(at: number, offset: number, isWrite: boolean): void {
    const access = this.#access;
    access.offset = offset;
    access.size = this.#journal.sizeAt(at);
    access.value = this.#journal.valueAt(at);
    access.high = this.#journal.highAt(at);
    access.isWrite = isWrite;
    for (const handler of this.listeners.handlers.accessed) handler(access);
    switch (this.controller.saw(access, this.#journal.now)) {
      case 'enabled':
        this.#follower.forget();
        this.#follower.makeAdminQueues();
        break;
      case 'disabled':
        this.#follower.draining = true;
        break;
      case 'idle':
        this.#follower.forget();
        break;
      case 'quiet':
        this.queues.release();
        break;
      default:
    }
  }

  #reset(): void {
    const { enabled } = this.controller;
    this.#follower.forget();
    // The driver does not know of a reset that the device did by itself.
    if (this.#resetsItself) this.controller.uncertain = enabled === true;
    else this.controller.restart();
    this.#resetsItself = false;
  }

  #lifecycle(text: string): void {
    const isStart = text === Lifecycle.Start;
    if (isStart) this.identity.forget();
    if (isStart) {
      this.#follower.forget();
      this.controller.restart();
    } else if (text === Lifecycle.PowerOff) {
      this.#asleep = true;
    } else if (text.startsWith(Lifecycle.Crashed) || text === Lifecycle.PowerCut) {
      this.#lose();
    }
  }

  /** A driver brings the controller up first, and then says that the power is on. */
  #wake(): void {
    if (!this.#asleep) return;
    this.#asleep = false;
    this.#follower.forget();
    this.controller.restart();
  }

  #lose(): void {
    this.#follower.forget();
    this.controller.lose();
  }
}
