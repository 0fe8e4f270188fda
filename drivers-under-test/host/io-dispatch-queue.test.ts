import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../sim/kernel/random.ts';
import { randomly } from '../../sim/kernel/schedule.ts';
import {
  IODispatchQueue,
  kIODispatchQueueReentrant,
  kIODispatchQueueWakeupAll as WAKE_ALL,
} from './io-dispatch-queue.ts';
import { IOService } from './io-service.ts';
import { testHost, type TestHostOptions } from './test-host.ts';

function bench(options: TestHostOptions = {}) {
  const made = testHost(options);
  const owner = new IOService(made.host);
  return { ...made, owner, queue: IODispatchQueue.Create(owner, 'work') };
}

describe('IODispatchQueue', () => {
  it('refuses options, priorities and names that there are none of', () => {
    const { owner } = bench();
    expect(() => IODispatchQueue.Create(owner, 'x', 4)).toThrow('kIOReturnBadArgument');
    expect(() => IODispatchQueue.Create(owner, 'x', 0, 1)).toThrow('kIOReturnBadArgument');
    expect(() => IODispatchQueue.Create(owner, 'x'.repeat(128))).toThrow('kIOReturnBadArgument');
    expect(IODispatchQueue.Create(owner, 'x'.repeat(127), 3).GetName()).toHaveLength(127);
  });

  it('runs blocks in order, one at a time, across awaits', async () => {
    const { host, queue, run } = bench();
    const log: string[] = [];
    const block = (name: string, ns: number) => async () => {
      log.push(`${name} begins`);
      expect(queue.OnQueue()).toBe(true);
      await host.sleep(ns);
      log.push(`${name} ends`);
    };
    await run(async () => {
      queue.DispatchAsync(block('a', 10));
      queue.DispatchAsync(block('b', 1));
      expect(log).toEqual([]);
      await queue.DispatchSync(block('c', 1));
    });
    const expected = ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'];
    expect(log).toEqual(expected);
    expect(queue.OnQueue()).toBe(false);
  });

  it('gives DispatchSync the value or the error of its block', async () => {
    const { host, queue, run } = bench();
    expect(await run(() => queue.DispatchSync(() => 5))).toBe(5);
    const broken = () => Promise.reject(new TypeError('no'));
    await expect(run(() => queue.DispatchSync(broken))).rejects.toThrow('no');
    expect(await run(() => queue.DispatchSync(() => 6))).toBe(6);
    expect(host.unhandledErrors).toEqual([]);
  });

  it('is stuck when a block waits for its own queue', async () => {
    const { queue, run } = bench();
    const inner = () => queue.DispatchSync(() => {});
    await expect(run(() => queue.DispatchSync(inner))).rejects.toThrow('stuck');
  });

  it('reports what an asynchronous block throws, and goes on', async () => {
    const { host, queue, run } = bench();
    const error = new TypeError('bug');
    await run(async () => {
      queue.DispatchAsync(() => {
        throw error;
      });
      await queue.DispatchSync(() => {});
    });
    expect(host.unhandledErrors).toEqual([error]);
  });

  it('runs an action at once where nothing is runnable, else in its turn', async () => {
    const { queue, run } = bench();
    const log: string[] = [];
    expect(queue.RunAction(() => 'at once')).toBe('at once');
    expect(() =>
      queue.RunAction(() => {
        throw new TypeError('at once');
      }),
    ).toThrow('at once');
    await run(async () => {
      queue.DispatchAsync(() => void log.push('first'));
      const late = queue.RunAction(() => log.push('second'));
      expect(late).toBeInstanceOf(Promise);
      await late;
    });
    expect(log).toEqual(['first', 'second']);
  });

  it('begins at once, or in one go with its neighbours, and waits for no end', async () => {
    const { host, queue, run } = bench();
    const log: string[] = [];
    const begin = (name: string) =>
      queue.BeginAction(async () => {
        expect(queue.OnQueue()).toBe(true);
        log.push(name);
        await host.sleep(1);
        log.push(`${name} ends`);
      });
    expect(queue.BeginAction(() => 'at once')).toBe('at once');
    await run(async () => {
      queue.DispatchAsync(() => void log.push('first'));
      const calls = [begin('a'), begin('b')];
      queue.DispatchAsync(() => void log.push('between'));
      const refused = queue.BeginAction(() => {
        throw new TypeError('refused');
      });
      await expect(refused).rejects.toThrow('refused');
      await Promise.all([...calls, begin('c')]);
    });
    expect(log).toEqual(['first', 'a', 'b', 'between', 'c', 'a ends', 'b ends', 'c ends']);
    expect(queue.OnQueue()).toBe(false);
  });

  it('runs blocks concurrently only where it was created reentrant', async () => {
    const { host, owner, queue, run } = bench();
    expect(() => queue.DispatchConcurrent(() => {})).toThrow('kIOReturnUnsupported');
    const reentrant = IODispatchQueue.Create(owner, 'many', kIODispatchQueueReentrant);
    let inside = 0;
    let most = 0;
    const block = async () => {
      most = Math.max(most, ++inside);
      await host.sleep(10);
      inside--;
    };
    await run(async () => {
      reentrant.DispatchConcurrent(block);
      reentrant.DispatchConcurrent(block);
      await host.sleep(100);
    });
    expect(most).toBe(2);
  });
});

