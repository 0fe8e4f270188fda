/**
 * BME280 sensor of temperature, pressure and humidity on an I2C bus: Bosch Sensortec
 * BST-BME280-DS002, revision 1.6 (September 2018), secondary. Each part has trimming words of its
 * own, drawn from the seed.
 *
 * Undocumented, and so here: trimming words read as zeros while NVM is copied; a measurement takes
 * its typical time and measures at its end; registers from FFh on and reserved ones read as zero;
 * CONFIG is not written in normal mode (it "may be" so). Measurements are made when somebody looks:
 * between two looks nothing happens that could be seen. Not modelled: SPI, noise and accuracy, what
 * lies out of the range of operation, currents, the copy of NVM before each measurement.
 */
import type { I2cTarget } from '../../buses/i2c/sim-bus.ts';
import { EventKind } from '../../kernel/journal.ts';
import type { World } from '../../kernel/world.ts';
import { RegisterBank } from '../../registers/bank.ts';
import {
  ADDRESS,
  DATA_RESET,
  FILTERS,
  MODE,
  OVERSAMPLING,
  RESET_WORD,
  registers,
  STANDBY_NS,
  TIME,
  UPDATE_NS,
} from './registers.ts';
import { Results } from './results.ts';
import { type Environment, convert } from './transducer.ts';
import { drawTrim, highBytes, lowBytes } from './trim.ts';

const AT_FIRST: Environment = { celsius: 25, pascals: 101_325, percent: 40 };
const ADDRESSES = 256;
/** A filter has settled after so many equal measurements. */
const SETTLES = 400;

export class Bme280 implements I2cTarget {
  readonly bank: RegisterBank<typeof registers>;
  readonly #world: World;
  readonly #trim;
  readonly #trimLow: Uint8Array;
  readonly #trimHigh: Uint8Array;
  readonly #results = new Results();
  #environment = AT_FIRST;
  #converted;
  #pointer = 0;
  /** Pairs of an address and data are written. */
  #isAddressNext = false;
  /** What a read sees: data do not change while it lasts. */
  #seen: readonly number[] = DATA_RESET;
  /** When the measurement under way began, or the next one begins; undefined asleep. */
  #began: number | undefined;
  /** Written to CTRL_MEAS during a measurement: it counts at its end. */
  #pending: number | undefined;
  /** OSRS_H counts from the next write of CTRL_MEAS on. */
  #humiditySamples = 0;
  #updatedAt = 0;

  constructor(world: World) {
    this.#world = world;
    this.#trim = drawTrim(world.random('bme280'));
    this.#trimLow = lowBytes(this.#trim);
    this.#trimHigh = highBytes(this.#trim);
    this.#converted = convert(this.#trim, this.#environment);
    this.bank = new RegisterBank(registers);
    this.#updatedAt = world.now + UPDATE_NS;
  }

  get environment(): Environment {
    return this.#environment;
  }

  set environment(environment: Environment) {
    this.#catchUp();
    this.#environment = environment;
    this.#converted = convert(this.#trim, environment);
  }

  start(isRead: boolean): boolean {
    this.#catchUp();
    this.#isAddressNext = !isRead;
    this.#seen = this.#results.bytes();
    return true;
  }

  write(byte: number): boolean {
    this.#catchUp();
    if (this.#isAddressNext) this.#pointer = byte;
    else this.#store(this.#pointer, byte);
    this.#isAddressNext = !this.#isAddressNext;
    return true;
  }

  /** The address counts up. */
  read(): number {
    this.#catchUp();
    const byte = this.#load(this.#pointer);
    this.#pointer = (this.#pointer + 1) % ADDRESSES;
    return byte;
  }

  stop(): void {}

  /** Power fails and comes back. */
  cutPower(): void {
    this.#reset('power');
  }

  #reset(why: string): void {
    this.#world.journal.note(EventKind.Reset, why);
    this.bank.reset();
    this.#results.reset();
    this.#began = undefined;
    this.#pending = undefined;
    this.#humiditySamples = 0;
    this.#updatedAt = this.#world.now + UPDATE_NS;
  }

