/** Steps of a program of register accesses. */
import type { Difference, Program } from '../divergence.ts';

export type StepSize = 1 | 2 | 4 | 8;

export type Step =
  | {
      readonly kind: 'read';
      readonly bar: number;
      readonly offset: number;
      readonly size: StepSize;
    }
  | {
      readonly kind: 'write';
      readonly bar: number;
      readonly offset: number;
      readonly size: StepSize;
      readonly value: bigint;
    }
  /** Writes where the buffer lies, plus `plus`: each target has a place of its own for it. */
  | {
      readonly kind: 'write-address';
      readonly bar: number;
      readonly offset: number;
      readonly size: 4 | 8;
      readonly plus: number;
    }
  | { readonly kind: 'config-read'; readonly offset: number; readonly size: 1 | 2 | 4 }
  | {
      readonly kind: 'config-write';
      readonly offset: number;
      readonly size: 1 | 2 | 4;
      readonly value: number;
    }
  /** The host writes into the DMA buffer. */
  | { readonly kind: 'fill'; readonly at: number; readonly bytes: readonly number[] }
  | { readonly kind: 'wait'; readonly ns: number }
  /** The far end of a serial line sends. */
  | { readonly kind: 'send'; readonly bytes: readonly number[] };

export interface AccessProgram extends Program<Step> {
  readonly interrupts: 'none' | 'msi';
}

/** An address in the DMA buffer is shown as if that lay here: each target has its own place. */
export const BUFFER_AT = 0x10_0000n;

export function placeOfAccess({ part, step }: Difference<AccessProgram>): string {
  if (step.kind === 'read' || step.kind === 'write') {
    return `${part} ${step.kind} ${step.bar} ${step.offset} ${step.size}`;
  }
  if (step.kind === 'config-read') return `${part} config ${step.offset} ${step.size}`;
  return `${part} ${step.kind}`;
}

/** As people read it: how the program starts, then its first steps. */
export function showAccesses({ interrupts, steps }: AccessProgram, count: number): string[] {
  const by = interrupts === 'msi' ? 'MSI' : 'INTx';
  return [`interrupts by ${by}`, ...steps.slice(0, count).map(showStep)];
}

function showStep(step: Step): string {
  const hex = (value: number | bigint) => `0x${value.toString(16)}`;
  switch (step.kind) {
    case 'read':
      return `read BAR${step.bar}+${hex(step.offset)} (${step.size} bytes)`;
    case 'write':
      return `write BAR${step.bar}+${hex(step.offset)} <- ${hex(step.value)} (${step.size} bytes)`;
    case 'write-address':
      return (
        `write BAR${step.bar}+${hex(step.offset)} <- ` +
        `buffer+${hex(step.plus)} (${step.size} bytes)`
      );
    case 'config-read':
      return `read config+${hex(step.offset)} (${step.size} bytes)`;
    case 'config-write':
      return `write config+${hex(step.offset)} <- ${hex(step.value)} (${step.size} bytes)`;
    case 'fill':
      return `host writes buffer+${hex(step.at)}: ${step.bytes.map(hex).join(' ')}`;
    case 'wait':
      return `wait ${step.ns / 1e6} ms`;
    case 'send':
      return `far end sends ${step.bytes.map(hex).join(' ')}`;
  }
}
