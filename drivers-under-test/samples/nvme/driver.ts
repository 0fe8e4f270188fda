/**
 * Sample driver for NVMe controllers, written as a vendor would write it. This file says what a
 * block storage driver owes the framework; what it is made of lies beside it.
 *
 * NVM Express Base Specification 1.4 (2019-06-10), read in secondary sources: see the files.
 */
import type { BlockRange, BlockSegment } from '../../host/classes/block-device.ts';
import { IOPCIDevice } from '../../host/io-pci-device.ts';
import { kPCIPMCD3Support, kPCIPMCSPowerStateD3 } from '../../host/pci-power.ts';
import { fail, IOReturnError } from '../../host/io-return.ts';
import { type IOService, kIOServicePowerCapabilityOff } from '../../host/io-service.ts';
import {
  type DeviceParams,
  type DeviceStatistics,
  IOUserBlockStorageDevice,
  kIOUserStorageOptionForceUnitAccess,
} from '../../host/io-user-block-storage-device.ts';
import { defineDriver } from '../../host/manifest.ts';
import { Device } from './device.ts';
import type { NamespaceFacts } from './identify.ts';
import { COMMAND_TIMEOUT_NS } from './io.ts';
import { Maintenance } from './maintenance.ts';
import { IoOpcode, type IoRequest, RANGES_MAX, splitRanges } from './request.ts';

const QUEUE_PAIRS = 4;
const QUEUE_ENTRIES = 256;
const SEGMENT_ALIGNMENT = 4;
const ADDRESS_BITS = 64;

export class NvmeDriver extends IOUserBlockStorageDevice {
  #pci!: IOPCIDevice;
  #device!: Device;
  #maintenance!: Maintenance;
  #state: 'down' | 'running' | 'asleep' | 'failed' | 'gone' = 'down';
  /** Clients were sent away: what still changes is told when they may come again. */
  #isLeaving = false;

  override async Start(provider: IOService): Promise<void> {
    await super.Start(provider);
    if (!(provider instanceof IOPCIDevice)) fail('kIOReturnBadArgument', 'NVMe sits on PCI');
    this.#pci = provider;
    this.#pci.Open(this);
    try {
      this.#allowSleep();
      this.#device = this.#makeDevice();
    } catch (error) {
      this.#pci.Close(this);
      throw error;
    }
    try {
      await this.#device.start();
    } catch (error) {
      await this.#takeDown();
      throw error;
    }
    this.#run();
    this.RegisterService();
  }

  override async Stop(provider: IOService): Promise<void> {
    this.#isLeaving = true;
    this.ReportOffline();
    await this.#maintenance.quiet(() => this.#shutDown());
    await this.#takeDown();
    await super.Stop(provider);
  }

  override async SetPowerState(powerFlags: number): Promise<void> {
    if (powerFlags === kIOServicePowerCapabilityOff) await this.#sleep();
    else await this.#wake();
    await super.SetPowerState(powerFlags);
  }

  protected DoAsyncReadWrite(
    unit: number,
    isRead: boolean,
    requestID: number,
    segments: readonly BlockSegment[],
    size: number,
    lba: number,
    numOfBlocks: number,
    options: number,
  ): void {
    const request = this.#request(unit, requestID);
    request.opcode = isRead ? IoOpcode.Read : IoOpcode.Write;
    request.segments = segments;
    request.bytes = size;
    request.lba = lba;
    request.blocks = numOfBlocks;
    request.fua = options === kIOUserStorageOptionForceUnitAccess;
    this.#device.io.submit(request);
  }

  protected DoAsyncSynchronize(unit: number, requestID: number): void {
    const request = this.#request(unit, requestID);
    request.opcode = IoOpcode.Flush;
    this.#device.io.submit(request);
  }

