/** Sample driver for a 16550 on a PCI card, written as a vendor would write it. */
import { registers } from '../../../sim/devices/uart-16550/registers.ts';
import { driverAccess } from '../../../sim/registers/driver-access.ts';
import type {
  ModemOutputs,
  ModemStatus,
  SerialEvent,
  SerialPort,
  SerialSettings,
  SerialStatistics,
} from '../../host/classes/serial-port.ts';
import { IOInterruptDispatchSource } from '../../host/io-interrupt-dispatch-source.ts';
import {
  IOPCIDevice,
  kIOPCICommandIOSpace,
  kIOPCIConfigurationOffsetCommand,
} from '../../host/io-pci-device.ts';
import { fail } from '../../host/io-return.ts';
import { IOService, kIOServicePowerCapabilityOff } from '../../host/io-service.ts';
import { defineDriver } from '../../host/manifest.ts';
import { ARRIVED, Calls, PAUSE, SENT } from './calls.ts';
import { Chip } from './chip.ts';
import { Inbox } from './inbox.ts';
import { Outbox } from './outbox.ts';
import { Port } from './port.ts';
import { type LineSetup, lineSetup } from './settings.ts';

/** A FIFO and what is in the shift register, and as much again for a slow machine. */
const SILENCE_CHARACTERS = 40;
const SILENCE_SLACK_NS = 20e6;
/** An hour: nobody waits longer. */
const TIMEOUT_MAX_NS = 3600e9;

export class Uart16550Driver extends IOService implements SerialPort {
  #pci!: IOPCIDevice;
  #chip!: Chip;
  #port!: Port;
  #calls!: Calls;
  #interrupt: IOInterruptDispatchSource | undefined;
  readonly #inbox = new Inbox();
  readonly #outbox = new Outbox();
  /** Defined while the port is open. */
  #setup: LineSetup | undefined;
  #closing = false;
  /** Why the device must be left alone, or undefined. */
  #offline: 'stopped' | 'asleep' | 'gone' | undefined;

  override async Start(provider: IOService): Promise<void> {
    await super.Start(provider);
    if (!(provider instanceof IOPCIDevice)) fail('kIOReturnBadArgument', 'this UART sits on PCI');
    this.#pci = provider;
    this.#calls = new Calls(this.host.world, this.defaultQueue, () => this.#requireOnline());
    this.#pci.Open(this);
    try {
      this.#bringUp();
    } catch (error) {
      this.#takeDown();
      throw error;
    }
    this.RegisterService();
  }

  override async Stop(provider: IOService): Promise<void> {
    await this.#goOffline('stopped');
    this.#takeDown();
    await super.Stop(provider);
  }

