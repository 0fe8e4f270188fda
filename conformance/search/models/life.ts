/**
 * What every driver's life has, whatever its class: start and stop, sleep, the death of its
 * process, a device that is reset under it. It knows what may fail when, and brings everything to
 * a good end.
 */
import { IOReturnError, type IOReturnName } from '../../../drivers-under-test/host/io-return.ts';
import {
  kIOServicePowerCapabilityOff,
  kIOServicePowerCapabilityOn,
} from '../../../drivers-under-test/host/io-service.ts';
import { Completion } from '../../../sim/kernel/completion.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import { ExpectationError, expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { OWN_RULES, failure, whateverHappens } from '../../suites/driver/attempt.ts';
import { LIES, spoils } from '../faults.ts';
import type { Step } from '../scenario.ts';
import type { Begun, Call, LifeState } from './call.ts';

/**
 * Of a device that hides why it interrupts, no handler can take the cause away. Memory that changes
 * is to be read once, whatever else is so.
 */
const UNDER_LIES = [...OWN_RULES.filter((rule) => rule !== 'HOST-STORM'), 'PCI-R16'];

/** What has happened when a call that is cut off by a crash ends. */
const DIED = Symbol('died');
const BAD_ARGUMENT: IOReturnName = 'kIOReturnBadArgument';
/** Of a scenario's virtual time at the most. */
const PASSED_MAX_NS = 200e9;
/** Longer than any driver waits for anything. */
const QUIET_NS = 5e9;

export class Life<C> {
  readonly scene: Scene;
  state: LifeState = 'off';
  /** Calls that have begun and not ended. */
  pending = 0;
  /** The driver works: what must go well when all trouble is over. */
  exercise: () => Promise<void>;
  /** Right after a start; what fails in it fails the start. */
  afterStart: () => Promise<void> = () => Promise.resolve();
  /** A driver whose device did not answer for long gives it up, until it is started again. */
  mayGiveUp = false;
  /** How calls end that a device in trouble did not carry out; default: with any IOReturn. */
  troubleCodes: readonly IOReturnName[] | undefined;
  /** The driver begins anew, or its work was cut off: what clients had of it is gone. */
  onChange: (state: LifeState) => void = () => {};
  /** What was not durable is lost. */
  onPowerCut: () => void = () => {};
  /** The device may have lost what it held; nothing before is known of it. */
  onReset: () => void = () => {};
  readonly #reach: (state: string) => void;
  #client: C | undefined;
  /** Counts what happens to the driver: a call over which something did may fail. */
  #epoch = 0;
  #strikes = 0;
  readonly #struck = new Set<string>();
  #wasReset = false;
  #used = false;
  #passedNs = 0;
  #death: Completion<typeof DIED>;
  #turn: Promise<void> | undefined;

  constructor(scene: Scene, reach: (state: string) => void) {
    this.scene = scene;
    this.#reach = reach;
    this.exercise = () => scene.simpleIO();
    this.#death = new Completion(scene.world);
    const { journal } = scene.world;
    journal.observe(EventKind.Fault, (at) => this.#strike(journal.textAt(at)));
  }

  get client(): C | undefined {
    return this.#client;
  }

  /** Something went wrong by plan, or the device was reset: calls may fail from here on. */
  get inTrouble(): boolean {
    return this.#strikes > 0 || this.#wasReset;
  }

  /** A fault made the device say what is not so. */
  get isLiedTo(): boolean {
    return this.#wasReset || [...this.#struck].some((kind) => LIES.has(kind));
  }

  async begin(): Promise<void> {
    await this.#start();
  }

  /** The state for coverage. */
  describe(): string {
    const trouble = this.inTrouble ? ' in trouble' : '';
    return `${this.state}${this.pending > 0 ? ' busy' : ''}${trouble}`;
  }

  /** Performs a word of every driver's life. */
  perform({ word, with: values }: Step): Promise<void> | void {
    if (word === 'pass') return this.#pass(Number(values['ns']));
    if (word === 'user-client') return this.#external(values);
    this.#used = true;
    if (this.pending > 0) this.#reach(`${word} while busy`);
    switch (word) {
      case 'start':
        return this.#inTurn(() => this.#start());
      case 'stop':
        return this.#inTurn(() => this.#stop());
      case 'sleep':
        return this.#inTurn(() => this.#sleep());
      case 'wake':
        return this.#inTurn(() => this.#wake());
      case 'crash':
        return this.#crash();
      case 'reset-device':
        return this.#reset();
      case 'cut-power':
        return this.#cutPower();
      default:
        throw new Error(`Life knows no ${word}.`);
    }
  }

  /** A scenario may not wait so long that its own time runs out. */
  #pass(ns: number): Promise<void> {
    const allowed = Math.min(ns, PASSED_MAX_NS - this.#passedNs);
    this.#passedNs += allowed;
    return this.scene.pass(allowed);
  }

  /** Whatever an application passes in: the driver refuses it or takes it, and lives on. */
  async #external(values: Step['with']): Promise<void> {
    if (this.state !== 'up') return;
    const numbers = Number(values['numbers']);
    const call = this.scene.external(Number(values['type']), Number(values['selector']), {
      scalarInput: Array.from({ length: numbers }, (_, index) => Number(values['value']) + index),
      scalarOutputCount: Number(values['answers']),
      structureInput: new Uint8Array(Number(values['bytes'])).fill(0xff),
      structureOutputMaximumSize: Number(values['bytes']),
    });
    await this.#alive(failure(() => call));
  }

