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

/** Of a difference in status; `ours` is the model's, the first target's. */
export function statusesOf(difference: NvmeDifference): Statuses | undefined {
  const { part, step, values } = difference;
  const command = commandOf(difference);
  if (command === undefined || !part.startsWith('status[') || step.kind !== 'commands') {
    return undefined;
  }
  return {
    command,
    isAdmin: step.queue === 0,
    ours: codeOf(values[0]),
    theirs: codeOf(values[1]),
  };
}

/** Explains a status that differs, where `holds`. */
export function differentStatus(holds: (statuses: Statuses) => boolean) {
  return (difference: NvmeDifference): bigint => {
    const statuses = statusesOf(difference);
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
