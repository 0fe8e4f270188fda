/**
 * IOUserBlockStorageDevice (BlockStorageDeviceDriverKit, DriverKit 21.0): what a driver of block
 * storage extends. It offers the client contract, checks arguments, and sees to it that every
 * request ends exactly once; a subclass overrides the Do, Get and Report methods.
 *
 * Where we leave Apple's header: one object serves several units, so methods take the unit first;
 * the driver maps the clients' memory itself, so DoAsyncReadWrite takes segments and not one
 * dmaAddr; DoAsyncWriteZeroes, DoFormat, DoUpdateFirmware and the state of the device are ours.
 * Not modelled: ejection and removability.
 */
import {
  checkImage,
  checkRange,
  checkRanges,
  checkSegments,
  checkTransfer,
} from './block-arguments.ts';
import { BlockEvents } from './block-events.ts';
import { BlockRequests, type BlockRequestKind } from './block-requests.ts';
import type {
  BlockDevice,
  BlockEvent,
  BlockGeometry,
  BlockIdentity,
  BlockRange,
  BlockSegment,
  BlockStatistics,
} from './classes/block-device.ts';
import { kIOMemoryDirectionIn, kIOMemoryDirectionOut } from './io-memory-descriptor.ts';
import { errorName, fail, IOReturnError, type IOReturnName } from './io-return.ts';
import { IOService } from './io-service.ts';
import type { ServiceHost } from './service-host.ts';

export const kIOUserStorageOptionNone = 0;
export const kIOUserStorageOptionForceUnitAccess = 1;

/** DeviceParams of BlockStorageDeviceDriverKit, with what our clients ask besides. */
export interface DeviceParams {
  readonly numOfBlocks: number;
  readonly blockSize: number;
  /** Bytes. */
  readonly maxIOSize: number;
  readonly numOfOutstandingIOs: number;
  readonly maxNumOfUnmapRegions: number;
  readonly minSegmentAlignment: number;
  readonly numOfAddressBits: number;
  readonly isUnmapSupported: boolean;
  readonly isFUASupported: boolean;
  readonly isWriteZeroesSupported: boolean;
  readonly hasVolatileCache: boolean;
  readonly atomicBlocks: number;
}

/** What only the driver can count. */
export type DeviceStatistics = Omit<BlockStatistics, 'reads' | 'writes' | 'flushes' | 'errors'>;

/** These begin something; the driver's queue is free while it goes on. */
const LATER: ReadonlySet<string> = new Set([
  'read',
  'write',
  'flush',
  'trim',
  'writeZeroes',
  'nextEvent',
]);

const NOT_ONLINE = {
  offline: ['kIOReturnOffline', 'the device is stopped or asleep'],
  gone: ['kIOReturnNoDevice', 'the device is gone'],
} as const;

export abstract class IOUserBlockStorageDevice extends IOService implements BlockDevice {
  readonly #requests: BlockRequests;
  readonly #events: BlockEvents;
  #availability: 'online' | 'offline' | 'gone' = 'offline';
  #params: readonly DeviceParams[] = [];
  #geometries: readonly BlockGeometry[] = [];

  constructor(host: ServiceHost) {
    super(host);
    this.#requests = new BlockRequests(host);
    this.#events = new BlockEvents(host.world);
  }

  /** Begins a read or write of whole blocks; `size` bytes in all. Its end is CompleteIO. */
  protected abstract DoAsyncReadWrite(
    unit: number,
    isRead: boolean,
    requestID: number,
    segments: readonly BlockSegment[],
    size: number,
    lba: number,
    numOfBlocks: number,
    options: number,
  ): void;
  /** Begins a flush. Its end is CompleteIO, with 0 bytes; likewise the next two. */
  protected abstract DoAsyncSynchronize(unit: number, requestID: number): void;
  protected abstract DoAsyncUnmap(
    unit: number,
    requestID: number,
    ranges: readonly BlockRange[],
  ): void;
  protected abstract DoAsyncWriteZeroes(
    unit: number,
    requestID: number,
    lba: number,
    numOfBlocks: number,
  ): void;
  protected abstract DoFormat(unit: number, blockBytes: number): Promise<void>;
  protected abstract DoUpdateFirmware(image: Uint8Array): Promise<void>;

