/**
 * What the NVMe suites expect, restated from NVM Express 1.4: the second opinion does not copy the
 * model. Field positions and codes were read in include/linux/nvme.h, SPDK's nvme_spec.h and QEMU's
 * include/block/nvme.h; sections are cited by their titles.
 */
import type { Citation } from '../../citation.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { Admin, type Command, pair } from './commands.ts';
import { type EnableOptions, RawHost } from './raw-host.ts';
import type { Completion } from './raw-queue.ts';

export const nvme = (section: string): Citation => ({
  document: 'NVM Express Base Specification',
  revision: '1.4',
  section,
  basis: 'secondary',
});

/** Status code type * 256 + status code. */
export const Status = {
  Success: 0x000,
  InvalidOpcode: 0x001,
  InvalidField: 0x002,
  IdConflict: 0x003,
  DataTransferError: 0x004,
  AbortRequested: 0x007,
  AbortedByDeletion: 0x008,
  FailedFused: 0x009,
  MissingFused: 0x00a,
  InvalidNamespace: 0x00b,
  SequenceError: 0x00c,
  PrpOffset: 0x013,
  LbaRange: 0x080,
  CapacityExceeded: 0x081,
  CompletionQueueInvalid: 0x100,
  InvalidQueueId: 0x101,
  InvalidQueueSize: 0x102,
  AbortLimit: 0x103,
  AsyncEventLimit: 0x105,
  FirmwareSlot: 0x106,
  FirmwareImage: 0x107,
  InvalidVector: 0x108,
  InvalidLogPage: 0x109,
  InvalidFormat: 0x10a,
  FirmwareNeedsReset: 0x10b,
  InvalidQueueDeletion: 0x10c,
  FeatureNotSaveable: 0x10d,
  FeatureNotChangeable: 0x10e,
  FirmwareNeedsControllerReset: 0x111,
  FirmwareOverlap: 0x114,
  SelfTestInProgress: 0x11d,
  UnrecoveredRead: 0x281,
  CompareFailure: 0x285,
} as const;

/** CNS of Identify. */
export const Cns = {
  Namespace: 0x00,
  Controller: 0x01,
  ActiveNamespaces: 0x02,
  Descriptors: 0x03,
  AllocatedNamespaces: 0x10,
} as const;

/** Bytes of Identify Controller. */
export const Ctrl = {
  Vendor: 0,
  Serial: 4,
  Model: 24,
  Firmware: 64,
  Mdts: 77,
  Version: 80,
  Oaes: 92,
  ControllerType: 111,
  Oacs: 256,
  AbortLimit: 258,
  AsyncEventLimit: 259,
  FirmwareUpdates: 260,
  LogAttributes: 261,
  ErrorEntries: 262,
  WarningTemperature: 266,
  CriticalTemperature: 268,
  Sqes: 512,
  Cqes: 513,
  Namespaces: 516,
  Oncs: 520,
  Fuses: 522,
  FormatAttributes: 524,
  WriteCache: 525,
  AtomicUnit: 526,
  AtomicUnitPowerFail: 528,
} as const;

/** Bytes of Identify Namespace. */
export const Ns = {
  Size: 0,
  Capacity: 8,
  Utilization: 16,
  Features: 24,
  Formats: 25,
  Format: 26,
  Deallocation: 33,
  FirstFormat: 128,
} as const;

/** Bits of OACS, optional admin commands. */
export const Oacs = {
  Security: 0x01,
  Format: 0x02,
  Firmware: 0x04,
  NamespaceManagement: 0x08,
  SelfTest: 0x10,
} as const;

/** Bits of ONCS, optional commands of the NVM command set. */
export const Oncs = {
  Compare: 0x01,
  WriteUncorrectable: 0x02,
  DatasetManagement: 0x04,
  WriteZeroes: 0x08,
  SaveSelect: 0x10,
  Timestamp: 0x40,
  Verify: 0x80,
} as const;

export const Feature = {
  Arbitration: 0x01,
  PowerManagement: 0x02,
  TemperatureThreshold: 0x04,
  ErrorRecovery: 0x05,
  WriteCache: 0x06,
  QueueCount: 0x07,
  Coalescing: 0x08,
  VectorConfiguration: 0x09,
  WriteAtomicity: 0x0a,
  AsyncEvents: 0x0b,
  Timestamp: 0x0e,
} as const;