describe('Sleep', () => {
  it('gives the queue up, and has it again when it returns', async () => {
    const { host, queue, run } = bench();
    const log: string[] = [];
    await run(async () => {
      queue.DispatchAsync(async () => {
        log.push('sleeps');
        expect(await queue.Sleep('event')).toBe('woken');
        expect(queue.OnQueue()).toBe(true);
        log.push('wakes');
      });
      queue.DispatchAsync(() => {
        queue.Wakeup('other');
        queue.Wakeup('event');
        log.push('rang');
      });
      queue.DispatchAsync(() => void log.push('next'));
      await host.sleep(1);
    });
    expect(log).toEqual(['sleeps', 'rang', 'next', 'wakes']);
  });

  it('times out, by delay and by deadline', async () => {
    const { queue, world, run } = bench();
    const ends = await run(() =>
      queue.DispatchSync(async () => [
        await queue.Sleep('event', 100),
        world.now,
        await queue.SleepWithDeadline('event', 250),
        world.now,
        await queue.SleepWithDeadline('event', 10),
        world.now,
      ]),
    );
    expect(ends).toEqual(['timed out', 100, 'timed out', 250, 'timed out', 250]);
  });

  it('that was woken does not time out', async () => {
    const { host, queue, run } = bench();
    const ends: string[] = [];
    await run(async () => {
      queue.DispatchAsync(async () => {
        ends.push(await queue.Sleep('event', 100));
      });
      await queue.DispatchSync(() => queue.Wakeup('event'));
      await host.sleep(1000);
    });
    expect(ends).toEqual(['woken']);
  });

  it.each([
    [0, ['a']],
    [WAKE_ALL, ['a', 'b', 'c']],
  ])('with Wakeup option %i wakes %j', async (option, expected) => {
    const { host, queue, run } = bench();
    const woken: string[] = [];
    await run(async () => {
      for (const name of ['a', 'b', 'c']) {
        queue.DispatchAsync(async () => {
          await queue.Sleep('event');
          woken.push(name);
        });
      }
      await queue.DispatchSync(() => queue.Wakeup('event', option));
      await host.sleep(1);
    });
    expect(woken).toEqual(expected);
  });

  it('and Wakeup are refused outside of the queue', () => {
    const { queue } = bench();
    expect(() => queue.Sleep('event')).toThrow('kIOReturnBadArgument');
    expect(() => queue.Wakeup('event')).toThrow('kIOReturnBadArgument');
  });
});

