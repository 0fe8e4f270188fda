/** Get and Set Features: NVM Express Base Specification 1.4, of the same names (secondary). */
import type { NvmeCore } from './core.ts';
import type { Execution } from './execution.ts';
import type { FeatureRow } from './feature-table.ts';
import { FeatureId } from './feature-table.ts';
import { Select } from './features.ts';
import { NAMESPACES_MAX } from './namespaces.ts';
import { IO_QUEUES } from './registers.ts';
import { Status } from './status.ts';
import {
  ALL_NAMESPACES,
  Command,
  Feature,
  FeatureCapabilities,
  GetFeatures,
  SetFeatures,
  Timestamp,
} from './structures.ts';

const DWORD = new Uint8Array(4);
const TIMESTAMP = new Uint8Array(Timestamp.bytes);

export function getFeatures(core: NvmeCore, execution: Execution): void {
  const { sqe } = execution;
  const { features } = core;
  const feature = GetFeatures.FID.get(sqe);
  const select = GetFeatures.SEL.get(sqe);
  const row = features.row(feature);
  if (row === undefined) return execution.fail(Status.InvalidField, GetFeatures.FID);
  if (select > Select.Capabilities) return execution.fail(Status.InvalidField, GetFeatures.SEL);
  if (select === Select.Capabilities) {
    return execution.complete(Status.Success, capabilities(row));
  }
  const part = partOf(core, execution, row, false);
  if (part === undefined) return undefined;
  if (feature === FeatureId.Timestamp) return getTimestamp(core, execution, select);
  const value =
    select === Select.Current
      ? features.get(feature, part)
      : select === Select.Saved
        ? features.saved(feature, part)
        : features.initial(feature, part);
  return execution.complete(Status.Success, value);
}

export function setFeatures(core: NvmeCore, execution: Execution): void {
  const { sqe } = execution;
  const { features } = core;
  const feature = SetFeatures.FID.get(sqe);
  const save = SetFeatures.SV.get(sqe) === 1;
  const row = features.row(feature);
  if (row === undefined) return execution.fail(Status.InvalidField, SetFeatures.FID);
  if (save && !row.saveable) return execution.fail(Status.FeatureNotSaveable, SetFeatures.SV);
  const part = partOf(core, execution, row, true);
  if (part === undefined) return undefined;
  if (!row.changeable) return execution.fail(Status.FeatureNotChangeable, SetFeatures.FID);
  if (feature === FeatureId.Timestamp) return setTimestamp(core, execution);
  const value = Command.CDW11.get(sqe);
  Feature.WHOLE.VALUE.set(DWORD, 0, value);
  const status = row.check?.(DWORD) ?? Status.Success;
  if (status !== Status.Success) return execution.fail(status, Command.CDW11);
  if (feature === FeatureId.Queues) return setQueues(core, execution);
  const kept = (value & row.kept) >>> 0;
  if (row.perNamespace && part === ALL_NAMESPACES) {
    for (const { id } of core.namespaces.allocated()) features.set(feature, id, kept, save);
  } else features.set(feature, part, kept, save);
  return execution.complete(Status.Success);
}

function capabilities(row: FeatureRow): number {
  DWORD.fill(0);
  FeatureCapabilities.SAVEABLE.set(DWORD, 0, row.saveable ? 1 : 0);
  FeatureCapabilities.PER_NAMESPACE.set(DWORD, 0, row.perNamespace ? 1 : 0);
  FeatureCapabilities.CHANGEABLE.set(DWORD, 0, row.changeable ? 1 : 0);
  return Feature.WHOLE.VALUE.get(DWORD);
}

/** Which of several values is meant; undefined when the command has ended with an error. */
function partOf(
  core: NvmeCore,
  execution: Execution,
  row: FeatureRow,
  set: boolean,
): number | undefined {
  const nsid = Command.NSID.get(execution.sqe);
  if (row.perNamespace) {
    if (set && nsid === ALL_NAMESPACES) return nsid;
    if (core.namespaces.active(nsid) !== undefined) return nsid;
    execution.fail(
      nsid === ALL_NAMESPACES ? Status.InvalidNamespace : core.namespaces.refusal(nsid),
      Command.NSID,
    );
    return undefined;
  }
  if (set && nsid !== 0 && nsid !== ALL_NAMESPACES) {
    const valid = nsid <= NAMESPACES_MAX;
    execution.fail(valid ? Status.FeatureNotPerNamespace : Status.InvalidNamespace, Command.NSID);
    return undefined;
  }
  const part = row.part === undefined ? 0 : row.part(Command.CDW11.get(execution.sqe));
  if (part === undefined) execution.fail(Status.InvalidField, Command.CDW11);
  return part;
}

/** Queues are granted before the first one is made, as many as there are. */
function setQueues(core: NvmeCore, execution: Execution): void {
  const { queues, features } = core;
  if (queues.completions.some((queue) => queue !== undefined && queue.id > 0)) {
    return execution.fail(Status.SequenceError, SetFeatures.FID);
  }
  const most = IO_QUEUES - 1;
  Feature.WHOLE.VALUE.set(DWORD, 0, Command.CDW11.get(execution.sqe));
  Feature.QUEUES.NSQ.set(DWORD, 0, Math.min(Feature.QUEUES.NSQ.get(DWORD), most));
  Feature.QUEUES.NCQ.set(DWORD, 0, Math.min(Feature.QUEUES.NCQ.get(DWORD), most));
  const granted = Feature.WHOLE.VALUE.get(DWORD);
  features.set(FeatureId.Queues, 0, granted, false);
  return execution.complete(Status.Success, granted);
}

const MILLISECOND_NS = 1_000_000;
const WORD = 2 ** 32;

function getTimestamp(core: NvmeCore, execution: Execution, select: number): void {
  TIMESTAMP.fill(0);
  if (select === Select.Current) {
    const { clock } = core;
    const now = clock.milliseconds + Math.floor((core.world.now - clock.sinceNs) / MILLISECOND_NS);
    Timestamp.MILLISECONDS_LOW.set(TIMESTAMP, 0, now % WORD);
    Timestamp.MILLISECONDS_HIGH.set(TIMESTAMP, 0, Math.floor(now / WORD));
    Timestamp.ORIGIN.set(TIMESTAMP, 0, clock.set ? 1 : 0);
  }
  const opened = execution.data.open(Timestamp.bytes);
  if (opened !== Status.Success) return execution.fail(opened, Command.PRP1);
  return execution.complete(execution.data.toHost(0, TIMESTAMP));
}

function setTimestamp(core: NvmeCore, execution: Execution): void {
  const opened = execution.data.open(Timestamp.bytes);
  if (opened !== Status.Success) return execution.fail(opened, Command.PRP1);
  const status = execution.data.fromHost(0, TIMESTAMP);
  if (status !== Status.Success) return execution.fail(status, Command.PRP1);
  const { clock } = core;
  clock.milliseconds =
    Timestamp.MILLISECONDS_HIGH.get(TIMESTAMP) * WORD + Timestamp.MILLISECONDS_LOW.get(TIMESTAMP);
  clock.sinceNs = core.world.now;
  clock.set = true;
  return execution.complete(Status.Success);
}
