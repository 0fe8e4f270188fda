/** Sample driver for EEPROMs of the 24Cxx family, written as a vendor would write it. */
import {
  type EepromPart,
  PARTS,
  type PartName,
  reachOf,
} from '../../../sim/devices/24cxx/registers.ts';
import type {
  MemoryDevice,
  MemoryFacts,
  MemoryStatistics,
} from '../../host/classes/memory-device.ts';
import { type I2cPart, IOI2CDevice } from '../../host/io-i2c-device.ts';
import { fail, IOReturnError, type IOReturnName } from '../../host/io-return.ts';
import { IOService, kIOServicePowerCapabilityOff } from '../../host/io-service.ts';
import { defineDriver } from '../../host/manifest.ts';

const VENDOR = 'microchip,';
/** Twice the longest write cycle: a device that is silent for longer is gone. */
const CYCLE_WAIT_MAX_MS = 10;
const POLL_MS = 0.5;
const POLLS_MAX = CYCLE_WAIT_MAX_MS / POLL_MS;
/** Failures of the bus that one transfer, and mismatches that one page, may have. */
const TRIES_MAX = 4;
/** What a controller takes in one message. */
const READ_MAX = 4096;
/** What the bus gets over. */
const PASSING: readonly IOReturnName[] = [
  'kIOReturnBusy',
  'kIOReturnIOError',
  'kIOReturnTimeout',
  'kIOReturnOffline',
];

/** Bytes of one page, from its beginning or not. */
interface Page {
  readonly at: number;
  readonly bytes: Uint8Array;
}

export class EepromDriver extends IOService implements MemoryDevice {
  #device!: IOI2CDevice;
  #part!: EepromPart;
  #offline = false;
  /** The last operation: the next one waits for it. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #statistics = { reads: 0, writes: 0, cycles: 0, polls: 0, retries: 0, errors: 0 };

  override async Start(provider: IOService): Promise<void> {
    await super.Start(provider);
    if (!(provider instanceof IOI2CDevice)) fail('kIOReturnBadArgument', 'it sits on I2C');
    this.#device = provider;
    this.#part = partOf(provider.CopyProperties()['compatible']);
    provider.Open(this);
    try {
      // Nobody before us may have left a write cycle running: whoever answers is ready.
      await this.#untilReady();
    } catch (error) {
      provider.Close(this);
      throw error;
    }
    this.RegisterService();
  }

  override async Stop(provider: IOService): Promise<void> {
    await this.#goOffline();
    this.#device.Close(this);
    await super.Stop(provider);
  }

  override async SetPowerState(powerFlags: number): Promise<void> {
    if (powerFlags === kIOServicePowerCapabilityOff) await this.#goOffline();
    else this.#offline = false;
    await super.SetPowerState(powerFlags);
  }

  /** Write cycles are long: calls wait for each other here, and keep no queue waiting. */
  override completesLater(method: string): boolean {
    return method === 'read' || method === 'write';
  }

  facts(): MemoryFacts {
    const { bytes, pageBytes } = this.#part;
    return { bytes, pageBytes };
  }

  statistics(): MemoryStatistics {
    return { ...this.#statistics };
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    this.#requireInside(offset, length);
    const result = new Uint8Array(length);
    await this.#exclusively(async () => {
      this.#statistics.reads++;
      const reach = reachOf(this.#part);
      for (let done = 0; done < length;) {
        const at = offset + done;
        const part = Math.min(READ_MAX, reach - (at % reach), length - done);
        result.set(await this.#readPart(at, part), done);
        done += part;
      }
    });
    return result;
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    this.#requireInside(offset, bytes.length);
    const copy = bytes.slice();
    await this.#exclusively(async () => {
      this.#statistics.writes++;
      const pages = this.#pages(offset, copy);
      let isSure = true;
      for (const page of pages) if (!(await this.#writePage(page))) isSure = false;
      // A page that went wrong at first may have gone to where another one had been written.
      for (let rounds = 0; !isSure; rounds++) {
        if (rounds === TRIES_MAX) fail('kIOReturnIOError', 'the pages spoil each other');
        isSure = true;
        for (const page of pages) {
          if (await this.#holds(page)) continue;
          isSure = false;
          await this.#writePage(page);
        }
      }
    });
  }

  /** Parts of a write, none across the end of a page. */
  #pages(offset: number, bytes: Uint8Array): Page[] {
    const { pageBytes } = this.#part;
    const pages: Page[] = [];
    for (let done = 0; done < bytes.length;) {
      const at = offset + done;
      const length = Math.min(pageBytes - (at % pageBytes), bytes.length - done);
      pages.push({ at, bytes: bytes.subarray(done, done + length) });
      done += length;
    }
    return pages;
  }

  /**
   * A page is programmed when it reads back as it should: the device tells nothing.
   * @returns whether it did so the first time
   */
  async #writePage(page: Page): Promise<boolean> {
    const { at, bytes } = page;
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      this.#requireWritable();
      if (tries > 0) this.#statistics.retries++;
      this.#statistics.cycles++;
      const write = Uint8Array.of(...this.#address(at), ...bytes);
      await this.#transfer([{ write, block: this.#block(at) }]);
      await this.#untilWritten();
      if (await this.#holds(page)) return tries === 0;
    }
    this.#requireWritable();
    return fail('kIOReturnIOError', `the page at ${at} does not keep what is written`);
  }

  async #holds({ at, bytes }: Page): Promise<boolean> {
    const stored = await this.#readPart(at, bytes.length);
    return stored.every((byte, index) => byte === bytes[index]);
  }

