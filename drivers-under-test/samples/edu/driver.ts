/** Sample driver for QEMU's education device, written as a vendor would write it. */
import { driverAccess, type DriverRegisters } from '../../../sim/registers/driver-access.ts';
import {
  DMA_ADDRESS_BITS,
  DMA_BUFFER,
  EduInterrupt,
  registers,
} from '../../../sim/devices/edu/registers.ts';
import type { EduDevice, EduStatistics } from '../../host/classes/edu-device.ts';
import { type IODispatchQueue, kIODispatchQueueWakeupAll } from '../../host/io-dispatch-queue.ts';
import {
  IOInterruptDispatchSource,
  kIOInterruptTypeLevel,
} from '../../host/io-interrupt-dispatch-source.ts';
import {
  IOPCIDevice,
  kIOInterruptTypePCIMessaged,
  kIOPCICommandBusLead,
  kIOPCICommandInterruptDisable,
  kIOPCICommandMemorySpace,
  kIOPCIConfigurationOffsetCommand,
} from '../../host/io-pci-device.ts';
import { fail, IOReturnError } from '../../host/io-return.ts';
import { IOService, kIOServicePowerCapabilityOff } from '../../host/io-service.ts';
import { IOBufferMemoryDescriptor } from '../../host/io-buffer-memory-descriptor.ts';
import { IODMACommand } from '../../host/io-dma-command.ts';
import { kIOMemoryDirectionIn, kIOMemoryDirectionOut } from '../../host/io-memory-descriptor.ts';
import { defineDriver } from '../../host/manifest.ts';

const ALL_ONES = 0xffffffff;
const MAGIC = 0xed;
const FACTORIAL_MAX = 12;
/** A transfer takes 100 ms; ten times that means that it will not end. */
const TIMEOUT_NS = 1_000_000_000;
const RECOVERY_POLL_MS = 10;
const RECOVERY_POLLS = 100;

/** What one operation waits for. */
interface Wait {
  readonly bits: number;
  seen: number;
}

export class EduDriver extends IOService implements EduDevice {
  #pci!: IOPCIDevice;
  #registers!: DriverRegisters<typeof registers>;
  #queue!: IODispatchQueue;
  #interrupt: IOInterruptDispatchSource | undefined;
  #wait: Wait | undefined;
  #busy = false;
  #offline = false;
  /** A transfer was given up and may still run. */
  #transferLeft = false;
  readonly #statistics = { interrupts: 0, spurious: 0, timeouts: 0 };

  override async Start(provider: IOService): Promise<void> {
    await super.Start(provider);
    if (!(provider instanceof IOPCIDevice)) fail('kIOReturnBadArgument', 'edu sits on PCI');
    this.#pci = provider;
    this.#queue = this.defaultQueue;
    this.#pci.Open(this);
    try {
      await this.#bringUp();
    } catch (error) {
      this.#takeDown();
      throw error;
    }
    this.RegisterService();
  }

  override async Stop(provider: IOService): Promise<void> {
    await this.#goOffline();
    this.#takeDown();
    await super.Stop(provider);
  }

  override async SetPowerState(powerFlags: number): Promise<void> {
    if (powerFlags === kIOServicePowerCapabilityOff) {
      await this.#goOffline();
      this.#interrupt?.SetEnable(false);
    } else {
      // The device may have lost everything: nothing of before is assumed.
      await this.#makeReady();
      this.#interrupt?.SetEnable(true);
      this.#offline = false;
    }
    await super.SetPowerState(powerFlags);
  }

  identify(): { major: number; minor: number } {
    this.#requireOnline();
    const { MAJOR, MINOR } = this.#registers.IDENTIFICATION.fields();
    return { major: MAJOR, minor: MINOR };
  }

  checkLiveness(pattern: number): boolean {
    this.#requireOnline();
    this.#registers.LIVENESS.write(pattern >>> 0);
    return this.#registers.LIVENESS.read() === ~pattern >>> 0;
  }

