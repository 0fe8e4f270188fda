/**
 * A block driver without a device for the tests of these suites: two units in memory that outlive
 * the driver, behind a volatile cache that a power cut loses at random. Its flaws are the reasons
 * for the clauses.
 */
import type { World } from '../../../sim/kernel/world.ts';
import { eduMachine } from '../../../sim/machines/edu.ts';
import type {
  BlockDevice,
  BlockEvent,
  BlockGeometry,
  BlockRange,
  BlockSegment,
} from '../../../drivers-under-test/host/classes/block-device.ts';
import { IOPCIDevice } from '../../../drivers-under-test/host/io-pci-device.ts';
import { fail } from '../../../drivers-under-test/host/io-return.ts';
import {
  IOService,
  kIOServicePowerCapabilityOff,
} from '../../../drivers-under-test/host/io-service.ts';
import { type DriverManifest, defineDriver } from '../../../drivers-under-test/host/manifest.ts';
import type { Target } from '../../target.ts';
import { simTarget } from '../../transports/sim/target.ts';

export type Flaw =
  | 'flush-nothing'
  | 'ignore-fua'
  | 'acknowledge-early'
  | 'tear-block'
  | 'lose-update'
  | 'stale-read'
  | 'off-by-one'
  | 'forget-guard'
  | 'complete-nothing'
  | 'trim-neighbour';

const UNITS: readonly BlockGeometry[] = [512, 4096].map((blockBytes) => ({
  blockBytes,
  blocks: 1024,
  maxTransferBlocks: 65_536 / blockBytes,
  atomicBlocks: 1,
  readOnly: false,
  volatileCache: true,
}));

/** What one block was since it was last durable, the durable contents first. */
type Versions = Uint8Array[];

interface Medium {
  readonly blocks: readonly Map<number, Versions>[];
}

const media = new WeakMap<World, Medium>();

function mediumOf(world: World): Medium {
  let medium = media.get(world);
  if (medium === undefined) media.set(world, (medium = { blocks: UNITS.map(() => new Map()) }));
  return medium;
}

function cutPower(world: World, flaw: Flaw | undefined): void {
  const random = world.random('power cut');
  for (const unit of mediumOf(world).blocks) {
    for (const versions of unit.values()) {
      const kept = versions[random.below(versions.length)] ?? new Uint8Array(0);
      const other = versions[0] ?? kept;
      const torn = Uint8Array.from(kept, (byte, at) => (at < kept.length / 2 ? byte : other[at]!));
      versions.splice(0, versions.length, flaw === 'tear-block' ? torn : kept);
    }
  }
}

export function memoryTarget(flaw?: Flaw): Target {
  const offers = ['power-cut', 'device-reset'] as const;
  const target = simTarget({ name: 'sim:memory', device: 'edu', machine: eduMachine, offers });
  return {
    ...target,
    open: (world) => ({ ...target.open(world), cutPower: () => cutPower(world, flaw) }),
  };
}

const LATENCY_NS = 20_000;
const PENDING = 'pending';

class MemoryDisk extends IOService implements BlockDevice {
  readonly flaw: Flaw | undefined;
  #pci!: IOPCIDevice;
  #offline: 'kIOReturnOffline' | 'kIOReturnNoDevice' | undefined;
  #counts = { reads: 0, writes: 0, flushes: 0, errors: 0 };
  #pending = 0;
  #last: Uint8Array | undefined;

  override async Start(provider: IOService): Promise<void> {
    await super.Start(provider);
    if (!(provider instanceof IOPCIDevice)) fail('kIOReturnBadArgument', 'no PCI');
    this.#pci = provider;
    provider.Open(this);
    provider.ConfigurationWrite16(4, 2);
  }

  override async Stop(provider: IOService): Promise<void> {
    this.#offline ??= 'kIOReturnOffline';
    await this.#idle();
    this.#flushAll();
    this.#pci.Close(this);
    await super.Stop(provider);
  }

