/** Memory of the driver's own that the controller reaches: allocated and mapped in one. */
import { IOBufferMemoryDescriptor } from '../../host/io-buffer-memory-descriptor.ts';
import { IODMACommand } from '../../host/io-dma-command.ts';
import type { IOMemoryMap } from '../../host/io-memory-map.ts';
import { fail } from '../../host/io-return.ts';
import type { IOPCIDevice } from '../../host/io-pci-device.ts';
import type { IOService } from '../../host/io-service.ts';

/** A controller drives all address bits. */
const ADDRESS_BITS = 64;

/** Whom memory is made for, and who is to reach it. */
export interface DmaOwner {
  readonly service: IOService;
  readonly pci: IOPCIDevice;
}

export class DmaArea {
  readonly address: number;
  readonly bytes: number;
  readonly memory: IOMemoryMap;
  readonly #buffer: IOBufferMemoryDescriptor;
  readonly #command: IODMACommand;

  /**
   * @param direction what the controller does with it
   * @throws kIOReturnNoMemory, kIOReturnNoResources; nothing is left then
   */
  constructor(owner: DmaOwner, direction: number, bytes: number, alignment: number) {
    this.bytes = bytes;
    this.#buffer = IOBufferMemoryDescriptor.Create(owner.service, direction, bytes, alignment);
    this.#command = IODMACommand.Create(owner.pci, ADDRESS_BITS);
    try {
      const { segments } = this.#command.PrepareForDMA(this.#buffer);
      const [segment] = segments;
      if (segment === undefined || segments.length > 1) {
        if (segment !== undefined) this.#command.CompleteDMA();
        fail('kIOReturnDMAError', 'queues and lists need memory in one piece');
      }
      this.address = segment.address;
    } catch (error) {
      this.#command.release();
      this.#buffer.release();
      throw error;
    }
    this.memory = this.#buffer.CreateMapping();
  }

  clear(): void {
    this.memory.write(0, new Uint8Array(this.bytes));
  }

  /** The controller must not use it any more. */
  release(): void {
    this.#command.CompleteDMA();
    this.#command.release();
    this.#buffer.release();
  }
}