  protected DoAsyncUnmap(unit: number, requestID: number, ranges: readonly BlockRange[]): void {
    const request = this.#request(unit, requestID);
    request.opcode = IoOpcode.DatasetManagement;
    request.ranges = splitRanges(ranges);
    this.#device.io.submit(request);
  }

  protected DoAsyncWriteZeroes(
    unit: number,
    requestID: number,
    lba: number,
    numOfBlocks: number,
  ): void {
    const request = this.#request(unit, requestID);
    request.opcode = IoOpcode.WriteZeroes;
    request.lba = lba;
    request.blocks = numOfBlocks;
    this.#device.io.submit(request);
  }

  protected DoFormat(unit: number, blockBytes: number): Promise<void> {
    return this.#maintenance.format(unit, blockBytes);
  }

  protected DoUpdateFirmware(image: Uint8Array): Promise<void> {
    return this.#maintenance.updateFirmware(image);
  }

  protected GetNumberOfUnits(): number {
    return this.#device.units.count;
  }

  protected GetDeviceParams(unit: number): DeviceParams {
    const { facts, io, controller } = this.#device;
    const { blocks, blockBytes, atomicBlocks } = this.#namespace(unit);
    const slots = Math.min(QUEUE_ENTRIES, controller.entriesMax) - 1;
    return {
      numOfBlocks: blocks,
      blockSize: blockBytes,
      maxIOSize: facts.maxTransferBytes,
      numOfOutstandingIOs: slots * io.pairs.length,
      maxNumOfUnmapRegions: RANGES_MAX,
      minSegmentAlignment: SEGMENT_ALIGNMENT,
      numOfAddressBits: ADDRESS_BITS,
      isUnmapSupported: facts.hasDatasetManagement,
      isFUASupported: true,
      isWriteZeroesSupported: facts.hasWriteZeroes,
      hasVolatileCache: facts.volatileCache,
      atomicBlocks,
    };
  }

  protected GetVendorString(): string {
    return this.#device.facts.vendor;
  }
  protected GetProductString(): string {
    return this.#device.facts.model;
  }
  protected GetRevisionString(): string {
    return this.#device.facts.revision;
  }
  protected GetAdditionalInfoString(): string {
    return this.#device.facts.serial;
  }
  protected ReportWriteProtection(unit: number): boolean {
    return this.#namespace(unit).readOnly;
  }

  protected ReportStatistics(): DeviceStatistics {
    return { ...this.#device.counts, strays: this.#device.strays };
  }

  #request(unit: number, requestID: number): IoRequest {
    const request = this.#device.io.make(requestID);
    request.unit = unit;
    request.nsid = this.#namespace(unit).nsid;
    request.bytes = 0;
    request.lba = 0;
    request.blocks = 0;
    return request;
  }

