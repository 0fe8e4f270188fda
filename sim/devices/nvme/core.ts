/** The parts of a controller, as those that carry out commands see them. */
import type { World } from '../../kernel/world.ts';
import type { Engine } from './engine.ts';
import type { AsyncEvents } from './events.ts';
import type { Features } from './features.ts';
import type { Firmware } from './firmware.ts';
import type { Interrupts } from './interrupts.ts';
import type { Logs } from './logs.ts';
import type { Namespaces } from './namespaces.ts';
import type { NvmeTiming } from './options.ts';
import type { QueueSet } from './queue-set.ts';
import type { SelfTester } from './self-test.ts';

/** The Timestamp feature. */
export interface Clock {
  milliseconds: number;
  sinceNs: number;
  /** By the host, not by a reset. */
  set: boolean;
}

export interface NvmeCore {
  readonly world: World;
  readonly timing: NvmeTiming;
  readonly serial: string;
  readonly engine: Engine;
  readonly queues: QueueSet;
  readonly interrupts: Interrupts;
  readonly features: Features;
  readonly events: AsyncEvents;
  readonly logs: Logs;
  readonly namespaces: Namespaces;
  readonly firmware: Firmware;
  readonly selfTester: SelfTester;
  /** False: nothing takes time. */
  readonly timed: boolean;
  readonly clock: Clock;
  /** Sizes of queue entries that the host set: CC.IOSQES and CC.IOCQES, as powers of two. */
  readonly entrySizes: { readonly submission: number; readonly completion: number };
}
