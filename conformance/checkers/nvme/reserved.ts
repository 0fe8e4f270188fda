/**
 * Dwords of commands that hold nothing: "reserved" in the figures of the Admin Command Set and of
 * the NVM Command Set (NVM Express 1.4). Vendor-specific commands are not listed.
 */
import { Admin, Nvm } from './layout.ts';

/** Dwords 2 .. 9 without a metadata pointer and a data pointer. */
const NO_POINTERS = [2, 3, 4, 5, 6, 7, 8, 9];
const NO_METADATA = [2, 3, 4, 5];
const LAST_FIVE = [11, 12, 13, 14, 15];

type Table = Readonly<Record<number, readonly number[]>>;

export const RESERVED_ADMIN: Table = {
  [Admin.DeleteSubmissionQueue]: [...NO_POINTERS, ...LAST_FIVE],
  [Admin.CreateSubmissionQueue]: [...NO_METADATA, 8, 9, 13, 14, 15],
  [Admin.GetLogPage]: [...NO_METADATA, 15],
  [Admin.DeleteCompletionQueue]: [...NO_POINTERS, ...LAST_FIVE],
  [Admin.CreateCompletionQueue]: [...NO_METADATA, 8, 9, 12, 13, 14, 15],
  [Admin.Identify]: [...NO_METADATA, 12, 13, 15],
  [Admin.Abort]: [...NO_POINTERS, ...LAST_FIVE],
  [Admin.SetFeatures]: NO_METADATA,
  [Admin.GetFeatures]: NO_METADATA,
  [Admin.AsynchronousEventRequest]: [...NO_POINTERS, 10, ...LAST_FIVE],
  [Admin.FirmwareCommit]: [...NO_POINTERS, ...LAST_FIVE],
  [Admin.FirmwareDownload]: [...NO_METADATA, 12, 13, 14, 15],
  [Admin.SelfTest]: [...NO_POINTERS, ...LAST_FIVE],
  [Admin.NamespaceAttachment]: [...NO_METADATA, ...LAST_FIVE],
  [Admin.FormatNvm]: [...NO_POINTERS, ...LAST_FIVE],
};

export const RESERVED_NVM: Table = {
  [Nvm.Flush]: [...NO_POINTERS, 10, ...LAST_FIVE],
  [Nvm.Write]: [2, 3],
  [Nvm.Read]: [2, 3],
  [Nvm.WriteUncorrectable]: [...NO_POINTERS, 13, 14, 15],
  [Nvm.Compare]: [2, 3, 13],
  [Nvm.WriteZeroes]: [2, 3, 6, 7, 8, 9, 13],
  [Nvm.DatasetManagement]: [...NO_METADATA, 12, 13, 14, 15],
  [Nvm.Verify]: [2, 3, 6, 7, 8, 9, 13],
};
