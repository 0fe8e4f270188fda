/** What can be chosen of a controller; the rest is fixed. */
import type { NamespaceSize } from './namespaces.ts';

/** Virtual nanoseconds: not calibrated, they only order events. I/O commands have their own. */
export interface NvmeTiming {
  /** From a doorbell to the first look at its queue. */
  readonly fetchNs: number;
  readonly adminNs: number;
  /** From CC.EN to CSTS.RDY, both ways, and from CC.SHN to CSTS.SHST. */
  readonly readyNs: number;
  readonly resetNs: number;
  readonly shutdownNs: number;
}

export const TIMED: NvmeTiming = {
  fetchNs: 200,
  adminNs: 5_000,
  readyNs: 200_000,
  resetNs: 100_000,
  shutdownNs: 1_000_000,
};

export const UNTIMED: NvmeTiming = {
  fetchNs: 0,
  adminNs: 0,
  readyNs: 0,
  resetNs: 0,
  shutdownNs: 0,
};

export interface NvmeOptions {
  /** Default: `DEFAULT_NAMESPACES`. */
  readonly namespaces?: readonly NamespaceSize[];
  /** False: nothing takes time, for benchmarks. */
  readonly timed?: boolean;
  /** Up to 20 characters. */
  readonly serial?: string;
}

const MIB = 1024 * 1024;

/** Two namespaces of 32 MiB, with blocks of 512 and of 4096 bytes. */
export const DEFAULT_NAMESPACES: readonly NamespaceSize[] = [
  { blockBytes: 512, bytes: 32 * MIB },
  { blockBytes: 4096, bytes: 32 * MIB },
];
