/** How the smallest journals for rules are written. */
import { EventKind } from '../../../../sim/kernel/journal.ts';
import { Admin, Nvm, Offset } from '../layout.ts';
import { At, type CommandFields, type Play, type ScriptedHost } from '../scripted-host.ts';

export const ALL_ONES = 0xffffffff;
export const NORMAL = 0x4000;
export const SHUTDOWN_COMPLETE = 8;
export const DOORBELL = Offset.DOORBELLS;

/** One block, read into the page for data. */
export const read = (fields: Partial<CommandFields> = {}): CommandFields => ({
  opcode: Nvm.Read,
  nsid: 1,
  prp1: At.data,
  ...fields,
});
export const blocks = (count: number) => ({ 12: count - 1 });
export const event: CommandFields = { opcode: Admin.AsynchronousEventRequest };
export const abort: CommandFields = { opcode: Admin.Abort };
export const running =
  (play: Play): Play =>
  (host) => {
    host.run();
    play(host);
  };
export const started =
  (play: Play): Play =>
  (host) => {
    host.start();
    play(host);
  };
export const prepared =
  (play: Play): Play =>
  (host) => {
    host.prepare();
    play(host);
  };
/** Queues are asked for, and no more. */
export const asked =
  (play: Play, extra: Parameters<ScriptedHost['identify']>[0] = {}): Play =>
  (host) => {
    host.start();
    host.identify(extra);
    host.map(At.completion);
    host.map(At.submission);
    const features = { opcode: Admin.SetFeatures, dwords: { 10: 7, 11: 0x0001_0001 } };
    host.finish(0, host.submit(0, features), { dword0: 0x0001_0001 });
    play(host);
  };
export const msix = (host: ScriptedHost): void => {
  host.journal.record(EventKind.ConfigRead, 0, 0x34, 0x40, 1);
  host.journal.record(EventKind.ConfigRead, 0, 0x40, 0x11, 2);
  host.journal.record(EventKind.ConfigRead, 0, 0x42, 0x8003, 2);
};
export const compare = (fields: Partial<CommandFields> = {}): CommandFields =>
  read({ opcode: Nvm.Compare, flags: 1, ...fields });
export const write = (fields: Partial<CommandFields> = {}): CommandFields =>
  read({ opcode: Nvm.Write, flags: 2, ...fields });

/** A rule, what breaks it, and the nearest that does not. */
export interface Case {
  readonly id: string;
  readonly violating: readonly Play[];
  readonly innocent: readonly Play[];
  /** Innocent, and not even judged. */
  readonly unknown?: readonly Play[];
}
