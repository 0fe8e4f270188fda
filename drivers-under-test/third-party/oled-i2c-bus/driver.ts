/**
 * The npm package `oled-i2c-bus`, unmodified, as a driver under test: it gets an i2c-bus object
 * over our device, and its calls become those of the class contract. A drawing call of the package
 * only begins: it has ended when none of its timers is left.
 */
import type { Display, DisplayFacts, Dot, Font } from '../../host/classes/display.ts';
import { IOI2CDevice } from '../../host/io-i2c-device.ts';
import { fail, IOReturnError } from '../../host/io-return.ts';
import { IOService, kIOServicePowerCapabilityOff } from '../../host/io-service.ts';
import { defineDriver } from '../../host/manifest.ts';
import { i2cBus, SystemError } from '../../ports/javascript/i2c-bus.ts';
import { Realm } from '../../ports/javascript/realm.ts';
import type { OledConstructor, OledDisplay } from './package.ts';

const WIDTH = 128;
const HEIGHT = 64;

export class OledI2cBus extends IOService implements Display {
  #device!: IOI2CDevice;
  #realm!: Realm;
  #oled!: OledDisplay;
  #offline = false;

  override async Start(provider: IOService): Promise<void> {
    await super.Start(provider);
    if (!(provider instanceof IOI2CDevice)) fail('kIOReturnBadArgument', 'it sits on I2C');
    this.#device = provider;
    provider.Open(this);
    this.#realm = new Realm(this.host);
    try {
      const address = Number(provider.CopyProperties()['IOI2CAddress']);
      const Oled = this.#realm.load('oled-i2c-bus') as OledConstructor;
      const options = { width: WIDTH, height: HEIGHT, address };
      this.#oled = this.#realm.inside(() => new Oled(i2cBus(provider, address), options));
    } catch (error) {
      this.#realm.close();
      provider.Close(this);
      throw ofTheBus(error);
    }
    this.RegisterService();
  }

  override async Stop(provider: IOService): Promise<void> {
    this.#offline = true;
    this.#realm.close();
    this.#device.Close(this);
    await super.Stop(provider);
  }

  override async SetPowerState(powerFlags: number): Promise<void> {
    this.#offline = powerFlags === kIOServicePowerCapabilityOff;
    await super.SetPowerState(powerFlags);
  }

  facts(): DisplayFacts {
    return { width: WIDTH, height: HEIGHT };
  }

  clear(): Promise<void> {
    return this.#do((oled) => oled.clearDisplay());
  }

  dots(dots: readonly Dot[]): Promise<void> {
    if (dots.length === 0) return Promise.resolve();
    const pixels = dots.map(({ x, y, isLit }) => [x, y, colour(isLit)] as const);
    return this.#do((oled) => oled.drawPixel(pixels));
  }

  line(x0: number, y0: number, x1: number, y1: number, isLit: boolean): Promise<void> {
    return this.#do((oled) => oled.drawLine(x0, y0, x1, y1, colour(isLit)));
  }

  rectangle(x: number, y: number, width: number, height: number, isLit: boolean): Promise<void> {
    return this.#do((oled) => oled.fillRect(x, y, width, height, colour(isLit)));
  }

  text(x: number, y: number, text: string, font: Font, size: number): Promise<void> {
    const { width, height, characters, columns } = font;
    const given = { width, height, fontData: columns, lookup: [...characters] };
    return this.#do((oled) => {
      oled.setCursor(x, y);
      oled.writeString(given, size, text, 1, false, true);
    });
  }

  bitmap(dots: Uint8Array): Promise<void> {
    return this.#do((oled) => oled.drawBitmap([...dots]));
  }

  image(x: number, y: number, width: number, rgba: Uint8Array): Promise<void> {
    const image = { width, height: rgba.length / (4 * width), data: rgba.slice() };
    return this.#do((oled) => oled.drawRGBAImage(image, x, y));
  }

  invert(isInverse: boolean): Promise<void> {
    return this.#do((oled) => oled.invertDisplay(isInverse));
  }

  dim(isDim: boolean): Promise<void> {
    return this.#do((oled) => oled.dimDisplay(isDim));
  }

  turn(isOn: boolean): Promise<void> {
    return this.#do((oled) => (isOn ? oled.turnOnDisplay() : oled.turnOffDisplay()));
  }

  async #do(call: (oled: OledDisplay) => void): Promise<void> {
    if (this.#offline) fail('kIOReturnOffline', 'the driver is stopped or asleep');
    const { timers } = this.#realm;
    if (timers.crash !== undefined) fail('kIOReturnOffline', 'the program has ended');
    try {
      this.#realm.inside(() => call(this.#oled));
      await timers.idle();
    } catch (error) {
      throw ofTheBus(error);
    }
  }
}

function colour(isLit: boolean): number {
  return isLit ? 1 : 0;
}

/** An error that the package let through from its bus, as our clients know it. */
function ofTheBus(error: unknown): unknown {
  if (!(error instanceof SystemError)) return error;
  return new IOReturnError(error.codeName, error.message);
}

export default defineDriver({
  id: 'oled-i2c-bus',
  version: '1.0.12',
  class: 'Display',
  personalities: {
    Ssd1306: {
      IOClass: 'IOUserService',
      IOProviderClass: 'IOI2CDevice',
      IOPropertyMatch: [{ compatible: 'solomon,ssd1306' }],
      IOUserClass: 'OledI2cBus',
    },
  },
  entitlements: {
    'com.apple.developer.driverkit': true,
    'com.apple.developer.driverkit.transport.i2c': true,
  },
  ics: {},
  service: OledI2cBus,
});
