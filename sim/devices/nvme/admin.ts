/** Which admin command is carried out by whom. */
import { abort, requestEvent } from './admin-abort.ts';
import { getFeatures, setFeatures } from './admin-features.ts';
import { identify } from './admin-identify.ts';
import { getLogPage } from './admin-log.ts';
import { AdminOpcode } from './admin-opcodes.ts';
import {
  createCompletionQueue,
  createSubmissionQueue,
  deleteCompletionQueue,
  deleteSubmissionQueue,
} from './admin-queues.ts';
import type { NvmeCore } from './core.ts';
import type { Execution } from './execution.ts';
import { formatNamespaces } from './format.ts';
import { attachNamespace, manageNamespace } from './namespace-management.ts';
import { Status } from './status.ts';
import { Command } from './structures.ts';

type AdminCommand = (core: NvmeCore, execution: Execution) => void;

const COMMANDS = new Map<number, AdminCommand>([
  [AdminOpcode.DeleteSubmissionQueue, deleteSubmissionQueue],
  [AdminOpcode.CreateSubmissionQueue, createSubmissionQueue],
  [AdminOpcode.GetLogPage, getLogPage],
  [AdminOpcode.DeleteCompletionQueue, deleteCompletionQueue],
  [AdminOpcode.CreateCompletionQueue, createCompletionQueue],
  [AdminOpcode.Identify, identify],
  [AdminOpcode.Abort, abort],
  [AdminOpcode.SetFeatures, setFeatures],
  [AdminOpcode.GetFeatures, getFeatures],
  [AdminOpcode.EventRequest, requestEvent],
  [
    AdminOpcode.NamespaceManagement,
    ({ namespaces }, execution) => manageNamespace(namespaces, execution),
  ],
  [AdminOpcode.FirmwareCommit, ({ firmware }, execution) => firmware.commit(execution)],
  [AdminOpcode.FirmwareDownload, ({ firmware }, execution) => firmware.download(execution)],
  [AdminOpcode.SelfTest, ({ selfTester }, execution) => selfTester.execute(execution)],
  [
    AdminOpcode.NamespaceAttachment,
    ({ namespaces }, execution) => attachNamespace(namespaces, execution),
  ],
  [
    AdminOpcode.FormatNvm,
    ({ namespaces, selfTester, timed }, execution) =>
      formatNamespaces(namespaces, execution, timed, (nsid) => selfTester.formatted(nsid)),
  ],
]);

/** Carries out a step of an admin command. */
export function executeAdmin(core: NvmeCore, execution: Execution): void {
  const command = COMMANDS.get(Command.OPC.get(execution.sqe));
  if (command === undefined) execution.fail(Status.InvalidOpcode, Command.OPC);
  // "PRP or SGL for Data Transfer": admin commands use PRPs, data or not.
  else if (Command.PSDT.get(execution.sqe) !== 0) {
    execution.fail(Status.InvalidField, Command.PSDT);
  } else command(core, execution);
}
