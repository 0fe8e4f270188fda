/** Identify: NVM Express Base Specification 1.4, "Identify command" (secondary). */
import { ABORTS_MAX } from './admin-abort.ts';
import type { NvmeCore } from './core.ts';
import type { Execution } from './execution.ts';
import { EVENT_REQUESTS_MAX } from './events.ts';
import { CRITICAL_KELVIN, POWER_STATES_MORE, WARNING_KELVIN } from './feature-table.ts';
import { FIRMWARE_SLOTS } from './firmware.ts';
import { ERROR_ENTRIES } from './logs.ts';
import { CONTROLLER_ID } from './namespace-management.ts';
import {
  ATOMIC_BLOCKS,
  LBA_FORMATS,
  NAMESPACES_MAX,
  type Namespaces,
  type NvmeNamespace,
} from './namespaces.ts';
import { EXTENDED_MINUTES } from './self-test.ts';
import { Status } from './status.ts';
import {
  ALL_NAMESPACES,
  Command,
  Controller,
  ControllerListEntry,
  Dword,
  IDENTIFY_BYTES,
  IdDescriptor,
  IdType,
  Identify,
  LBA_FORMATS_AT,
  LbaFormat,
  Namespace,
  POWER_STATES_AT,
  PowerState,
} from './structures.ts';

/** What is asked for: CNS. */
export const IdentifyCns = {
  Namespace: 0x00,
  Controller: 0x01,
  ActiveNamespaces: 0x02,
  Descriptors: 0x03,
  AllocatedNamespaces: 0x10,
  AllocatedNamespace: 0x11,
  AttachedControllers: 0x12,
  Controllers: 0x13,
} as const;

const VENDOR = 0x1b36;
const SUBSYSTEM = 0x1af4;
const VERSION = 0x0001_0400;
/** 2^7 pages of 4 KiB: 512 KiB. */
const TRANSFER_PAGES_POWER = 7;

/** The answer that is being made; sent within the same call. */
const ANSWER = new Uint8Array(IDENTIFY_BYTES);

export function identify(core: NvmeCore, execution: Execution): void {
  ANSWER.fill(0);
  const status = fill(core, execution, ANSWER);
  if (status === ENDED) return undefined;
  const opened = execution.data.open(IDENTIFY_BYTES);
  if (opened !== Status.Success) return execution.fail(opened, Command.PRP1);
  return execution.complete(execution.data.toHost(0, ANSWER));
}

const ENDED = -1;

/** Success, or `ENDED` when the command has ended with an error. */
function fill(core: NvmeCore, execution: Execution, into: Uint8Array): number {
  const { sqe } = execution;
  const { namespaces } = core;
  const nsid = Command.NSID.get(sqe);
  const after = Identify.CNTID.get(sqe);
  switch (Identify.CNS.get(sqe)) {
    case IdentifyCns.Controller:
      describeController(core, into);
      return Status.Success;
    case IdentifyCns.Namespace:
      // What all namespaces have in common is asked for by the identifier of all.
      if (nsid === ALL_NAMESPACES) return common(into);
      if (!isValid(nsid)) return refuse(execution);
      return describe(namespaces.active(nsid), into);
    case IdentifyCns.ActiveNamespaces:
      if (nsid >= ALL_NAMESPACES - 1) return refuse(execution);
      return list(ids(namespaces, false), nsid, into);
    case IdentifyCns.Descriptors:
      if (!isValid(nsid)) return refuse(execution);
      return describeIds(execution, namespaces.active(nsid), into);
    case IdentifyCns.AllocatedNamespaces:
      if (nsid >= ALL_NAMESPACES - 1) return refuse(execution);
      return list(ids(namespaces, true), nsid, into);
    case IdentifyCns.AllocatedNamespace:
      if (!isValid(nsid)) return refuse(execution);
      return describe(namespaces.get(nsid), into);
    case IdentifyCns.AttachedControllers:
      if (!isValid(nsid)) return refuse(execution);
      return listControllers(
        namespaces.active(nsid) === undefined ? [] : [CONTROLLER_ID],
        after,
        into,
      );
    case IdentifyCns.Controllers:
      return listControllers([CONTROLLER_ID], after, into);
    default:
      execution.fail(Status.InvalidField, Identify.CNS);
      return ENDED;
  }
}

