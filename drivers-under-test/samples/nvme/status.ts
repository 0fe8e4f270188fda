/**
 * What a status means to clients, and whether the same command may succeed when tried again.
 *
 * NVM Express Base Specification 1.4, "Status Field Definition" (secondary: Linux
 * include/linux/nvme.h, SPDK include/spdk/nvme_spec.h).
 */
import { structure } from '../../../sim/registers/structure.ts';
import { IOReturnError, type IOReturnName } from '../../host/io-return.ts';

/** A completion's status without its phase tag, over two bytes. */
const Status = structure({
  name: 'status',
  bytes: 2,
  fields: {
    WHOLE_LOW: [0, 0, 8],
    TYPE: [1, 0, 3],
    RETRY_DELAY: [1, 3, 2],
    MORE: [1, 5, 1],
    DO_NOT_RETRY: [1, 6, 1],
  },
});

const Word = structure({ name: 'word', bytes: 2, fields: { VALUE: [0, 0, 16] } });

export const SUCCESS = 0;

interface Meaning {
  readonly code: IOReturnName;
  readonly why: string;
}

/** By status code type and status code. */
const MEANINGS: Readonly<Record<number, Readonly<Record<number, Meaning>>>> = {
  // Generic.
  0: {
    0x01: { code: 'kIOReturnUnsupported', why: 'the controller does not know the command' },
    0x02: { code: 'kIOReturnDeviceError', why: 'the controller rejects a field of the command' },
    0x04: { code: 'kIOReturnDMAError', why: 'the data could not be transferred' },
    0x05: { code: 'kIOReturnNoPower', why: 'the power is failing' },
    0x06: { code: 'kIOReturnDeviceError', why: 'the controller reports an internal error' },
    0x07: { code: 'kIOReturnTimeout', why: 'the command took too long and was aborted' },
    0x08: { code: 'kIOReturnAborted', why: 'the queue was deleted' },
    0x0b: { code: 'kIOReturnNoMedia', why: 'the namespace is gone' },
    0x13: { code: 'kIOReturnDMAError', why: 'the controller rejects a memory address' },
    0x15: { code: 'kIOReturnNotPermitted', why: 'the command is denied' },
    0x1d: { code: 'kIOReturnBusy', why: 'a sanitize operation is in progress' },
    0x20: { code: 'kIOReturnNotWritable', why: 'the namespace is write protected' },
    0x21: { code: 'kIOReturnBusy', why: 'the command was interrupted' },
    0x22: { code: 'kIOReturnIOError', why: 'the transport failed' },
    0x80: { code: 'kIOReturnIOError', why: 'the blocks are out of range' },
    0x81: { code: 'kIOReturnNoSpace', why: 'the capacity of the namespace is exceeded' },
    0x82: { code: 'kIOReturnNotReady', why: 'the namespace is not ready' },
    0x83: { code: 'kIOReturnExclusiveAccess', why: 'another host holds a reservation' },
    0x84: { code: 'kIOReturnBusy', why: 'the namespace is being formatted' },
  },
  // Command specific.
  1: {
    0x06: { code: 'kIOReturnUnsupported', why: 'the firmware slot cannot be written' },
    0x07: { code: 'kIOReturnBadMedia', why: 'the firmware image is invalid' },
    0x0a: { code: 'kIOReturnUnsupported', why: 'the namespace does not support the format' },
    0x12: { code: 'kIOReturnBusy', why: 'the activation of the firmware takes too long' },
    0x13: { code: 'kIOReturnBadMedia', why: 'the firmware image is prohibited' },
    0x14: { code: 'kIOReturnBadMedia', why: 'pieces of the firmware image overlap' },
    0x80: { code: 'kIOReturnDeviceError', why: 'attributes of the command conflict' },
    0x82: { code: 'kIOReturnNotWritable', why: 'the range is read-only' },
  },
  // Media and data integrity.
  2: {
    0x80: { code: 'kIOReturnIOError', why: 'the medium could not be written' },
    0x81: { code: 'kIOReturnNotReadable', why: 'the medium could not be read' },
    0x85: { code: 'kIOReturnIOError', why: 'the data differ' },
    0x86: { code: 'kIOReturnNotPermitted', why: 'the medium denies access' },
    0x87: { code: 'kIOReturnNotReadable', why: 'the block was never written' },
  },
};

const COMMAND_SPECIFIC = 1;
const IO_SPECIFIC_FROM = 0x80;
const MEDIA = 2;
const IO_ERROR: Meaning = { code: 'kIOReturnIOError', why: 'the command failed' };
const DEVICE_ERROR: Meaning = { code: 'kIOReturnDeviceError', why: 'the command failed' };

export interface Outcome {
  readonly type: number;
  readonly statusCode: number;
  readonly code: IOReturnName;
  readonly why: string;
  /** The controller does not say that the same command would fail again. */
  readonly mayRetry: boolean;
  /** It can succeed only after a while. */
  readonly isBusy: boolean;
}

/** What it means to an I/O command: the lower half of "command specific" is for admin ones. */
export function ioOutcomeOf(status: number): Outcome {
  const outcome = outcomeOf(status);
  const isForeign = outcome.type === COMMAND_SPECIFIC && outcome.statusCode < IO_SPECIFIC_FROM;
  return isForeign ? { ...outcome, ...DEVICE_ERROR } : outcome;
}

/** @param status 15 bits, not success */
export function outcomeOf(status: number): Outcome {
  const bytes = new Uint8Array(2);
  Word.VALUE.set(bytes, 0, status);
  const type = Status.TYPE.get(bytes);
  const statusCode = Status.WHOLE_LOW.get(bytes);
  const fallback = type === MEDIA ? IO_ERROR : DEVICE_ERROR;
  const { code, why } = MEANINGS[type]?.[statusCode] ?? fallback;
  const mayRetry = Status.DO_NOT_RETRY.get(bytes) === 0;
  const named = `${why} (status ${type}:${statusCode.toString(16)}h)`;
  const isBusy = code === 'kIOReturnBusy' || code === 'kIOReturnNotReady';
  return { type, statusCode, code, why: named, mayRetry, isBusy };
}

/** An admin command ended with an error. */
export class StatusError extends IOReturnError {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(outcome.code, outcome.why);
    this.outcome = outcome;
  }

  is(type: number, statusCode: number): boolean {
    return this.outcome.type === type && this.outcome.statusCode === statusCode;
  }
}
