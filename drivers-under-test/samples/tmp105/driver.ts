/** Sample driver for the TMP105 temperature sensor, written as a vendor would write it. */
import { conversionMaxNs, RESOLUTIONS } from '../../../sim/devices/tmp105/registers.ts';
import type {
  SensorAlert,
  SensorLimits,
  SensorSettings,
  TemperatureSensor,
} from '../../host/classes/temperature-sensor.ts';
import { IOI2CDevice } from '../../host/io-i2c-device.ts';
import { fail } from '../../host/io-return.ts';
import { IOService, kIOServicePowerCapabilityOff } from '../../host/io-service.ts';
import { defineDriver } from '../../host/manifest.ts';
import { AlertWaiters } from './alert-waiters.ts';
import { Tmp105Chip, type Wanted } from './chip.ts';
import {
  configurationOf,
  isPossible,
  millidegreesOf,
  ONE_SHOT,
  registerOfLimit,
} from './encoding.ts';

const ALERT = 'ALERT';
const NS_OF_MS = 1_000_000;
/** Looks at a device that loses its settings, or tells impossible temperatures. */
const LOOKS_MAX = 4;
/** The longest that a client waits for an alert: an hour. */
const TIMEOUT_MAX_NS = 3.6e12;

export class Tmp105Driver extends IOService implements TemperatureSensor {
  #device!: IOI2CDevice;
  #chip!: Tmp105Chip;
  #settings: SensorSettings = {
    resolution: 12,
    mode: 'comparator',
    faultQueue: 1,
    polarity: 'active-low',
  };
  #limits = { high: registerOfLimit(80_000), low: registerOfLimit(75_000) };
  #isShutDown = false;
  #offline = false;
  /** The last operation: the next one waits for it. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #waiters = new AlertWaiters(this.host.world);
  #isAlerting = false;
  /** The line changes because the driver sets the device up. */
  #isSettingUp = false;
  /** It holds what is wanted, and its last conversion was made by that. */
  #isSetUp = false;

  override async Start(provider: IOService): Promise<void> {
    await super.Start(provider);
    if (!(provider instanceof IOI2CDevice)) fail('kIOReturnBadArgument', 'it sits on I2C');
    this.#device = provider;
    this.#chip = new Tmp105Chip(provider);
    provider.Open(this);
    try {
      await this.#setUp();
    } catch (error) {
      provider.Close(this);
      throw error;
    }
    if (provider.lines.has(ALERT)) {
      provider.lines.onEdge(ALERT, (level) => this.#onEdge(level));
    }
    this.RegisterService();
  }

  override async Stop(provider: IOService): Promise<void> {
    await this.#goOffline();
    this.#device.Close(this);
    await super.Stop(provider);
  }

  override async SetPowerState(powerFlags: number): Promise<void> {
    if (powerFlags === kIOServicePowerCapabilityOff) {
      await this.#goOffline();
      await this.#chip.configure(configurationOf(this.#settings, true));
    } else {
      await this.#setUp();
      this.#offline = false;
    }
    await super.SetPowerState(powerFlags);
  }

  /** Calls wait for conversions, or for each other, here: no queue waits with them. */
  override completesLater(): boolean {
    return true;
  }

  temperature(): Promise<number> {
    return this.#exclusively(async () => millidegreesOf(await this.#look(this.#isShutDown)));
  }

  async setLimits({ high, low }: SensorLimits): Promise<void> {
    this.#requireOnline();
    if (!(low <= high)) fail('kIOReturnBadArgument', `${low} is above ${high}`);
    const limits = { high: registerOfLimit(high), low: registerOfLimit(low) };
    await this.#change(() => (this.#limits = limits));
  }

  limits(): Promise<SensorLimits> {
    return this.#exclusively(async () => {
      await this.#look();
      const { high, low } = this.#limits;
      return { high: millidegreesOf(high), low: millidegreesOf(low) };
    });
  }

  async configure(settings: SensorSettings): Promise<void> {
    this.#requireOnline();
    configurationOf(settings, false);
    const { resolution, mode, faultQueue, polarity } = settings;
    await this.#change(() => (this.#settings = { resolution, mode, faultQueue, polarity }));
  }

  settings(): Promise<SensorSettings> {
    return this.#exclusively(async () => {
      await this.#look();
      return { ...this.#settings };
    });
  }

  setShutdown(isShutDown: boolean): Promise<void> {
    return this.#change(() => (this.#isShutDown = isShutDown));
  }

  async nextAlert(timeoutNs: number): Promise<SensorAlert | undefined> {
    this.#requireOnline();
    if (!this.#device.lines.has(ALERT)) fail('kIOReturnUnsupported', 'ALERT is not connected');
    if (!(timeoutNs >= 0 && timeoutNs <= TIMEOUT_MAX_NS)) {
      fail('kIOReturnBadArgument', `${timeoutNs} ns is no time to wait`);
    }
    return this.#waiters.wait(timeoutNs);
  }

  get #wanted(): Wanted {
    const configuration = configurationOf(this.#settings, this.#isShutDown);
    return { configuration, ...this.#limits };
  }

  #change(assign: () => unknown): Promise<void> {
    return this.#exclusively(async () => {
      const before = { settings: this.#settings, limits: this.#limits, off: this.#isShutDown };
      assign();
      try {
        await this.#setUp();
      } catch (error) {
        this.#settings = before.settings;
        this.#limits = before.limits;
        this.#isShutDown = before.off;
        throw error;
      }
    });
  }

  /** The device as it is wanted, and with a conversion of its own. */
  async #setUp(): Promise<void> {
    this.#isSettingUp = true;
    this.#isSetUp = false;
    try {
      await this.#chip.put(this.#wanted);
      if (!this.#isShutDown) await this.#conversion();
      this.#isSetUp = true;
    } finally {
      this.#isSettingUp = false;
    }
    this.#isAlerting = this.#lineIsActive;
  }

  /** A register of a device that has its settings, and tells what it can tell. */
  async #look(measures = false): Promise<number> {
    // In shutdown the last conversion may have had another resolution.
    const isOld = this.#isShutDown && !measures;
    for (let looks = 0; looks < LOOKS_MAX; looks++) {
      if (!this.#isSetUp) await this.#setUp();
      if (measures) {
        await this.#chip.configure(this.#wanted.configuration + ONE_SHOT);
        await this.#conversion();
      }
      const { temperature, isIntact } = await this.#chip.look(this.#wanted);
      if (!isIntact) {
        // It lost its power.
        this.#isSetUp = false;
      } else if (isOld || isPossible(temperature, this.#settings.resolution)) {
        return temperature;
      }
    }
    return fail('kIOReturnIOError', 'the device loses its settings, or tells what it cannot');
  }

  #conversion(): Promise<void> {
    const r = RESOLUTIONS.indexOf(this.#settings.resolution);
    return this.IOSleep(conversionMaxNs(r) / NS_OF_MS);
  }

  get #lineIsActive(): boolean {
    const { lines } = this.#device;
    if (!lines.has(ALERT)) return false;
    return lines.level(ALERT) === (this.#settings.polarity === 'active-high');
  }

  #onEdge(level: boolean): void {
    if (this.#isSettingUp || this.#offline) return;
    const isActive = level === (this.#settings.polarity === 'active-high');
    if (this.#settings.mode === 'interrupt' && !isActive) return;
    // Nobody asked: whoever waits for alerts learns nothing of a failure here but the time.
    this.#exclusively(() => this.#alerted()).catch(() => {});
  }

  /** In interrupt mode the look also ends the alert. */
  async #alerted(): Promise<void> {
    const temperature = await this.#look();
    if (this.#settings.mode === 'comparator') {
      if (this.#lineIsActive === this.#isAlerting) return;
      this.#isAlerting = this.#lineIsActive;
    } else {
      const { high, low } = this.#limits;
      if (millidegreesOf(temperature) >= millidegreesOf(high)) this.#isAlerting = true;
      else if (millidegreesOf(temperature) < millidegreesOf(low)) this.#isAlerting = false;
      else this.#isAlerting = !this.#isAlerting;
    }
    this.#waiters.tell({ active: this.#isAlerting });
  }

  #requireOnline(): void {
    if (this.#offline) fail('kIOReturnOffline', 'the driver is stopped or asleep');
  }

  #exclusively<T>(operation: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(() => {
      this.#requireOnline();
      return operation();
    });
    this.#last = mine.catch(() => {});
    return mine;
  }

  /** The operation under way ends, those that wait fail. */
  async #goOffline(): Promise<void> {
    this.#offline = true;
    this.#waiters.abort();
    await this.#last;
  }
}

export default defineDriver({
  id: 'tmp105',
  version: '1.0.0',
  class: 'TemperatureSensor',
  personalities: {
    Sensor: {
      IOClass: 'IOUserService',
      IOProviderClass: 'IOI2CDevice',
      IOPropertyMatch: [{ compatible: 'ti,tmp105' }],
      IOUserClass: 'Tmp105Driver',
    },
  },
  entitlements: {
    'com.apple.developer.driverkit': true,
    'com.apple.developer.driverkit.transport.i2c': true,
  },
  ics: { 'alert-line': true },
  service: Tmp105Driver,
});
