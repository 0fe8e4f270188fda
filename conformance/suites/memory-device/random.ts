/** Any operations on a bus with any faults: what each byte holds can always be explained. */
import fc from 'fast-check';
import type { MemoryDevice } from '../../../drivers-under-test/host/classes/memory-device.ts';
import type { IOReturnName } from '../../../drivers-under-test/host/io-return.ts';
import {
  kIOServicePowerCapabilityOff,
  kIOServicePowerCapabilityOn,
} from '../../../drivers-under-test/host/io-service.ts';
import type { I2cFault } from '../../../sim/faults/i2c-plan.ts';
import { property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { bugClass, failure } from '../driver/attempt.ts';
import { someI2cFaults } from '../i2c-faults.ts';
import { StruckFaults } from '../struck-faults.ts';
import { Contents } from './contents.ts';
import { pattern, PATIENCE_NS, place, type Placed, placedUpTo, type Range } from './facts.ts';

const STEPS_MAX = 8;
const LENGTH_MAX = 40;
const BYTES_MAX = 500;
/** Each fault may cost a start or a read. */
const ATTEMPTS_MAX = 12;
const MOMENT_MAX_NS = 12_000_000;
const SAID: readonly (IOReturnName | undefined)[] = [
  'kIOReturnNotResponding',
  'kIOReturnIOError',
  'kIOReturnTimeout',
  'kIOReturnOffline',
  'kIOReturnBusy',
];

const ENDS = ['power-cut', 'crash', 'stop', 'sleep'] as const;

/** A write that this befalls after a time. */
interface Interruption {
  readonly kind: (typeof ENDS)[number];
  readonly where: Placed;
  readonly ns: number;
}

type Step =
  | { readonly kind: 'write'; readonly where: Placed }
  | { readonly kind: 'read'; readonly where: Placed }
  /** Two clients at the same time. */
  | { readonly kind: 'both'; readonly where: Placed; readonly other: Placed }
  | Interruption;

const somewhere = placedUpTo(LENGTH_MAX);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('write' as const, 'read' as const), where: somewhere }),
  fc.record({ kind: fc.constant('both' as const), where: somewhere, other: somewhere }),
  fc.record({
    kind: fc.constantFrom(...ENDS),
    where: somewhere,
    ns: fc.nat({ max: MOMENT_MAX_NS }),
  }),
);

/** A driver at work, and what its memory may hold. */
class Play {
  readonly #scene: Scene;
  readonly #faults: StruckFaults;
  #driver: MemoryDevice | undefined;
  #contents: Contents | undefined;
  #bytes = 0;
  #pageBytes = 0;
  #salt = 0;
  /** What struck in the step before may last into this one. */
  #before = 0;

  constructor(scene: Scene, plan: readonly I2cFault[]) {
    this.#scene = scene;
    this.#faults = new StruckFaults(scene, plan);
  }

