/** Get Log Page: NVM Express Base Specification 1.4, of this name (secondary). */
import { reportEffects } from './command-effects.ts';
import type { NvmeCore } from './core.ts';
import type { Execution } from './execution.ts';
import { LogPage } from './log-pages.ts';
import { ERROR_ENTRIES } from './logs.ts';
import { TRANSFER_MAX } from './prp.ts';
import { Status } from './status.ts';
import {
  ALL_NAMESPACES,
  Command,
  CommandEffects,
  Dword,
  ErrorEntry,
  FirmwareSlots,
  GetLogPage,
  IDENTIFY_BYTES,
  SELF_TEST_RESULTS,
  SelfTestLog,
  SelfTestResult,
  Smart,
} from './structures.ts';

interface PageRow {
  readonly bytes: number;
  /** Into bytes that are zeros. */
  readonly report: (core: NvmeCore, page: Uint8Array) => void;
}

const PAGES = new Map<number, PageRow>([
  [
    LogPage.Errors,
    {
      bytes: ERROR_ENTRIES * ErrorEntry.bytes,
      report: ({ logs }, page) => logs.reportErrors(page),
    },
  ],
  [LogPage.Health, { bytes: Smart.bytes, report: ({ logs }, page) => logs.reportHealth(page) }],
  [
    LogPage.Firmware,
    { bytes: FirmwareSlots.bytes, report: ({ firmware }, page) => firmware.report(page) },
  ],
  [
    LogPage.ChangedNamespaces,
    { bytes: IDENTIFY_BYTES, report: ({ logs }, page) => logs.reportChanged(page) },
  ],
  [
    LogPage.CommandEffects,
    { bytes: 1024 * CommandEffects.bytes, report: (_, page) => reportEffects(page) },
  ],
  [
    LogPage.SelfTest,
    {
      bytes: SelfTestLog.bytes + SELF_TEST_RESULTS * SelfTestResult.bytes,
      report: ({ selfTester }, page) => selfTester.report(page),
    },
  ],
]);

const WORDS = 0x1_0000;

export function getLogPage(core: NvmeCore, execution: Execution): void {
  const { sqe, data } = execution;
  const id = GetLogPage.LID.get(sqe);
  const row = PAGES.get(id);
  if (row === undefined) return execution.fail(Status.InvalidLogPage, GetLogPage.LID);
  const nsid = Command.NSID.get(sqe);
  // Health is the controller's only: LPA bit 0 is zero.
  if (id === LogPage.Health && nsid !== 0 && nsid !== ALL_NAMESPACES) {
    return execution.fail(Status.InvalidField, Command.NSID);
  }
  const dwords = GetLogPage.NUMDU.get(sqe) * WORDS + GetLogPage.NUMDL.get(sqe) + 1;
  const length = dwords * Dword.bytes;
  if (length > TRANSFER_MAX) return execution.fail(Status.InvalidField, GetLogPage.NUMDL);
  const offset = GetLogPage.LPO.get(sqe);
  if (offset % Dword.bytes !== 0 || offset > row.bytes) {
    return execution.fail(Status.InvalidField, GetLogPage.LPO);
  }
  const opened = data.open(length);
  if (opened !== Status.Success) return execution.fail(opened, Command.PRP1);
  const page = new Uint8Array(row.bytes);
  row.report(core, page);
  // What is asked for beyond the page reads as zeros.
  const answer = new Uint8Array(length);
  answer.set(page.subarray(offset, offset + length));
  const status = data.toHost(0, answer);
  if (status !== Status.Success) return execution.fail(status, Command.PRP1);
  if (GetLogPage.RAE.get(sqe) === 0) {
    if (id === LogPage.ChangedNamespaces) core.logs.forgetChanged();
    core.events.read(id);
  }
  return execution.complete(Status.Success);
}
