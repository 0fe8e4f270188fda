/** What providers on buses of messages share: exclusive Open, and nothing without it. */
import { EventKind } from '../../sim/kernel/journal.ts';
import { Lifecycle } from '../../sim/kernel/lifecycle.ts';
import { fail } from './io-return.ts';
import { IOService } from './io-service.ts';
import type { HostResource, ServiceHost } from './service-host.ts';

export class IOMessageDevice extends IOService {
  readonly #entitlement: string;
  #client: IOService | undefined;
  #session: HostResource | undefined;

  constructor(host: ServiceHost, entitlement: string) {
    super(host);
    this.#entitlement = entitlement;
  }

  /**
   * Exclusive.
   * @throws kIOReturnExclusiveAccess while somebody else holds it, kIOReturnNotPermitted without
   * the transport's entitlement
   */
  Open(client: IOService): void {
    if (this.#client !== undefined && this.#client !== client) {
      fail('kIOReturnExclusiveAccess', `the device is open by ${this.#client.GetName()}`);
    }
    this.host.checkAccess(this.#entitlement);
    if (this.#session === undefined) {
      this.#session = { resourceName: `open ${this.GetName()}`, ownerName: client.GetName() };
      this.host.adopt(this.#session);
    }
    this.#client = client;
    this.host.world.journal.note(EventKind.Lifecycle, Lifecycle.Open);
  }

  /** @throws kIOReturnNotOpen */
  Close(client: IOService): void {
    if (this.#client !== client) fail('kIOReturnNotOpen', 'this client does not hold the device');
    this.#client = undefined;
    if (this.#session !== undefined) this.host.disown(this.#session);
    this.#session = undefined;
    this.host.world.journal.note(EventKind.Lifecycle, Lifecycle.Close);
  }

  /** @throws kIOReturnNotOpen */
  protected checkOpen(): void {
    if (this.host.dead) fail('kIOReturnOffline', 'the driver has died');
    if (this.#client === undefined) fail('kIOReturnNotOpen', 'open the device first');
    if (this.#client.state === 'stopped') {
      const detail = `${this.#client.GetName()} uses the device after Stop`;
      this.host.violate('HOST-AFTER-STOP', detail);
      fail('kIOReturnNotOpen', 'the service has stopped');
    }
  }

  /** What the bus answers; a driver that has died in the meantime never hears of it. */
  protected answer<T>(result: Promise<T>): Promise<T> {
    return result.then((value) => (this.host.dead ? new Promise<T>(() => {}) : value));
  }
}
