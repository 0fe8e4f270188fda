/**
 * A bug that only a schedule shows. Two queues hand blocks over; after 16 of them in strict turn
 * the consumer believes that the next one is always there. One change of turns is then too much;
 * earlier it only makes the consumer careful again.
 */
import { IODispatchQueue } from '../../../drivers-under-test/host/io-dispatch-queue.ts';
import { fail } from '../../../drivers-under-test/host/io-return.ts';
import type { IOService } from '../../../drivers-under-test/host/io-service.ts';
import { ExpectationError } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import type { Play, SearchModel } from '../model.ts';
import { type Demo, DemoService, demoDriver } from './demo.ts';
import { type DemoClient, DemoPlay, commonWords } from './demo-play.ts';

const TRUST = 16;
const BLOCKS_MAX = 64;

interface Run {
  readonly blocks: number;
  readonly slots: number[];
  readonly seen: number[];
  produced: number;
  consumed: number;
  inTurn: number;
}

class HandoverDriver extends DemoService {
  #producer!: IODispatchQueue;
  #consumer!: IODispatchQueue;
  #run: Run | undefined;
  protected readonly isMended: boolean = false;

  override async Start(provider: IOService): Promise<void> {
    this.#producer = IODispatchQueue.Create(this, 'producer');
    this.#consumer = IODispatchQueue.Create(this, 'consumer');
    await super.Start(provider);
  }

  override async Stop(provider: IOService): Promise<void> {
    this.#producer.release();
    this.#consumer.release();
    await super.Stop(provider);
  }

  /** The numbers 1 .. blocks. @throws kIOReturnBusy */
  async stream(blocks: number): Promise<number[]> {
    if (this.#run !== undefined) fail('kIOReturnBusy', 'there is one stream at a time');
    const empty = Array.from({ length: blocks }, () => 0);
    const run: Run = { blocks, slots: empty, seen: [], produced: 0, consumed: 0, inTurn: 0 };
    this.#run = run;
    this.#producer.DispatchAsync(() => this.#produce(run));
    this.#consumer.DispatchAsync(() => this.#consume(run));
    await this.defaultQueue.Sleep(run);
    this.#run = undefined;
    return run.seen;
  }

  #produce(run: Run): void {
    run.slots[run.produced++] = run.produced;
    if (run.produced < run.blocks) this.#producer.DispatchAsync(() => this.#produce(run));
  }

  #consume(run: Run): void {
    const waiting = run.produced - run.consumed;
    const trusts = run.inTurn >= TRUST && !this.isMended;
    if (waiting === 0 && !trusts) run.inTurn = 0;
    else {
      run.inTurn = waiting === 1 ? run.inTurn + 1 : 0;
      run.seen.push(run.slots[run.consumed++] ?? 0);
    }
    if (run.consumed < run.blocks) this.#consumer.DispatchAsync(() => this.#consume(run));
    else this.defaultQueue.DispatchAsync(() => this.defaultQueue.Wakeup(run));
  }
}

class MendedDriver extends HandoverDriver {
  protected override readonly isMended = true;
}

interface Client extends DemoClient {
  stream(blocks: number): Promise<number[]>;
}

const model: SearchModel = {
  name: 'Handover',
  vocabulary: {
    steps: {
      ...commonWords,
      stream: {
        weight: 4,
        parameters: { blocks: { type: 'integer', min: 1, max: BLOCKS_MAX, likely: [1, 16, 32] } },
      },
    },
    faults: {},
    answers: {},
  },
  start: {},
  play: (scene: Scene): Play =>
    new DemoPlay<Client>(scene, {
      stream: async (client, { blocks }) => {
        const seen = await client.stream(Number(blocks));
        const wrong = seen.findIndex((value, at) => value !== at + 1);
        if (wrong === -1) return;
        throw new ExpectationError('a block of the stream', String(wrong + 1), String(seen[wrong]));
      },
    }),
};

export const handover: Demo = {
  id: 'schedule',
  what: 'one change of turns, right after the 16th of 32 choices',
  model,
  driver: demoDriver('handover', HandoverDriver),
  mended: demoDriver('handover', MendedDriver),
  extent: { steps: { usual: 10, most: 40 }, clients: 2, faults: 0, answers: 0 },
  smallest: { steps: 1, faults: 0, choices: 1 },
};
