/** IODispatchSource (DriverKit, xnu-11417): after Cancel a source can only be freed. */
import type { IODispatchQueue } from './io-dispatch-queue.ts';
import { fail } from './io-return.ts';
import type { HostResource, QueueHost } from './service-host.ts';

export abstract class IODispatchSource implements HostResource {
  abstract readonly resourceName: string;
  readonly ownerName: string | undefined;
  protected readonly host: QueueHost;
  protected readonly queue: IODispatchQueue;
  protected enabled = false;
  protected cancelled = false;

  constructor(host: QueueHost, queue: IODispatchQueue) {
    this.host = host;
    this.queue = queue;
    this.ownerName = queue.ownerName;
    host.adopt(this);
  }

  /** `handler` runs once every pending callback is done. */
  Cancel(handler: () => void = () => {}): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.enabled = false;
    this.stopped();
    this.queue.DispatchAsync(() => {
      this.host.disown(this);
      handler();
    });
  }

  /** @throws kIOReturnNotReady after Cancel */
  SetEnable(enable: boolean): void {
    if (this.cancelled) fail('kIOReturnNotReady', `${this.resourceName} was cancelled`);
    this.enabled = enable;
    this.enabledChanged(enable);
  }

  /** As SetEnable; `done` runs on the queue, when no callback can be running any more. */
  SetEnableWithCompletion(enable: boolean, done: () => void): void {
    this.SetEnable(enable);
    this.queue.DispatchAsync(done);
  }

  protected abstract enabledChanged(enable: boolean): void;
  protected abstract stopped(): void;
}
