/**
 * The admin commands by opcode.
 * NVM Express Base Specification 1.4, "Opcodes for Admin Commands" (secondary).
 */
import { getFeatures, setFeatures } from './admin-features.ts';
import { identify } from './admin-identify.ts';
import {
  createCompletionQueue,
  createSubmissionQueue,
  deleteCompletionQueue,
  deleteSubmissionQueue,
} from './admin-queues.ts';
import type { NvmeCore } from './core.ts';
import type { Execution } from './execution.ts';
import { Status } from './status.ts';
import { Command } from './structures.ts';

export const AdminOpcode = {
  DeleteSubmissionQueue: 0x00,
  CreateSubmissionQueue: 0x01,
  GetLogPage: 0x02,
  DeleteCompletionQueue: 0x04,
  CreateCompletionQueue: 0x05,
  Identify: 0x06,
  Abort: 0x08,
  SetFeatures: 0x09,
  GetFeatures: 0x0a,
  EventRequest: 0x0c,
  NamespaceManagement: 0x0d,
  FirmwareCommit: 0x10,
  FirmwareDownload: 0x11,
  SelfTest: 0x14,
  NamespaceAttachment: 0x15,
  FormatNvm: 0x80,
} as const;

export type AdminCommand = (core: NvmeCore, execution: Execution) => void;

const COMMANDS = new Map<number, AdminCommand>([
  [AdminOpcode.DeleteSubmissionQueue, deleteSubmissionQueue],
  [AdminOpcode.CreateSubmissionQueue, createSubmissionQueue],
  [AdminOpcode.DeleteCompletionQueue, deleteCompletionQueue],
  [AdminOpcode.CreateCompletionQueue, createCompletionQueue],
  [AdminOpcode.Identify, identify],
  [AdminOpcode.SetFeatures, setFeatures],
  [AdminOpcode.GetFeatures, getFeatures],
]);

/** Carries out a step of an admin command. */
export function executeAdmin(core: NvmeCore, execution: Execution): void {
  const command = COMMANDS.get(Command.OPC.get(execution.sqe));
  if (command === undefined) execution.fail(Status.InvalidOpcode, Command.OPC);
  else command(core, execution);
}
