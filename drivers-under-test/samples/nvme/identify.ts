/**
 * What Identify says, checked: a controller may say anything, and whatever makes no sense is
 * refused here, or bounded, before anybody counts on it.
 *
 * NVM Express Base Specification 1.4, "Identify command" (secondary).
 */
import {
  Controller,
  LBA_FORMATS_AT,
  LBA_FORMATS_MAX,
  LbaFormat,
  Namespace,
} from '../../../sim/devices/nvme/structures.ts';
import { fail } from '../../host/io-return.ts';
import { COMPLETION_ENTRY_EXPONENT, SUBMISSION_ENTRY_EXPONENT } from './controller.ts';

type Field = Exclude<keyof typeof Controller, 'bytes' | 'names'>;

/** What one command moves at the most, whatever the controller takes: its list fits one page. */
export const TRANSFER_BYTES_MAX = 1024 * 1024;
/** Event requests that we keep with the controller. */
const EVENT_REQUESTS_MAX = 4;
/** A shutdown takes so long when the controller does not say, and never longer than the other. */
const SHUTDOWN_NS = 10_000_000_000;
const SHUTDOWN_NS_MAX = 120_000_000_000;
const MICROSECOND_NS = 1000;
/** Blocks of 512 bytes to 64 KiB. */
const LBA_EXPONENT_MIN = 9;
const LBA_EXPONENT_MAX = 16;
/** MDTS beyond this says more than any transfer of ours. */
const MDTS_MAX = 20;
const FIRMWARE_UNIT_BYTES = 4096;
const FIRMWARE_UNIT_ANY = 0xff;

export interface ControllerFacts {
  readonly model: string;
  readonly serial: string;
  readonly revision: string;
  readonly vendor: string;
  /** The largest namespace identifier (NN). */
  readonly namespaces: number;
  readonly maxTransferBytes: number;
  readonly shutdownNs: number;
  readonly eventRequests: number;
  readonly namespaceEvents: boolean;
  readonly firmwareEvents: boolean;
  readonly volatileCache: boolean;
  readonly atomicBlocks: number;
  readonly hasDatasetManagement: boolean;
  readonly hasWriteZeroes: boolean;
  readonly hasFormat: boolean;
  readonly formatsAll: boolean;
  readonly hasFirmware: boolean;
  readonly firmwareSlots: number;
  readonly isFirstSlotReadOnly: boolean;
  readonly firmwarePieceBytes: number;
}

/** One block size that a namespace can be formatted with. */
export interface BlockFormat {
  readonly index: number;
  readonly blockBytes: number;
}

export interface NamespaceFacts {
  readonly nsid: number;
  readonly blocks: number;
  readonly blockBytes: number;
  readonly atomicBlocks: number;
  readonly readOnly: boolean;
  readonly formats: readonly BlockFormat[];
}

