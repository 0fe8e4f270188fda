/** Where QEMU's edu and our model differ, and stay so. */
import type { Difference as Any, Explanation } from '../../divergence.ts';
import type { AccessProgram, Step } from '../../generators/access-steps.ts';

type Difference = Any<AccessProgram>;

const TEXT = { document: 'QEMU docs/specs/edu.txt', revision: '7.2', basis: 'read' } as const;
const BUFFER = { at: 0x40000n, bytes: 4096n };
const AT = { source: 0x80, destination: 0x88, count: 0x90, command: 0x98 } as const;
const UNNAMED = 0xffff_ffff_ffff_fff8n;
const TRANSFER_NS = 100e6;
const WORD = 0x1_0000_0000n;

interface Transfer {
  /** Whether it stays inside of the device's buffer, and short of its last byte. */
  readonly inside: boolean;
  /** Whether the other end is the host's buffer and nothing else. */
  readonly mapped: boolean;
  readonly count: bigint;
}

/** What the four registers hold, and the transfers that were started, up to a step. */
function transfers({ program, index }: Difference): Transfer[] {
  const held = new Map<number, bigint | { plus: number }>();
  const started: Transfer[] = [];
  let left = 0;
  for (const step of program.steps.slice(0, index + 1)) {
    if (step.kind === 'wait') left = Math.max(0, left - step.ns);
    const written = left > 0 ? undefined : dmaWrite(step);
    if (written === undefined) continue;
    const [offset, value] = written;
    if (offset !== AT.command) held.set(offset, value);
    else if (typeof value === 'bigint' && value % 2n === 1n) {
      started.push(transfer(held, (value / 2n) % 2n === 1n));
      left = TRANSFER_NS;
    }
  }
  return started;
}

function dmaWrite(step: Step): [offset: number, value: bigint | { plus: number }] | undefined {
  if (step.kind !== 'write' && step.kind !== 'write-address') return undefined;
  const { offset, size } = step;
  if (offset < AT.source || offset > AT.command || offset % 8 !== 0 || size < 4) return undefined;
  if (step.kind === 'write-address') return [offset, { plus: step.plus }];
  return [offset, size === 4 ? step.value % WORD : step.value];
}

function transfer(
  held: ReadonlyMap<number, bigint | { plus: number }>,
  toMemory: boolean,
): Transfer {
  const own = held.get(toMemory ? AT.source : AT.destination) ?? 0n;
  const other = held.get(toMemory ? AT.destination : AT.source) ?? 0n;
  const counted = held.get(AT.count) ?? 0n;
  const count = typeof counted === 'bigint' ? counted : WORD;
  const offset = typeof own === 'bigint' ? own - BUFFER.at : -1n;
  return {
    inside: offset >= 0n && count > 0n && offset + count < BUFFER.bytes,
    mapped: typeof other === 'object' && BigInt(other.plus) + count <= 64n,
    count,
  };
}

/** Bits of a read that come from this register, as far as `mask` has them. */
function bitsFrom({ part, step, bits }: Difference, at: number, mask: bigint): bigint {
  if (part !== 'value' || step.kind !== 'read') return 0n;
  const bytes = at - step.offset;
  const scale = 256n ** BigInt(Math.abs(bytes));
  return bits & (bytes >= 0 ? mask * scale : mask / scale);
}

export const explanations: readonly Explanation<AccessProgram>[] = [
  {
    id: 'edu-command-unnamed-bits',
    cite: { ...TEXT, section: 'MMIO area spec, 0x98' },
    why: 'QEMU keeps bits 3 to 63 of a command; the text names none of them, the model reads zeros.',
    example: ['write DMA_COMMAND <- 0x9', 'read DMA_COMMAND'],
    explains: (difference) => bitsFrom(difference, AT.command, UNNAMED),
  },
  {
    id: 'edu-dma-aborts',
    cite: { ...TEXT, section: 'DMA controller' },
    why:
      'QEMU 7.2 ends its process when a transfer leaves the buffer, takes its last byte or is empty; ' +
      'hardware cannot. The text gives the buffer 4096 bytes: the model moves up to the last one.',
    example: ['write DMA_SOURCE <- 0x40000', 'write DMA_COUNT <- 4096', 'write DMA_COMMAND <- 3'],
    explains: (difference) =>
      difference.part === 'target' && transfers(difference).at(-1)?.inside === false ? 1n : 0n,
    ends: true,
  },
  {
    id: 'edu-no-iommu',
    cite: { ...TEXT, section: 'DMA controller' },
    why:
      'QEMU lets edu reach all of its memory and reads zeros where there is none; behind the IOMMU ' +
      'of the model it reaches live mappings only, and nothing moves. The text says neither.',
    example: [
      'write DMA_SOURCE <- 0',
      'write DMA_DESTINATION <- 0x40000',
      'write DMA_COMMAND <- 1',
    ],
    // Every byte of it.
    explains: (difference) =>
      difference.part === 'memory' && transfers(difference).some(({ mapped }) => !mapped)
        ? difference.bits
        : 0n,
    ends: true,
  },
];
