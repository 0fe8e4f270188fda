/**
 * Status values: the Status Field of a completion without its phase tag (15 bits), as a number.
 *
 * NVM Express Base Specification 1.4, "Status Field Definition" with its lists of values, through
 * SPDK's include/spdk/nvme_spec.h (secondary). The constants carry Do Not Retry where the same
 * command would fail again.
 */
import { structure } from '../../registers/structure.ts';

/** Bits of a status. */
export const DO_NOT_RETRY = 0x4000;
export const MORE = 0x2000;

/** The parts of a status, over two bytes. */
export const StatusField = structure({
  name: 'Status Field',
  bytes: 2,
  fields: { SC: [0, 0, 8], SCT: [1, 0, 3], CRD: [1, 3, 2], M: [1, 5, 1], DNR: [1, 6, 1] },
});

const generic = (code: number) => code;
const specific = (code: number) => 0x100 + code;
const media = (code: number) => 0x200 + code;
const final = (status: number) => DO_NOT_RETRY + status;

export const Status = {
  Success: 0,
  InvalidOpcode: final(generic(0x01)),
  InvalidField: final(generic(0x02)),
  CommandIdConflict: final(generic(0x03)),
  DataTransferError: generic(0x04),
  AbortedPowerLoss: generic(0x05),
  InternalError: generic(0x06),
  AbortedByRequest: generic(0x07),
  AbortedQueueDeleted: generic(0x08),
  AbortedFailedFused: generic(0x09),
  AbortedMissingFused: final(generic(0x0a)),
  InvalidNamespace: final(generic(0x0b)),
  SequenceError: final(generic(0x0c)),
  InvalidPrpOffset: final(generic(0x13)),
  AtomicWriteUnitExceeded: final(generic(0x14)),
  OperationDenied: final(generic(0x15)),
  CommandInterrupted: generic(0x21),
  LbaOutOfRange: final(generic(0x80)),
  CapacityExceeded: final(generic(0x81)),
  NamespaceNotReady: generic(0x82),
  FormatInProgress: generic(0x84),
  CompletionQueueInvalid: final(specific(0x00)),
  InvalidQueueId: final(specific(0x01)),
  InvalidQueueSize: final(specific(0x02)),
  AbortLimitExceeded: specific(0x03),
  EventRequestLimitExceeded: final(specific(0x05)),
  InvalidFirmwareSlot: final(specific(0x06)),
  InvalidFirmwareImage: final(specific(0x07)),
  InvalidInterruptVector: final(specific(0x08)),
  InvalidLogPage: final(specific(0x09)),
  InvalidFormat: final(specific(0x0a)),
  FirmwareNeedsConventionalReset: specific(0x0b),
  InvalidQueueDeletion: final(specific(0x0c)),
  FeatureNotSaveable: final(specific(0x0d)),
  FeatureNotChangeable: final(specific(0x0e)),
  FeatureNotPerNamespace: final(specific(0x0f)),
  FirmwareNeedsSubsystemReset: specific(0x10),
  FirmwareNeedsControllerReset: specific(0x11),
  FirmwareOverlappingRange: final(specific(0x14)),
  NamespaceInsufficientCapacity: final(specific(0x15)),
  NamespaceIdUnavailable: final(specific(0x16)),
  NamespaceAlreadyAttached: final(specific(0x18)),
  NamespaceIsPrivate: final(specific(0x19)),
  NamespaceNotAttached: final(specific(0x1a)),
  ThinProvisioningNotSupported: final(specific(0x1b)),
  ControllerListInvalid: final(specific(0x1c)),
  SelfTestInProgress: specific(0x1d),
  ConflictingAttributes: final(specific(0x80)),
  InvalidProtection: final(specific(0x81)),
  WriteToReadOnly: final(specific(0x82)),
  WriteFault: media(0x80),
  UnrecoveredRead: media(0x81),
  CompareFailure: media(0x85),
  AccessDenied: final(media(0x86)),
  DeallocatedBlock: media(0x87),
} as const;
