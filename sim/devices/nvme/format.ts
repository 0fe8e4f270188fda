/**
 * Format NVM: everything in a namespace is erased, and its blocks may get another size.
 *
 * NVM Express Base Specification 1.4, "Format NVM command" (secondary sources). Not modelled:
 * metadata and protection information, a difference between the kinds of secure erase.
 */
import type { Execution } from './execution.ts';
import { BROADCAST, LBA_FORMATS, type Namespaces, type NvmeNamespace } from './namespaces.ts';
import { Status } from './status.ts';
import { Command, FormatCommand } from './structures.ts';

/** While it lasts, commands for the namespace end with Format in Progress. */
const FORMAT_NS = 10_000_000;
/** SES: none, user data, cryptographic. */
const SECURE_ERASE_MAX = 2;

/** One step of the command. `erased`: a namespace that a self-test may be testing is formatted. */
export function formatNamespaces(
  namespaces: Namespaces,
  execution: Execution,
  timed: boolean,
  erased: (nsid: number) => void,
): void {
  const nsid = Command.NSID.get(execution.sqe);
  const chosen = choose(namespaces, nsid);
  if (execution.step === 0) {
    if (!isLegal(execution)) return;
    if (chosen.length === 0 && nsid !== BROADCAST) {
      return execution.fail(namespaces.refusal(nsid), Command.NSID);
    }
    if (chosen.some(({ formatting }) => formatting)) return execution.fail(Status.FormatInProgress);
    for (const namespace of chosen) {
      namespace.formatting = true;
      erased(namespace.id);
    }
    if (timed) return execution.again(FORMAT_NS);
  }
  const blockBytes = LBA_FORMATS[FormatCommand.LBAF.get(execution.sqe)] as number;
  for (const namespace of chosen) {
    if (!namespace.formatting) continue;
    namespace.formatting = false;
    namespaces.reformat(namespace, blockBytes);
  }
  execution.complete(Status.Success);
}

function isLegal(execution: Execution): boolean {
  const { sqe } = execution;
  if (FormatCommand.SES.get(sqe) > SECURE_ERASE_MAX) {
    execution.fail(Status.InvalidField, FormatCommand.SES);
    return false;
  }
  // Without metadata there is no room for protection information.
  if (FormatCommand.LBAF.get(sqe) < LBA_FORMATS.length && FormatCommand.PI.get(sqe) === 0) {
    return true;
  }
  execution.fail(Status.InvalidFormat, FormatCommand.LBAF);
  return false;
}

function choose(namespaces: Namespaces, nsid: number): readonly NvmeNamespace[] {
  if (nsid === BROADCAST) return namespaces.allocated().filter(({ attached }) => attached);
  const namespace = namespaces.active(nsid);
  return namespace === undefined ? [] : [namespace];
}