  async factorial(n: number): Promise<number> {
    if (!Number.isInteger(n) || n < 0 || n > FACTORIAL_MAX) {
      fail('kIOReturnBadArgument', `${n}! does not fit 32 bits`);
    }
    return this.#exclusively(async () => {
      this.#registers.STATUS.write({ IRFACT: 1 });
      await this.#interruptAfter(EduInterrupt.Factorial, () => this.#registers.FACTORIAL.write(n));
      this.#registers.STATUS.write({ IRFACT: 0 });
      return this.#registers.FACTORIAL.read();
    });
  }

  async copyIn(offset: number, bytes: Uint8Array): Promise<void> {
    this.#requireInBuffer(offset, bytes.length);
    await this.#exclusively(() =>
      this.#withDma(kIOMemoryDirectionOut, bytes.length, async (memory, address) => {
        memory.CreateMapping().write(0, bytes);
        this.#registers.DMA_SOURCE.write(BigInt(address));
        this.#registers.DMA_DESTINATION.write(BigInt(DMA_BUFFER.at + offset));
        await this.#transfer(bytes.length, 0);
      }),
    );
  }

  async copyOut(offset: number, length: number): Promise<Uint8Array> {
    this.#requireInBuffer(offset, length);
    return this.#exclusively(() =>
      this.#withDma(kIOMemoryDirectionIn, length, async (memory, address) => {
        this.#registers.DMA_SOURCE.write(BigInt(DMA_BUFFER.at + offset));
        this.#registers.DMA_DESTINATION.write(BigInt(address));
        await this.#transfer(length, 1);
        return memory.CreateMapping().read(0, length);
      }),
    );
  }

  async interruptSelfTest(bits: number): Promise<void> {
    const asked = bits >>> 0;
    if (asked === 0) fail('kIOReturnBadArgument', 'an interrupt needs a status bit');
    await this.#exclusively(() =>
      this.#interruptAfter(asked, () => this.#registers.INTERRUPT_RAISE.write(asked)),
    );
  }

  statistics(): EduStatistics {
    return { ...this.#statistics };
  }

  async #bringUp(): Promise<void> {
    this.#command(kIOPCICommandMemorySpace);
    this.#registers = driverAccess(registers, this.#pci.registers(0));
    if (this.#registers.IDENTIFICATION.get('MAGIC') !== MAGIC) {
      fail('kIOReturnNoDevice', 'the identification register does not say edu');
    }
    await this.#makeReady();
    this.#configureInterrupts();
    this.#interrupt = IOInterruptDispatchSource.Create(this.#pci, 0, this.#queue);
    this.#interrupt.SetHandler((count) => this.#interruptOccurred(count));
    this.#interrupt.SetEnable(true);
  }

  #configureInterrupts(): void {
    try {
      this.#pci.ConfigureInterrupts(kIOInterruptTypePCIMessaged, 1);
    } catch (error) {
      if (!(error instanceof IOReturnError)) throw error;
      this.#pci.ConfigureInterrupts(kIOInterruptTypeLevel, 1);
    }
  }

  /**
   * Whoever had the device before, or whatever we gave up: its transfer has ended before the device
   * may reach memory again, and no interrupt of its is left.
   */
  async #makeReady(): Promise<void> {
    this.#command(kIOPCICommandMemorySpace);
    this.#registers.STATUS.write({ IRFACT: 0 });
    // A write during a computation is lost, and the computation may be somebody else's.
    for (let waits = 0; this.#registers.STATUS.get('COMPUTING') === 1; waits++) {
      if (waits === RECOVERY_POLLS) fail('kIOReturnBusy', 'an earlier computation does not end');
      await this.IOSleep(RECOVERY_POLL_MS);
    }
    for (let polls = 0; this.#registers.DMA_COMMAND.get('START') === 1; polls++) {
      if (polls === RECOVERY_POLLS) fail('kIOReturnBusy', 'an earlier transfer does not end');
      await this.IOSleep(RECOVERY_POLL_MS);
    }
    this.#registers.INTERRUPT_ACKNOWLEDGE.write(this.#registers.INTERRUPT_STATUS.read());
    this.#command(kIOPCICommandMemorySpace | kIOPCICommandBusLead);
    this.#transferLeft = false;
  }

  #command(bits: number): void {
    this.#pci.ConfigurationWrite16(kIOPCIConfigurationOffsetCommand, bits);
  }

  #takeDown(): void {
    this.#interrupt?.Cancel();
    this.#interrupt = undefined;
    // What was given up may still end, and would then hold the line.
    if (this.#pci.isOpen) this.#command(kIOPCICommandInterruptDisable);
    if (this.#pci.isOpen) this.#pci.Close(this);
  }

  #interruptOccurred(_count: number): void {
    const bits = this.#registers.INTERRUPT_STATUS.read();
    this.#statistics.interrupts++;
    if (bits === 0) {
      this.#statistics.spurious++;
      return;
    }
    if (this.#isGone(bits)) {
      this.#deviceGone();
      return;
    }
    this.#registers.INTERRUPT_ACKNOWLEDGE.write(bits);
    const wait = this.#wait;
    if (wait === undefined) return;
    wait.seen = (wait.seen | (bits & wait.bits)) >>> 0;
    if (wait.seen === wait.bits) this.#queue.Wakeup(wait);
  }

  /** Starts something and sleeps until all of its status bits have interrupted. */
  async #interruptAfter(bits: number, start: () => void): Promise<void> {
    const wait: Wait = { bits, seen: 0 };
    this.#wait = wait;
    try {
      start();
      const how = await this.#queue.Sleep(wait, TIMEOUT_NS);
      this.#requireOnline();
      if (how === 'timed out') this.#missedInterrupt(wait);
    } finally {
      this.#wait = undefined;
    }
  }

  /** A message may be lost; the status register still tells whether the work is done. */
  #missedInterrupt(wait: Wait): void {
    const bits = this.#registers.INTERRUPT_STATUS.read();
    if (this.#isGone(bits)) {
      this.#deviceGone();
      this.#requireOnline();
    }
    this.#statistics.timeouts++;
    this.#registers.INTERRUPT_ACKNOWLEDGE.write(bits);
    if ((wait.seen | (bits & wait.bits)) >>> 0 !== wait.bits) {
      fail('kIOReturnTimeout', 'the device did not finish');
    }
  }

  async #transfer(length: number, direction: 0 | 1): Promise<void> {
    this.#registers.DMA_COUNT.write(BigInt(length));
    await this.#interruptAfter(EduInterrupt.Dma, () =>
      this.#registers.DMA_COMMAND.write({ START: 1, DIRECTION: direction, IRQ: 1 }),
    );
  }

  async #withDma<T>(
    direction: number,
    length: number,
    use: (memory: IOBufferMemoryDescriptor, address: number) => Promise<T>,
  ): Promise<T> {
    const memory = IOBufferMemoryDescriptor.Create(this, direction, length);
    const command = IODMACommand.Create(this.#pci, DMA_ADDRESS_BITS);
    try {
      const [segment] = command.PrepareForDMA(memory).segments;
      if (segment === undefined) fail('kIOReturnDMAError', 'nothing was mapped');
      try {
        return await use(memory, segment.address);
      } catch (error) {
        this.#stopTransfer();
        throw error;
      } finally {
        command.CompleteDMA();
      }
    } finally {
      command.release();
      memory.release();
    }
  }

  /** The device cannot be told to stop; what it may not reach, it cannot overwrite. */
  #stopTransfer(): void {
    this.#command(kIOPCICommandMemorySpace);
    this.#transferLeft = true;
  }

  /** One operation at a time: the device has one set of registers. */
  async #exclusively<T>(operation: () => Promise<T>): Promise<T> {
    this.#requireOnline();
    while (this.#busy) {
      await this.#queue.Sleep(this);
      this.#requireOnline();
    }
    this.#busy = true;
    try {
      if (this.#transferLeft) await this.#makeReady();
      return await operation();
    } finally {
      this.#busy = false;
      this.#queue.Wakeup(this, kIODispatchQueueWakeupAll);
    }
  }

  /** Whoever waits is told, and the operation in progress ends. */
  async #goOffline(): Promise<void> {
    this.#offline = true;
    this.#abandon();
    while (this.#busy) await this.#queue.Sleep(this);
  }

  #requireInBuffer(offset: number, length: number): void {
    const whole = Number.isInteger(offset) && Number.isInteger(length);
    if (!whole || offset < 0 || length < 1 || offset + length > DMA_BUFFER.bytes) {
      fail('kIOReturnBadArgument', `bytes ${offset} to ${offset + length} are not in the buffer`);
    }
  }

  #requireOnline(): void {
    if (this.#offline) fail('kIOReturnOffline', 'the device is stopped, asleep or gone');
  }

  #deviceGone(): void {
    this.#offline = true;
    this.#abandon();
    this.Terminate();
  }

  /** All ones may be a status, too: then the device still says who it is. */
  #isGone(status: number): boolean {
    return status === ALL_ONES && this.#registers.IDENTIFICATION.read() === ALL_ONES;
  }

  /** Whoever waits is told now. */
  #abandon(): void {
    if (this.#wait !== undefined) this.#queue.Wakeup(this.#wait);
  }
}

export default defineDriver({
  id: 'edu',
  version: '1.0.0',
  class: 'EduDevice',
  personalities: {
    edu: {
      IOProviderClass: 'IOPCIDevice',
      IOUserClass: 'EduDriver',
      IOPCIPrimaryMatch: '0x11e81234',
      IOProbeScore: 1000,
    },
  },
  entitlements: {
    'com.apple.developer.driverkit': true,
    'com.apple.developer.driverkit.transport.pci': [{ IOPCIPrimaryMatch: '0x11e81234' }],
  },
  ics: { dma: true, interrupts: true },
  service: EduDriver,
});