  protected abstract GetNumberOfUnits(): number;
  protected abstract GetDeviceParams(unit: number): DeviceParams;
  protected abstract GetVendorString(unit: number): string;
  protected abstract GetProductString(unit: number): string;
  protected abstract GetRevisionString(unit: number): string;
  /** The serial number. */
  protected abstract GetAdditionalInfoString(unit: number): string;
  protected abstract ReportWriteProtection(unit: number): boolean;
  protected abstract ReportStatistics(): DeviceStatistics;

  override completesLater(method: string): boolean {
    return LATER.has(method);
  }

  /** The units can be asked for their parameters, and clients may come; again when these change. */
  protected RegisterDext(): void {
    const params: DeviceParams[] = [];
    const geometries: BlockGeometry[] = [];
    for (let unit = 0; unit < this.GetNumberOfUnits(); unit++) {
      const each = this.GetDeviceParams(unit);
      params.push(each);
      geometries.push({
        blockBytes: each.blockSize,
        blocks: each.numOfBlocks,
        maxTransferBlocks: Math.max(1, Math.floor(each.maxIOSize / each.blockSize)),
        atomicBlocks: each.atomicBlocks,
        readOnly: this.ReportWriteProtection(unit),
        volatileCache: each.hasVolatileCache,
      });
    }
    this.#params = params;
    this.#geometries = geometries;
    if (this.#availability !== 'gone') this.#availability = 'online';
  }

  /** Asleep, or about to stop: clients are refused. Requests in flight go on. */
  protected ReportOffline(): void {
    if (this.#availability === 'gone') return;
    this.#availability = 'offline';
    this.#events.abandon(...NOT_ONLINE.offline);
  }

  /** For good: clients are refused. Requests in flight are the driver's to end. */
  protected ReportGone(): void {
    this.#availability = 'gone';
    this.#events.abandon(...NOT_ONLINE.gone);
  }

  protected PostEvent(event: BlockEvent): void {
    this.#events.post(event);
  }

  /** Ends a request. A second time, or of one that never was, is a violation. */
  protected CompleteIO(
    requestID: number,
    bytesTransferred: number,
    status: IOReturnName,
    why = 'the device refused',
  ): void {
    this.#requests.end(requestID, bytesTransferred, status, why);
  }

  override Stop(provider: IOService): void | Promise<void> {
    this.ReportOffline();
    const left = this.#requests.abandon('kIOReturnAborted', 'the driver has stopped');
    if (left > 0) this.host.violate('HOST-BLOCK', `Stop leaves ${left} requests without an end`);
    return super.Stop(provider);
  }

  units(): number {
    this.#requireOnline();
    return this.#geometries.length;
  }

  geometry(unit: number): BlockGeometry {
    this.#requireOnline();
    return this.#geometryOf(unit);
  }

  identity(unit: number): BlockIdentity {
    this.#requireOnline();
    this.#geometryOf(unit);
    return {
      vendor: this.GetVendorString(unit),
      product: this.GetProductString(unit),
      revision: this.GetRevisionString(unit),
      serial: this.GetAdditionalInfoString(unit),
    };
  }

  read(unit: number, lba: number, segments: readonly BlockSegment[]): Promise<void> {
    return this.#transfer('read', unit, lba, segments, kIOUserStorageOptionNone);
  }

  write(
    unit: number,
    lba: number,
    segments: readonly BlockSegment[],
    options?: { readonly fua?: boolean },
  ): Promise<void> {
    const fua = options?.fua === true;
    const option = fua ? kIOUserStorageOptionForceUnitAccess : kIOUserStorageOptionNone;
    return this.#transfer('write', unit, lba, segments, option);
  }

  flush(unit: number): Promise<void> {
    return this.#request(
      'flush',
      () => this.#geometryOf(unit),
      (id) => this.DoAsyncSynchronize(unit, id),
    );
  }

  trim(unit: number, ranges: readonly BlockRange[]): Promise<void> {
    return this.#request(
      'trim',
      () => {
        checkRanges(this.#writable(unit), ranges);
        if (this.#params[unit]?.isUnmapSupported !== true) unsupported('trim');
      },
      (id) => this.DoAsyncUnmap(unit, id, ranges),
    );
  }

  writeZeroes(unit: number, range: BlockRange): Promise<void> {
    return this.#request(
      'writeZeroes',
      () => {
        checkRange(this.#writable(unit), range.lba, range.blocks);
        if (this.#params[unit]?.isWriteZeroesSupported !== true) unsupported('write zeroes');
      },
      (id) => this.DoAsyncWriteZeroes(unit, id, range.lba, range.blocks),
    );
  }

  async nextEvent(timeoutNs: number): Promise<BlockEvent | undefined> {
    this.#requireOnline();
    if (!Number.isFinite(timeoutNs) || timeoutNs < 0) {
      fail('kIOReturnBadArgument', `${timeoutNs} ns is no time to wait`);
    }
    return this.#events.next(timeoutNs);
  }

  statistics(): BlockStatistics {
    this.#requireOnline();
    const { ended, errors } = this.#requests;
    const requests = { reads: ended.read, writes: ended.write, flushes: ended.flush, errors };
    return { ...requests, ...this.ReportStatistics() };
  }

  async format(unit: number, blockBytes: number): Promise<void> {
    this.#requireOnline();
    this.#writable(unit);
    await this.DoFormat(unit, blockBytes);
  }

  async updateFirmware(image: Uint8Array): Promise<void> {
    this.#requireOnline();
    checkImage(image);
    await this.DoUpdateFirmware(image.slice());
  }

  /** As #request, without a closure: these two come in great numbers. */
  #transfer(
    kind: 'read' | 'write',
    unit: number,
    lba: number,
    segments: readonly BlockSegment[],
    options: number,
  ): Promise<void> {
    const isRead = kind === 'read';
    let bytes: number;
    let blocks: number;
    let id: number;
    try {
      this.#requireOnline();
      const geometry = isRead ? this.#geometryOf(unit) : this.#writable(unit);
      bytes = checkSegments(segments, isRead ? kIOMemoryDirectionIn : kIOMemoryDirectionOut);
      blocks = checkTransfer(geometry, lba, bytes);
      id = this.#requests.begin(kind, bytes);
    } catch (error) {
      return refused(error);
    }
    const promise = this.#requests.promise(id);
    try {
      this.DoAsyncReadWrite(unit, isRead, id, segments, bytes, lba, blocks, options);
    } catch (error) {
      this.#refused(id, error);
    }
    return promise;
  }

  #request(kind: BlockRequestKind, check: () => void, issue: (id: number) => void): Promise<void> {
    let id: number;
    try {
      this.#requireOnline();
      check();
      id = this.#requests.begin(kind, 0);
    } catch (error) {
      return refused(error);
    }
    const promise = this.#requests.promise(id);
    try {
      issue(id);
    } catch (error) {
      this.#refused(id, error);
    }
    return promise;
  }

  /** The driver threw instead of beginning; what is no IOReturnError is its crash. */
  #refused(id: number, error: unknown): void {
    if (error instanceof IOReturnError) {
      this.#requests.end(id, 0, error.codeName, error.message);
      return;
    }
    this.#requests.end(id, 0, 'kIOReturnInternalError', errorName(error));
    throw error;
  }

  #geometryOf(unit: number): BlockGeometry {
    const geometry = this.#geometries[unit];
    if (geometry === undefined) fail('kIOReturnBadArgument', `there is no unit ${unit}`);
    return geometry;
  }

  #writable(unit: number): BlockGeometry {
    const geometry = this.#geometryOf(unit);
    if (geometry.readOnly) fail('kIOReturnNotWritable', `unit ${unit} is write protected`);
    return geometry;
  }

  #requireOnline(): void {
    if (this.#availability === 'online') return;
    const [code, why] = NOT_ONLINE[this.#availability];
    fail(code, why);
  }
}

/** What a client awaits fails; nothing is thrown at once. */
async function refused(error: unknown): Promise<never> {
  throw error;
}

function unsupported(what: string): never {
  fail('kIOReturnUnsupported', `the unit has no ${what}`);
}