  override async SetPowerState(flags: number): Promise<void> {
    if (flags === kIOServicePowerCapabilityOff) {
      this.#offline ??= 'kIOReturnOffline';
      await this.#idle();
      this.#flushAll();
    } else {
      this.#offline = undefined;
      this.#pci.ConfigurationWrite16(4, 2);
    }
    await super.SetPowerState(flags);
  }

  units(): number {
    return UNITS.length;
  }

  geometry(unit: number): BlockGeometry {
    return UNITS[unit] ?? fail('kIOReturnBadArgument', 'no such unit');
  }

  identity(unit: number) {
    this.geometry(unit);
    return { vendor: 'dyno', product: 'memory', revision: '1', serial: `${unit}` };
  }

  async read(unit: number, lba: number, segments: readonly BlockSegment[]): Promise<void> {
    const { blocks } = this.#checked(unit, lba, segments);
    this.#counts.reads++;
    const early = this.#fetch(unit, lba, blocks);
    await this.#work();
    // To have read early is right: it is a moment within the call.
    const bytes =
      this.flaw === 'stale-read' && this.#last?.length === early.length ? this.#last : early;
    this.#last = early;
    let done = 0;
    for (const { buffer, offset, length } of segments) {
      const slack = this.flaw === 'forget-guard' && done > 0 ? 4 : 0;
      backing(buffer).write(offset - slack, bytes.subarray(done - slack, done + length));
      done += length;
    }
  }

  async write(
    unit: number,
    lba: number,
    segments: readonly BlockSegment[],
    { fua = false } = {},
  ): Promise<void> {
    const { bytes } = this.#checked(unit, lba, segments);
    this.#counts.writes++;
    const commit = () => this.#commit(unit, lba, bytes, fua && this.flaw !== 'ignore-fua');
    if (this.flaw === 'acknowledge-early') {
      this.host.world.after(LATENCY_NS, commit);
      return;
    }
    await this.#work();
    if (this.flaw === 'lose-update' && this.#pending > 2) return;
    commit();
  }

  async flush(unit: number): Promise<void> {
    this.geometry(unit);
    this.#requireOnline();
    this.#counts.flushes++;
    await this.#work();
    if (this.flaw !== 'flush-nothing') this.#flushAll();
  }

  async trim(unit: number, ranges: readonly BlockRange[]): Promise<void> {
    for (const range of ranges) this.#checkedRange(unit, range);
    await this.#work();
    for (const { lba, blocks } of ranges) {
      const count = this.flaw === 'trim-neighbour' ? blocks + 1 : blocks;
      const { blockBytes } = this.geometry(unit);
      this.#commit(unit, lba, new Uint8Array(count * blockBytes), false);
    }
  }

  async writeZeroes(unit: number, range: BlockRange): Promise<void> {
    this.#checkedRange(unit, range);
    await this.#work();
    const { blockBytes } = this.geometry(unit);
    this.#commit(unit, range.lba, new Uint8Array(range.blocks * blockBytes), false);
  }

  async nextEvent(timeoutNs: number): Promise<BlockEvent | undefined> {
    this.#requireOnline();
    if (timeoutNs > 0) await this.defaultQueue.Sleep('event', Math.min(timeoutNs, 1e9));
    return undefined;
  }

  statistics() {
    const rest = { timeouts: 0, aborts: 0, resets: 0, strays: 0, interrupts: 0, spurious: 0 };
    return { ...this.#counts, ...rest };
  }

  format(): Promise<void> {
    this.#requireOnline();
    fail('kIOReturnUnsupported', 'no format');
  }

  updateFirmware(): Promise<void> {
    this.#requireOnline();
    fail('kIOReturnUnsupported', 'no firmware');
  }

  #requireOnline(): void {
    if (this.#offline !== undefined) fail(this.#offline, 'not there');
  }

  #checked(unit: number, lba: number, segments: readonly BlockSegment[]) {
    const { blockBytes, maxTransferBlocks } = this.geometry(unit);
    this.#requireOnline();
    for (const { buffer, offset, length } of segments) {
      const inside = offset >= 0 && length >= 0 && offset + length <= buffer.GetLength();
      if (inside && offset % 4 === 0 && !buffer.released) continue;
      fail('kIOReturnBadArgument', 'no such memory');
    }
    const length = segments.reduce((sum, segment) => sum + segment.length, 0);
    const blocks = length / blockBytes;
    this.#checkedRange(unit, { lba, blocks });
    if (blocks > maxTransferBlocks) fail('kIOReturnBadArgument', 'too long');
    const parts = segments.map((one) => backing(one.buffer).read(one.offset, one.length));
    return { blocks, bytes: Uint8Array.from(parts.flatMap((part) => [...part])) };
  }

  #checkedRange(unit: number, { lba, blocks }: BlockRange): void {
    const { blocks: all } = this.geometry(unit);
    this.#requireOnline();
    const whole = Number.isSafeInteger(lba) && Number.isSafeInteger(blocks);
    if (whole && lba >= 0 && blocks >= 1 && lba + blocks <= all) return;
    fail('kIOReturnBadArgument', 'no such blocks');
  }

