/**
 * The controller as its driver can know it: what was written to its registers, and what reads of
 * them said. What nobody read is not known, so that no rule asks for more than a driver can see.
 */
import { ALL_ONES, Offset, bitsOf } from './layout.ts';
import type { RegisterAccess } from './listener.ts';

const UNIT_NS = 500e6;

export interface Capabilities {
  readonly entriesMax: number;
  readonly contiguous: boolean;
  readonly arbitration: number;
  /** CAP.TO in nanoseconds. */
  readonly timeoutNs: number;
  readonly commandSets: number;
  /** Bytes between doorbells. */
  readonly stride: number;
  readonly pageMinimum: number;
  readonly pageMaximum: number;
}

/** What one access to a register meant. */
export type Turn =
  | 'enabled'
  | 'disabled'
  /** Reset or disabled: no queue is left. */
  | 'idle'
  /** Shut down, or not there: it touches no memory. */
  | 'quiet'
  | undefined;

export class Controller {
  /** CC as last written or read; undefined while nobody told. */
  configuration: number | undefined;
  /** RDY was seen as 1 since EN was set, and as 0 since it was cleared. */
  readySeen = false;
  idleSeen = false;
  /** SHN was written since EN was set; SHST said that the shutdown is complete. */
  shutDown = false;
  shutdownComplete = false;
  /** CSTS.CFS was seen, or all ones: nothing can be asked of the driver's manners any more. */
  fatal = false;
  absent = false;
  /** It was pulled out, for good. */
  gone = false;
  /** When the driver last changed EN, and whether it did. */
  changedNs = 0;
  changed = false;
  /** The device was reset behind the driver's back: it may believe otherwise. */
  uncertain = false;
  /** The beginning was seen: what is not known was not done. */
  fromStart = false;
  adminSizes: number | undefined;
  readonly bases = { submission: 0, completion: 0, written: 0 };
  /** Half of CAP, by which half. */
  readonly #cap: [number | undefined, number | undefined] = [undefined, undefined];
  #capabilities: Capabilities | undefined;

  get enabled(): boolean | undefined {
    return this.configuration === undefined ? undefined : this.configuration % 2 === 1;
  }

  get capabilities(): Capabilities | undefined {
    return this.#capabilities;
  }

  /** Doorbells are four bytes apart unless CAP was seen to say otherwise. */
  get stride(): number {
    return this.#capabilities?.stride ?? 4;
  }

  get pageBytes(): number {
    return 2 ** (12 + bitsOf(this.configuration ?? 0, 7, 4));
  }

  get submissionEntries(): number {
    return bitsOf(this.adminSizes ?? 0, 0, 12) + 1;
  }

  get completionEntries(): number {
    return bitsOf(this.adminSizes ?? 0, 16, 12) + 1;
  }

  /** AQA, ASQ and ACQ are set up. */
  get adminQueues(): boolean {
    return this.adminSizes !== undefined && this.bases.written === WRITTEN_ALL;
  }

  /** A driver that knows nothing of the controller takes over. */
  restart(): void {
    this.lose();
    this.fromStart = true;
    this.adminSizes = undefined;
    this.bases.written = 0;
  }

  /** Its driver is no more, or it is gone itself: nothing is known. */
  lose(): void {
    this.fromStart = false;
    this.changed = false;
    this.configuration = undefined;
    this.readySeen = false;
    this.idleSeen = false;
    this.shutDown = false;
    this.shutdownComplete = false;
    this.fatal = false;
    this.absent = false;
    this.uncertain = false;
  }

  /** Whether what a driver may know of the controller is known here too. */
  get judges(): boolean {
    const { absent, gone, uncertain, enabled, fromStart } = this;
    return !absent && !gone && !uncertain && (enabled !== undefined || fromStart);
  }

  saw(access: RegisterAccess, now: number): Turn {
    return access.isWrite ? this.#sawWrite(access, now) : this.#sawRead(access);
  }