const isValid = (nsid: number) => nsid >= 1 && nsid <= NAMESPACES_MAX;

function ids(namespaces: Namespaces, all: boolean): number[] {
  return namespaces
    .allocated()
    .filter(({ attached }) => all || attached)
    .map(({ id }) => id);
}

function refuse(execution: Execution): number {
  execution.fail(Status.InvalidNamespace, Command.NSID);
  return ENDED;
}

/** Identifiers above `after`, ascending, as dwords. */
function list(ids: readonly number[], after: number, into: Uint8Array): number {
  let at = 0;
  for (const id of ids) {
    if (id <= after || at === into.length) continue;
    Dword.VALUE.set(into, at, id);
    at += Dword.bytes;
  }
  return Status.Success;
}

/** Controllers from `first` on: how many, then their identifiers. */
function listControllers(ids: readonly number[], first: number, into: Uint8Array): number {
  let count = 0;
  for (const id of ids) {
    if (id < first) continue;
    count++;
    ControllerListEntry.ID.set(into, count * ControllerListEntry.bytes, id);
  }
  ControllerListEntry.ID.set(into, 0, count);
  return Status.Success;
}

/** Zeros where there is no such namespace. */
function describe(namespace: NvmeNamespace | undefined, into: Uint8Array): number {
  if (namespace === undefined) return Status.Success;
  common(into);
  Namespace.NSZE.set(into, 0, namespace.blocks);
  Namespace.NCAP.set(into, 0, namespace.blocks);
  Namespace.NUSE.set(into, 0, namespace.blocks);
  Namespace.FLBAS_FORMAT.set(into, 0, namespace.format);
  Namespace.NVMCAP.set(into, 0, namespace.bytes);
  Namespace.EUI64.view(into).set(eui64(namespace.id));
  Namespace.NGUID.view(into).set(nguid(namespace.id));
  return Status.Success;
}

/** What is the same for every namespace. */
function common(into: Uint8Array): number {
  Namespace.NSFEAT_ATOMIC.set(into, 0, 1);
  Namespace.NSFEAT_DEALLOCATED_ERROR.set(into, 0, 1);
  Namespace.NLBAF.set(into, 0, LBA_FORMATS.length - 1);
  // Deallocated blocks read as zeros, and Write Zeroes may deallocate.
  Namespace.DLFEAT_READ.set(into, 0, 1);
  Namespace.DLFEAT_WRITE_ZEROES.set(into, 0, 1);
  Namespace.NAWUN.set(into, 0, ATOMIC_BLOCKS - 1);
  Namespace.NAWUPF.set(into, 0, ATOMIC_BLOCKS - 1);
  Namespace.NACWU.set(into, 0, ATOMIC_BLOCKS - 1);
  LBA_FORMATS.forEach((blockBytes, index) => {
    const at = LBA_FORMATS_AT + index * LbaFormat.bytes;
    LbaFormat.LBADS.set(into, at, 31 - Math.clz32(blockBytes));
  });
  return Status.Success;
}

/** Every identifier of a namespace, each behind its head. */
function describeIds(
  execution: Execution,
  namespace: NvmeNamespace | undefined,
  into: Uint8Array,
): number {
  if (namespace === undefined) {
    execution.fail(Status.InvalidField, Command.NSID);
    return ENDED;
  }
  let at = 0;
  const add = (type: number, id: Uint8Array) => {
    IdDescriptor.NIDT.set(into, at, type);
    IdDescriptor.NIDL.set(into, at, id.length);
    into.set(id, at + IdDescriptor.bytes);
    at += IdDescriptor.bytes + id.length;
  };
  add(IdType.Eui64, eui64(namespace.id));
  add(IdType.Nguid, nguid(namespace.id));
  return Status.Success;
}

/** Under an OUI that is nobody's (the second bit of the first byte: locally administered). */
function eui64(id: number): Uint8Array {
  return Uint8Array.of(0x02, 0xd1, 0x0d, 0, 0, 0, Math.floor(id / 256), id % 256);
}

function nguid(id: number): Uint8Array {
  return Uint8Array.of(0x4e, 0x56, 0x4d, 0x45, 0, 0, 0, 0, ...eui64(id));
}