  /** Calls the driver as a client does, and judges how that ends. */
  call<T>(call: Call<C, T>): Promise<void> | void {
    const client = this.#client;
    if (client === undefined) return;
    const begun: Begun = {
      state: this.state,
      epoch: this.#epoch,
      accesses: this.pending === 0 ? this.scene.accesses : undefined,
    };
    let result: T | Promise<T>;
    try {
      result = call.begin(client);
    } catch (error) {
      return this.#failed(call, begun, error);
    }
    if (!(result instanceof Promise)) return this.#succeeded(call, begun, result);
    this.pending++;
    return this.#alive(result).then(
      (value) => {
        this.pending--;
        if (value === DIED) call.lost?.();
        else this.#succeeded(call, begun, value);
      },
      (error: unknown) => {
        this.pending--;
        this.#failed(call, begun, error);
      },
    );
  }

  /** Everything has ended; what was planned is over: the driver works, or its device is gone. */
  async finish(): Promise<void> {
    if (!this.#used && !this.inTrouble) return;
    for (let spoiled = 0; ;) {
      if (this.#struck.has('removal')) return this.#finishRemoved();
      // What is stuck stays so: nothing more can be asked of the driver than to stop.
      if (this.#struck.has('stuck-bits')) return;
      const before = this.#strikes;
      const how = await this.#attempt(spoiled > 0);
      if (how === undefined) return;
      if (before !== this.#strikes) continue;
      if (spoiled++ < this.#spare()) continue;
      throw new ExpectationError('simple I/O when the trouble is over', 'success', how);
    }
  }

  /** So many attempts a fault that has struck may still spoil. */
  #spare(): number {
    if (!this.inTrouble) return 0;
    return (this.mayGiveUp ? 2 : 1) + (this.isLiedTo ? spoils(this.scene.faults) : 0);
  }

  /** One round of simple I/O, from wherever the driver is; what was wrong with it. */
  async #attempt(again: boolean): Promise<string | undefined> {
    try {
      if (this.isLiedTo || (again && this.mayGiveUp)) {
        await this.scene.pass(QUIET_NS);
        await this.#stop();
        if (this.scene.target.offers.has('device-reset')) this.scene.resetDevice();
      }
      await this.#wake();
      await this.#sync();
      if (this.state === 'off') await this.#startNow();
      await this.#alive(this.exercise());
      return undefined;
    } catch (error) {
      if (error instanceof IOReturnError) return error.codeName;
      if (error instanceof ExpectationError) return `${error.message}: ${error.seen}`;
      throw error;
    }
  }

  async #finishRemoved(): Promise<void> {
    await this.#sync();
    if (!this.scene.started) return;
    await whateverHappens(() => this.scene.simpleIO());
    const code = await failure(() => this.scene.simpleIO());
    expect.that(code !== undefined, 'I/O on a device that is gone', 'an error', 'success');
    await this.#stop();
  }

  async #start(): Promise<void> {
    if (this.state !== 'off') return;
    try {
      await this.#startNow();
    } catch (error) {
      if (!(error instanceof IOReturnError && this.inTrouble)) throw error;
    }
  }

  async #startNow(): Promise<void> {
    this.state = 'starting';
    this.#epoch++;
    try {
      const client = await this.#alive(this.scene.start<C>());
      if (client === DIED) return;
      this.#client = client;
      this.#enter('up');
    } catch (error) {
      this.state = 'off';
      throw error;
    }
    await this.#alive(this.afterStart());
  }

  async #stop(): Promise<void> {
    if (this.state === 'asleep') await this.#wake();
    if (!this.scene.started) return;
    this.#enter('stopping');
    if ((await this.#alive(this.scene.stop())) === DIED) return;
    this.#enter('off');
  }

  async #sleep(): Promise<void> {
    await this.#sync();
    if (this.state !== 'up') return;
    this.#enter('dozing');
    await this.#power(kIOServicePowerCapabilityOff, 'asleep', 'up');
  }

  async #wake(): Promise<void> {
    if (this.state !== 'asleep') return;
    if (this.scene.service.state === 'stopped') return this.#sync();
    this.#enter('waking');
    await this.#power(kIOServicePowerCapabilityOn, 'up', 'asleep');
  }

  async #power(flags: number, reached: LifeState, else_: LifeState): Promise<void> {
    try {
      if ((await this.#alive(this.scene.power(flags))) !== DIED) this.#enter(reached);
    } catch (error) {
      this.#enter(else_);
      if (!(error instanceof IOReturnError && this.inTrouble)) throw error;
    }
  }

  #crash(): void {
    // Nobody is there to die; and while it sleeps the system would wake the device first.
    if (
      this.state === 'off' ||
      this.state === 'asleep' ||
      this.state === 'dozing' ||
      this.state === 'waking'
    )
      return;
    this.scene.crash();
    this.#died();
  }

  #cutPower(): void {
    this.scene.cutPower();
    this.onPowerCut();
    this.onReset();
    this.#died();
  }

  #died(): void {
    this.#enter('off');
    const death = this.#death;
    this.#death = new Completion(this.scene.world);
    death.resolve(DIED);
  }

  #reset(): void {
    this.#epoch++;
    if (this.state !== 'off' && this.state !== 'asleep') {
      this.#wasReset = true;
      this.scene.rules.only(UNDER_LIES);
    }
    this.scene.resetDevice();
    this.onReset();
  }

  /** A driver that gave its device up terminates itself. */
  async #sync(): Promise<void> {
    const { scene } = this;
    if (!scene.started || scene.service.state !== 'stopped') return;
    if ((await this.#alive(scene.stop())) !== DIED) this.#enter('off');
  }

  #enter(state: LifeState): void {
    this.state = state;
    this.#epoch++;
    this.onChange(state);
  }

  #strike(text: string): void {
    const kind = text.slice(0, text.indexOf(':'));
    this.#strikes++;
    this.#struck.add(kind);
    if (this.pending > 0) this.#reach(`${kind} while busy`);
    if (!LIES.has(kind)) return;
    this.onReset();
    this.scene.rules.only(UNDER_LIES);
  }

  /** What the system does with a driver it does one after the other. */
  async #inTurn(task: () => Promise<void>): Promise<void> {
    while (this.#turn !== undefined) await this.#turn;
    const turn = task();
    const over = turn.then(
      () => {},
      () => {},
    );
    this.#turn = over;
    try {
      await turn;
    } finally {
      this.#turn = undefined;
    }
  }

  /** What is promised, or that the driver's process died before it was kept. */
  #alive<T>(promise: T | Promise<T>): Promise<T | typeof DIED> {
    return Promise.race([promise, this.#death.promise]);
  }

  #succeeded<T>(call: Call<C, T>, begun: Begun, value: T): void {
    const { name, refusal, isLocal = false } = call;
    // A driver in trouble may not know in what state it is, but it knows its arguments.
    if (refusal !== undefined && (!this.inTrouble || refusal.includes(BAD_ARGUMENT))) {
      throw new ExpectationError(`how ${name} ends`, 'a failure', 'success');
    }
    const isDown = begun.state === 'off' || begun.state === 'asleep';
    if (isDown && !isLocal && begun.epoch === this.#epoch) {
      throw new ExpectationError(`how ${name} ends while ${begun.state}`, 'a failure', 'success');
    }
    call.done?.(value);
    if (!this.isLiedTo) call.check?.(value);
  }

  #expectTrouble<T>(call: Call<C, T>, { codeName }: IOReturnError): void {
    const { name, refusal = [] } = call;
    if (this.troubleCodes === undefined) return;
    const codes = [...this.troubleCodes, ...refusal, ...(call.mayFail?.() ?? [])];
    if (codes.includes(codeName)) return;
    throw new ExpectationError(`how ${name} ends in trouble`, codes.join(' or '), codeName);
  }

  #failed<T>(call: Call<C, T>, begun: Begun, error: unknown): void {
    if (!(error instanceof IOReturnError)) throw error;
    const { name, refusal } = call;
    call.lost?.();
    const isUndisturbed = begun.epoch === this.#epoch;
    if (this.inTrouble) return this.#expectTrouble(call, error);
    if (!isUndisturbed) return;
    if (begun.state === 'asleep' && begun.accesses !== undefined && this.pending === 0) {
      expect.equal(this.scene.accesses - begun.accesses, 0, `accesses of ${name} while asleep`);
    }
    if (begun.state !== 'up') return;
    const codes = refusal ?? call.mayFail?.() ?? [];
    if (codes.includes(error.codeName)) return;
    const expected = refusal === undefined ? ['success', ...codes] : codes;
    throw new ExpectationError(`how ${name} ends`, expected.join(' or '), error.codeName);
  }
}