  #load(at: number): number {
    if (at >= ADDRESS.data) return this.#seen[at - ADDRESS.data] ?? 0;
    if (at === ADDRESS.reset) return 0;
    const { STATUS } = this.bank.registers;
    const isUpdating = this.#world.now < this.#updatedAt;
    if (isControl(at)) {
      STATUS.IM_UPDATE = isUpdating ? 1 : 0;
      STATUS.MEASURING = this.#isMeasuring ? 1 : 0;
      return this.bank.read(at, 1);
    }
    const trim =
      at >= ADDRESS.trimHigh
        ? this.#trimHigh[at - ADDRESS.trimHigh]
        : this.#trimLow[at - ADDRESS.trimLow];
    return isUpdating ? 0 : (trim ?? 0);
  }

  #store(at: number, byte: number): void {
    if (!isControl(at)) {
      this.#world.journal.note(EventKind.Gap, `reserved: register ${at.toString(16)}h is written`);
      return;
    }
    if (at === ADDRESS.measuring) {
      // What comes after the first is ignored until that counts (section 3.3.1).
      if (this.#isMeasuring) this.#pending ??= byte;
      else this.#command(byte, this.#world.now);
    } else if (at !== ADDRESS.config || this.bank.registers.CTRL_MEAS.MODE !== MODE.normal) {
      this.bank.write(at, 1, byte);
      if (at === ADDRESS.reset && byte === RESET_WORD) this.#reset('soft reset');
    }
  }

  /** CTRL_MEAS counts from now on. */
  #command(byte: number, now: number): void {
    this.bank.write(ADDRESS.measuring, 1, byte);
    const { CTRL_HUM, CTRL_MEAS } = this.bank.registers;
    this.#humiditySamples = samples(CTRL_HUM.OSRS_H);
    this.#began = CTRL_MEAS.MODE === MODE.sleep ? undefined : now;
  }

  get #isMeasuring(): boolean {
    const { now } = this.#world;
    return this.#began !== undefined && now >= this.#began && now < this.#began + this.#durationNs;
  }

  /** Typical; what is skipped takes nothing. */
  get #durationNs(): number {
    const { CTRL_MEAS } = this.bank.registers;
    const { baseNs, sampleNs, switchNs } = TIME;
    const [pressure, humidity] = [samples(CTRL_MEAS.OSRS_P), this.#humiditySamples];
    const all = samples(CTRL_MEAS.OSRS_T) + pressure + humidity;
    const switches = Math.sign(pressure) + Math.sign(humidity);
    return baseNs + all * sampleNs + switches * switchNs;
  }

  /** All measurements whose end has come. */
  #catchUp(): void {
    while (this.#began !== undefined) {
      const end = this.#began + this.#durationNs;
      if (this.#world.now < end) return;
      const { CTRL_MEAS, CONFIG } = this.bank.registers;
      const pending = this.#pending;
      if (CTRL_MEAS.MODE === MODE.normal && pending === undefined) {
        const period = this.#durationNs + (STANDBY_NS[CONFIG.T_SB] as number);
        const more = Math.floor((this.#world.now - end) / period);
        for (let index = 0; index <= Math.min(more, SETTLES); index++) this.#measure();
        this.#began += (more + 1) * period;
        return;
      }
      this.#measure();
      this.#pending = undefined;
      this.#began = undefined;
      if (pending !== undefined) this.#command(pending, end);
      else CTRL_MEAS.MODE = MODE.sleep;
    }
  }

  #measure(): void {
    const { CTRL_MEAS, CONFIG } = this.bank.registers;
    this.#results.take(this.#converted, {
      temperature: samples(CTRL_MEAS.OSRS_T),
      pressure: samples(CTRL_MEAS.OSRS_P),
      humidity: this.#humiditySamples,
      filter: FILTERS[Math.min(CONFIG.FILTER, FILTERS.length - 1)] as number,
    });
  }
}

function isControl(at: number): boolean {
  return (
    at === ADDRESS.id || at === ADDRESS.reset || (at >= ADDRESS.humidity && at <= ADDRESS.config)
  );
}

function samples(code: number): number {
  return OVERSAMPLING[Math.min(code, OVERSAMPLING.length - 1)] as number;
}