  /** One look at the device, and then time passes in which others go on. */
  async #work(): Promise<void> {
    if (this.flaw === 'complete-nothing') await this.defaultQueue.Sleep('never');
    if (this.#pci.MemoryRead32(0, 0) === 0xffffffff) {
      this.#offline = 'kIOReturnNoDevice';
      this.#counts.errors++;
      fail('kIOReturnNoDevice', 'all ones');
    }
    this.#pending++;
    const ns = this.host.world.random('latency').below(LATENCY_NS);
    await this.defaultQueue.Sleep({}, ns);
    this.#pending--;
    this.defaultQueue.Wakeup(PENDING);
  }

  async #idle(): Promise<void> {
    while (this.#pending > 0) await this.defaultQueue.Sleep(PENDING);
  }

  #fetch(unit: number, lba: number, blocks: number): Uint8Array {
    const { blockBytes } = this.geometry(unit);
    const bytes = new Uint8Array(blocks * blockBytes);
    for (let at = 0; at < blocks; at++) {
      const block = mediumOf(this.host.world)
        .blocks[unit]?.get(lba + at)
        ?.at(-1);
      if (block !== undefined) bytes.set(block, at * blockBytes);
    }
    return bytes;
  }

  #commit(unit: number, lba: number, bytes: Uint8Array, durable: boolean): void {
    const { blockBytes } = this.geometry(unit);
    const medium = mediumOf(this.host.world).blocks[unit];
    const first = this.flaw === 'off-by-one' && lba > 70 ? lba + 1 : lba;
    for (let at = 0; at * blockBytes < bytes.length; at++) {
      const block = bytes.slice(at * blockBytes, (at + 1) * blockBytes);
      const versions = medium?.get(first + at) ?? [new Uint8Array(blockBytes)];
      if (durable) versions.length = 0;
      versions.push(block);
      medium?.set(first + at, versions);
    }
  }

  #flushAll(): void {
    for (const unit of mediumOf(this.host.world).blocks) {
      for (const versions of unit.values()) versions.splice(0, versions.length - 1);
    }
  }
}

/** A class per flaw: a driver has no other place to be told. */
export function memoryDriver(flaw?: Flaw): DriverManifest {
  class Flawed extends MemoryDisk {
    override readonly flaw = flaw;
  }
  return defineDriver({
    id: 'memory-disk',
    version: '1.0.0',
    class: 'BlockDevice',
    personalities: { card: { IOProviderClass: 'IOPCIDevice', IOPCIPrimaryMatch: '0x11e81234' } },
    entitlements: {
      'com.apple.developer.driverkit': true,
      'com.apple.developer.driverkit.transport.pci': true,
    },
    ics: { trim: true, writeZeroes: true },
    service: Flawed,
  });
}

/** The bytes themselves: there is no device that could reach them. */
function backing(buffer: BlockSegment['buffer']) {
  return buffer.ranges(0, 1)[0]!.backing.buffer;
}
