/**
 * What an NVMe controller itself can do wrong, as data. Faults stand in the controller's way out
 * (what it writes to host memory), so the model stays as it is.
 *
 * `at` counts from 1. `queue` names the completion queue (of faults that keep a command from being
 * carried out, the submission queue), 0 for the admin queue; without it all queues are counted
 * together. Identify structures are counted by their CNS. Data move page by page, and each page is
 * a transfer.
 */
export type NvmeFault =
  /** This completion is never posted; the command was carried out. */
  | ({ readonly kind: 'lost-completion' } & Which)
  /** It comes so many virtual nanoseconds later than it would. */
  | ({ readonly kind: 'late-completion'; readonly ns: number } & Which)
  /** It changes places with the next one of its queue (or comes after `ns` when there is none). */
  | ({ readonly kind: 'reordered-completion'; readonly ns: number } & Which)
  /** It is posted twice. */
  | ({ readonly kind: 'duplicate-completion' } & Which)
  /** Its command identifier is another one. */
  | ({ readonly kind: 'false-command-id'; readonly id: number } & Which)
  /** The submission queue head that it reports is another one. */
  | ({ readonly kind: 'false-queue-head'; readonly head: number } & Which)
  /** Its phase tag is the old one: the host cannot see it. */
  | ({ readonly kind: 'wrong-phase' } & Which)
  /** The command ends with this status, and is not carried out. */
  | ({
      readonly kind: 'error-status';
      readonly type: number;
      readonly code: number;
      readonly doNotRetry: boolean;
    } & Which)
  /** Instead of carrying out the command the controller raises CSTS.CFS and does nothing more. */
  | ({ readonly kind: 'fatal-status' } & Which)
  /** The controller ignores every command from this one on, until it is reset. */
  | ({ readonly kind: 'hang' } & Which)
  /** CSTS.RDY does not follow CC.EN, at this change of it: for `ns`, or never when `ns` is 0. */
  | { readonly kind: 'late-ready'; readonly at: number; readonly ns: number }
  /** Bytes of this answer of Identify or Get Log Page are others: the firmware lies. */
  | {
      readonly kind: 'false-structure';
      readonly command: 'identify' | 'log-page';
      /** CNS, or the log page identifier. */
      readonly selector: number;
      readonly at: number;
      readonly offset: number;
      readonly bytes: readonly number[];
    }
  /** One bit of this transfer of data to the host flips, counted from its first and around. */
  | { readonly kind: 'flipped-bit'; readonly at: number; readonly bit: number }
  /** This transfer of data to or from the host fails on the bus. */
  | { readonly kind: 'failed-transfer'; readonly at: number };

interface Which {
  readonly at: number;
  readonly queue?: number;
}

export type NvmeFaultKind = NvmeFault['kind'];
export type NvmeFaultPlan = readonly NvmeFault[];
