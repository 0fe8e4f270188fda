/**
 * The namespaces of a controller: which exist, which are attached, and what is left for more.
 *
 * NVM Express Base Specification 1.4, "Namespaces", "Namespace Management", "Namespace Attachment"
 * (secondary sources). Not modelled: namespaces shared by controllers, NVM sets, thin provisioning.
 */
import type { World } from '../../kernel/world.ts';
import { WriteCache, type WriteTally } from './cache.ts';
import { Media } from './media.ts';
import { Status } from './status.ts';

/** Namespace identifiers that are valid: 1 to this (NN, as QEMU has it). */
export const NAMESPACES_MAX = 256;
/** All namespaces. */
export const BROADCAST = 0xffff_ffff;
/** Bytes of a block by the number of the LBA format; none has metadata. */
export const LBA_FORMATS = [512, 4096] as const;
/** Blocks that are read, written and compared as one, whatever happens to the power. */
export const ATOMIC_BLOCKS = 8;
/** What is left for namespaces that the host creates. */
const SPARE_BYTES = 64 * 1024 * 1024;

export interface NamespaceSize {
  readonly blockBytes: number;
  readonly bytes: number;
}

/** One namespace; formatting gives it another medium. */
export class NvmeNamespace {
  readonly id: number;
  media: Media;
  cache: WriteCache;
  attached = true;
  /** A Format NVM command is under way. */
  formatting = false;
  /** Reading a deallocated block is an error (Error Recovery, DULBE). */
  deallocatedError = false;
  /** One more with each format: what was under way before it finds other blocks. */
  generation = 0;

  constructor(id: number, media: Media, cache: WriteCache) {
    this.id = id;
    this.media = media;
    this.cache = cache;
  }

  get blockBytes(): number {
    return this.media.blockBytes;
  }

  get blocks(): number {
    return this.media.blocks;
  }

  get bytes(): number {
    return this.media.blocks * this.media.blockBytes;
  }

  /** Its LBA format, as an index of LBA_FORMATS. */
  get format(): number {
    return LBA_FORMATS.indexOf(this.blockBytes as (typeof LBA_FORMATS)[number]);
  }
}

export class Namespaces {
  /** TNVMCAP. */
  readonly capacityBytes: number;
  readonly tally: WriteTally = { ended: 0 };
  readonly #world: World;
  /** By identifier; place 0 stays empty. */
  readonly #all: (NvmeNamespace | undefined)[];
  readonly #changed: (nsid: number) => void;
  #cacheEnabled = true;

  /** `changed`: what the host knows of a namespace, or of the list of them, is no longer so. */
  constructor(world: World, sizes: readonly NamespaceSize[], changed: (nsid: number) => void) {
    this.#world = world;
    this.#changed = changed;
    this.capacityBytes = SPARE_BYTES + sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#all = Array.from({ length: NAMESPACES_MAX + 1 });
    sizes.forEach(({ blockBytes, bytes }, index) => {
      this.#make(index + 1, blockBytes, bytes / blockBytes);
    });
  }

  /** UNVMCAP. */
  get unallocatedBytes(): number {
    return this.allocated().reduce((left, { bytes }) => left - bytes, this.capacityBytes);
  }

  /** The volatile write cache; turning it off makes everything durable. */
  get cacheEnabled(): boolean {
    return this.#cacheEnabled;
  }

  set cacheEnabled(enabled: boolean) {
    if (!enabled) this.flushAll();
    this.#cacheEnabled = enabled;
  }

  /** An attached namespace. */
  active(nsid: number): NvmeNamespace | undefined {
    const namespace = this.#all[nsid];
    return namespace?.attached === true ? namespace : undefined;
  }

  /** A namespace, attached or not. */
  get(nsid: number): NvmeNamespace | undefined {
    return this.#all[nsid];
  }

  /** All that exist, by identifier. */
  allocated(): readonly NvmeNamespace[] {
    return this.#all.filter((each) => each !== undefined);
  }

  /**
   * Why a command cannot take this identifier ("Common Command Format", NSID): the broadcast value
   * where the command does not support it, an inactive identifier, an invalid one.
   */
  refusal(nsid: number): number {
    const isInactive = nsid > 0 && nsid <= NAMESPACES_MAX;
    return isInactive || nsid === BROADCAST ? Status.InvalidField : Status.InvalidNamespace;
  }

  /** Makes a namespace that is not attached; its identifier, or a status that ends the command. */
  create(
    blockBytes: number,
    blocks: number,
  ): { readonly nsid: number } | { readonly status: number } {
    if (blocks * blockBytes > this.unallocatedBytes) {
      return { status: Status.NamespaceInsufficientCapacity };
    }
    const nsid = this.#all.findIndex((each, index) => index > 0 && each === undefined);
    if (nsid < 0) return { status: Status.NamespaceIdUnavailable };
    this.#make(nsid, blockBytes, blocks).attached = false;
    return { nsid };
  }

  delete(namespace: NvmeNamespace): void {
    this.#all[namespace.id] = undefined;
    if (namespace.attached) this.#changed(namespace.id);
  }

  attach(namespace: NvmeNamespace, attached: boolean): void {
    namespace.attached = attached;
    this.#changed(namespace.id);
  }

  /** Everything in it is gone, and its blocks have this size. */
  reformat(namespace: NvmeNamespace, blockBytes: number): void {
    const { bytes, id } = namespace;
    namespace.media = new Media(blockBytes, Math.floor(bytes / blockBytes));
    namespace.cache = this.#makeCache(id, namespace.media);
    namespace.generation++;
    this.#changed(id);
  }

  /** The controller was reset: no command under way ends any more. */
  reset(): void {
    for (const namespace of this.allocated()) {
      namespace.cache.settle();
      namespace.formatting = false;
    }
  }

  /** What is cached lasts from now on: a normal shutdown, or the cache is turned off. */
  flushAll(): void {
    for (const { cache } of this.allocated()) cache.flushAll();
  }

  /** The power goes; what was not durable is lost, torn or has arrived in another order. */
  cutPower(): void {
    this.reset();
    for (const { cache } of this.allocated()) cache.cutPower();
  }

  #make(nsid: number, blockBytes: number, blocks: number): NvmeNamespace {
    const media = new Media(blockBytes, blocks);
    const namespace = new NvmeNamespace(nsid, media, this.#makeCache(nsid, media));
    this.#all[nsid] = namespace;
    return namespace;
  }

  #makeCache(nsid: number, media: Media): WriteCache {
    const random = this.#world.random(`nvme cache ${nsid}`);
    return new WriteCache(media, { atomicBlocks: ATOMIC_BLOCKS, random, tally: this.tally });
  }
}
