import { setImmediate as settled } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { EventKind } from '../../kernel/journal.ts';
import { World } from '../../kernel/world.ts';
import { I2cPort } from './port.ts';
import { type I2cTarget, SimI2cBus } from './sim-bus.ts';

const ADDRESS = 0x50;
const memory: I2cTarget = {
  start: () => true,
  write: () => true,
  read: () => 0x42,
  stop: () => {},
};

function port() {
  const world = new World({ seed: 1, settle: () => settled() });
  const bus = new SimI2cBus(world);
  bus.attach(ADDRESS, memory);
  const kinds: number[] = [];
  world.journal.observe(EventKind.Command, () => kinds.push(EventKind.Command));
  world.journal.observe(EventKind.Completion, () => kinds.push(EventKind.Completion));
  return { world, port: new I2cPort(world, bus), kinds };
}

test('transfers of several callers take place one after the other', async () => {
  const { world, port: host } = port();
  const read = () => host.transfer([{ address: ADDRESS, read: 1 }]);
  const end = await world.run(() => Promise.all([read(), host.recover(), read()]));
  const outcome = { end: 'done', message: 1, bytes: 1, read: [Uint8Array.of(0x42)] };
  expect(end).toEqual({ end: 'returned', value: [outcome, true, outcome] });
});

test('what is written and read is journaled', async () => {
  const { world, port: host, kinds } = port();
  await world.run(() =>
    host.transfer([
      { address: ADDRESS, write: Uint8Array.of(1) },
      { address: ADDRESS, read: 1 },
    ]),
  );
  expect(kinds).toEqual([EventKind.Command, EventKind.Completion]);
});

test('a refused transfer rejects, and the next one takes place', async () => {
  const { world, port: host } = port();
  const end = await world.run(async () => {
    await expect(host.transfer([])).rejects.toThrow(RangeError);
    return (await host.transfer([{ address: ADDRESS, read: 1 }])).end;
  });
  expect(end).toEqual({ end: 'returned', value: 'done' });
});