export const Log = {
  Errors: 0x01,
  Health: 0x02,
  FirmwareSlots: 0x03,
  ChangedNamespaces: 0x04,
  CommandEffects: 0x05,
  SelfTest: 0x06,
} as const;

export const ALL_NAMESPACES = 0xffff_ffff;
/** Of both targets: the first has blocks of 512 bytes, the second of 4096. */
export const NAMESPACES = [
  { nsid: 1, blockBytes: 512 },
  { nsid: 2, blockBytes: 4096 },
] as const;

/** A controller that is enabled, with one pair of I/O queues if it is asked for. */
export function enabled(scene: Scene, options: EnableOptions & { vectors?: number } = {}): RawHost {
  const host = new RawHost(scene.port, options.vectors ?? 0);
  expect.that(host.enable(options), 'CSTS.RDY within CAP.TO of CC.EN', '1', '0');
  return host;
}

export function withQueue(scene: Scene, options: { readonly entries?: number } = {}) {
  const host = enabled(scene);
  return { host, queue: host.createPair(1, options) };
}

/** The status as tests name it: `0x002`. */
export function statusName(status: number): string {
  const name = Object.entries(Status).find(([, code]) => code === status)?.[0];
  const code = `0x${status.toString(16).padStart(3, '0')}`;
  return name === undefined ? code : `${name} (${code})`;
}

export function expectStatus(
  completion: Completion,
  wanted: number | readonly number[],
  what: string,
): void {
  const codes = typeof wanted === 'number' ? [wanted] : wanted;
  const names = codes.map(statusName).join(' or ');
  expect.that(codes.includes(completion.status), what, names, statusName(completion.status));
}

/** The answer of Identify: 4096 bytes. */
export function identify(host: RawHost, cns: number, nsid = 0): DataView {
  const data = host.data(IDENTIFY_BYTES);
  const command = { opcode: Admin.Identify, nsid, ...data.pointer, dword10: cns };
  expectStatus(host.admin(command), Status.Success, `Identify with CNS ${cns}`);
  return new DataView(data.read().buffer);
}

const IDENTIFY_BYTES = 4096;

export const controllerOf = (host: RawHost): DataView => identify(host, Cns.Controller);

/** Whether Identify Controller claims an option. */
export function claims(host: RawHost, at: 'Oacs' | 'Oncs', bit: number): boolean {
  const word = controllerOf(host).getUint16(Ctrl[at], true);
  return Math.floor(word / bit) % 2 === 1;
}

export interface NamespaceFacts {
  readonly nsid: number;
  readonly blocks: number;
  readonly blockBytes: number;
  readonly view: DataView;
}

export function namespaceOf(host: RawHost, nsid: number): NamespaceFacts {
  const view = identify(host, Cns.Namespace, nsid);
  const format = view.getUint8(Ns.Format) % 16;
  const exponent = view.getUint8(Ns.FirstFormat + format * 4 + 2);
  const blocks = Number(view.getBigUint64(Ns.Size, true));
  return { nsid, blocks, blockBytes: 2 ** exponent, view };
}

export function getFeature(host: RawHost, feature: number, more: Partial<Command> = {}) {
  return host.admin({ opcode: Admin.GetFeatures, dword10: feature, ...more });
}

export function setFeature(host: RawHost, feature: number, value: number, nsid = 0): Completion {
  return host.admin({ opcode: Admin.SetFeatures, nsid, dword10: feature, dword11: value });
}

/** Asks for as many I/O queue pairs as there can be; returns how many that is. */
export function queuePairs(host: RawHost): number {
  const done = setFeature(host, Feature.QueueCount, pair(0xfffe, 0xfffe));
  expectStatus(done, Status.Success, 'Set Features, Number of Queues');
  return 1 + Math.min(done.result % 0x1_0000, Math.floor(done.result / 0x1_0000));
}

/** So many bytes (a multiple of four) of a log page. */
export function logPage(host: RawHost, log: number, bytes: number, nsid = ALL_NAMESPACES) {
  const data = host.data(bytes);
  const dword10 = log + (bytes / 4 - 1) * 0x1_0000;
  const done = host.admin({ opcode: Admin.GetLogPage, nsid, ...data.pointer, dword10 });
  return { done, view: new DataView(data.read().buffer) };
}

/** Bytes that tell their place and their seed. */
export function pattern(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + Math.floor(at / 256) + seed * 31) % 256);
}
