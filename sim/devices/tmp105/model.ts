/**
 * TMP105 temperature sensor on an I2C bus: Texas Instruments SLLS648D, revised September 2011 (what
 * was read of it, and what comes from its sisters' data sheets: see `registers.ts`).
 *
 * Undocumented, and so here: a changed resolution starts the conversion again; a change of TM
 * clears the thermostat; more bytes than a register has are ignored, or read as ones; a conversion
 * takes its typical time, and rounds down. Conversions whose results cannot differ are not
 * simulated one by one. Not modelled: accuracy and noise, the A0 pin, high-speed mode, the bus
 * time-out, several devices that answer an alert response at once.
 */
import type { ScheduledEvent } from '../../kernel/event-queue.ts';
import { EventKind } from '../../kernel/journal.ts';
import type { World } from '../../kernel/world.ts';
import { RegisterBank } from '../../registers/bank.ts';
import type { GpioLine } from '../../buses/gpio/line.ts';
import type { I2cTarget } from '../../buses/i2c/sim-bus.ts';
import {
  conversionNs,
  FAULTS,
  GENERAL_CALL_LATCH,
  GENERAL_CALL_RESET,
  MILLIDEGREES_OF_DEGREE,
  registers,
  STEPS_OF_DEGREE,
} from './registers.ts';
import { Thermostat } from './thermostat.ts';

const AMBIENT_AT_FIRST = 25_000;
const BYTE = 256;
const NOTHING = 0xff;
/** A temperature has twelve bits in two's complement. */
const STEPS = 4096;
const STEPS_MAX = STEPS / 2 - 1;
const HIGHEST_RESOLUTION = 3;
/** Register of each pointer value: its place in the bank, its bytes. */
const BY_POINTER = [
  { name: 'TEMPERATURE', at: 0, bytes: 2 },
  { name: 'CONFIGURATION', at: 2, bytes: 1 },
  { name: 'T_LOW', at: 4, bytes: 2 },
  { name: 'T_HIGH', at: 6, bytes: 2 },
] as const;

export class Tmp105 implements I2cTarget {
  readonly bank: RegisterBank<typeof registers>;
  readonly #world: World;
  readonly #address: number;
  readonly #alert: GpioLine;
  readonly #thermostat = new Thermostat();
  #ambient = AMBIENT_AT_FIRST;
  #pointer = 0;
  /** Bytes since the address; the first one written is the pointer. */
  #bytes = 0;
  #isPointerNext = false;
  /** When the conversion under way began, or an earlier one in the same rhythm. */
  #began = 0;
  #isConverting = true;
  #conversion: ScheduledEvent | undefined;