  async #readPart(at: number, length: number): Promise<Uint8Array> {
    const block = this.#block(at);
    const parts: I2cPart[] = [
      { write: this.#address(at), block },
      { read: length, block },
    ];
    const [bytes = new Uint8Array(0)] = await this.#transfer(parts);
    return bytes;
  }

  /** High byte first. */
  #address(at: number): Uint8Array {
    const low = at % 256;
    return this.#part.addressBytes === 1
      ? Uint8Array.of(low)
      : Uint8Array.of(Math.floor(at / 256), low);
  }

  /** What the word address cannot say the device address does. */
  #block(at: number): number {
    return Math.floor(at / reachOf(this.#part));
  }

  /** One transfer, again after what the bus gets over: doing it twice is harmless. */
  async #transfer(parts: readonly I2cPart[]): Promise<readonly Uint8Array[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#device.Transfer(parts);
      } catch (error) {
        if (tries === TRIES_MAX || !(await this.#getOver(error))) throw error;
        this.#statistics.retries++;
      }
    }
  }

  /** True when the transfer is worth another try. */
  async #getOver(error: unknown): Promise<boolean> {
    if (!(error instanceof IOReturnError)) return false;
    if (error.codeName === 'kIOReturnOffline') await this.#device.RecoverBus();
    // A transfer that broke off in its middle may have begun a write cycle.
    if (error.codeName === 'kIOReturnNotResponding') await this.#untilReady();
    else if (!PASSING.includes(error.codeName)) return false;
    return true;
  }

  /**
   * Asks until the device acknowledges its address, as it does when no write cycle runs.
   * @throws kIOReturnNotResponding
   */
  async #untilReady(): Promise<void> {
    for (let polls = 0; ; polls++) {
      try {
        await this.#device.Transfer([{ write: new Uint8Array(0) }]);
        return;
      } catch (error) {
        if (!(error instanceof IOReturnError) || polls === POLLS_MAX) throw error;
        if (error.codeName === 'kIOReturnOffline') await this.#device.RecoverBus();
        this.#statistics.polls++;
        await this.IOSleep(POLL_MS);
      }
    }
  }

  /** @throws kIOReturnTimeout when the cycle does not end */
  async #untilWritten(): Promise<void> {
    try {
      await this.#untilReady();
    } catch (error) {
      const isSilent =
        error instanceof IOReturnError && error.codeName === 'kIOReturnNotResponding';
      if (!isSilent) throw error;
      fail('kIOReturnTimeout', 'the write cycle does not end');
    }
  }

  #requireInside(offset: number, length: number): void {
    this.#requireOnline();
    const areWhole = Number.isInteger(offset) && Number.isInteger(length);
    if (areWhole && offset >= 0 && length >= 0 && offset + length <= this.#part.bytes) return;
    fail('kIOReturnBadArgument', `${length} bytes at ${offset} leave ${this.#part.bytes} bytes`);
  }

  /** The pin is looked at, since the device acknowledges what it does not write. */
  #requireWritable(): void {
    const { lines } = this.#device;
    if (lines.has('WP') && lines.level('WP')) fail('kIOReturnNotWritable', 'WP is high');
  }

  #requireOnline(): void {
    if (this.#offline) fail('kIOReturnOffline', 'the driver is stopped or asleep');
  }

  async #exclusively(operation: () => Promise<void>): Promise<void> {
    const mine = this.#last.then(async () => {
      this.#requireOnline();
      try {
        await operation();
      } catch (error) {
        this.#statistics.errors++;
        throw error;
      }
    });
    this.#last = mine.catch(() => {});
    await mine;
  }

  /** The operation under way ends, those that wait fail. */
  async #goOffline(): Promise<void> {
    this.#offline = true;
    await this.#last;
  }
}

/** @throws kIOReturnUnsupported */
function partOf(compatible: unknown): EepromPart {
  const name = String(compatible).slice(VENDOR.length);
  if (!Object.hasOwn(PARTS, name)) fail('kIOReturnUnsupported', `no part is ${name}`);
  return PARTS[name as PartName];
}

export default defineDriver({
  id: 'eeprom',
  version: '1.0.0',
  class: 'MemoryDevice',
  personalities: {
    Eeprom: {
      IOClass: 'IOUserService',
      IOProviderClass: 'IOI2CDevice',
      IOPropertyMatch: Object.keys(PARTS).map((name) => ({ compatible: VENDOR + name })),
      IOUserClass: 'EepromDriver',
    },
  },
  entitlements: {
    'com.apple.developer.driverkit': true,
    'com.apple.developer.driverkit.transport.i2c': true,
  },
  ics: { 'write-protect-pin': true },
  service: EepromDriver,
});
