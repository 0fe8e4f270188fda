/** What a device itself does wrong, as words of the search: those of `sim/faults/nvme-plan.ts`. */
import type { NvmeFault } from '../../sim/faults/nvme-plan.ts';
import { nanoseconds, place } from './faults.ts';
import type { FaultWord } from './model.ts';
import type { Parameter, Parameters, Phrase } from './scenario.ts';

const COMPLETIONS = 80;
const BYTE = 256;

const at = place(COMPLETIONS);
const number = (max: number, likely: readonly number[]): Parameter => {
  return { type: 'integer', min: 0, max, likely };
};

const words: Readonly<Record<string, Parameters>> = {
  'lost-completion': { at },
  'late-completion': { at, ns: nanoseconds },
  'reordered-completion': { at, ns: nanoseconds },
  'duplicate-completion': { at },
  'false-command-id': { at, id: number(0xffff, [0, 1, 2, 0xff, 0x100, 0xfff0, 0xffff]) },
  'false-queue-head': { at, head: number(0xffff, [0, 1, 0xff, 0x100, 0xffff]) },
  'wrong-phase': { at },
  'error-status': {
    at,
    // Generic, command specific, media; among them what may be tried again.
    type: number(7, [0, 1, 2]),
    code: number(0xff, [0x04, 0x06, 0x80, 0x81, 0x82, 0xff]),
    doNotRetry: { type: 'flag' },
  },
  'fatal-status': { at },
  hang: { at },
  'late-ready': { at: place(4), ns: { ...number(60e9, [0, 1e6, 1e9]) } },
  'false-structure': {
    command: { type: 'choice', of: ['identify', 'log-page'] },
    selector: number(0x10, [0, 1, 2, 3]),
    at: place(4),
    // Limits of the controller, of a namespace, lists of namespaces.
    offset: number(4095, [0, 4, 8, 16, 25, 26, 77, 128, 130, 512, 516]),
    value: number(0xffffffff, [0, 1, 0xff, 0xffff, 0xffffffff]),
    bytes: number(4, [1, 2, 4]),
  },
  'flipped-bit': { at, bit: number(4096 * 8, [0, 1, 7, 8]) },
  'failed-transfer': { at },
};

export const NVME_ANSWERS: Readonly<Record<string, FaultWord>> = Object.fromEntries(
  Object.entries(words).map(([name, parameters]): [string, FaultWord] => [
    name,
    { weight: 1, parameters, needs: 'nvme-faults' },
  ]),
);

export function asNvmeFault({ word: kind, with: values }: Phrase): NvmeFault {
  if (kind !== 'false-structure') return { kind, ...values } as unknown as NvmeFault;
  const { value, bytes, ...rest } = values;
  return { kind, ...rest, bytes: little(Number(value), Number(bytes)) } as unknown as NvmeFault;
}

/** The bytes of a number, the lowest first. */
function little(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.floor(value / BYTE ** index) % BYTE);
}