  constructor(world: World, address: number, alert: GpioLine) {
    this.#world = world;
    this.#address = address;
    this.#alert = alert;
    this.bank = new RegisterBank(registers, {
      write: { CONFIGURATION: (_, before) => this.#configured(before) },
      settled: () => this.#drive(),
    });
    this.#restart();
    this.#drive();
  }

  /** The temperature around it, in millidegrees Celsius. */
  set ambient(millidegrees: number) {
    this.#ambient = millidegrees;
    this.#wake();
  }

  start(isRead: boolean): boolean {
    this.#bytes = 0;
    this.#isPointerNext = !isRead;
    return true;
  }

  write(byte: number): boolean {
    if (this.#isPointerNext) {
      // P7 to P2 are zero (Table 1); a device that looks at P1 and P0 only is what we have.
      this.#pointer = byte % BY_POINTER.length;
      this.#isPointerNext = false;
      return true;
    }
    const { name, at, bytes } = this.#register;
    const index = this.#bytes++;
    if (index >= bytes) return true;
    if (bytes === 1) {
      this.bank.write(at, 1, byte);
    } else {
      const before = Number(this.bank.peek(name));
      const high = index === 0 ? byte : Math.floor(before / BYTE);
      this.bank.write(at, 2, high * BYTE + (index === 1 ? byte : before % BYTE));
    }
    this.#wake();
    return true;
  }

  /** The pointer stays between reads. Any read ends a latched alert. */
  read(): number {
    const { at, bytes } = this.#register;
    const index = this.#bytes++;
    if (this.#latches) this.#clear();
    if (index >= bytes) return NOTHING;
    const value = this.bank.read(at, bytes);
    return index + 1 === bytes ? value % BYTE : Math.floor(value / BYTE);
  }

  stop(): void {}

  /** At the alert response address: while it alerts it answers with its own address. */
  readonly alertResponse: I2cTarget = {
    start: (isRead) => isRead && this.#thermostat.active,
    write: () => false,
    read: () => {
      // The lowest bit tells which limit it was: high for T_HIGH.
      const isHigh = this.#thermostat.awaits === 'low';
      if (this.#latches) this.#clear();
      return this.#address * 2 + (isHigh ? 1 : 0);
    },
    stop: () => {},
  };

  /** At address zero: latch the address pins, with or without a reset. */
  readonly generalCall: I2cTarget = {
    start: (isRead) => !isRead,
    write: (byte) => {
      if (byte === GENERAL_CALL_RESET) this.#reset('general call');
      return byte === GENERAL_CALL_RESET || byte === GENERAL_CALL_LATCH;
    },
    read: () => NOTHING,
    stop: () => {},
  };

  /** Power fails and comes back. */
  cutPower(): void {
    this.#reset('power');
  }

  get #register() {
    return BY_POINTER[this.#pointer] as (typeof BY_POINTER)[number];
  }

  get #latches(): boolean {
    return this.bank.registers.CONFIGURATION.TM === 1;
  }

  #reset(why: string): void {
    this.#world.journal.note(EventKind.Reset, why);
    this.bank.reset();
    this.#thermostat.reset();
    this.#pointer = 0;
    this.#isPointerNext = false;
    this.#restart();
    this.#drive();
  }

  #configured(before: Readonly<Record<'SD' | 'TM' | 'R', number>>): void {
    const { CONFIGURATION } = this.bank.registers;
    const { SD, TM, R } = CONFIGURATION;
    const isOneShot = CONFIGURATION.OS === 1;
    CONFIGURATION.OS = 0;
    if (TM !== before.TM) this.#thermostat.reset();
    // A latched alert ends in shutdown.
    if (SD === 1 && TM === 1) this.#thermostat.clear();
    const begins = SD === 1 ? isOneShot && !this.#isConverting : before.SD === 1;
    if (begins || (this.#isConverting && R !== before.R)) this.#restart();
  }

  #clear(): void {
    if (!this.#thermostat.active) return;
    this.#thermostat.clear();
    this.#drive();
    this.#wake();
  }

  #restart(): void {
    this.#isConverting = true;
    this.#began = this.#world.now;
    this.#conversion?.cancel();
    this.#conversion = undefined;
    this.#wake();
  }

  /** Something changed: the end of the conversion under way matters again. */
  #wake(): void {
    if (!this.#isConverting || this.#conversion !== undefined) return;
    const period = conversionNs(this.bank.registers.CONFIGURATION.R);
    const left = period - ((this.#world.now - this.#began) % period);
    this.#conversion = this.#world.after(left, () => this.#converted());
  }

  #converted(): void {
    this.#conversion = undefined;
    this.#began = this.#world.now;
    const { CONFIGURATION, TEMPERATURE, T_LOW, T_HIGH } = this.bank.registers;
    if (CONFIGURATION.SD === 1) this.#isConverting = false;
    TEMPERATURE.T = this.#measured();
    const goesOn = this.#thermostat.compare(signed(TEMPERATURE.T), {
      low: signed(T_LOW.L),
      high: signed(T_HIGH.H),
      faults: FAULTS[CONFIGURATION.F] as number,
      latches: this.#latches,
    });
    this.#drive();
    if (goesOn) this.#wake();
  }

  /** Steps of the ambient temperature at the resolution, as the register has them. */
  #measured(): number {
    const { R } = this.bank.registers.CONFIGURATION;
    const coarse = 2 ** (HIGHEST_RESOLUTION - R);
    const steps = Math.floor((this.#ambient * STEPS_OF_DEGREE) / MILLIDEGREES_OF_DEGREE);
    const inside = Math.min(Math.max(steps, -STEPS / 2), STEPS_MAX);
    return (Math.floor(inside / coarse) * coarse + STEPS) % STEPS;
  }

  /** ALERT is open drain: active low, or with POL the other way round. */
  #drive(): void {
    const isLow = this.#thermostat.active !== (this.bank.registers.CONFIGURATION.POL === 1);
    this.#alert.drive(this, isLow ? 'low' : 'released');
  }
}

function signed(steps: number): number {
  return steps > STEPS_MAX ? steps - STEPS : steps;
}
