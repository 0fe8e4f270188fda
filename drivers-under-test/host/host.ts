/**
 * The driver framework around one driver in one world: it matches, starts and stops services, owns
 * what they take, and serialises what clients ask of them.
 *
 * Not modelled: the process around a driver. A driver that throws where nobody waits is a crash:
 * it is journaled once, the interrupt source whose handler threw is disabled, and everything else
 * goes on. Several winners of matching: only the first of them is attached.
 */
import type { DmaBuffer, DmaMapping, DmaMemory, DmaRights } from '../../sim/buses/pci/function.ts';
import { Completion } from '../../sim/kernel/completion.ts';
import { EventKind } from '../../sim/kernel/journal.ts';
import { Lifecycle } from '../../sim/kernel/lifecycle.ts';
import type { World } from '../../sim/kernel/world.ts';
import { userClientAccess } from './entitlements.ts';
import { errorName, fail } from './io-return.ts';
import { IOService, kIOServicePowerCapabilityOff, type Properties } from './io-service.ts';
import { IOUserClient } from './io-user-client.ts';
import type { DriverManifest } from './manifest.ts';
import { explainMatch, type MatchReport, whyNoMatch } from './matching.ts';
import type { HostedService, HostResource, ServiceHost } from './service-host.ts';

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

/** A driver that has not acknowledged a power state by then never will (ours). */
export const POWER_WAIT_MAX_NS = 30e9;
const USER_CLIENTS_MAX = 1024;

/** A provider that the system takes through power states with its driver. */
interface PoweredProvider {
  powerChanged(isOn: boolean): void;
}

export class Host implements ServiceHost {
  readonly world: World;
  readonly manifest: DriverManifest;
  readonly violations: HostViolation[] = [];
  /** Errors that blocks threw and nobody awaited; the first one is the crash. */
  readonly unhandledErrors: unknown[] = [];
  dead = false;
  readonly #memory: DmaMemory;
  readonly #resources = new Set<HostResource>();
  readonly #stopping = new Map<IOService, Promise<void>>();
  readonly #userClients = new Map<IOService, IOUserClient[]>();

  constructor(world: World, manifest: DriverManifest, memory: DmaMemory) {
    this.world = world;
    this.manifest = manifest;
    this.#memory = memory;
  }

  /** Whether the driver matches this provider and may have it, and why not. */
  match(provider: IOService): MatchReport {
    return explainMatch(this.manifest, provider.CopyProperties());
  }

  /**
   * Matches the driver, creates its service and starts it.
   * @throws kIOReturnNoDevice when no personality matches, kIOReturnNotPermitted when the
   * entitlements do not allow it, and what Start throws
   */
  async start(provider: IOService): Promise<IOService> {
    const report = this.match(provider);
    const winner = report.personalities.find(({ wins }) => wins);
    const refusal = whyNoMatch(report);
    if (winner === undefined) fail('kIOReturnNoDevice', refusal ?? 'nothing matches');
    if (refusal !== undefined) fail('kIOReturnNotPermitted', refusal);
    const personality = this.manifest.personalities[winner.name] ?? {};
    const service = this.#create(personality['IOUserClass']);
    service.publish(personality);
    this.#note(Lifecycle.Start);
    try {
      await service.defaultQueue.DispatchSync(() => service.Start(provider));
    } catch (error) {
      service.startEnded(false);
      await settled(service);
      this.#note(Lifecycle.StartFailed);
      this.#account('a failed Start');
      service.free();
      throw error;
    }
    service.startEnded(true);
    this.#note(Lifecycle.Started);
    return service;
  }

  /**
   * Stops a service, its user clients first; what it took and did not give back is a violation.
   * Once: a second call waits for the first.
   */
  stop(service: IOService): Promise<void> {
    let stopping = this.#stopping.get(service);
    if (stopping === undefined) {
      stopping = this.#stop(service);
      this.#stopping.set(service, stopping);
    }
    return stopping;
  }

  async #stop(service: IOService): Promise<void> {
    for (const client of this.#userClients.get(service) ?? []) await this.closeUserClient(client);
    const provider = service.GetProvider();
    this.#note(Lifecycle.Stop);
    try {
      await service.defaultQueue.DispatchSync(() => service.Stop(provider));
      if (service.state !== 'stopped') {
        this.violate('HOST-STOP', 'Stop ended without a call of super Stop');
      }
    } finally {
      await settled(service);
      this.#note(Lifecycle.Stopped);
      this.#account('Stop');
    }
    service.free();
  }

