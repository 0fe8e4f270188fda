/**
 * Interrupts by the best mechanism that there is: MSI-X, MSI, INTx. A vector that interrupts again
 * and again with nothing to do is masked for a while; the queues are then looked after by time.
 */
import type { IODispatchQueue } from '../../host/io-dispatch-queue.ts';
import {
  IOInterruptDispatchSource,
  kIOInterruptTypeLevel,
} from '../../host/io-interrupt-dispatch-source.ts';
import {
  type IOPCIDevice,
  kIOInterruptTypePCIMessaged,
  kIOInterruptTypePCIMessagedX,
} from '../../host/io-pci-device.ts';
import { IOReturnError } from '../../host/io-return.ts';

/** Calls in a row with nothing to do after which a vector is masked. */
const SPURIOUS_MAX = 1000;

export interface InterruptCounts {
  interrupts: number;
  spurious: number;
}

export class Interrupts {
  /** How many vectors there are. */
  vectors = 1;
  readonly #pci: IOPCIDevice;
  readonly #queue: IODispatchQueue;
  readonly #counts: InterruptCounts;
  /** Serves the queues of a vector; how many answers there were. */
  readonly #serve: (vector: number) => number;
  readonly #sources: IOInterruptDispatchSource[] = [];
  #idle: number[] = [];
  #masked = new Set<number>();
  #type = kIOInterruptTypeLevel;

  constructor(
    pci: IOPCIDevice,
    queue: IODispatchQueue,
    counts: InterruptCounts,
    serve: (vector: number) => number,
  ) {
    this.#pci = pci;
    this.#queue = queue;
    this.#counts = counts;
    this.#serve = serve;
  }

  /** The pin is shared, and stays asserted until the controller has seen what was taken. */
  get isLevel(): boolean {
    return this.#type === kIOInterruptTypeLevel;
  }

  get isMasked(): boolean {
    return this.#masked.size > 0;
  }

  /** Chooses the mechanism and listens, enabled. @throws kIOReturnUnsupported, ... */
  open(wanted: number): void {
    this.vectors = this.#configure(wanted);
    for (let vector = 0; vector < this.vectors; vector++) {
      const source = IOInterruptDispatchSource.Create(this.#pci, vector, this.#queue);
      this.#sources.push(source);
      source.SetHandler(() => this.#occurred(vector));
      source.SetEnable(true);
    }
    this.#idle = this.#sources.map(() => 0);
  }

  disable(): void {
    this.#masked.clear();
    for (const source of this.#sources) source.SetEnable(false);
  }

  /** After sleep: the function may have forgotten its vectors. */
  enable(): void {
    this.#pci.ConfigureInterrupts(this.#type, this.vectors);
    for (const source of this.#sources) source.SetEnable(true);
  }

  /** Gives masked vectors another try. */
  unmask(): void {
    for (const vector of this.#masked) this.#sources[vector]?.SetEnable(true);
    this.#masked.clear();
  }

  close(): void {
    for (const source of this.#sources) source.Cancel();
    this.#sources.length = 0;
    this.#masked.clear();
  }

  #configure(wanted: number): number {
    for (const type of [kIOInterruptTypePCIMessagedX, kIOInterruptTypePCIMessaged]) {
      this.#type = type;
      // MSI has a power of two of vectors; one is always among them.
      const asked = type === kIOInterruptTypePCIMessagedX ? wanted : 1;
      try {
        return this.#pci.ConfigureInterrupts(type, 1, asked);
      } catch (error) {
        if (!(error instanceof IOReturnError)) throw error;
      }
    }
    this.#type = kIOInterruptTypeLevel;
    return this.#pci.ConfigureInterrupts(kIOInterruptTypeLevel, 1);
  }

  #occurred(vector: number): void {
    this.#counts.interrupts++;
    if (this.#serve(vector) > 0) {
      this.#idle[vector] = 0;
      return;
    }
    this.#counts.spurious++;
    const idle = (this.#idle[vector] ?? 0) + 1;
    this.#idle[vector] = idle % SPURIOUS_MAX;
    if (idle < SPURIOUS_MAX) return;
    this.#sources[vector]?.SetEnable(false);
    this.#masked.add(vector);
  }
}
