/**
 * Two targets of one device, driven by the same accesses: the steps, what may differ, and the
 * entries that explain a difference. All of it is data, so that it can be generated, shrunk, shown.
 */
import type { Arbitrary } from 'fast-check';
import type { DmaBuffer, PciFunction } from '../sim/buses/pci/function.ts';
import type { SerialFarEnd } from '../sim/buses/uart/peer.ts';
import type { Citation } from './citation.ts';

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

export interface Program {
  readonly interrupts: 'none' | 'msi';
  readonly steps: readonly Step[];
}

/** What one target shows of one step. */
export interface Answer {
  /** Of a read; an address in the buffer as if that lay at `BUFFER_AT`. */
  readonly value: bigint;
  readonly level: boolean;
  readonly messages: number;
  /** What came out of the serial line. */
  readonly heard: readonly number[];
  /** The whole DMA buffer, after a wait. */
  readonly memory: readonly number[];
  /** Why the target is no more. */
  readonly gone: string | undefined;
}
export const ANSWER_PARTS = ['gone', 'value', 'level', 'messages', 'heard', 'memory'] as const;
export type AnswerPart = (typeof ANSWER_PARTS)[number];

export const BUFFER_AT = 0x10_0000n;

export interface Difference {
  readonly part: AnswerPart;
  readonly step: Step;
  /** Of the step in the program. */
  readonly index: number;
  readonly program: Program;
  readonly answers: readonly [Answer, Answer];
  /** Bits of the value in which the two differ and that nothing has explained yet. */
  readonly bits: bigint;
}

/** An entry that closes a difference: who is right, by which document, and why we leave it. */
export interface Explanation {
  readonly id: string;
  readonly cite: Citation;
  readonly why: string;
  /** The smallest example. */
  readonly example: readonly string[];
  /**
   * The bits of a value that it explains (0: none of its business); for the other parts anything
   * but 0 is all of it.
   */
  explains(difference: Difference): bigint;
  /** From here on the two devices are in different states: the program ends. */
  readonly ends?: boolean;
}

/** One target in a program. */
export interface DiffScene {
  readonly function: PciFunction;
  readonly peer: SerialFarEnd | undefined;
  readonly buffer: DmaBuffer;
  /** Lets this much time pass, or just what is due now. */
  pass(ns: number): Promise<void>;
}

/** How programs for a device are made, and when it has come to rest after a step. */
export interface DiffPlan {
  readonly device: string;
  readonly programs: Arbitrary<Program>;
  /** Brings both targets to the same first state; nothing of it is compared. */
  prepare(scene: DiffScene): Promise<void>;
  settle(scene: DiffScene, program: Program, index: number): Promise<void>;
  readonly explanations: readonly Explanation[];
}

/** As people read it. */
export function showStep(step: Step): string {
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
