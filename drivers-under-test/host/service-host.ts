/**
 * What services, queues and their resources need of the host that runs them: an interface of its
 * own, so that the classes of the framework do not import each other in circles.
 */
import type { DmaBuffer, DmaMapping, DmaRights } from '../../sim/buses/pci/function.ts';
import type { World } from '../../sim/kernel/world.ts';

/** What a driver takes and must give back. */
export interface HostResource {
  /** For the report: `buffer of 4096 bytes`. */
  readonly resourceName: string;
  /** Class of the service that took it, where the resource knows. */
  readonly ownerName?: string | undefined;
}

/** What a dispatch queue and the sources on it need. */
export interface QueueHost {
  readonly world: World;
  /** The driver's process died: no code of it runs any more. */
  readonly dead: boolean;
  /** A block threw, and nobody waits for its result. */
  unhandled(error: unknown): void;
  adopt(resource: HostResource): void;
  disown(resource: HostResource): void;
}

/** A service as the host sees it without knowing its class. */
export interface HostedService {
  GetName(): string;
}

export interface ServiceHost extends QueueHost {
  /** The driver did what no driver may do. */
  violate(rule: string, detail: string): void;
  /** @throws kIOReturnNoMemory */
  allocate(length: number, alignment: number): DmaBuffer;
  /** @throws kIOReturnNoResources */
  map(buffer: DmaBuffer, offset: number, length: number, rights: DmaRights): DmaMapping;
  /** @throws kIOReturnNotPermitted unless the manifest carries the entitlement. */
  checkAccess(entitlement: string): void;
  /** Resolves after so much virtual time. */
  sleep(ns: number): Promise<void>;
  /** Stops the service later. */
  terminate(service: HostedService): void;
  /** An object of one of the manifest's classes, or undefined when it names none such. */
  instantiate(className: string): HostedService | undefined;
}

/** Bytes of DriverKit's name buffers, with the zero at the end (IOServiceName, IOPropertyName). */
export const NAME_BYTES_MAX = 128;

/** Bytes that a name takes in UTF-8, with the zero at the end. */
export function nameBytes(name: string): number {
  let bytes = 1;
  for (const character of name) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}
