import { describe, expect, it } from 'vitest';
import type { BlockDevice, BlockSegment, BlockStatistics } from './classes/block-device.ts';
import { IOBufferMemoryDescriptor } from './io-buffer-memory-descriptor.ts';
import { fail } from './io-return.ts';
import type { IOService } from './io-service.ts';
import {
  type DeviceParams,
  type DeviceStatistics,
  IOUserBlockStorageDevice,
} from './io-user-block-storage-device.ts';
import { brokenRules, testHost } from './test-host.ts';

const PARAMS: DeviceParams = {
  numOfBlocks: 100,
  blockSize: 512,
  maxIOSize: 2048,
  numOfOutstandingIOs: 1,
  maxNumOfUnmapRegions: 1,
  minSegmentAlignment: 4,
  numOfAddressBits: 64,
  isUnmapSupported: false,
  isFUASupported: true,
  isWriteZeroesSupported: true,
  hasVolatileCache: true,
  atomicBlocks: 2,
};

/** A disk that begins what it is asked, and ends it when the test says so. */
class Disk extends IOUserBlockStorageDevice {
  readonly begun: number[] = [];
  refuses = false;

  override async Start(provider: IOService): Promise<void> {
    await super.Start(provider);
    this.RegisterDext();
  }
  end(id: number, bytes: number): void {
    this.CompleteIO(id, bytes, 'kIOReturnSuccess');
  }
  endBadly(id: number): void {
    this.CompleteIO(id, 0, 'kIOReturnNotReadable', 'a bad block');
  }
  sleep(): void {
    this.ReportOffline();
  }
  vanish(): void {
    this.ReportGone();
  }
  protected DoAsyncReadWrite(_unit: number, _isRead: boolean, id: number): void {
    if (this.refuses) fail('kIOReturnNoMemory', 'the disk is full of itself');
    this.begun.push(id);
  }
  protected DoAsyncSynchronize(_unit: number, id: number): void {
    this.begun.push(id);
  }
  protected DoAsyncUnmap(_unit: number, id: number): void {
    this.begun.push(id);
  }
  protected DoAsyncWriteZeroes(_unit: number, id: number): void {
    this.begun.push(id);
  }
  protected async DoFormat(): Promise<void> {}
  protected async DoUpdateFirmware(): Promise<void> {}
  protected GetNumberOfUnits(): number {
    return 1;
  }
  protected GetDeviceParams(): DeviceParams {
    return PARAMS;
  }
  protected GetVendorString(): string {
    return 'vendor';
  }
  protected GetProductString(): string {
    return 'product';
  }
  protected GetRevisionString(): string {
    return 'revision';
  }
  protected GetAdditionalInfoString(): string {
    return 'serial';
  }
  protected ReportWriteProtection(): boolean {
    return false;
  }
  protected ReportStatistics(): DeviceStatistics {
    return { timeouts: 0, aborts: 0, resets: 0, strays: 0, interrupts: 0, spurious: 0 };
  }
}

type Client = { readonly [Name in keyof BlockDevice]: BlockDevice[Name] };

async function started() {
  const { host, provider, run } = testHost({ manifest: { service: Disk } });
  const disk = (await run(() => host.start(provider))) as Disk;
  const buffer = IOBufferMemoryDescriptor.Create(disk, 3, 8192);
  const segment = (length: number, offset = 0): BlockSegment => ({ buffer, offset, length });
  const code = (ask: (client: Client) => unknown) =>
    run(async () => {
      try {
        await ask(disk);
        return 'kIOReturnSuccess';
      } catch (error) {
        return (error as { codeName?: string }).codeName;
      }
    });
  return { host, disk, run, segment, code, buffer };
}