  #sawRead(access: RegisterAccess): Turn {
    const { offset, size, value, high } = access;
    // The interrupt mask alone may be all ones.
    if (value === ALL_ONES && (offset < Offset.INTMS || offset > Offset.INTMC)) {
      this.absent = true;
      return 'quiet';
    }
    this.absent = false;
    if (offset === Offset.CSTS) return this.#sawStatus(value);
    if (offset === Offset.CC) return this.#sawConfiguration(value);
    if (offset === Offset.CAP) this.#learn(value, size === 8 ? high : undefined);
    else if (offset === Offset.CAP + 4) this.#learn(undefined, value);
    else this.#sawAdmin(access);
    return undefined;
  }

  #sawWrite(access: RegisterAccess, now: number): Turn {
    const { offset, value } = access;
    if (offset !== Offset.CC) {
      this.#sawAdmin(access);
      return undefined;
    }
    const before = this.enabled;
    this.configuration = value;
    this.uncertain = false;
    const notified = bitsOf(value, 14, 2) !== 0;
    if (notified) this.shutDown = true;
    if (this.enabled === before) return undefined;
    this.changedNs = now;
    this.changed = true;
    this.readySeen = false;
    if (this.enabled === false) {
      this.idleSeen = false;
      return 'disabled';
    }
    this.shutDown = notified;
    this.shutdownComplete = false;
    this.fatal = false;
    return 'enabled';
  }

  #sawStatus(value: number): Turn {
    if (bitsOf(value, 1, 1) === 1) this.fatal = true;
    const wasComplete = this.shutdownComplete;
    this.shutdownComplete = this.shutDown && bitsOf(value, 2, 2) === 2;
    if (bitsOf(value, 0, 1) === 1) {
      if (this.enabled === true) this.readySeen = true;
      else this.idleSeen = false;
    } else {
      this.idleSeen = true;
      if (this.enabled !== true) return 'idle';
    }
    if (this.shutdownComplete && !wasComplete) return 'quiet';
    return undefined;
  }

  /** A reset that nobody asked for shows in EN. */
  #sawConfiguration(value: number): Turn {
    const wasEnabled = this.enabled === true;
    this.configuration = value;
    this.uncertain = false;
    if (wasEnabled && value % 2 === 0) {
      this.readySeen = false;
      return 'idle';
    }
    return undefined;
  }

  #sawAdmin({ offset, size, value, high, isWrite }: RegisterAccess): void {
    const { bases } = this;
    if (offset === Offset.AQA) this.adminSizes = value;
    const base = offset - (offset % 8);
    if (base !== Offset.ASQ && base !== Offset.ACQ) return;
    const which = base === Offset.ASQ ? 'submission' : 'completion';
    const held = bases[which];
    const low = offset === base ? value : held % 2 ** 32;
    const upper = offset !== base ? value : size === 8 ? high : Math.floor(held / 2 ** 32);
    bases[which] = upper * 2 ** 32 + low;
    if (isWrite && offset === base) bases.written |= which === 'submission' ? 1 : 2;
  }

  #learn(low: number | undefined, high: number | undefined): void {
    if (low !== undefined) this.#cap[0] = low;
    if (high !== undefined) this.#cap[1] = high;
    const [first, second] = this.#cap;
    if (first === undefined || second === undefined) return;
    this.#capabilities = {
      entriesMax: bitsOf(first, 0, 16) + 1,
      contiguous: bitsOf(first, 16, 1) === 1,
      arbitration: bitsOf(first, 17, 2),
      timeoutNs: bitsOf(first, 24, 8) * UNIT_NS,
      stride: 4 * 2 ** bitsOf(second, 0, 4),
      commandSets: bitsOf(second, 5, 8),
      pageMinimum: bitsOf(second, 16, 4),
      pageMaximum: bitsOf(second, 20, 4),
    };
  }
}

const WRITTEN_ALL = 3;
