/** Admin commands as the driver means them: what goes in, what comes out. */
import {
  AbortCommand,
  Command,
  CreateCompletionQueue,
  CreateSubmissionQueue,
  DeleteQueue,
  Feature,
  FirmwareCommit,
  FirmwareDownload,
  FormatCommand,
  GetLogPage,
  Identify,
  IDENTIFY_BYTES,
  SetFeatures,
} from '../../../sim/devices/nvme/structures.ts';
import { structure } from '../../../sim/registers/structure.ts';
import { kIOMemoryDirectionIn, kIOMemoryDirectionOut } from '../../host/io-memory-descriptor.ts';
import { AdminOpcode, type AdminQueue } from './admin.ts';
import type { QueuePair } from './queue-pair.ts';

const IdentifySelector = { Namespace: 0, Controller: 1, ActiveNamespaces: 2 } as const;
const FeatureId = { Queues: 0x07, Coalescing: 0x08, Events: 0x0b } as const;
/** In units of 100 microseconds: how long an answer waits for company. */
const COALESCING_TIME = 1;
const DWORD = 4;
/** Formatting writes everything. */
const FORMAT_TIMEOUT_NS = 120_000_000_000;
const FIRMWARE_TIMEOUT_NS = 30_000_000_000;
/** Bits of Abort's result. */
const NOT_ABORTED = 1;
/** Replace the image of a slot, and activate it at the next reset. */
const REPLACE_AND_ACTIVATE = 1;
const SMART_ALL = 0x1f;

const Dword = structure({ name: 'dword', bytes: 4, fields: { VALUE: [0, 0, 32] } });

function identify(admin: AdminQueue, selector: number, nsid: number): Promise<Uint8Array> {
  return admin.withData(kIOMemoryDirectionIn, IDENTIFY_BYTES, async (data) => {
    await admin.execute(AdminOpcode.Identify, {
      nsid,
      data,
      fill: (entry) => Identify.CNS.set(entry, 0, selector),
    });
    return data.memory.read(0, IDENTIFY_BYTES);
  });
}

export function identifyController(admin: AdminQueue): Promise<Uint8Array> {
  return identify(admin, IdentifySelector.Controller, 0);
}

export function identifyNamespace(admin: AdminQueue, nsid: number): Promise<Uint8Array> {
  return identify(admin, IdentifySelector.Namespace, nsid);
}

/** Identifiers of active namespaces, in order; `max` of them. A list that falls ends there. */
export async function activeNamespaces(admin: AdminQueue, max: number): Promise<number[]> {
  const list = await identify(admin, IdentifySelector.ActiveNamespaces, 0);
  const found: number[] = [];
  for (let at = 0; at < list.length && found.length < max; at += DWORD) {
    const nsid = Dword.VALUE.get(list, at);
    if (nsid === 0 || nsid <= (found.at(-1) ?? 0)) break;
    found.push(nsid);
  }
  return found;
}

/** @returns how many queue pairs there may be, 1 or more */
export async function setQueueCount(admin: AdminQueue, wanted: number): Promise<number> {
  const value = new Uint8Array(DWORD);
  Feature.QUEUES.NSQ.set(value, 0, wanted - 1);
  Feature.QUEUES.NCQ.set(value, 0, wanted - 1);
  Dword.VALUE.set(value, 0, await setFeature(admin, FeatureId.Queues, value));
  const granted = Math.min(Feature.QUEUES.NSQ.get(value), Feature.QUEUES.NCQ.get(value)) + 1;
  return Math.min(granted, wanted);
}

/** So many answers of I/O commands share an interrupt, unless that takes too long. */
export async function coalesceInterrupts(admin: AdminQueue, answers: number): Promise<void> {
  const value = new Uint8Array(DWORD);
  Feature.COALESCING.THR.set(value, 0, answers - 1);
  Feature.COALESCING.TIME.set(value, 0, COALESCING_TIME);
  await setFeature(admin, FeatureId.Coalescing, value);
}

/** Which events are to be reported. */
export async function configureEvents(
  admin: AdminQueue,
  events: { readonly namespaces: boolean; readonly firmware: boolean },
): Promise<void> {
  const value = new Uint8Array(DWORD);
  Feature.EVENTS.SMART.set(value, 0, SMART_ALL);
  Feature.EVENTS.NAMESPACE.set(value, 0, events.namespaces ? 1 : 0);
  Feature.EVENTS.FIRMWARE.set(value, 0, events.firmware ? 1 : 0);
  await setFeature(admin, FeatureId.Events, value);
}

function setFeature(admin: AdminQueue, id: number, value: Uint8Array): Promise<number> {
  return admin.execute(AdminOpcode.SetFeatures, {
    fill: (entry) => {
      SetFeatures.FID.set(entry, 0, id);
      Command.CDW11.set(entry, 0, Dword.VALUE.get(value));
    },
  });
}

