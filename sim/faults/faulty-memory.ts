/** DMA memory that runs out, cannot be mapped, or changes under the driver's eyes. */
import type { DmaBuffer, DmaMapping, DmaMemory, DmaRights } from '../buses/pci/function.ts';
import type { World } from '../kernel/world.ts';
import { armed, strikes } from './armed-faults.ts';
import type { PciFaultPlan } from './plan.ts';

interface Window {
  readonly offset: number;
  readonly end: number;
}

export class FaultyMemory implements DmaMemory {
  readonly #memory: DmaMemory;
  readonly #world: World;
  readonly #allocations;
  readonly #mappings;
  readonly #changes;
  /** The buffer that the target knows, by the one that the host holds. */
  readonly #inner = new WeakMap<DmaBuffer, DmaBuffer>();
  /** Where the device may write now, by the buffer that the host holds. */
  readonly #writable = new WeakMap<DmaBuffer, Set<Window>>();

  constructor(memory: DmaMemory, plan: PciFaultPlan, world: World) {
    this.#memory = memory;
    this.#world = world;
    this.#allocations = armed(plan, 'failed-allocation');
    this.#mappings = armed(plan, 'failed-mapping');
    this.#changes = armed(plan, 'changed-buffer');
  }

  allocate(length: number, alignment: number): DmaBuffer {
    for (const fault of this.#allocations) {
      if (strikes(fault, this.#world)) throw new RangeError('No memory is left (a planned fault).');
    }
    const inner = this.#memory.allocate(length, alignment);
    if (this.#changes.length === 0) return inner;
    const buffer: DmaBuffer = {
      length: inner.length,
      ...(inner.address === undefined ? {} : { address: inner.address }),
      read: (offset, size) => {
        const bytes = inner.read(offset, size);
        this.#change(buffer, offset, bytes);
        return bytes;
      },
      write: (offset, bytes) => inner.write(offset, bytes),
      free: () => inner.free(),
    };
    this.#inner.set(buffer, inner);
    this.#writable.set(buffer, new Set());
    return buffer;
  }

  map(buffer: DmaBuffer, offset: number, length: number, rights: DmaRights): DmaMapping {
    for (const fault of this.#mappings) {
      if (strikes(fault, this.#world)) throw new RangeError('No room to map (a planned fault).');
    }
    const inner = this.#inner.get(buffer) ?? buffer;
    const mapping = this.#memory.map(inner, offset, length, rights);
    const windows = this.#writable.get(buffer);
    if (windows === undefined || !rights.deviceWrites) return mapping;
    const window = { offset, end: offset + length };
    windows.add(window);
    return {
      address: mapping.address,
      length: mapping.length,
      unmap: () => {
        windows.delete(window);
        mapping.unmap();
      },
    };
  }

  live(): readonly DmaMapping[] {
    return this.#memory.live();
  }

  peek(address: number, length: number): Uint8Array | undefined {
    return this.#memory.peek(address, length);
  }

  /** Only bytes that the device may write at this moment can change. */
  #change(buffer: DmaBuffer, offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.length;
    const windows = [...(this.#writable.get(buffer) ?? [])];
    if (!windows.some((window) => window.offset <= offset && end <= window.end)) return;
    for (const fault of this.#changes) {
      if (!strikes(fault, this.#world)) continue;
      const { bits } = fault.fault;
      this.#inner.get(buffer)?.write(
        offset,
        bytes.map((byte) => byte ^ bits),
      );
    }
  }
}
