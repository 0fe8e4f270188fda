/** Any operations with anything that may go wrong on the bus: what is left can be explained. */
import fc from 'fast-check';
import type { SpiFault } from '../../../sim/faults/spi-plan.ts';
import type { FlashDevice } from '../../../drivers-under-test/host/classes/flash-device.ts';
import { property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { bugClass, failure } from '../driver/attempt.ts';
import { Contents, Traffic, isWild } from './explained.ts';
import { pattern } from './facts.ts';

const SECTOR = 4096;
const SECTORS = 4;
const AREA = SECTORS * SECTOR;
const STEPS_MAX = 12;
const FAULTS_MAX = 3;
const STARTS_MAX = 8;
const LENGTH_MAX = 600;
/** No call lasts longer: twice a chip erase. */
const PATIENCE_NS = 900e9;
/** What runs behind a driver's back is done then: the longest erase of a block. */
const REST_NS = 3e9;

interface Erase {
  readonly kind: 'erase';
  readonly sector: number;
  readonly sectors: number;
}
interface Move {
  readonly kind: 'read' | 'program';
  readonly at: number;
  readonly length: number;
  readonly salt: number;
}
/** The power fails that long after this began. */
interface Cut {
  readonly kind: 'cut';
  readonly work: Erase | Move;
  readonly ns: number;
}
type Step = Erase | Move | Cut | { readonly kind: 'restart' };

const byte = fc.integer({ min: 1, max: 3000 });
const fault: fc.Arbitrary<SpiFault> = fc.oneof(
  fc.integer({ min: 1, max: 250 }).map((at): SpiFault => ({ kind: 'lost-transaction', at })),
  fc
    .tuple(byte, fc.integer({ min: 1, max: 64 }), fc.constantFrom(0x00, 0xff))
    .map(([at, bytes, value]): SpiFault => ({ kind: 'floating-data', at, bytes, value })),
  fc.tuple(byte, fc.nat({ max: 7 })).map(([at, bit]): SpiFault => ({
    kind: 'flipped-bits',
    at,
    bits: 2 ** bit,
    onlyAnswers: true,
  })),
  fc
    .tuple(byte, fc.integer({ min: 1, max: 255 }))
    .map(([at, bits]): SpiFault => ({ kind: 'flipped-bits', at, bits })),
  byte.map((at): SpiFault => ({ kind: 'unplugged', at })),
);

const erase: fc.Arbitrary<Erase> = fc.record({
  kind: fc.constant('erase' as const),
  sector: fc.nat({ max: SECTORS - 1 }),
  sectors: fc.integer({ min: 1, max: 2 }),
});
const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.constantFrom('read' as const, 'program' as const),
  at: fc.nat({ max: AREA - 1 }),
  length: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: LENGTH_MAX })),
  salt: fc.nat({ max: 255 }),
});
const step: fc.Arbitrary<Step> = fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>(
  { weight: 6, arbitrary: move },
  { weight: 3, arbitrary: erase },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cut' as const),
      work: fc.oneof(move, erase),
      ns: fc.integer({ min: 1, max: 60_000_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);

/** Where a step works. */
function areaOf(work: Erase | Move): { from: number; length: number } {
  const [from, length] =
    work.kind === 'erase' ? [work.sector * SECTOR, work.sectors * SECTOR] : [work.at, work.length];
  return { from, length: Math.min(length, AREA - from) };
}

/** A life of a flash under faults, with what is known of it. */
class Life {
  readonly #scene: Scene;
  readonly #faults: readonly SpiFault[];
  readonly #traffic: Traffic;
  readonly #contents = new Contents(AREA);
  /** From here on the flash may be in any state: calls may fail. */
  #isWild = false;
  #driver: FlashDevice | undefined;

  constructor(scene: Scene, faults: readonly SpiFault[]) {
    this.#scene = scene;
    this.#faults = faults;
    this.#traffic = new Traffic(scene);
    scene.inject(...faults);
  }

  async play(steps: readonly Step[]): Promise<void> {
    await this.#start();
    for (const each of steps) {
      if (this.#driver === undefined) return;
      if (each.kind === 'restart') await this.#again(() => this.#scene.crash());
      else if (each.kind === 'cut') await this.#cut(each);
      else await this.#work(this.#driver, each);
    }
  }

  /** Until a Start that no fault has touched: what it was told is true. */
  async #start(): Promise<void> {
    this.#driver = undefined;
    for (let tries = 0; tries < STARTS_MAX; tries++) {
      const since = this.#traffic.place;
      const code = await this.#inTime('Start', () => this.#scene.start());
      const touched = this.#note(since);
      if (touched.length > 0) {
        await this.#scene.pass(REST_NS);
        if (code === undefined) this.#scene.crash();
        continue;
      }
      if (code === undefined) {
        this.#driver = this.#scene.client<FlashDevice>();
        return;
      }
      expect.that(this.#isWild, 'a Start that no fault touches', 'success', code);
    }
  }

  async #again(end: () => void): Promise<void> {
    end();
    await this.#start();
  }

  async #cut({ work, ns }: Cut): Promise<void> {
    const driver = this.#driver as FlashDevice;
    const since = this.#traffic.place;
    const { from, length } = areaOf(work);
    if (work.kind !== 'read') this.#contents.forget(from, length);
    failure(() => this.#call(driver, work)).catch(() => {});
    await this.#scene.pass(ns);
    this.#note(since);
    await this.#again(() => this.#scene.cutPower());
  }

  async #work(driver: FlashDevice, work: Erase | Move): Promise<void> {
    const since = this.#traffic.place;
    const { from, length } = areaOf(work);
    let seen: Uint8Array | undefined;
    const code = await this.#inTime(work.kind, async () => {
      seen = await this.#call(driver, work);
    });
    const touched = this.#note(since);
    // Gone while a call runs, an erased area reads as it should: all ones.
    const isGone = touched.some(({ kind, at }) => kind === 'unplugged' && at <= since.bytes);
    if (code !== undefined) {
      const mayFail = touched.length > 0 || this.#isWild;
      expect.that(mayFail, `a ${work.kind} that no fault touches`, 'success', code);
      if (work.kind !== 'read') this.#contents.forget(from, length);
    } else if (work.kind === 'read') {
      if (touched.length === 0) this.#contents.explains(from, seen ?? new Uint8Array(0), 'a read');
    } else {
      expect.that(!isGone, `a ${work.kind} of a flash that is gone`, 'an error', 'success');
      if (touched.length > 1) this.#contents.forget(from, length);
      else if (work.kind === 'erase') this.#contents.erase(from, length);
      else this.#contents.program(from, pattern(from, length, work.salt));
    }
    if (touched.length > 0) await this.#scene.pass(REST_NS);
  }

  async #call(driver: FlashDevice, work: Erase | Move): Promise<Uint8Array | undefined> {
    const { from, length } = areaOf(work);
    if (work.kind === 'read') return driver.read(from, length);
    if (work.kind === 'erase') await driver.erase(from, length);
    else await driver.program(from, pattern(from, length, work.salt));
    return undefined;
  }

  /** What the faults since then may have done to all of the flash. */
  #note(since: Traffic['place']): SpiFault[] {
    const touched = this.#traffic.touching(this.#faults, since);
    if (touched.some(isWild)) {
      this.#isWild = true;
      this.#contents.forget();
    }
    return touched;
  }

  async #inTime(what: string, call: () => unknown): Promise<string | undefined> {
    const from = this.#scene.world.now;
    const code = await failure(call);
    const ns = this.#scene.world.now - from;
    expect.that(ns < PATIENCE_NS, `${what} ends`, 'in time', `after ${ns} ns`);
    return code;
  }
}

export const random = suite({
  id: 'flash-device/random',
  for: { class: 'FlashDevice', bus: 'spi' },
  clauses: [
    property({
      id: 'any-faults',
      cite: bugClass('BC-12'),
      text: 'Any operations on a bus with faults end, and what is read can be explained.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults', 'virtual-time', 'power-cut'],
      bugClasses: ['BC-05', 'BC-12', 'BC-13', 'BC-17', 'BC-28'],
      given: fc.record({
        steps: fc.array(step, { minLength: 1, maxLength: STEPS_MAX, size: 'max' }),
        faults: fc.array(fault, { maxLength: FAULTS_MAX }),
      }),
      show: ({ steps, faults }) => [...faults, ...steps].map((each) => JSON.stringify(each)),
      check: (scene, { steps, faults }) => new Life(scene, faults).play(steps),
    }),
  ],
});