  #namespace(unit: number): NamespaceFacts {
    const facts = this.#device.units.get(unit);
    if (facts === undefined) fail('kIOReturnNoMedia', `there is no unit ${unit}`);
    return facts;
  }

  #makeDevice(): Device {
    const configuration = {
      queuePairs: this.#property('NVMeQueuePairs', QUEUE_PAIRS),
      queueEntries: this.#property('NVMeQueueEntries', QUEUE_ENTRIES),
      answersPerInterrupt: this.#property('NVMeAnswersPerInterrupt', 1),
    };
    const device = new Device(this, this.#pci, configuration, {
      completed: (id, bytes, code, why) => this.CompleteIO(id, bytes, code, why),
      event: (event) => this.PostEvent(event),
      unitsChanged: (changed) => this.#unitsChanged(changed),
      failed: () => this.#failed(),
      gone: () => this.#gone(),
    });
    this.#maintenance = new Maintenance(device, this.defaultQueue, () => this.#requireRunning());
    return device;
  }

  /** A number that the personality may carry, 1 or more. */
  #property(name: string, otherwise: number): number {
    const value = this.CopyProperties()[name];
    return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : otherwise;
  }

  /** In sleep the function goes to D3, where it has that. */
  #allowSleep(): void {
    try {
      this.#pci.HasPCIPowerManagement(kPCIPMCD3Support);
      this.#pci.EnablePCIPowerManagement(kPCIPMCSPowerStateD3);
    } catch (error) {
      if (!(error instanceof IOReturnError)) throw error;
    }
  }

  #run(): void {
    this.#state = 'running';
    this.#isLeaving = false;
    this.#device.recovery.begin();
    this.RegisterDext();
  }

  async #sleep(): Promise<void> {
    this.#isLeaving = true;
    this.ReportOffline();
    await this.#maintenance.quiet(async () => {
      // It may have been stopped meanwhile: then nothing is left to put to sleep.
      if (this.#state === 'down') return;
      await this.#shutDown();
      if (this.#state !== 'gone') this.#device.interrupts.disable();
    });
  }

  /** The device may have lost everything, or be gone: nothing of before is assumed. */
  async #wake(): Promise<void> {
    if (this.#state !== 'asleep' && this.#state !== 'failed') return;
    const device = this.#device;
    try {
      device.controller.readCapabilities();
      device.interrupts.enable();
      await device.resume();
      this.#run();
      device.io.open(() => undefined);
    } catch (error) {
      if (!(error instanceof IOReturnError)) throw error;
      device.controller.isolate();
      if (error.codeName === 'kIOReturnNoDevice') this.#gone();
      else this.#failed();
    }
  }

  /** Nothing is in flight. What has failed is not asked to shut down. */
  async #shutDown(): Promise<void> {
    const { recovery, controller, admin, io } = this.#device;
    recovery.rest();
    io.hold();
    if (this.#state === 'running') {
      await this.#device.shutDown();
      controller.isolate();
      this.#state = 'asleep';
    }
    admin.close('kIOReturnOffline');
  }

  /** Everything is given back. What was not shut down is disabled. */
  async #takeDown(): Promise<void> {
    const device = this.#device;
    device.recovery.rest();
    if (this.#state === 'down' || this.#state === 'failed') await device.quieten();
    await device.release();
    this.#state = 'down';
    if (this.#pci.isOpen) this.#pci.Close(this);
  }

  #unitsChanged(changed: readonly number[]): void {
    if (this.#state !== 'running' || this.#isLeaving) return;
    this.RegisterDext();
    for (const unit of changed) this.PostEvent({ kind: 'media-changed', unit });
  }

  #requireRunning(): void {
    if (this.#state === 'gone') fail('kIOReturnNoDevice', 'the device is gone');
    if (this.#state !== 'running') fail('kIOReturnOffline', 'the device is stopped or asleep');
  }

  #failed(): void {
    if (this.#state === 'gone') return;
    this.#state = 'failed';
    this.ReportOffline();
  }

  #gone(): void {
    const wasUp = this.#state !== 'down';
    this.#state = 'gone';
    this.ReportGone();
    if (wasUp) this.Terminate();
  }
}

export default defineDriver({
  id: 'nvme',
  version: '1.0.0',
  class: 'BlockDevice',
  personalities: {
    nvme: {
      IOProviderClass: 'IOPCIDevice',
      IOUserClass: 'NvmeDriver',
      IOPCIClassMatch: '0x01080200&0xffffff00',
      IOProbeScore: 1000,
      NVMeQueuePairs: QUEUE_PAIRS,
      NVMeQueueEntries: QUEUE_ENTRIES,
    },
  },
  entitlements: {
    'com.apple.developer.driverkit': true,
    'com.apple.developer.driverkit.transport.pci': [{ IOPCIClassMatch: '0x01080200&0xffffff00' }],
  },
  ics: {
    dma: true,
    interrupts: true,
    trim: true,
    writeZeroes: true,
    format: true,
    firmware: true,
    commandTimeoutNs: COMMAND_TIMEOUT_NS,
  },
  service: NvmeDriver,
});