  /** Stop follows asynchronously; a second time is harmless. */
  terminate(service: HostedService): void {
    if (!(service instanceof IOService) || this.#stopping.has(service)) return;
    this.world.ready(() => {
      this.stop(service).catch((error: unknown) => this.unhandled(error));
    });
  }

  /**
   * Takes the service to a power state, and its provider with it: after the driver on the way
   * down, before it on the way up. Ends when the driver has passed the state to super.
   * @throws kIOReturnTimeout when it does not
   */
  async power(service: IOService, powerFlags: number): Promise<void> {
    const isOn = powerFlags !== kIOServicePowerCapabilityOff;
    const provider = service.GetProvider();
    if (isOn && isPowered(provider)) provider.powerChanged(true);
    let overdue = false;
    const reached = service.powerReached();
    const late = new Completion<void>(this.world);
    const timer = this.world.after(POWER_WAIT_MAX_NS, () => {
      // Of the dead nobody expects an answer.
      if (this.dead) return;
      overdue = true;
      late.resolve(undefined);
    });
    const called = service.defaultQueue.DispatchSync(() => service.SetPowerState(powerFlags));
    await Promise.race([Promise.all([called, reached]), late.promise]);
    timer.cancel();
    if (overdue) {
      this.violate('HOST-POWER', `SetPowerState(${powerFlags}) does not reach its superclass`);
      fail('kIOReturnTimeout', 'the driver does not acknowledge the power state');
    }
    // A driver that gave its device up may have stopped meanwhile.
    const isLeft = service.state === 'stopped';
    if (!isOn && !isLeft && isPowered(provider)) provider.powerChanged(false);
  }

  /**
   * An application opens the driver: NewUserClient, then the checks of access in their order.
   * @param entitlements those of the application
   * @throws kIOReturnNotPermitted, kIOReturnNoResources, and what NewUserClient throws
   */
  async openUserClient(
    service: IOService,
    type = 0,
    entitlements: Properties = {},
  ): Promise<IOUserClient> {
    const open = this.#userClients.get(service) ?? [];
    if (open.length === USER_CLIENTS_MAX) fail('kIOReturnNoResources', 'too many user clients');
    const made = await service.defaultQueue.DispatchSync(() => service.NewUserClient(type));
    if (!(made instanceof IOUserClient)) fail('kIOReturnError', 'this is no user client');
    made.entitle(entitlements);
    this.#userClients.set(service, [...open, made]);
    const { id, entitlements: driver } = this.manifest;
    const userClient = made.CopyProperties();
    const access = { client: entitlements, driverId: id, driver, userClient };
    if (userClientAccess(access) !== undefined) return made;
    await this.closeUserClient(made);
    fail('kIOReturnNotPermitted', `nothing entitles this application to a user client of ${id}`);
  }

  /** The application closes it, or died. */
  async closeUserClient(client: IOUserClient): Promise<void> {
    const service = client.GetProvider();
    const left = (this.#userClients.get(service) ?? []).filter((other) => other !== client);
    this.#userClients.set(service, left);
    await client.defaultQueue.DispatchSync(() => client.Stop(service));
    if (client.state !== 'stopped') {
      this.violate('HOST-STOP', `Stop of ${client.GetName()} ended without a call of super Stop`);
    }
    client.free();
  }

  /**
   * What a client asks: journaled, and run on the service's default queue. A method whose answer
   * comes later gives the queue up as soon as it has begun.
   * @throws kIOReturnOffline when the service has stopped, and what the block throws
   */
  call<T>(service: IOService, name: string, block: () => T | Promise<T>, size = 0): T | Promise<T> {
    const { journal } = this.world;
    journal.note(EventKind.Operation, name, OperationPhase.Call, size);
    let result: T | Promise<T>;
    try {
      if (this.dead) fail('kIOReturnOffline', 'the driver has died');
      if (service.state === 'stopped') fail('kIOReturnOffline', 'the service has stopped');
      result = service.completesLater(name)
        ? service.defaultQueue.BeginAction(block)
        : service.defaultQueue.RunAction(block);
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

  /** Resources that are out now, by name, with the class of the service that took them. */
  outstanding(): string[] {
    return [...this.#resources].map(({ resourceName, ownerName }) =>
      ownerName === undefined ? resourceName : `${resourceName} (${ownerName})`,
    );
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
    if (this.unhandledErrors.length > 1) return;
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

  checkAccess(entitlement: string): void {
    if (Object.hasOwn(this.manifest.entitlements, entitlement)) return;
    fail('kIOReturnNotPermitted', `the driver lacks the entitlement ${entitlement}`);
  }

  instantiate(className: string): IOService | undefined {
    const { classes = {} } = this.manifest;
    const Class = Object.hasOwn(classes, className) ? classes[className] : undefined;
    return Class === undefined ? undefined : this.#initialised(new Class(this));
  }

  sleep(ns: number): Promise<void> {
    const done = new Completion<void>(this.world);
    this.world.after(ns, () => {
      if (!this.dead) done.resolve(undefined);
    });
    return done.promise;
  }

  /**
   * The driver's process dies: whatever of it waits never goes on, and nothing new begins. What it
   * holds is the system's to take back.
   */
  die(): void {
    this.dead = true;
  }

  /** The class that the personality names, else the manifest's service. */
  #create(className: unknown): IOService {
    const named = typeof className === 'string' ? this.instantiate(className) : undefined;
    return named ?? this.#initialised(new this.manifest.service(this));
  }

  #initialised(service: IOService): IOService {
    if (!service.init()) fail('kIOReturnError', `init of ${service.GetName()} refuses`);
    return service;
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

/** Cancel handlers run after Stop, on the queue. */
function settled(service: IOService): Promise<void> {
  return service.defaultQueue.DispatchSync(() => {});
}

function isPowered(provider: IOService): provider is IOService & PoweredProvider {
  return 'powerChanged' in provider;
}
