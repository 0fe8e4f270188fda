/** Sample driver for serial NOR flash with discoverable parameters, as a vendor would write it. */
import type { FlashDevice, FlashFacts, FlashStatistics } from '../../host/classes/flash-device.ts';
import { fail, IOReturnError } from '../../host/io-return.ts';
import { IOService, kIOServicePowerCapabilityOff } from '../../host/io-service.ts';
import { IOSPIDevice } from '../../host/io-spi-device.ts';
import { defineDriver } from '../../host/manifest.ts';
import { NorChip } from './chip.ts';
import { type EraseType, type Identification, identify, SFDP_BYTES } from './identification.ts';
import { type Protection, protectionOf } from './protection.ts';

const CLOCK_HZ = 20_000_000;
const READ_MAX = 32 * 1024;
const TRIES_MAX = 3;
const IDLE = 0xff;
const IDLE_MAX = 3;
const MS = 1;

/** How often to ask, and how long at the most: twice the longest of the data sheets. */
const PROGRAM = { everyMs: 0.1 * MS, maxMs: 10 * MS };
const STATUS = { everyMs: 1 * MS, maxMs: 60 * MS };
const ERASE = { everyMs: 5 * MS, maxMs: 4_000 * MS };
const CHIP_ERASE = { everyMs: 250 * MS, maxMs: 800_000 * MS };
type Patience = typeof PROGRAM;

export class SpiNorDriver extends IOService implements FlashDevice {
  #device!: IOSPIDevice;
  #chip!: NorChip;
  #known!: Identification;
  #protection!: Protection;
  #offline = false;
  /** An operation failed: nobody knows what the flash is at. */
  #isDoubtful = false;
  /** The last operation: the next one waits for it. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #statistics = { reads: 0, programs: 0, erases: 0, polls: 0, errors: 0 };

  override async Start(provider: IOService): Promise<void> {
    await super.Start(provider);
    if (!(provider instanceof IOSPIDevice)) fail('kIOReturnBadArgument', 'it sits on SPI');
    this.#device = provider;
    this.#chip = new NorChip(provider);
    provider.Open(this);
    try {
      provider.Configure({ mode: 0, clockHz: CLOCK_HZ });
      await this.#bringUp();
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
    if (powerFlags === kIOServicePowerCapabilityOff) {
      await this.#goOffline();
      await this.#chip.powerDown();
    } else {
      await this.#bringUp();
      this.#isDoubtful = false;
      this.#offline = false;
    }
    await super.SetPowerState(powerFlags);
  }

  facts(): FlashFacts {
    return this.#known.facts;
  }

  statistics(): FlashStatistics {
    return { ...this.#statistics };
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    this.#requireInside(offset, length);
    const result = new Uint8Array(length);
    await this.#exclusively(async () => {
      this.#statistics.reads++;
      for (let done = 0; done < length; done += READ_MAX) {
        const part = Math.min(READ_MAX, length - done);
        result.set(await this.#chip.read(offset + done, part), done);
      }
    });
    return result;
  }

  async program(offset: number, bytes: Uint8Array): Promise<void> {
    this.#requireInside(offset, bytes.length);
    const copy = bytes.slice();
    const { pageBytes } = this.#known.facts;
    await this.#exclusively(async () => {
      for (let done = 0; done < copy.length;) {
        const at = offset + done;
        const length = Math.min(pageBytes - (at % pageBytes), copy.length - done);
        await this.#programPage(at, copy.subarray(done, done + length));
        done += length;
      }
    });
  }

  async erase(offset: number, length: number): Promise<void> {
    this.#requireInside(offset, length);
    const [smallest] = this.#known.eraseTypes;
    const unit = smallest?.bytes ?? this.#known.facts.bytes;
    if (offset % unit !== 0 || length % unit !== 0) {
      fail('kIOReturnBadArgument', `an erase goes by ${unit} bytes`);
    }
    await this.#exclusively(async () => {
      for (let at = offset; at < offset + length;) {
        const type = this.#largest(at, offset + length - at);
        await this.#change(() => this.#chip.erase(type.opcode, at), ERASE);
        this.#statistics.erases++;
        await this.#requireErased(at, type.bytes);
        at += type.bytes;
      }
    });
  }

  async eraseAll(): Promise<void> {
    this.#requireOnline();
    await this.#exclusively(async () => {
      await this.#change(() => this.#chip.eraseAll(), CHIP_ERASE);
      this.#statistics.erases++;
      await this.#requireErased(0, this.#known.facts.bytes);
    });
  }

  async protect(bytes: number): Promise<void> {
    this.#requireOnline();
    const { bits: byBytes, mask } = this.#protection;
    const bits = byBytes.get(bytes);
    if (bits === undefined) fail('kIOReturnUnsupported', `${bytes} bytes cannot be protected`);
    await this.#exclusively(async () => {
      const before = await this.#chip.status();
      const wanted = before - (before & mask) + bits;
      await this.#change(() => this.#chip.writeStatus(wanted), STATUS);
      const seen = (await this.#chip.status()) & mask;
      if (seen !== bits) fail('kIOReturnNotWritable', 'the status register does not change');
    });
  }

  async uniqueId(): Promise<Uint8Array> {
    this.#requireOnline();
    let id = new Uint8Array(0);
    await this.#exclusively(async () => {
      id = (await this.#chip.uniqueId()).slice();
    });
    return id;
  }

  /** Whatever state the flash is in: asleep, busy for somebody else, suspended. */
  async #bringUp(): Promise<void> {
    this.#chip.fourByteAddresses = false;
    await this.#chip.wake();
    const jedec = await this.#chip.jedecId();
    // An erase that somebody began goes on, and nothing but the status is answered meanwhile.
    const isSilent = jedec.every((byte) => byte === 0xff);
    if (isSilent) await this.#untilReady(CHIP_ERASE);
    await this.#chip.reset();
    const parameters = await this.#chip.sfdp(SFDP_BYTES);
    const { facts, eraseTypes } = identify(await this.#chip.jedecId(), parameters);
    this.#chip.fourByteAddresses = facts.fourByteAddresses;
    const usable = eraseTypes.filter(({ opcode }) => this.#chip.canErase(opcode));
    if (usable.length === 0) fail('kIOReturnUnsupported', 'no erase has four address bytes');
    this.#known = {
      eraseTypes: usable,
      facts: { ...facts, eraseBytes: usable.map(({ bytes }) => bytes) },
    };
    this.#protection = protectionOf(facts);
  }