/** @throws kIOReturnUnsupported when we cannot work with such a controller */
export function controllerFacts(data: Uint8Array, pageBytes: number): ControllerFacts {
  const number = (field: Field) => Controller[field].get(data);
  const has = (field: Field) => number(field) === 1;
  requireSize('submission', number('SQES_MIN'), SUBMISSION_ENTRY_EXPONENT, number('SQES_MAX'));
  requireSize('completion', number('CQES_MIN'), COMPLETION_ENTRY_EXPONENT, number('CQES_MAX'));
  const mdts = number('MDTS');
  const limit = mdts === 0 || mdts > MDTS_MAX ? TRANSFER_BYTES_MAX : pageBytes * 2 ** mdts;
  const rtd3e = number('RTD3E') * MICROSECOND_NS;
  const piece = number('FWUG') * FIRMWARE_UNIT_BYTES;
  const anyPiece = piece === 0 || number('FWUG') === FIRMWARE_UNIT_ANY;
  return {
    model: Controller.MN.getText(data).trim(),
    serial: Controller.SN.getText(data).trim(),
    revision: Controller.FR.getText(data).trim(),
    vendor: number('VID').toString(16).padStart(4, '0'),
    namespaces: number('NN'),
    maxTransferBytes: Math.min(limit, TRANSFER_BYTES_MAX),
    shutdownNs: rtd3e === 0 ? SHUTDOWN_NS : Math.min(rtd3e, SHUTDOWN_NS_MAX),
    eventRequests: Math.min(number('AERL') + 1, EVENT_REQUESTS_MAX),
    namespaceEvents: has('OAES_NAMESPACE'),
    firmwareEvents: has('OAES_FIRMWARE'),
    volatileCache: has('VWC_PRESENT'),
    atomicBlocks: number('AWUPF') + 1,
    hasDatasetManagement: has('ONCS_DATASET_MANAGEMENT'),
    hasWriteZeroes: has('ONCS_WRITE_ZEROES'),
    hasFormat: has('OACS_FORMAT'),
    formatsAll: has('FNA_FORMAT_ALL'),
    hasFirmware: has('OACS_FIRMWARE'),
    firmwareSlots: number('FRMW_SLOTS'),
    isFirstSlotReadOnly: has('FRMW_SLOT1_READ_ONLY'),
    firmwarePieceBytes: anyPiece ? FIRMWARE_UNIT_BYTES : piece,
  };
}

/**
 * Undefined for a namespace that cannot be used: none there, no blocks, a block size that is none,
 * metadata, protection.
 */
export function namespaceFacts(
  nsid: number,
  data: Uint8Array,
  controller: ControllerFacts,
): NamespaceFacts | undefined {
  const formats = blockFormats(data, controller);
  const current = Namespace.FLBAS_FORMAT.get(data);
  const format = formats.find(({ index }) => index === current);
  const blocks = Namespace.NSZE.get(data);
  const isProtected = Namespace.DPS.get(data) % 8 !== 0;
  if (format === undefined || isProtected) return undefined;
  if (blocks === 0 || !Number.isSafeInteger(blocks * format.blockBytes)) return undefined;
  const maxBlocks = Math.floor(controller.maxTransferBytes / format.blockBytes);
  return {
    nsid,
    blocks,
    blockBytes: format.blockBytes,
    atomicBlocks: Math.min(atomicBlocks(data, controller), maxBlocks),
    readOnly: Namespace.NSATTR.get(data) % 2 === 1,
    formats,
  };
}

/** Formats without metadata whose blocks fit a transfer. */
function blockFormats(data: Uint8Array, controller: ControllerFacts): BlockFormat[] {
  const count = Math.min(Namespace.NLBAF.get(data) + 1, LBA_FORMATS_MAX);
  const formats: BlockFormat[] = [];
  for (let index = 0; index < count; index++) {
    const at = LBA_FORMATS_AT + index * LbaFormat.bytes;
    const exponent = LbaFormat.LBADS.get(data, at);
    const fits = exponent >= LBA_EXPONENT_MIN && exponent <= LBA_EXPONENT_MAX;
    if (!fits || LbaFormat.MS.get(data, at) !== 0) continue;
    const blockBytes = 2 ** exponent;
    if (blockBytes <= controller.maxTransferBytes) formats.push({ index, blockBytes });
  }
  return formats;
}

/** A boundary that writes may not cross keeps us from promising more than one block. */
function atomicBlocks(data: Uint8Array, controller: ControllerFacts): number {
  if (Namespace.NSFEAT_ATOMIC.get(data) === 0) return controller.atomicBlocks;
  if (Namespace.NABSPF.get(data) !== 0) return 1;
  const own = Namespace.NAWUPF.get(data);
  return own === 0 ? controller.atomicBlocks : own + 1;
}

function requireSize(what: string, min: number, ours: number, max: number): void {
  if (min <= ours && ours <= max) return;
  fail('kIOReturnUnsupported', `${what} entries of 2^${min} to 2^${max} bytes are not ours`);
}