function describeController(core: NvmeCore, into: Uint8Array): void {
  const set = Controller;
  set.VID.set(into, 0, VENDOR);
  set.SSVID.set(into, 0, SUBSYSTEM);
  set.SN.setText(into, 0, core.serial);
  set.MN.setText(into, 0, 'Driver Dyno NVMe Controller');
  set.FR.setText(into, 0, core.firmware.revision);
  set.RAB.set(into, 0, 6);
  set.MDTS.set(into, 0, TRANSFER_PAGES_POWER);
  set.CNTLID.set(into, 0, CONTROLLER_ID);
  set.VER.set(into, 0, VERSION);
  // Microseconds.
  set.RTD3R.set(into, 0, 500_000);
  set.RTD3E.set(into, 0, 500_000);
  set.CNTRLTYPE.set(into, 0, 1);
  set.ACL.set(into, 0, ABORTS_MAX - 1);
  set.AERL.set(into, 0, EVENT_REQUESTS_MAX - 1);
  set.FRMW_SLOT1_READ_ONLY.set(into, 0, 1);
  set.FRMW_SLOTS.set(into, 0, FIRMWARE_SLOTS);
  set.FRMW_WITHOUT_RESET.set(into, 0, 1);
  // Pieces of an image may have any size and place.
  set.FWUG.set(into, 0, 0xff);
  set.OAES_NAMESPACE.set(into, 0, 1);
  set.OAES_FIRMWARE.set(into, 0, 1);
  set.OACS_FORMAT.set(into, 0, 1);
  set.OACS_FIRMWARE.set(into, 0, 1);
  set.OACS_NAMESPACES.set(into, 0, 1);
  set.OACS_SELF_TEST.set(into, 0, 1);
  set.EDSTT.set(into, 0, EXTENDED_MINUTES);
  set.FNA_CRYPTOGRAPHIC.set(into, 0, 1);
  set.LPA_COMMAND_EFFECTS.set(into, 0, 1);
  set.LPA_EXTENDED.set(into, 0, 1);
  set.ELPE.set(into, 0, ERROR_ENTRIES - 1);
  set.NPSS.set(into, 0, POWER_STATES_MORE);
  set.WCTEMP.set(into, 0, WARNING_KELVIN);
  set.CCTEMP.set(into, 0, CRITICAL_KELVIN);
  set.SQES_MIN.set(into, 0, 6);
  set.SQES_MAX.set(into, 0, 6);
  set.CQES_MIN.set(into, 0, 4);
  set.CQES_MAX.set(into, 0, 4);
  set.NN.set(into, 0, NAMESPACES_MAX);
  set.MNAN.set(into, 0, NAMESPACES_MAX);
  set.TNVMCAP.set(into, 0, core.namespaces.capacityBytes);
  set.UNVMCAP.set(into, 0, core.namespaces.unallocatedBytes);
  set.ONCS_COMPARE.set(into, 0, 1);
  set.ONCS_WRITE_UNCORRECTABLE.set(into, 0, 1);
  set.ONCS_DATASET_MANAGEMENT.set(into, 0, 1);
  set.ONCS_WRITE_ZEROES.set(into, 0, 1);
  set.ONCS_VERIFY.set(into, 0, 1);
  set.FUSES_COMPARE_WRITE.set(into, 0, 1);
  set.AWUN.set(into, 0, ATOMIC_BLOCKS - 1);
  set.AWUPF.set(into, 0, ATOMIC_BLOCKS - 1);
  set.ACWU.set(into, 0, ATOMIC_BLOCKS - 1);
  set.ONCS_SAVE.set(into, 0, 1);
  set.ONCS_TIMESTAMP.set(into, 0, 1);
  set.VWC_PRESENT.set(into, 0, 1);
  set.VWC_FLUSH_ALL.set(into, 0, 3);
  set.SUBNQN.view(into).set(ascii(`nqn.2026-01.dev.driver-dyno:${core.serial}`));
  for (let state = 0; state <= POWER_STATES_MORE; state++) {
    const at = POWER_STATES_AT + state * PowerState.bytes;
    // Hundredths of a watt; each state takes less, and takes longer to enter and leave.
    PowerState.MP.set(into, at, 2500 - state * 1000);
    PowerState.ENLAT.set(into, at, state * 1000);
    PowerState.EXLAT.set(into, at, state * 1000);
    PowerState.RRT.set(into, at, state);
    PowerState.RRL.set(into, at, state);
    PowerState.RWT.set(into, at, state);
    PowerState.RWL.set(into, at, state);
  }
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