describe('requests', () => {
  it('end when the driver completes them, in any order', async () => {
    const { disk, run, segment } = await started();
    const ended = await run(async () => {
      const order: string[] = [];
      const one = disk.read(0, 0, [segment(512)]).then(() => order.push('one'));
      const two = disk.write(0, 1, [segment(512)]).then(() => order.push('two'));
      const [first = -1, second = -1] = disk.begun;
      disk.end(second, 512);
      disk.end(first, 512);
      await Promise.all([one, two]);
      return order;
    });
    expect(ended).toEqual(['two', 'one']);
  });

  it('end once: a second time is a violation, even when the place is used again', async () => {
    const { host, disk, run } = await started();
    await run(async () => {
      const flushed = disk.flush(0);
      const [id = -1] = disk.begun;
      disk.end(id, 0);
      await flushed;
      void disk.flush(0);
      disk.end(id, 0);
      disk.end(disk.begun[1] ?? -1, 0);
    });
    expect(brokenRules(host)).toEqual(['HOST-BLOCK']);
  });

  it('that move less than they should do not succeed unseen', async () => {
    const { host, disk, run, segment } = await started();
    await run(async () => {
      const read = disk.read(0, 0, [segment(1024)]);
      disk.end(disk.begun[0] ?? -1, 512);
      await read;
    });
    expect(brokenRules(host)).toEqual(['HOST-BLOCK']);
  });

  it('fail with what the driver says, and count as errors', async () => {
    const { disk, code, segment, run } = await started();
    const failed = await code((client) => {
      const read = client.read(0, 0, [segment(512)]);
      disk.endBadly(disk.begun[0] ?? -1);
      return read;
    });
    expect(failed).toBe('kIOReturnNotReadable');
    disk.refuses = true;
    expect(await code((client) => client.read(0, 0, [segment(512)]))).toBe('kIOReturnNoMemory');
    const statistics: BlockStatistics = await run(() => disk.statistics());
    expect(statistics).toMatchObject({ reads: 2, errors: 2 });
  });

  it('that the driver leaves at Stop end all the same, and that is a violation', async () => {
    const { host, disk, run, buffer } = await started();
    const ended = await run(async () => {
      const flushed = disk.flush(0).then(
        () => 'success',
        (error: unknown) => (error as { codeName: string }).codeName,
      );
      buffer.release();
      await host.stop(disk);
      return flushed;
    });
    expect(ended).toBe('kIOReturnAborted');
    expect(brokenRules(host)).toEqual(['HOST-BLOCK']);
  });
});

describe('arguments', () => {
  it.each<[string, (client: Client, segment: (n: number, at?: number) => BlockSegment) => unknown]>(
    [
      ['no segment', (client) => client.read(0, 0, [])],
      ['half a block', (client, segment) => client.read(0, 0, [segment(256)])],
      ['too many blocks', (client, segment) => client.read(0, 0, [segment(2560)])],
      ['a block behind the last', (client, segment) => client.read(0, 99, [segment(1024)])],
      ['a block before the first', (client, segment) => client.read(0, -1, [segment(512)])],
      ['an odd offset', (client, segment) => client.read(0, 0, [segment(512, 2)])],
      ['bytes that are not there', (client, segment) => client.read(0, 0, [segment(512, 8000)])],
      ['another unit', (client, segment) => client.read(1, 0, [segment(512)])],
      ['no ranges', (client) => client.trim(0, [])],
      ['no zeroes', (client) => client.writeZeroes(0, { lba: 0, blocks: 0 })],
      ['an odd image', (client) => client.updateFirmware(new Uint8Array(5))],
      ['no time', (client) => client.nextEvent(Number.NaN)],
    ],
  )('with %s never reach the driver', async (_, ask) => {
    const { disk, code, segment } = await started();
    expect(await code((client) => ask(client, segment))).toBe('kIOReturnBadArgument');
    expect(disk.begun).toEqual([]);
  });

  it('that the unit does not support are refused', async () => {
    const { code } = await started();
    const asked = await code((client) => client.trim(0, [{ lba: 0, blocks: 1 }]));
    expect(asked).toBe('kIOReturnUnsupported');
  });
});

describe('the state of the device', () => {
  it('asleep refuses clients, and those who wait for events', async () => {
    const { disk, code } = await started();
    const waited = await code((client) => {
      const event = client.nextEvent(1e9);
      void Promise.resolve().then(() => disk.sleep());
      return event;
    });
    expect(waited).toBe('kIOReturnOffline');
    expect(await code((client) => client.flush(0))).toBe('kIOReturnOffline');
    expect(await code((client) => client.geometry(0))).toBe('kIOReturnOffline');
  });

  it('gone stays so', async () => {
    const { disk, code } = await started();
    disk.vanish();
    disk.sleep();
    expect(await code((client) => client.flush(0))).toBe('kIOReturnNoDevice');
  });

  it('online waits for an event no longer than asked', async () => {
    const { disk, run } = await started();
    expect(await run(() => disk.nextEvent(1000))).toBeUndefined();
  });
});