  /** Awake, done with whatever it does, and still the same flash. */
  async #recover(): Promise<void> {
    await this.#chip.wake();
    await this.#untilReady(ERASE);
    const seen = await this.#chip.jedecId();
    const isSame = this.#known.facts.id.every((byte, index) => byte === seen[index]);
    if (!isSame) fail('kIOReturnNoDevice', 'the flash no longer tells its id');
    this.#isDoubtful = false;
  }

  /** Programming clears bits only, so that a page can be programmed again until it is right. */
  async #programPage(at: number, bytes: Uint8Array): Promise<void> {
    const before = await this.#chip.read(at, bytes.length);
    const wanted = bytes.map((byte, index) => byte & (before[index] ?? 0));
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      await this.#change(() => this.#chip.program(at, bytes), PROGRAM);
      this.#statistics.programs++;
      const stored = await this.#chip.read(at, bytes.length);
      if (stored.every((byte, index) => byte === wanted[index])) return;
    }
    await this.#blame(at);
  }

  async #requireErased(at: number, length: number): Promise<void> {
    for (let done = 0; done < length; done += READ_MAX) {
      const part = Math.min(READ_MAX, length - done);
      const isErased = async () =>
        (await this.#chip.read(at + done, part)).every((byte) => byte === 0xff);
      // Twice: a bit may have flipped on the way.
      if (!(await isErased()) && !(await isErased())) await this.#blame(at + done);
    }
  }

  /** @throws kIOReturnNotWritable where protection explains it, kIOReturnIOError */
  async #blame(at: number): Promise<never> {
    const isProtected = ((await this.#chip.status()) & this.#protection.mask) !== 0;
    if (isProtected) fail('kIOReturnNotWritable', `the flash is protected at ${at}`);
    return fail('kIOReturnIOError', `the flash at ${at} does not keep what is written`);
  }

  async #change(instruction: () => Promise<void>, patience: Patience): Promise<void> {
    await this.#chip.writeEnable();
    await instruction();
    await this.#untilReady(patience);
  }

  async #untilReady({ everyMs, maxMs }: Patience): Promise<void> {
    let idle = 0;
    for (let waited = 0; ; waited += everyMs) {
      const status = await this.#chip.status();
      if (!this.#chip.isBusy(status)) return;
      // Nobody protects all of a flash that he writes to: this is a bus on which nobody drives.
      idle = status === IDLE ? idle + 1 : 0;
      if (idle === IDLE_MAX) fail('kIOReturnNoDevice', 'the status reads as all ones');
      if (waited >= maxMs) fail('kIOReturnTimeout', `the flash is busy for over ${maxMs} ms`);
      this.#statistics.polls++;
      await this.IOSleep(everyMs);
    }
  }

  #largest(at: number, left: number): EraseType {
    const fitting = this.#known.eraseTypes.filter(({ bytes }) => at % bytes === 0 && bytes <= left);
    return fitting.at(-1) ?? fail('kIOReturnUnsupported', 'no erase fits');
  }

  #requireInside(offset: number, length: number): void {
    this.#requireOnline();
    const { bytes } = this.#known.facts;
    const areWhole = Number.isInteger(offset) && Number.isInteger(length);
    if (areWhole && offset >= 0 && length >= 0 && offset + length <= bytes) return;
    fail('kIOReturnBadArgument', `${length} bytes at ${offset} leave ${bytes} bytes`);
  }

  #requireOnline(): void {
    if (this.#offline) fail('kIOReturnOffline', 'the driver is stopped or asleep');
  }

  async #exclusively(operation: () => Promise<void>): Promise<void> {
    const mine = this.#last.then(async () => {
      this.#requireOnline();
      try {
        if (this.#isDoubtful) await this.#recover();
        await operation();
      } catch (error) {
        this.#statistics.errors++;
        this.#isDoubtful = true;
        if (error instanceof IOReturnError) await this.#chip.writeDisable();
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

export default defineDriver({
  id: 'spi-nor',
  version: '1.0.0',
  class: 'FlashDevice',
  personalities: {
    SpiNor: {
      IOClass: 'IOUserService',
      IOProviderClass: 'IOSPIDevice',
      IOPropertyMatch: { compatible: 'jedec,spi-nor' },
      IOUserClass: 'SpiNorDriver',
    },
  },
  entitlements: {
    'com.apple.developer.driverkit': true,
    'com.apple.developer.driverkit.transport.spi': true,
  },
  ics: { protection: true, 'unique-id': true },
  service: SpiNorDriver,
});
