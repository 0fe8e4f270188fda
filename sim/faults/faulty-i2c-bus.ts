/**
 * An I2C bus whose wires obey a plan of faults: wraps any bus, a model's or QEMU's, by what it
 * hands on. A transfer that a fault ends early is handed on up to that byte, with its stop.
 */
import { EventKind } from '../kernel/journal.ts';
import type { World } from '../kernel/world.ts';
import {
  type I2cBus,
  type I2cEnd,
  type I2cMessage,
  type I2cOutcome,
  checkMessages,
} from '../buses/i2c/bus.ts';
import type { I2cFault, I2cFaultPlan } from './i2c-plan.ts';
import { FAULTS_MAX, describeFault } from './plan.ts';

/** @throws RangeError for a plan of more than FAULTS_MAX faults */
export function withI2cFaults(inner: I2cBus, plan: I2cFaultPlan, world: World): I2cBus {
  if (plan.length === 0) return inner;
  if (plan.length > FAULTS_MAX) throw new RangeError(`A plan has ${FAULTS_MAX} faults at most.`);
  return new FaultyI2cBus(inner, plan, world);
}

/** What a transfer becomes under the plan. */
interface Course {
  readonly messages: I2cMessage[];
  /** How it ends when the bus gets so far; undefined: as the bus says. */
  cut?: {
    readonly end: I2cEnd;
    readonly message: number;
    readonly bytes: number;
    /** Number of the byte that the fault stopped: it has passed too. */
    readonly at: number;
  };
  delayNs: number;
  /** Bits to flip in what is read: by message, by byte. */
  readonly flips: { readonly message: number; readonly byte: number; readonly bits: number }[];
  /** Faults with the byte of the transfer at which they strike. */
  readonly struck: { readonly fault: I2cFault; readonly byte: number }[];
}

class FaultyI2cBus implements I2cBus {
  readonly #inner: I2cBus;
  readonly #plan: I2cFaultPlan;
  readonly #world: World;
  readonly #told = new Set<I2cFault>();
  /** Bytes that have passed, addresses included. */
  #passed = 0;
  /** Recoveries until SDA is free again. */
  #stuck = 0;

  constructor(inner: I2cBus, plan: I2cFaultPlan, world: World) {
    this.#inner = inner;
    this.#plan = plan;
    this.#world = world;
  }

  get clockHz(): number {
    return this.#inner.clockHz;
  }

  transfer(messages: readonly I2cMessage[], done: (outcome: I2cOutcome) => void): void {
    checkMessages(messages);
    if (this.#stuck > 0) {
      this.#world.after(0, () => done({ end: 'stuck', message: 0, bytes: 0, read: [] }));
      return;
    }
    const course = this.#plot(messages);
    const ended = (outcome: I2cOutcome) => this.#ended(course, messages, outcome, done);
    if (course.messages.length > 0) {
      this.#world.after(course.delayNs, () => this.#inner.transfer(course.messages, ended));
      return;
    }
    const nothing: I2cOutcome = { end: 'done', message: 0, bytes: 0, read: [] };
    this.#world.after(course.delayNs, () => ended(nothing));
  }

  recover(done: (free: boolean) => void): void {
    this.#inner.recover((free) => {
      this.#stuck = Math.max(this.#stuck - 1, 0);
      done(free && this.#stuck === 0);
    });
  }

  /** Walks along the bytes until a fault ends the transfer. */
  #plot(messages: readonly I2cMessage[]): Course {
    const course: Course = { messages: [], delayNs: 0, flips: [], struck: [] };
    let at = this.#passed;
    for (const [index, message] of messages.entries()) {
      const length = 'write' in message ? message.write.length : message.read;
      const bytes = 'write' in message ? message.write.slice() : undefined;
      for (let byte = -1; byte < length; byte++) {
        at++;
        const end = this.#strike(course, at, { message: index, byte, bytes });
        if (end === undefined) continue;
        course.cut = { end, message: index, bytes: Math.max(byte, 0), at };
        if (bytes !== undefined && byte >= 0) {
          course.messages.push({ ...message, write: bytes.subarray(0, byte) });
        } else if (byte > 0) {
          course.messages.push({ ...message, read: byte });
        }
        return course;
      }
      course.messages.push(bytes === undefined ? message : { ...message, write: bytes });
    }
    return course;
  }

  /** What the plan does to one byte (-1 is the address), and how it ends the transfer. */
  #strike(
    course: Course,
    at: number,
    place: { message: number; byte: number; bytes: Uint8Array | undefined },
  ): I2cEnd | undefined {
    const { message, byte, bytes } = place;
    const refused = byte < 0 ? 'no-address' : 'no-data';
    for (const fault of this.#plan) {
      const lasts = fault.kind === 'unplugged' || fault.kind === 'no-acknowledge';
      if (lasts ? at < fault.at : at !== fault.at) continue;
      if (fault.kind === 'no-acknowledge' && at >= fault.at + fault.bytes) continue;
      course.struck.push({ fault, byte: at });
      switch (fault.kind) {
        case 'stretched-clock':
          course.delayNs += fault.ns;
          break;
        case 'flipped-bits':
          if (byte < 0) break;
          if (bytes === undefined) course.flips.push({ message, byte, bits: fault.bits });
          else bytes[byte] = (bytes[byte] as number) ^ fault.bits;
          break;
        case 'lost-arbitration':
          return 'arbitration-lost';
        case 'stuck-data':
          return 'stuck';
        // A read byte is acknowledged by the controller: only an absent target ends a read.
        default:
          if (bytes !== undefined || byte < 0 || fault.kind === 'unplugged') return refused;
      }
    }
    return undefined;
  }

  #ended(
    course: Course,
    messages: readonly I2cMessage[],
    outcome: I2cOutcome,
    done: (outcome: I2cOutcome) => void,
  ): void {
    const { cut } = course;
    const inner = outcome.end !== 'done' || cut === undefined;
    const { end, message, bytes } = inner ? outcome : cut;
    const before = messages
      .slice(0, message)
      .reduce((sum, each) => sum + 1 + ('write' in each ? each.write.length : each.read), 0);
    const passed = this.#passed + before + (message < messages.length ? bytes + 1 : 0);
    const last = inner ? passed : cut.at;
    for (const { fault, byte } of course.struck) {
      // One byte more: the one that the fault stopped.
      if (byte > last + 1 || this.#told.has(fault)) continue;
      this.#told.add(fault);
      this.#world.journal.note(EventKind.Fault, describeFault(fault));
      if (fault.kind === 'stuck-data' && end === 'stuck') this.#stuck = fault.recoveries ?? 1;
    }
    this.#passed = last;
    const reads = messages.slice(0, message).flatMap((each, at) => ('read' in each ? [at] : []));
    const read = outcome.read.slice(0, reads.length);
    for (const flip of course.flips) {
      const into = read[reads.indexOf(flip.message)];
      if (into !== undefined) into[flip.byte] = (into[flip.byte] as number) ^ flip.bits;
    }
    done({ end, message, bytes, read });
  }
}