describe('Cancel', () => {
  it('drops what waits, and tells when the block in progress is done', async () => {
    const { host, queue, run } = bench();
    const log: string[] = [];
    await run(async () => {
      queue.DispatchAsync(async () => {
        queue.Cancel(() => void log.push('cancelled'));
        queue.Cancel(() => void log.push('twice'));
        await host.sleep(10);
        log.push('block ends');
      });
      queue.DispatchAsync(() => void log.push('dropped'));
      await host.sleep(5);
      queue.DispatchAsync(() => void log.push('too late'));
      await host.sleep(20);
    });
    expect(log).toEqual(['block ends', 'cancelled']);
  });
});

/** What one block of a generated program does, step by step. */
type Step = { readonly wait: number } | { readonly sleep: number } | { readonly wake: boolean };
interface Block {
  readonly queue: number;
  readonly steps: readonly Step[];
}

const QUEUES = 3;
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ wait: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ sleep: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ wake: fc.boolean() }),
);
const block: fc.Arbitrary<Block> = fc.record({
  queue: fc.nat({ max: QUEUES - 1 }),
  steps: fc.array(step, { maxLength: 4 }),
});

interface Trace {
  /** Blocks in the order in which they began, by queue. */
  readonly began: number[][];
  readonly ended: number[];
  /** Blocks that held one queue at once, at the most. */
  mostHolders: number;
  /** Queues that were held at once, at the most. */
  mostQueues: number;
}

async function play(blocks: readonly Block[], order: number): Promise<Trace> {
  const { host, owner, run } = bench({ schedule: randomly(new Random(order, 'schedule')) });
  const queues = Array.from({ length: QUEUES }, (_, at) => IODispatchQueue.Create(owner, `${at}`));
  const holders = Array.from({ length: QUEUES }, () => 0);
  const trace: Trace = { began: queues.map(() => []), ended: [], mostHolders: 0, mostQueues: 0 };
  const hold = (at: number, change: 1 | -1) => {
    holders[at] = (holders[at] ?? 0) + change;
    trace.mostHolders = Math.max(trace.mostHolders, ...holders);
    trace.mostQueues = Math.max(trace.mostQueues, holders.filter((count) => count > 0).length);
  };
  await run(async () => {
    blocks.forEach(({ queue: at, steps }, index) => {
      const queue = queues[at]!;
      queue.DispatchAsync(async () => {
        trace.began[at]?.push(index);
        hold(at, 1);
        for (const each of steps) {
          if ('wait' in each) await host.sleep(each.wait);
          else if ('wake' in each) queue.Wakeup('event', each.wake ? WAKE_ALL : 0);
          else {
            hold(at, -1);
            await queue.Sleep('event', each.sleep);
            hold(at, 1);
          }
        }
        hold(at, -1);
        trace.ended.push(index);
      });
    });
    await host.sleep(100_000);
  });
  return trace;
}

describe('under any schedule', () => {
  const programs = fc.array(block, { maxLength: 12 });

  it('blocks of one queue begin in order, overlap across Sleep only, and all end', async () => {
    await fc.assert(
      fc.asyncProperty(programs, fc.nat(), async (blocks, order) => {
        const trace = await play(blocks, order);
        expect(trace.mostHolders).toBeLessThanOrEqual(1);
        expect(trace.ended.toSorted((a, b) => a - b)).toEqual(blocks.map((_, index) => index));
        const submitted = trace.began.map((_, at) =>
          blocks.flatMap(({ queue }, index) => (queue === at ? [index] : [])),
        );
        expect(trace.began).toEqual(submitted);
      }),
      { numRuns: 200, seed: 20261122 },
    );
  });

  it('blocks of different queues interleave', async () => {
    const waits = [{ wait: 10 }];
    const trace = await play(
      [
        { queue: 0, steps: waits },
        { queue: 1, steps: waits },
      ],
      1,
    );
    expect(trace.mostQueues).toBe(2);
  });

  it('the order between queues is the schedule', async () => {
    const one = [0, 1, 2].map((queue) => ({ queue, steps: [] }));
    const orders = new Set<string>();
    for (let order = 0; order < 40; order++) {
      orders.add((await play(one, order)).ended.join());
    }
    expect(orders.size).toBe(6);
  });
});