  /** False when no device answers any more. */
  async start(): Promise<boolean> {
    this.#driver = undefined;
    for (let attempt = 0; this.#driver === undefined; attempt++) {
      const code = await failure(async () => {
        this.#driver = await this.#scene.start<MemoryDevice>();
      });
      if (code === undefined) break;
      if (this.#faults.isUnplugged) return false;
      this.#excused(this.#faults.take(), code, 'Start');
      expect.that(attempt < ATTEMPTS_MAX, 'Start', 'success at last', code);
    }
    const { bytes, pageBytes } = await this.#running.facts();
    this.#bytes = bytes;
    this.#pageBytes = pageBytes;
    this.#contents ??= new Contents(bytes, pageBytes);
    return true;
  }

  /** False when no device answers any more. */
  async step(step: Step): Promise<boolean> {
    const from = this.#scene.world.now;
    if (step.kind === 'read') await this.#read(this.#range(step.where));
    else if (step.kind === 'write') await this.#writes([this.#range(step.where)]);
    else if (step.kind === 'both') {
      await this.#writes([this.#range(step.where), this.#range(step.other)]);
    } else if (!(await this.#interrupted(step))) return false;
    const isInTime = this.#scene.world.now - from < PATIENCE_NS;
    expect.that(isInTime, step.kind, 'an end in time', 'one too late');
    return !this.#faults.isUnplugged;
  }

  /** When the bus is quiet at last, all is as it may be. */
  async verify(): Promise<void> {
    for (const range of this.#known.known()) {
      for (let attempt = 0; !(await this.#read(range)); attempt++) {
        if (this.#faults.isUnplugged) return;
        expect.that(attempt < ATTEMPTS_MAX, 'a last read', 'success without a fault', 'none');
      }
    }
  }

  get #running(): MemoryDevice {
    if (this.#driver === undefined) throw new Error('The driver is not started.');
    return this.#driver;
  }

  get #known(): Contents {
    return this.#contents as Contents;
  }

  #range(where: Placed): Range {
    return place(where, this.#bytes, this.#pageBytes);
  }

  /** True when nothing struck meanwhile. */
  async #read({ offset, length }: Range): Promise<boolean> {
    const wasUnplugged = this.#faults.isUnplugged;
    let seen: Uint8Array | undefined;
    const code = await failure(async () => {
      seen = await this.#running.read(offset, length);
    });
    const struck = this.#faults.take();
    if (code !== undefined) this.#excused(struck, code, 'a read');
    else expect.that(!wasUnplugged, 'a read of nothing', 'an error', 'success');
    const isSpoilt = struck.some(({ kind }) => kind === 'flipped-bits');
    if (seen !== undefined && !isSpoilt) this.#known.explain(offset, seen, 'a read');
    this.#before = struck.length;
    return code === undefined && struck.length === 0;
  }

  /** At the same time; ranges may overlap. */
  async #writes(ranges: readonly Range[]): Promise<void> {
    const all = ranges.map((range) => ({ ...range, bytes: this.#fresh(range) }));
    const codes = await Promise.all(
      all.map(({ offset, bytes }) => failure(() => this.#running.write(offset, bytes))),
    );
    const struck = this.#faults.take();
    const isAlone = all.length === 1;
    all.forEach(({ offset, bytes }, index) => {
      const code = codes[index];
      if (code !== undefined) this.#excused(struck, code, 'a write');
      if (code === undefined && isAlone) this.#known.written(offset, bytes);
    });
    if (!isAlone) this.#together(all, codes);
    else if (codes[0] !== undefined) {
      for (const { offset, bytes } of all) this.#known.maybeWritten(offset, bytes, false);
    }
    this.#spoil(ranges, struck, codes);
    this.#before = struck.length;
  }

  /** Of bytes that only one of them wrote that one counts, of others either. */
  #together(
    all: readonly (Range & { readonly bytes: Uint8Array })[],
    codes: readonly (IOReturnName | undefined)[],
  ): void {
    // The last that succeeds leaves its bytes alone; then each may have come later.
    all.forEach(({ offset, bytes }, index) => {
      if (codes[index] === undefined) this.#known.written(offset, bytes);
    });
    for (const { offset, bytes } of all) this.#known.maybeWritten(offset, bytes, false);
  }

  /** False when no device answers any more. */
  async #interrupted({ kind, where, ns }: Interruption): Promise<boolean> {
    const scene = this.#scene;
    const range = this.#range(where);
    const bytes = this.#fresh(range);
    const isCut = kind === 'power-cut' && scene.device.cutPower !== undefined;
    let code: IOReturnName | undefined | 'unknown' = 'unknown';
    const writing = failure(() => this.#running.write(range.offset, bytes)).then((each) => {
      code = each;
    });
    await scene.pass(ns);
    if (kind === 'stop') await scene.stop();
    if (kind === 'sleep') await scene.power(kIOServicePowerCapabilityOff);
    if (kind === 'stop' || kind === 'sleep') await writing;
    const isWritten = code === undefined;
    if (isCut) {
      this.#known.cut();
      scene.cutPower();
    } else if (kind === 'crash' || kind === 'power-cut') scene.crash();
    if (isWritten) this.#known.written(range.offset, bytes);
    else this.#known.maybeWritten(range.offset, bytes, isCut);
    if (kind === 'sleep') await scene.power(kIOServicePowerCapabilityOn);
    else if (!(await this.#startAfter(range, isWritten))) return false;
    this.#spoil([range], this.#faults.take(), [code]);
    return true;
  }

  /** Faults that strike a driver that has died do so while the next one starts. */
  async #startAfter(range: Range, isWritten: boolean): Promise<boolean> {
    const struck = this.#faults.take();
    this.#spoil([range], struck, [isWritten ? undefined : 'unknown']);
    this.#before = struck.length;
    return this.start();
  }

  #fresh({ offset, length }: Range): Uint8Array {
    return pattern(offset, length, ++this.#salt);
  }

  #spoil(
    ranges: readonly Range[],
    struck: readonly I2cFault[],
    codes: readonly (string | undefined)[],
  ): void {
    const flips = struck.flatMap((fault) => (fault.kind === 'flipped-bits' ? [fault.bits] : []));
    if (flips.length > 1) this.#known.forget();
    ranges.forEach((range, index) => {
      for (const bits of flips) this.#known.spoilt(range, bits, codes[index] === undefined);
    });
  }

  /** What fails must have a cause, and say one of the bus. */
  #excused(struck: readonly I2cFault[], code: IOReturnName, what: string): void {
    const isExcused = struck.length + this.#before > 0 || this.#faults.isUnplugged;
    expect.that(isExcused, what, 'success where nothing is wrong', code);
    expect.that(SAID.includes(code), `the error of ${what}`, SAID.join(' or '), code);
    this.#before = Math.max(this.#before, struck.length);
  }
}

export const random = suite({
  id: 'memory-device/random',
  for: { class: 'MemoryDevice', bus: 'i2c' },
  clauses: [
    property({
      id: 'any-faults',
      cite: bugClass('BC-22'),
      text: 'Any operations on a bus with faults end, and each byte that is read can be explained.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults', 'virtual-time', 'power-cut'],
      bugClasses: ['BC-05', 'BC-12', 'BC-13', 'BC-22', 'BC-23', 'BC-25', 'BC-28'],
      given: fc.record({
        faults: someI2cFaults(BYTES_MAX),
        steps: fc.array(step, { minLength: 1, maxLength: STEPS_MAX, size: 'max' }),
      }),
      show: ({ faults, steps }) => [...faults, ...steps].map((each) => JSON.stringify(each)),
      async check(scene, { faults, steps }) {
        const play = new Play(scene, faults);
        if (!(await play.start())) return;
        for (const each of steps) if (!(await play.step(each))) return;
        await play.verify();
      },
    }),
  ],
});
