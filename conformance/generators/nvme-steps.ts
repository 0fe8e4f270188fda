/**
 * Steps of a program for an NVMe controller: commands by any queue with any PRP layout, doorbells,
 * and what CC does. Addresses are places in memory that each target has somewhere else.
 */
import type { Difference, Program } from '../divergence.ts';
import type { Command as Fields } from '../suites/nvme/commands.ts';

export const PAGE = 4096;

/** Pages of the memory that programs know, by use. */
export const MEMORY = {
  adminSq: 0,
  adminCq: 1,
  /** Of queue pair 1, 2, ...: a page for the submission queue and one for the completion queue. */
  rings: 2,
  lists: 10,
  data: 14,
  end: 30,
} as const;
export const DATA_BYTES = (MEMORY.end - MEMORY.data) * PAGE;

/** A byte of that memory; pages from NOWHERE on are where no memory is. */
export interface Place {
  readonly page: number;
  readonly offset: number;
}
export const NOWHERE = 0x1000;

export interface NvmeCommand extends Omit<Fields, 'prp1' | 'prp2'> {
  readonly prp1?: Place;
  readonly prp2?: Place;
}

/** What the host writes into memory before it rings. */
export type Fill =
  | { readonly at: Place; readonly bytes: readonly number[] }
  | { readonly at: Place; readonly entries: readonly Place[] };

export interface EnableStep {
  readonly kind: 'enable';
  /** Fields of CC, EN but. */
  readonly iosqes: number;
  readonly iocqes: number;
  readonly pageExponent: number;
  readonly css: number;
  readonly ams: number;
  /** AQA, zero based, and where in its page the admin submission queue would begin. */
  readonly submissions: number;
  readonly completions: number;
  readonly offset: number;
}

export type NvmeStep =
  | {
      readonly kind: 'commands';
      readonly queue: number;
      readonly fills: readonly Fill[];
      readonly commands: readonly NvmeCommand[];
    }
  | {
      readonly kind: 'doorbell';
      readonly queue: number;
      readonly side: 'tail' | 'head';
      readonly value: number;
    }
  | EnableStep
  | { readonly kind: 'shutdown'; readonly value: 1 | 2 };

export interface NvmeProgram extends Program<NvmeStep> {
  readonly interrupts: 'none' | 'msix';
  /** On a device that no program has used before: for what outlives a reset of the controller. */
  readonly fresh: boolean;
  /** Queue pairs that are there from the start, by the entries of their queues. */
  readonly pairs: readonly { readonly submissions: number; readonly completions: number }[];
}

export type NvmeDifference = Difference<NvmeProgram>;

/** The command that a part such as `status[1]` is about. */
export function commandOf({ part, step }: NvmeDifference): NvmeCommand | undefined {
  const index = /\[(\d+)\]$/.exec(part)?.[1];
  return step.kind === 'commands' && index !== undefined ? step.commands[Number(index)] : undefined;
}

/** One report for each command, queue kind and kind of part. */
export function placeOfNvme(difference: NvmeDifference): string {
  const { part, step } = difference;
  const command = commandOf(difference);
  const kind = step.kind === 'commands' && step.queue === 0 ? 'admin' : step.kind;
  return `${kind} ${part.replace(/\[.*/, '')} ${command?.opcode ?? ''}`;
}

/** As people read it: how the program starts, then its first steps. */
export function showNvme(
  { interrupts, fresh, pairs, steps }: NvmeProgram,
  count: number,
): string[] {
  const by = interrupts === 'msix' ? 'MSI-X' : 'INTx';
  const sizes = pairs.map((pair) => `${pair.submissions}/${pair.completions} entries`);
  const start = `${fresh ? 'new device, ' : ''}I/O queue pairs [${sizes.join(', ')}], ${by}`;
  return [start, ...steps.slice(0, count).map(showStep)];
}

function showStep(step: NvmeStep): string {
  switch (step.kind) {
    case 'commands': {
      const fills = step.fills.map((fill) => `${showPlace(fill.at)} <- ${showFill(fill)}; `);
      const commands = step.commands.map((command) => showCommand(command)).join(', ');
      return `${fills.join('')}queue ${step.queue}: ${commands}`;
    }
    case 'doorbell':
      return `queue ${step.queue} ${step.side} doorbell <- ${step.value}`;
    case 'enable': {
      const fields = Object.entries(step).filter(([name]) => name !== 'kind');
      return `disable, enable with ${fields.map(([name, value]) => `${name} ${value}`).join(' ')}`;
    }
    case 'shutdown':
      return `CC.SHN <- ${step.value}`;
  }
}

function showCommand(command: NvmeCommand): string {
  const fields = Object.entries(command).filter(([name]) => name !== 'opcode');
  const shown = fields.map(([name, value]) => {
    return `${name} ${typeof value === 'object' ? showPlace(value) : hex(value)}`;
  });
  return `{${[`opcode ${hex(command.opcode)}`, ...shown].join(' ')}}`;
}

function showFill(fill: Fill): string {
  if ('bytes' in fill) return fill.bytes.map((byte) => byte.toString(16)).join(' ');
  return fill.entries.map(showPlace).join(' ');
}

function showPlace({ page, offset }: Place): string {
  const name =
    page >= NOWHERE
      ? 'nowhere'
      : page >= MEMORY.data
        ? `data${page - MEMORY.data}`
        : page >= MEMORY.lists
          ? `list${page - MEMORY.lists}`
          : `page${page}`;
  return offset === 0 ? name : `${name}+${hex(offset)}`;
}

function hex(value: number | bigint): string {
  return value < 10 ? String(value) : `0x${value.toString(16)}`;
}
