/** Any operations on a bus with any faults: temperatures, limits and settings can be explained. */
import fc from 'fast-check';
import type {
  SensorLimits,
  SensorSettings,
  TemperatureSensor,
} from '../../../drivers-under-test/host/classes/temperature-sensor.ts';
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
import { ALL_SETTINGS, RESOLUTIONS, SETTLED_NS, STEP, warm } from './facts.ts';

const STEPS_MAX = 10;
const BYTES_MAX = 700;
const ATTEMPTS_MAX = 12;
/** Conversions of a driver that tries again and again. */
const PATIENCE_NS = 20e9;
const SAID: readonly (IOReturnName | undefined)[] = [
  'kIOReturnNotResponding',
  'kIOReturnIOError',
  'kIOReturnTimeout',
  'kIOReturnOffline',
  'kIOReturnBusy',
];

type Step =
  | { readonly kind: 'temperature' | 'limits' | 'settings' | 'sleep' | 'restart' | 'crash' | 'cut' }
  | { readonly kind: 'warm'; readonly steps: number }
  | { readonly kind: 'setLimits'; readonly low: number; readonly above: number }
  | { readonly kind: 'configure'; readonly settings: SensorSettings }
  | { readonly kind: 'setShutdown'; readonly isShutDown: boolean };

const kinds = <K extends Step['kind']>(...names: K[]) =>
  fc.record({ kind: fc.constantFrom(...names) });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: kinds('temperature', 'limits', 'settings') },
  kinds('sleep', 'restart', 'crash', 'cut'),
  fc.record({ kind: fc.constant('warm' as const), steps: fc.integer({ min: -880, max: 2000 }) }),
  fc.record({
    kind: fc.constant('setLimits' as const),
    low: fc.integer({ min: -880, max: 1000 }),
    above: fc.integer({ min: 0, max: 1000 }),
  }),
  fc.record({
    kind: fc.constant('configure' as const),
    settings: fc.constantFrom(...ALL_SETTINGS),
  }),
  fc.record({ kind: fc.constant('setShutdown' as const), isShutDown: fc.boolean() }),
);

/** A driver at work, and what it may say. */
class Play {
  readonly #scene: Scene;
  readonly #faults: StruckFaults;
  #driver: TemperatureSensor | undefined;
  #ambient = 25_000;
  /** Undefined: nothing is known, as after a start. */
  #limits: SensorLimits[] | undefined;
  #settings: SensorSettings[] | undefined;
  #before = 0;