export async function createCompletionQueue(admin: AdminQueue, pair: QueuePair): Promise<void> {
  await admin.execute(AdminOpcode.CreateCompletionQueue, {
    fill: (entry) => {
      Command.PRP1.set(entry, 0, pair.completionAddress);
      CreateCompletionQueue.QID.set(entry, 0, pair.id);
      CreateCompletionQueue.QSIZE.set(entry, 0, pair.entries - 1);
      CreateCompletionQueue.PC.set(entry, 0, 1);
      CreateCompletionQueue.IEN.set(entry, 0, 1);
      CreateCompletionQueue.IV.set(entry, 0, pair.vector);
    },
  });
}

export async function createSubmissionQueue(admin: AdminQueue, pair: QueuePair): Promise<void> {
  await admin.execute(AdminOpcode.CreateSubmissionQueue, {
    fill: (entry) => {
      Command.PRP1.set(entry, 0, pair.submissionAddress);
      CreateSubmissionQueue.QID.set(entry, 0, pair.id);
      CreateSubmissionQueue.QSIZE.set(entry, 0, pair.entries - 1);
      CreateSubmissionQueue.PC.set(entry, 0, 1);
      CreateSubmissionQueue.CQID.set(entry, 0, pair.id);
    },
  });
}

export async function deleteSubmissionQueue(admin: AdminQueue, { id }: QueuePair): Promise<void> {
  await deleteQueue(admin, AdminOpcode.DeleteSubmissionQueue, id);
}

/** After the submission queue of the pair. */
export async function deleteCompletionQueue(admin: AdminQueue, { id }: QueuePair): Promise<void> {
  await deleteQueue(admin, AdminOpcode.DeleteCompletionQueue, id);
}

async function deleteQueue(admin: AdminQueue, opcode: number, id: number): Promise<void> {
  const fill = (entry: Uint8Array) => DeleteQueue.QID.set(entry, 0, id);
  await admin.execute(opcode, { fill });
}

/** Reading a log also lets the controller report its kind of event again. */
export function logPage(admin: AdminQueue, id: number, bytes: number): Promise<Uint8Array> {
  return admin.withData(kIOMemoryDirectionIn, bytes, async (data) => {
    await admin.execute(AdminOpcode.GetLogPage, {
      nsid: 0xffffffff,
      data,
      fill: (entry) => {
        GetLogPage.LID.set(entry, 0, id);
        GetLogPage.NUMDL.set(entry, 0, bytes / DWORD - 1);
      },
    });
    return data.memory.read(0, bytes);
  });
}

/** @returns whether the controller says that it aborted the command */
export async function abort(
  admin: AdminQueue,
  queue: number,
  identifier: number,
): Promise<boolean> {
  const result = await admin.execute(AdminOpcode.Abort, {
    once: true,
    fill: (entry) => {
      AbortCommand.SQID.set(entry, 0, queue);
      AbortCommand.CID.set(entry, 0, identifier);
    },
  });
  return result % 2 !== NOT_ABORTED;
}

/** Erases; blocks get the size of this LBA format. */
export async function format(admin: AdminQueue, nsid: number, index: number): Promise<void> {
  await admin.execute(AdminOpcode.Format, {
    nsid,
    once: true,
    timeoutNs: FORMAT_TIMEOUT_NS,
    fill: (entry) => FormatCommand.LBAF.set(entry, 0, index),
  });
}

/** One piece of an image, `offset` bytes into it. */
export async function downloadFirmware(
  admin: AdminQueue,
  piece: Uint8Array,
  offset: number,
): Promise<void> {
  await admin.withData(kIOMemoryDirectionOut, piece.length, async (data) => {
    data.memory.write(0, piece);
    await admin.execute(AdminOpcode.FirmwareDownload, {
      data,
      timeoutNs: FIRMWARE_TIMEOUT_NS,
      fill: (entry) => {
        FirmwareDownload.NUMD.set(entry, 0, piece.length / DWORD - 1);
        FirmwareDownload.OFST.set(entry, 0, offset / DWORD);
      },
    });
  });
}

/** The downloaded image goes into a slot, and is activated at the next reset. */
export async function commitFirmware(admin: AdminQueue, slot: number): Promise<void> {
  await admin.execute(AdminOpcode.FirmwareCommit, {
    once: true,
    timeoutNs: FIRMWARE_TIMEOUT_NS,
    fill: (entry) => {
      FirmwareCommit.FS.set(entry, 0, slot);
      FirmwareCommit.CA.set(entry, 0, REPLACE_AND_ACTIVATE);
    },
  });
}
