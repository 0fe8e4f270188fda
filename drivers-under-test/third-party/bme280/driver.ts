/**
 * The npm package `bme280`, unmodified, as a driver under test: what it requires as `i2c-bus` is
 * ours, over our device. Other settings are another sensor of the package, and so is waking up: it
 * knows of no sleep.
 */
import type {
  EnvironmentSensor,
  EnvironmentSettings,
  Measurement,
} from '../../host/classes/environment-sensor.ts';
import { IOI2CDevice } from '../../host/io-i2c-device.ts';
import { fail, IOReturnError } from '../../host/io-return.ts';
import { IOService, kIOServicePowerCapabilityOff } from '../../host/io-service.ts';
import { defineDriver } from '../../host/manifest.ts';
import { asForeignError } from '../../ports/javascript/foreign-error.ts';
import { i2cBusModule, SystemError } from '../../ports/javascript/i2c-bus.ts';
import { Realm } from '../../ports/javascript/realm.ts';
import type { BmePackage, BmeSensor } from './package.ts';

/** The package has enumerators for numbers of samples: their places. */
const OVERSAMPLE = [0, 1, 2, 4, 8, 16];
const MODES = ['continuous', 'on-demand'];
const PASCALS_OF_HECTOPASCAL = 100;
const WRONG_CHIP = /Expected bme280 chip id/;

export class Bme280Package extends IOService implements EnvironmentSensor {
  #device!: IOI2CDevice;
  #realm!: Realm;
  #package!: BmePackage;
  /** None when opening it again has failed: the next call tries anew. */
  #sensor: BmeSensor | undefined;
  #settings: EnvironmentSettings = {
    mode: 'continuous',
    temperature: 1,
    pressure: 1,
    humidity: 1,
  };
  #offline = false;

  override async Start(provider: IOService): Promise<void> {
    await super.Start(provider);
    if (!(provider instanceof IOI2CDevice)) fail('kIOReturnBadArgument', 'it sits on I2C');
    this.#device = provider;
    provider.Open(this);
    const replace = { 'i2c-bus': i2cBusModule(provider, this.#address) };
    this.#realm = new Realm(this.host, { replace });
    try {
      this.#package = this.#realm.load('bme280') as BmePackage;
      await this.#opened();
    } catch (error) {
      this.#realm.close();
      provider.Close(this);
      throw error;
    }
    this.RegisterService();
  }

  override async Stop(provider: IOService): Promise<void> {
    this.#offline = true;
    await this.#close();
    this.#realm.close();
    this.#device.Close(this);
    await super.Stop(provider);
  }

  override async SetPowerState(powerFlags: number): Promise<void> {
    if (powerFlags === kIOServicePowerCapabilityOff) {
      this.#offline = true;
      await this.#close();
    } else {
      this.#offline = false;
      await this.#opened();
    }
    await super.SetPowerState(powerFlags);
  }

  async measure(): Promise<Measurement> {
    this.#requireOnline();
    const sensor = await this.#opened();
    const { temperature, pressure, humidity } = await inside(async () => {
      if (this.#settings.mode === 'on-demand') {
        await sensor.triggerForcedMeasurement();
        await this.#sleep(sensor.maximumMeasurementTime());
      }
      return sensor.read();
    });
    return {
      celsius: temperature,
      pascals: pressure === undefined ? undefined : pressure * PASCALS_OF_HECTOPASCAL,
      percent: humidity,
    };
  }

  async configure(settings: EnvironmentSettings): Promise<void> {
    this.#requireOnline();
    if (!MODES.includes(settings.mode)) fail('kIOReturnBadArgument', 'no such mode');
    const { temperature, pressure, humidity } = settings;
    if (![temperature, pressure, humidity].every((each) => OVERSAMPLE.includes(each))) {
      fail('kIOReturnBadArgument', 'no such number of samples');
    }
    await this.#close();
    this.#settings = { ...settings };
    await this.#opened();
  }

  async #opened(): Promise<BmeSensor> {
    return (this.#sensor ??= await this.#open(this.#settings));
  }

  async #close(): Promise<void> {
    await this.#sensor?.close();
    this.#sensor = undefined;
  }

  get #address(): number {
    return Number(this.#device.CopyProperties()['IOI2CAddress']);
  }

  #open({ mode, temperature, pressure, humidity }: EnvironmentSettings): Promise<BmeSensor> {
    return inside(() =>
      this.#package.open({
        i2cBusNumber: 1,
        i2cAddress: this.#address,
        temperatureOversampling: OVERSAMPLE.indexOf(temperature),
        pressureOversampling: OVERSAMPLE.indexOf(pressure),
        humidityOversampling: OVERSAMPLE.indexOf(humidity),
        forcedMode: mode === 'on-demand',
      }),
    );
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#realm.timers.functions.setTimeout(() => resolve(), ms));
  }

  #requireOnline(): void {
    if (this.#offline) fail('kIOReturnOffline', 'the driver is stopped or asleep');
  }
}

/** What the package rejects with, as our clients know it. */
async function inside<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    const error = asForeignError(thrown);
    if (error instanceof SystemError) throw new IOReturnError(error.codeName, error.message);
    if (WRONG_CHIP.test(error.message)) fail('kIOReturnNoDevice', error.message);
    if (error.message.startsWith('Error: ')) fail('kIOReturnIOError', error.message);
    throw error;
  }
}

export default defineDriver({
  id: 'bme280',
  version: '2.1.1',
  class: 'EnvironmentSensor',
  personalities: {
    Bme280: {
      IOClass: 'IOUserService',
      IOProviderClass: 'IOI2CDevice',
      IOPropertyMatch: [{ compatible: 'bosch,bme280' }],
      IOUserClass: 'Bme280Package',
    },
  },
  entitlements: {
    'com.apple.developer.driverkit': true,
    'com.apple.developer.driverkit.transport.i2c': true,
  },
  ics: {},
  service: Bme280Package,
});
