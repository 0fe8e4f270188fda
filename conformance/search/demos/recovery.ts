/**
 * A bug that takes a fault and a schedule. A request whose interrupt is lost gives its turn away
 * while what cleans up after it waits on another queue: when the next request is begun before that,
 * it is cleaned away.
 */
import { IODispatchQueue } from '../../../drivers-under-test/host/io-dispatch-queue.ts';
import { IOInterruptDispatchSource } from '../../../drivers-under-test/host/io-interrupt-dispatch-source.ts';
import { fail } from '../../../drivers-under-test/host/io-return.ts';
import type { IOService } from '../../../drivers-under-test/host/io-service.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import { ExpectationError, expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { FACTORIALS, IRFACT, Register } from '../../suites/edu/device-facts.ts';
import type { Play, SearchModel } from '../model.ts';
import { type Demo, DemoService, demoDriver } from './demo.ts';
import { type DemoClient, DemoPlay, commonWords } from './demo-play.ts';

const TIMEOUT_NS = 1e9;
const FACTORIAL_MAX = 12;

class RecoveringDriver extends DemoService {
  #cleaner!: IODispatchQueue;
  #interrupt!: IOInterruptDispatchSource;
  #active: object | undefined;
  protected readonly isMended: boolean = false;

  override async Start(provider: IOService): Promise<void> {
    await super.Start(provider);
    this.#cleaner = IODispatchQueue.Create(this, 'cleaner');
    this.#interrupt = IOInterruptDispatchSource.Create(this.pci, 0, this.defaultQueue);
    this.#interrupt.SetHandler(() => this.#interruptOccurred());
    this.#interrupt.SetEnable(true);
  }

  override async Stop(provider: IOService): Promise<void> {
    this.#interrupt.Cancel();
    this.#cleaner.release();
    await super.Stop(provider);
  }

  /** n! @throws kIOReturnTimeout */
  async compute(n: number): Promise<number> {
    while (this.#active !== undefined) await this.defaultQueue.Sleep(this);
    const request = {};
    this.#active = request;
    this.pci.MemoryWrite32(0, Register.Status, IRFACT);
    this.pci.MemoryWrite32(0, Register.Factorial, n);
    const how = await this.defaultQueue.Sleep(request, TIMEOUT_NS);
    const result = this.pci.MemoryRead32(0, Register.Factorial);
    if (how === 'timed out') {
      if (this.isMended) await this.#cleaner.DispatchSync(() => this.#cleanUp());
      else this.#cleaner.DispatchAsync(() => this.#cleanUp());
    }
    this.#active = undefined;
    this.defaultQueue.Wakeup(this);
    if (how === 'timed out') fail('kIOReturnTimeout', 'the device did not finish');
    return result;
  }

  #interruptOccurred(): void {
    this.#acknowledge();
    if (this.#active !== undefined) this.defaultQueue.Wakeup(this.#active);
  }

  #cleanUp(): void {
    this.pci.MemoryWrite32(0, Register.Status, 0);
    this.#acknowledge();
  }

  #acknowledge(): void {
    const bits = this.pci.MemoryRead32(0, Register.InterruptStatus);
    this.pci.MemoryWrite32(0, Register.InterruptAcknowledge, bits);
  }
}

class MendedDriver extends RecoveringDriver {
  protected override readonly isMended = true;
}

interface Client extends DemoClient {
  compute(n: number): Promise<number>;
}

function play(scene: Scene): Play {
  let strikes = 0;
  let failures = 0;
  scene.world.journal.observe(EventKind.Fault, () => strikes++);
  const compute = async (client: Client, n: number) => {
    expect.equal(await client.compute(n), FACTORIALS[n], 'the answer of compute');
  };
  const calls = {
    compute: (client: Client, { n }: Readonly<Record<string, unknown>>) =>
      compute(client, Number(n)),
  };
  return new DemoPlay<Client>(scene, calls, () => {
    if (++failures <= strikes) return;
    throw new ExpectationError('how compute ends', 'success', 'a failure that no fault explains');
  });
}

const model: SearchModel = {
  name: 'Recovery',
  vocabulary: {
    steps: {
      ...commonWords,
      compute: { weight: 3, parameters: { n: { type: 'integer', min: 0, max: FACTORIAL_MAX } } },
    },
    faults: {
      'lost-interrupt': {
        weight: 1,
        parameters: { at: { type: 'integer', min: 1, max: 200 } },
        needs: 'faults',
      },
    },
    answers: {},
  },
  start: {},
  play,
};

export const recovery: Demo = {
  id: 'fault and schedule',
  what: 'a lost interrupt, two clients, and one change of turns while it is cleaned up',
  model,
  driver: demoDriver('recovery', RecoveringDriver),
  mended: demoDriver('recovery', MendedDriver),
  extent: { steps: { usual: 30, most: 100 }, clients: 4, faults: 2, answers: 0 },
  smallest: { steps: 2, faults: 1, choices: 1 },
};
