/**
 * Namespace Management and Namespace Attachment.
 *
 * NVM Express Base Specification 1.4, chapters of these names (secondary sources). Not modelled:
 * namespaces shared by controllers, NVM sets, endurance groups, thin provisioning.
 */
import { structure } from '../../registers/structure.ts';
import type { Execution } from './execution.ts';
import { BROADCAST, LBA_FORMATS, type Namespaces, type NvmeNamespace } from './namespaces.ts';
import { Status } from './status.ts';
import { Command, IDENTIFY_BYTES, Namespace, NamespaceManagement } from './structures.ts';

/** The only controller: CNTLID. */
export const CONTROLLER_ID = 0;
const Select = { Create: 0, Delete: 1 } as const;
const SelectAttachment = { Attach: 0, Detach: 1 } as const;

const ControllerList = structure({
  name: 'controller list',
  bytes: 4,
  fields: { NUMID: [0, 0, 16], FIRST: [2, 0, 16] },
});

/** Namespace Management. */
export function manageNamespace(namespaces: Namespaces, execution: Execution): void {
  const select = NamespaceManagement.SEL.get(execution.sqe);
  if (select === Select.Create) return create(namespaces, execution);
  if (select === Select.Delete) return remove(namespaces, execution);
  execution.fail(Status.InvalidField, NamespaceManagement.SEL);
}

/** Namespace Attachment. */
export function attachNamespace(namespaces: Namespaces, execution: Execution): void {
  const { sqe } = execution;
  const select = NamespaceManagement.SEL.get(sqe);
  if (select > SelectAttachment.Detach) {
    return execution.fail(Status.InvalidField, NamespaceManagement.SEL);
  }
  const nsid = Command.NSID.get(sqe);
  const namespace = namespaces.get(nsid);
  if (namespace === undefined) return execution.fail(namespaces.refusal(nsid), Command.NSID);
  const list = fetch(execution);
  if (list === undefined) return;
  if (!namesUs(list)) return execution.fail(Status.ControllerListInvalid);
  const attaches = select === SelectAttachment.Attach;
  if (namespace.attached === attaches) {
    const { NamespaceAlreadyAttached, NamespaceNotAttached } = Status;
    return execution.fail(attaches ? NamespaceAlreadyAttached : NamespaceNotAttached);
  }
  if (namespace.formatting) return execution.fail(Status.FormatInProgress);
  namespaces.attach(namespace, attaches);
  execution.complete(Status.Success);
}

function create(namespaces: Namespaces, execution: Execution): void {
  const data = fetch(execution);
  if (data === undefined) return;
  const blocks = Namespace.NSZE.get(data);
  const capacity = Namespace.NCAP.get(data);
  const { NMIC, DPS, NVMSETID, ENDGID } = Namespace;
  const options = [NMIC, DPS, NVMSETID, ENDGID];
  if (blocks === 0 || capacity > blocks || options.some((field) => field.get(data) !== 0)) {
    return execution.fail(Status.InvalidField);
  }
  if (capacity < blocks) return execution.fail(Status.ThinProvisioningNotSupported);
  const blockBytes = LBA_FORMATS[Namespace.FLBAS_FORMAT.get(data)];
  if (blockBytes === undefined) return execution.fail(Status.InvalidFormat);
  const created = namespaces.create(blockBytes, blocks);
  if ('status' in created) execution.fail(created.status);
  else execution.complete(Status.Success, created.nsid);
}

function remove(namespaces: Namespaces, execution: Execution): void {
  const nsid = Command.NSID.get(execution.sqe);
  const one = namespaces.get(nsid);
  if (one === undefined && nsid !== BROADCAST) {
    return execution.fail(namespaces.refusal(nsid), Command.NSID);
  }
  const chosen: readonly NvmeNamespace[] = one === undefined ? namespaces.allocated() : [one];
  if (chosen.some(({ formatting }) => formatting)) return execution.fail(Status.FormatInProgress);
  for (const namespace of chosen) namespaces.delete(namespace);
  execution.complete(Status.Success);
}

/** The page of data that comes with the command; undefined when that ended it. */
function fetch(execution: Execution): Uint8Array | undefined {
  const opened = execution.data.open(IDENTIFY_BYTES);
  const page = new Uint8Array(IDENTIFY_BYTES);
  const status = opened === Status.Success ? execution.data.fromHost(0, page) : opened;
  if (status === Status.Success) return page;
  execution.fail(status);
  return undefined;
}

/** Whether a controller list names this controller and no other: there is no other. */
function namesUs(list: Uint8Array): boolean {
  return ControllerList.NUMID.get(list) === 1 && ControllerList.FIRST.get(list) === CONTROLLER_ID;
}