  override async SetPowerState(powerFlags: number): Promise<void> {
    if (powerFlags === kIOServicePowerCapabilityOff) {
      await this.#goOffline('asleep');
      this.#interrupt?.SetEnable(false);
    } else if (this.#offline === 'asleep') {
      // The device may have lost everything: nothing of before is assumed.
      this.#pci.ConfigurationWrite16(kIOPCIConfigurationOffsetCommand, kIOPCICommandIOSpace);
      this.#offline = undefined;
      this.#chip.quiesce();
      this.#interrupt?.SetEnable(true);
      if (this.#setup !== undefined) this.#begin(this.#setup);
    }
    await super.SetPowerState(powerFlags);
  }

  open(settings: SerialSettings): void {
    this.#requireOnline();
    if (this.#setup !== undefined) fail('kIOReturnExclusiveAccess', 'the port is open');
    const setup = lineSetup(settings);
    this.#begin(setup);
    this.#requirePresence();
    this.#setup = setup;
  }

  async close(): Promise<void> {
    if (this.#setup === undefined) fail('kIOReturnNotOpen', 'the port is not open');
    this.#closing = true;
    if (this.#offline === undefined) this.#chip.silence();
    this.#calls.abort();
    await this.#calls.left();
    if (this.#offline === undefined) this.#chip.quiesce();
    this.#setup = undefined;
    this.#closing = false;
  }

  async configure(settings: SerialSettings): Promise<void> {
    this.#requireOpen();
    const setup = lineSetup(settings);
    await this.#calls.transmit(TIMEOUT_MAX_NS, async (session) => {
      await this.#untilIdle(session, this.#silenceNs());
      this.#setup = setup;
      this.#chip.program(setup);
      this.#port.changeFlowControl(setup.settings.flowControl);
    });
  }

  async write(bytes: Uint8Array, timeoutNs: number): Promise<number> {
    this.#requireOpen();
    requireTimeout(timeoutNs);
    if (!(bytes instanceof Uint8Array)) fail('kIOReturnBadArgument', 'bytes are a Uint8Array');
    if (bytes.length === 0) return 0;
    const deadline = this.host.world.now + timeoutNs;
    const taken = await this.#calls.transmit(timeoutNs, async (session) => {
      this.#outbox.begin(bytes);
      try {
        await this.#untilTaken(session, deadline);
        return this.#outbox.taken;
      } finally {
        this.#outbox.abandon();
      }
    });
    return taken ?? 0;
  }

  async read(length: number, timeoutNs: number): Promise<Uint8Array> {
    this.#requireOpen();
    requireTimeout(timeoutNs);
    if (!Number.isInteger(length) || length < 0 || length > READ_MAX) {
      fail('kIOReturnBadArgument', `${length} bytes cannot be read at once`);
    }
    const deadline = this.host.world.now + timeoutNs;
    return this.#calls.enter(async (session) => {
      const bytes = new Uint8Array(length);
      let count = 0;
      for (;;) {
        const part = this.#inbox.take(length - count);
        bytes.set(part, count);
        count += part.length;
        this.#port.relieve();
        if (count === length) return bytes;
        if (this.host.world.now >= deadline) return bytes.slice(0, count);
        const how = await this.#calls.sleep(session, ARRIVED, deadline);
        // An interrupt may have been lost, or nothing may have come.
        if (how === 'timed out') this.#port.rescueReceiver();
      }
    });
  }

  async drain(timeoutNs: number): Promise<void> {
    this.#requireOpen();
    requireTimeout(timeoutNs);
    const deadline = this.host.world.now + timeoutNs;
    const done = await this.#calls.transmit(timeoutNs, async (session) => {
      await this.#untilIdle(session, deadline - this.host.world.now);
      return true;
    });
    if (done === undefined) fail('kIOReturnTimeout', 'another write is not over yet');
  }

  flush(what: 'receive' | 'transmit' | 'both'): void {
    this.#requireOpen();
    if (!['receive', 'transmit', 'both'].includes(what)) {
      fail('kIOReturnBadArgument', `${String(what)} cannot be flushed`);
    }
    if (what !== 'transmit') {
      this.#chip.emptyReceiver();
      this.#inbox.clear();
      this.#port.relieve();
    }
    if (what !== 'receive') {
      this.#outbox.discard();
      this.#chip.emptyTransmitter();
      this.#calls.wake(SENT);
    }
  }

  async sendBreak(durationNs: number): Promise<void> {
    this.#requireOpen();
    requireTimeout(durationNs);
    await this.#calls.transmit(TIMEOUT_MAX_NS, async (session) => {
      await this.#untilIdle(session, this.#silenceNs());
      this.#chip.setBreak(true);
      try {
        await this.#calls.sleep(session, PAUSE, this.host.world.now + durationNs);
      } finally {
        if (this.#offline !== 'gone') this.#chip.setBreak(false);
      }
    });
  }

  setModemLines({ dtr, rts }: Partial<ModemOutputs>): void {
    this.#requireOpen();
    if (dtr !== undefined) this.#chip.setModemLines({ dtr });
    if (rts !== undefined) this.#port.setRts(rts);
    this.#requirePresence();
  }

  modemStatus(): ModemStatus {
    this.#requireOpen();
    const status = this.#port.readModem();
    this.#requireOnline();
    return status;
  }

  async nextEvent(timeoutNs: number): Promise<SerialEvent | undefined> {
    this.#requireOpen();
    requireTimeout(timeoutNs);
    const deadline = this.host.world.now + timeoutNs;
    return this.#calls.enter(async (session) => {
      for (;;) {
        const event = this.#inbox.nextEvent();
        if (event !== undefined || this.host.world.now >= deadline) return event;
        await this.#calls.sleep(session, ARRIVED, deadline);
      }
    });
  }

  statistics(): SerialStatistics {
    return { ...this.#port.counts, lostEvents: this.#inbox.lostEvents };
  }

  #bringUp(): void {
    this.#pci.ConfigurationWrite16(kIOPCIConfigurationOffsetCommand, kIOPCICommandIOSpace);
    this.#chip = new Chip(driverAccess(registers, this.#pci.registers(0)));
    this.#port = new Port(this.#chip, this.#inbox, this.#outbox, {
      arrived: () => this.#calls.wake(ARRIVED),
      sent: () => this.#calls.wake(SENT),
      gone: () => this.#deviceGone(),
    });
    this.#chip.quiesce();
    this.#chip.probe();
    this.#pci.ConfigureInterrupts(0, 1);
    this.#interrupt = IOInterruptDispatchSource.Create(this.#pci, 0, this.defaultQueue);
    this.#interrupt.SetHandler(() => {
      if (this.#offline === undefined) this.#port.interrupt();
    });
    this.#interrupt.SetEnable(true);
  }

  #takeDown(): void {
    this.#interrupt?.Cancel();
    this.#interrupt = undefined;
    if (this.#pci.isOpen) this.#pci.Close(this);
  }

  #begin(setup: LineSetup): void {
    this.#inbox.reset();
    this.#outbox.reset();
    this.#chip.start(setup);
    this.#port.begin(setup.settings.flowControl);
  }

  /** Sleeps until the device has taken the whole write, until the deadline, or a flush. */
  async #untilTaken(session: number, deadline: number): Promise<void> {
    for (;;) {
      this.#port.kick();
      const { now } = this.host.world;
      if (this.#outbox.isDone || now >= deadline) return;
      const watch = Math.min(deadline, now + this.#silenceNs());
      const how = await this.#calls.sleep(session, SENT, watch);
      if (how === 'woken' || this.host.world.now >= deadline) continue;
      const isAlive = this.#port.rescueTransmitter();
      this.#calls.check(session);
      if (!isAlive) fail('kIOReturnTimeout', 'the transmitter takes nothing');
    }
  }

  /** No interrupt says that the shift register is empty: looks once per character. */
  async #untilIdle(session: number, timeoutNs: number): Promise<void> {
    const deadline = this.host.world.now + timeoutNs;
    for (;;) {
      const status = this.#port.receive();
      this.#calls.check(session);
      if (status?.TEMT) return;
      const { now } = this.host.world;
      if (now >= deadline) fail('kIOReturnTimeout', 'the transmitter does not come to rest');
      const step = this.#setup?.characterNs ?? 0;
      await this.#calls.sleep(session, PAUSE, Math.min(deadline, now + step));
    }
  }

  async #goOffline(why: 'stopped' | 'asleep'): Promise<void> {
    const wasAsleep = this.#offline === 'asleep';
    if (this.#offline === undefined) {
      this.#offline = why;
      this.#chip.silence();
    }
    this.#calls.abort();
    await this.#calls.left();
    if (wasAsleep) return;
    this.#chip.quiesce();
    // What seemed gone may have been silent for a moment only: then it hears this.
    if (this.#offline === 'gone') this.#chip.silence();
  }

  #deviceGone(): void {
    if (this.#offline !== undefined) return;
    this.#offline = 'gone';
    this.#calls.abort();
    this.Terminate();
  }

  #silenceNs(): number {
    return SILENCE_CHARACTERS * (this.#setup?.characterNs ?? 0) + SILENCE_SLACK_NS;
  }

  #requireOnline(): void {
    if (this.#offline !== undefined) fail('kIOReturnOffline', `the device is ${this.#offline}`);
  }

  #requireOpen(): void {
    this.#requireOnline();
    if (this.#setup === undefined || this.#closing) fail('kIOReturnNotOpen', 'open the port first');
  }

  /** For calls that only write: a device that is gone takes everything. */
  #requirePresence(): void {
    if (this.#chip.isGone()) this.#deviceGone();
    this.#requireOnline();
  }
}

const READ_MAX = 1_048_576;

function requireTimeout(timeoutNs: number): void {
  if (!(timeoutNs >= 0 && timeoutNs <= TIMEOUT_MAX_NS)) {
    fail('kIOReturnBadArgument', `${timeoutNs} ns is no time to wait`);
  }
}

export default defineDriver({
  id: 'uart-16550',
  version: '1.0.0',
  class: 'SerialPort',
  personalities: {
    'pci-serial': {
      IOProviderClass: 'IOPCIDevice',
      IOUserClass: 'Uart16550Driver',
      IOPCIPrimaryMatch: '0x00021b36',
      IOProbeScore: 1000,
    },
  },
  entitlements: {
    'com.apple.developer.driverkit': true,
    'com.apple.developer.driverkit.transport.pci': [{ IOPCIPrimaryMatch: '0x00021b36' }],
  },
  ics: { modemLines: true, flowControl: true, breaks: true },
  service: Uart16550Driver,
});
