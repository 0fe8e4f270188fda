/** What explanations ask of a difference: statuses, commands, bytes of structures. */
import type { AnswerValue, Explanation } from '../../divergence.ts';
import {
  type NvmeCommand,
  type NvmeDifference,
  type NvmeProgram,
  commandOf,
} from '../../generators/nvme-steps.ts';

export type NvmeExplanation = Explanation<NvmeProgram>;

export const NVME = {
  document: 'NVM Express Base Specification',
  revision: '1.4',
  basis: 'secondary',
} as const;

export const MORE = 0x2000n;
export const DO_NOT_RETRY = 0x4000n;
/** Status code type and status code. */
const CODES = 0x800n;
const ALL = -1n;

export interface Statuses {
  readonly command: NvmeCommand;
  /** By which queue the command came. */
  readonly isAdmin: boolean;
  /** Type * 256 + code; undefined where no completion came. */
  readonly ours: number | undefined;
  readonly theirs: number | undefined;
}

const codeOf = (value: AnswerValue | undefined): number | undefined =>
  typeof value === 'bigint' ? Number(value % CODES) : undefined;

/** Of the command that a part such as `data[1]` is about; `ours` is the first target's. */
export function commandAndStatuses(difference: NvmeDifference): Statuses | undefined {
  const { part, step, answers } = difference;
  const command = commandOf(difference);
  if (command === undefined || step.kind !== 'commands') return undefined;
  const name = part.replace(/.*\[/, 'status[');
  const [ours, theirs] = answers.map(({ parts }) =>
    codeOf(parts.find((each) => each.name === name)?.value),
  );
  return { command, isAdmin: step.queue === 0, ours, theirs };
}

/** Explains a status that differs, and what else of the command differs then, where `holds`. */
export function differentStatus(holds: (statuses: Statuses) => boolean) {
  return (difference: NvmeDifference): bigint => {
    const statuses = commandAndStatuses(difference);
    return statuses !== undefined && statuses.ours !== statuses.theirs && holds(statuses)
      ? ALL
      : 0n;
  };
}

/** The parts of this name that the command has, where `holds`. */
export function inPart(name: string, holds: (command: NvmeCommand, isAdmin: boolean) => boolean) {
  return (difference: NvmeDifference): bigint => {
    const { part, step } = difference;
    const command = commandOf(difference);
    if (command === undefined || step.kind !== 'commands') return 0n;
    return part.startsWith(`${name}[`) && holds(command, step.queue === 0) ? ALL : 0n;
  };
}

/** One bit for each byte of these ranges: first byte, and how many. */
export function bytesMask(ranges: readonly (readonly [at: number, count: number])[]): bigint {
  return ranges.reduce(
    (mask, [at, count]) => mask | ((2n ** BigInt(count) - 1n) * 2n ** BigInt(at)),
    0n,
  );
}
