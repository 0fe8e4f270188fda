/** Power management of a PCI function on behalf of its driver (IOPCIFamily 726.0.5). */
import { fail } from './io-return.ts';
import {
  CapabilityId,
  type ConfigAccess,
  type DeviceState,
  findCapability,
  powerControl,
  restoreState,
  saveState,
} from './pci-configuration.ts';

/** Bits of the capability that HasPCIPowerManagement can ask for (IOPCIDevice.h). */
export const kPCIPMCD3Support = 0x0001;
export const kPCIPMCD1Support = 0x0200;
export const kPCIPMCD2Support = 0x0400;
export const kPCIPMCPMESupportFromD3Hot = 0x4000;
export const kPCIPMCPMESupportFromD3Cold = 0x8000;

export const kPCIPMCSPowerStateD0 = 0;
export const kPCIPMCSPowerStateD3 = 3;
/** The family chooses. */
const ANY_STATE = 0xffffffff;
const STATES = 4;

export class PciPower {
  readonly #config: ConfigAccess;
  /** Where the function goes when the system sleeps; 0 stays in D0. */
  #sleepState = 0;
  /** What the function held when it went to sleep; the way back to D0 may lose it. */
  #asleep: DeviceState | undefined;

  constructor(config: ConfigAccess) {
    this.#config = config;
  }

  /** @throws kIOReturnUnsupported */
  require(state: number): void {
    const at = findCapability(this.#config, CapabilityId.PowerManagement);
    if (at === undefined) fail('kIOReturnUnsupported', 'the function has no power management');
    // D3 is always there, and it is not asked of the register.
    if (state === kPCIPMCD3Support) return;
    const capabilities = this.#config.read(at + 2, 2);
    if ((capabilities & state) === 0) {
      fail('kIOReturnUnsupported', `the function lacks the power capability ${state}`);
    }
  }

  /** @throws kIOReturnBadArgument */
  enable(state: number): void {
    powerControl(this.#config);
    const wanted = state >>> 0 === ANY_STATE ? kPCIPMCSPowerStateD3 : state;
    if (wanted !== kPCIPMCSPowerStateD0 && wanted % STATES === 0) {
      fail('kIOReturnBadArgument', `${state} names no power state`);
    }
    this.#sleepState = wanted % STATES;
  }

  change(isOn: boolean): void {
    if (this.#sleepState === kPCIPMCSPowerStateD0) return;
    if (isOn === (this.#asleep === undefined)) return;
    const { control } = powerControl(this.#config);
    const now = this.#config.read(control, 2);
    const inD0 = now - (now % STATES);
    if (this.#asleep === undefined) {
      this.#asleep = saveState(this.#config);
      this.#config.write(control, 2, inD0 + this.#sleepState);
    } else {
      this.#config.write(control, 2, inD0);
      restoreState(this.#config, this.#asleep);
      this.#asleep = undefined;
    }
  }
}
