/**
 * The driver framework around one driver in one world: it starts and stops services, owns what
 * they take, and serialises what clients ask of them.
 */
import type { DmaBuffer, DmaMapping, DmaMemory, DmaRights } from '../../sim/buses/pci/function.ts';
import { Completion } from '../../sim/kernel/completion.ts';
import { EventKind } from '../../sim/kernel/journal.ts';
import { Lifecycle } from '../../sim/kernel/lifecycle.ts';
import type { World } from '../../sim/kernel/world.ts';
import type { HostResource, QueueHost } from './io-dispatch-queue.ts';
import { errorName, fail } from './io-return.ts';
import type { IOService } from './io-service.ts';
import type { DriverManifest } from './manifest.ts';

/** Something the driver did that no driver may do, found by the host itself. */
export interface HostViolation {
  readonly rule: string;
  readonly detail: string;
  /** Number of the journal event. */
  readonly event: number;
  readonly timeNs: number;
}

/** How a call of a client ended, as the `space` of an Operation event. */
export const OperationPhase = { Call: 0, Return: 1, Throw: 2 } as const;

export class Host implements QueueHost {
  readonly world: World;
  readonly manifest: DriverManifest;
  readonly violations: HostViolation[] = [];
  /** Errors that blocks threw and nobody awaited. */
  readonly unhandledErrors: unknown[] = [];
  readonly #memory: DmaMemory;
  readonly #resources = new Set<HostResource>();
  readonly #terminated = new Set<IOService>();

  constructor(world: World, manifest: DriverManifest, memory: DmaMemory) {
    this.world = world;
    this.manifest = manifest;
    this.#memory = memory;
  }

  /** Creates the driver's service and starts it. @throws what Start throws */
  async start(provider: IOService): Promise<IOService> {
    const Service = this.manifest.service;
    const service = new Service(this);
    this.#note(Lifecycle.Start);
    try {
      await service.defaultQueue.DispatchSync(() => service.Start(provider));
    } catch (error) {
      this.#note(Lifecycle.StartFailed);
      this.#account('a failed Start');
      throw error;
    }
    this.#note(Lifecycle.Started);
    return service;
  }

  /** Stops a service; what it took and did not give back is a violation. */
  async stop(service: IOService): Promise<void> {
    const provider = service.GetProvider();
    this.#note(Lifecycle.Stop);
    const before = this.violations.length;
    await service.defaultQueue.DispatchSync(() => service.Stop(provider));
    // Cancel handlers run after Stop, on the queue.
    await service.defaultQueue.DispatchSync(() => {});
    this.#note(Lifecycle.Stopped);
    if (this.violations.length === before) this.#account('Stop');
  }

  /** The driver asks to be stopped, or its device is gone; Stop follows asynchronously. */
  terminate(service: IOService): void {
    if (this.#terminated.has(service)) return;
    this.#terminated.add(service);
    this.world.ready(() => {
      this.stop(service).catch((error: unknown) => this.unhandled(error));
    });
  }

  /** What a client asks: journaled, and run on the service's default queue. */
  call<T>(service: IOService, name: string, block: () => T | Promise<T>, size = 0): T | Promise<T> {
    const { journal } = this.world;
    journal.note(EventKind.Operation, name, OperationPhase.Call, size);
    let result: T | Promise<T>;
    try {
      result = service.defaultQueue.RunAction(block);
    } catch (error) {
      this.#threw(name, error);
      throw error;
    }
    if (!(result instanceof Promise)) {
      journal.note(EventKind.Operation, name, OperationPhase.Return);
      return result;
    }
    return result.then(
      (value) => {
        journal.note(EventKind.Operation, name, OperationPhase.Return);
        return value;
      },
      (error: unknown) => {
        this.#threw(name, error);
        throw error;
      },
    );
  }

  /** Resources that are out now, by name. */
  outstanding(): string[] {
    return [...this.#resources].map(({ resourceName }) => resourceName);
  }

  violate(rule: string, detail: string): void {
    const at = this.world.journal.count;
    this.world.journal.note(EventKind.Violation, `${rule}: ${detail}`);
    this.violations.push({ rule, detail, event: at, timeNs: this.world.now });
  }

  adopt(resource: HostResource): void {
    this.#resources.add(resource);
  }

  disown(resource: HostResource): void {
    this.#resources.delete(resource);
  }

  unhandled(error: unknown): void {
    this.unhandledErrors.push(error);
    this.world.journal.note(EventKind.Lifecycle, `${Lifecycle.Crashed}: ${errorName(error)}`);
  }

  allocate(length: number, alignment: number): DmaBuffer {
    try {
      return this.#memory.allocate(length, alignment);
    } catch (error) {
      if (error instanceof RangeError) fail('kIOReturnNoMemory', error.message);
      throw error;
    }
  }

  map(buffer: DmaBuffer, offset: number, length: number, rights: DmaRights): DmaMapping {
    try {
      return this.#memory.map(buffer, offset, length, rights);
    } catch (error) {
      if (error instanceof RangeError) fail('kIOReturnNoResources', error.message);
      throw error;
    }
  }

  /** @throws kIOReturnNotPermitted unless the manifest carries the entitlement. */
  checkAccess(entitlement: string): void {
    if (entitlement in this.manifest.entitlements) return;
    fail('kIOReturnNotPermitted', `the driver lacks the entitlement ${entitlement}`);
  }

  sleep(ns: number): Promise<void> {
    const done = new Completion<void>(this.world);
    this.world.after(ns, () => done.resolve(undefined));
    return done.promise;
  }

  #threw(name: string, error: unknown): void {
    const { journal } = this.world;
    journal.note(EventKind.Operation, `${name}: ${errorName(error)}`, OperationPhase.Throw);
  }

  #account(when: string): void {
    const left = this.outstanding();
    if (left.length > 0) this.violate('HOST-BALANCE', `${when} leaves ${left.join(', ')}`);
    const mapped = this.#memory.live().length;
    if (mapped > 0) this.violate('HOST-MAPPED', `${when} leaves ${mapped} live DMA mappings`);
  }

  #note(text: Lifecycle): void {
    this.world.journal.note(EventKind.Lifecycle, text);
  }
}