  constructor(scene: Scene, plan: readonly I2cFault[]) {
    this.#scene = scene;
    this.#faults = new StruckFaults(scene, plan);
    warm(scene, this.#ambient);
  }

  /** False when no device answers any more. */
  async start(): Promise<boolean> {
    this.#limits = undefined;
    this.#settings = undefined;
    this.#driver = undefined;
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const code = await failure(async () => {
        this.#driver = await this.#scene.start<TemperatureSensor>();
      });
      const struck = this.#faults.take();
      if (code !== undefined && !this.#faults.isUnplugged) this.#excused(struck, code, 'Start');
      this.#before = struck.length;
      if (code === undefined) return true;
      if (this.#faults.isUnplugged) return false;
    }
    expect.that(false, 'Start', 'success at last', 'none');
    return false;
  }

  /** False when no device answers any more. */
  async step(step: Step): Promise<boolean> {
    const from = this.#scene.world.now;
    const goesOn = await this.#do(step);
    const isInTime = this.#scene.world.now - from < PATIENCE_NS;
    expect.that(isInTime, step.kind, 'an end in time', 'one too late');
    return goesOn && !this.#faults.isUnplugged;
  }

  async #do(step: Step): Promise<boolean> {
    switch (step.kind) {
      case 'temperature':
        await this.#ask('temperature', (driver) => driver.temperature(), this.#temperatures());
        return true;
      case 'limits':
        this.#limits = await this.#ask('limits', (driver) => driver.limits(), this.#limits);
        return true;
      case 'settings':
        this.#settings = await this.#ask('settings', (driver) => driver.settings(), this.#settings);
        return true;
      case 'warm':
        this.#ambient = step.steps * STEP;
        warm(this.#scene, this.#ambient);
        await this.#scene.pass(SETTLED_NS);
        return true;
      case 'setLimits': {
        const limits = { high: (step.low + step.above) * STEP, low: step.low * STEP };
        const isSet = await this.#change((driver) => driver.setLimits(limits));
        this.#limits = isSet ? [limits] : this.#limits?.concat(limits);
        return true;
      }
      case 'configure': {
        const isSet = await this.#change((driver) => driver.configure(step.settings));
        this.#settings = isSet ? [step.settings] : this.#settings?.concat(step.settings);
        return true;
      }
      case 'setShutdown':
        await this.#change((driver) => driver.setShutdown(step.isShutDown));
        return true;
      default:
        return this.#befall(step.kind);
    }
  }

  async #befall(kind: 'sleep' | 'restart' | 'crash' | 'cut'): Promise<boolean> {
    const scene = this.#scene;
    if (kind === 'cut') {
      // The device alone: its driver lives on.
      scene.i2c.cutPower?.();
      await scene.pass(SETTLED_NS);
      return true;
    }
    if (kind === 'sleep') {
      // What a bus does to a device that is to sleep or wake is for the system to get over.
      const off = await failure(() => scene.power(kIOServicePowerCapabilityOff));
      const on = await failure(() => scene.power(kIOServicePowerCapabilityOn));
      const struck = this.#faults.take();
      for (const code of [off, on]) if (code !== undefined) this.#excused(struck, code, kind);
      this.#before = struck.length;
      if (on === undefined) return true;
    }
    if (kind === 'crash') scene.crash();
    else await scene.stop();
    return this.start();
  }

  /** What a call says must be one of these, and then it is. */
  async #ask<T>(
    what: string,
    call: (driver: TemperatureSensor) => Promise<T>,
    legal: readonly T[] | undefined,
  ): Promise<T[] | undefined> {
    const wasUnplugged = this.#faults.isUnplugged;
    const answer: { value?: T } = {};
    const code = await failure(async () => {
      answer.value = await call(this.#running);
    });
    const struck = this.#faults.take();
    if (code !== undefined) this.#excused(struck, code, what);
    this.#before = struck.length;
    const { value } = answer;
    if (value === undefined) return legal === undefined ? undefined : [...legal];
    expect.that(!wasUnplugged, what, 'an error without a device', 'success');
    // Two bits that flip may make two looks alike.
    const isSpoilt = struck.filter(({ kind }) => kind === 'flipped-bits').length > 1;
    if (legal !== undefined && !isSpoilt) {
      const isLegal = legal.some((each) => JSON.stringify(each) === JSON.stringify(value));
      const expected = legal.map((each) => JSON.stringify(each)).join(' or ');
      expect.that(isLegal, what, expected, JSON.stringify(value));
    }
    return [value];
  }

  async #change(call: (driver: TemperatureSensor) => Promise<void>): Promise<boolean> {
    const code = await failure(() => call(this.#running));
    const struck = this.#faults.take();
    if (code !== undefined) this.#excused(struck, code, 'a change');
    this.#before = struck.length;
    return code === undefined;
  }

  /** At each resolution that there may be. */
  #temperatures(): number[] {
    const bits = this.#settings?.map(({ resolution }) => resolution) ?? [12];
    return RESOLUTIONS.filter((each) => bits.includes(each.bits)).map(
      ({ step: one }) => Math.floor(this.#ambient / one) * one,
    );
  }

  get #running(): TemperatureSensor {
    if (this.#driver === undefined) throw new Error('The driver is not started.');
    return this.#driver;
  }

  /** What fails must have a cause, and say one of the bus. */
  #excused(struck: readonly I2cFault[], code: IOReturnName, what: string): void {
    const isExcused = struck.length + this.#before > 0 || this.#faults.isUnplugged;
    expect.that(isExcused, what, 'success where nothing is wrong', code);
    expect.that(SAID.includes(code), `the error of ${what}`, SAID.join(' or '), code);
  }
}

export const random = suite({
  id: 'temperature-sensor/random',
  for: { class: 'TemperatureSensor', bus: 'i2c' },
  clauses: [
    property({
      id: 'any-faults',
      cite: bugClass('BC-22'),
      text: 'Any operations on a bus with faults end, and all that a driver tells is true.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults', 'virtual-time', 'ambient', 'power-cut'],
      bugClasses: ['BC-05', 'BC-12', 'BC-13', 'BC-17', 'BC-20', 'BC-22', 'BC-28'],
      given: fc.record({
        faults: someI2cFaults(BYTES_MAX),
        steps: fc.array(step, { minLength: 1, maxLength: STEPS_MAX, size: 'max' }),
      }),
      show: ({ faults, steps }) => [...faults, ...steps].map((each) => JSON.stringify(each)),
      async check(scene, { faults, steps }) {
        const play = new Play(scene, faults);
        if (!(await play.start())) return;
        for (const each of steps) if (!(await play.step(each))) return;
        for (const kind of ['limits', 'settings', 'temperature'] as const) {
          if (!(await play.step({ kind }))) return;
        }
      },
    }),
  ],
});
