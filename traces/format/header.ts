/** What a trace says about itself before its first event, and after its last. */

export const TRACE_VERSION = 1;

/** What a recording may be unable to see. A comparison must not count it as absent. */
export const BLIND = {
  'dma-contents': 'what the device reads and writes in host memory',
  'buffer-contents': 'what the driver reads and writes in memory that it shares with the device',
  'dma-mappings': 'which memory the driver maps for the device, and when',
  'port-io': 'accesses to I/O ports',
  'memory-io': 'accesses to memory-mapped registers',
  'data-values': 'the values of accesses: only where and when',
  configuration: 'accesses to configuration space',
  interrupts: 'interrupts, and when a handler ran',
  lines: "what moves on the device's own side: serial lines, wires",
  commands: 'commands and completions of queues in host memory',
  lifecycle: 'when the driver was started and stopped',
  operations: 'what clients of the driver asked for',
  times: 'when something happened: only the order',
} as const;
export type Blind = keyof typeof BLIND;

export const TRACE_BUSES = ['pci', 'usb', 'i2c', 'spi', 'uart', 'gpio', 'other'] as const;
export type TraceBus = (typeof TRACE_BUSES)[number];

/** A range of addresses that events number with `space`: on PCI a BAR. */
export interface TraceSpace {
  /** As in events. */
  readonly space: number;
  readonly kind: 'memory' | 'io';
  /** Where it was in the recorded machine, and how long; 0 when unknown. */
  readonly base: number;
  readonly length: number;
}

/** Where a recording comes from; each one sentence or name. */
export interface Provenance {
  /** The device as its maker calls it, such as `QEMU NVMe Ctrl 1b36:0010`. */
  readonly device?: string;
  readonly firmware?: string;
  /** The day, as 2026-11-22; absent where a recording made again must be the same. */
  readonly date?: string;
  /** How it was recorded: the command, the kernel. */
  readonly how?: string;
  /** SPDX identifier. */
  readonly licence?: string;
}

export interface TraceHeader {
  /** Id and version of the driver, such as `nvme 0.1.0` or `linux/nvme 6.1.0-41`. */
  readonly driver?: string;
  /** As on the command line: `sim:nvme`. */
  readonly target?: string;
  /** As in the catalog, such as `nvme`: names the register maps that decode accesses. */
  readonly device?: string;
  readonly bus: TraceBus;
  /** Of the world, where there was one. */
  readonly seed?: number;
  /** What recorded it, such as `driver-dyno 0.1.0`. */
  readonly tool?: string;
  readonly blind: readonly Blind[];
  readonly spaces: readonly TraceSpace[];
  readonly provenance: Provenance;
  /** What stood behind the target's name: versions, options. Keys are words with dashes. */
  readonly identity: Readonly<Record<string, string>>;
}

export interface TraceFooter {
  readonly events: number;
  /** The journal's hash after the last event, where a journal was recorded from its beginning. */
  readonly journalHash?: string;
}

/** A header that says nothing but the bus. */
export function emptyHeader(bus: TraceBus): TraceHeader {
  return { bus, blind: [], spaces: [], provenance: {}, identity: {} };
}
