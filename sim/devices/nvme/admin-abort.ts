/**
 * Abort and Asynchronous Event Request: NVM Express Base Specification 1.4, commands of these names
 * (secondary).
 */
import { AdminOpcode } from './admin-opcodes.ts';
import type { NvmeCore } from './core.ts';
import type { Execution } from './execution.ts';
import { Status } from './status.ts';
import { AbortCommand } from './structures.ts';

/** Aborts that may be in progress at once; Identify Controller reports one less (ACL). */
export const ABORTS_MAX = 4;

/** Dword 0 of the completion: whether the command was left alone. */
const Aborted = { Yes: 0, No: 1 } as const;

export function abort(core: NvmeCore, execution: Execution): void {
  const { engine, queues, events } = core;
  // Which of too many are refused is the controller's choice: the first ones here.
  if (engine.count(0, AdminOpcode.Abort) > ABORTS_MAX) {
    return execution.fail(Status.AbortLimitExceeded);
  }
  const queue = AbortCommand.SQID.get(execution.sqe);
  if (queues.submissions[queue] === undefined) {
    return execution.fail(Status.InvalidField, AbortCommand.SQID);
  }
  const command = engine.find(queue, AbortCommand.CID.get(execution.sqe));
  // Of a command that was not taken yet nothing is known.
  if (command === undefined || command === execution) {
    return execution.complete(Status.Success, Aborted.No);
  }
  events.withdraw(command);
  engine.abort(command, Status.AbortedByRequest);
  return execution.complete(Status.Success, Aborted.Yes);
}

/** It waits for an event, as long as that takes. */
export function requestEvent(core: NvmeCore, execution: Execution): void {
  const command = core.engine.park(execution);
  if (command === undefined || core.events.request(command)) return undefined;
  return execution.fail(Status.EventRequestLimitExceeded);
}
