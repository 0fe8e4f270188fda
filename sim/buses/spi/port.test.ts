import { setImmediate as settled } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { EventKind } from '../../kernel/journal.ts';
import { World } from '../../kernel/world.ts';
import { SpiEvent } from './bus.ts';
import { SpiPort } from './port.ts';
import { SimSpiBus } from './sim-bus.ts';

const SELECT = 2;

/** A device that answers the complement of each byte, and tells what it hears. */
function bench() {
  const world = new World({ seed: 1, settle: () => settled() });
  const bus = new SimSpiBus(world);
  const heard: string[] = [];
  bus.attach(SELECT, {
    modes: [0, 3],
    select: () => heard.push('select'),
    exchange: (byte) => {
      heard.push(`byte ${byte}`);
      return 255 - byte;
    },
    deselect: () => heard.push('deselect'),
  });
  return { world, heard, port: new SpiPort(world, bus) };
}

test('transactions of several callers take place one after the other, each whole', async () => {
  const { world, heard, port } = bench();
  const write = (byte: number) =>
    port.transfer(SELECT, [{ write: Uint8Array.of(byte, byte + 1) }, { read: 1 }]);
  const end = await world.run(() => Promise.all([write(1), write(7)]));
  expect(end.end).toBe('returned');
  expect(heard.filter((each) => !each.startsWith('byte'))).toEqual([
    'select',
    'deselect',
    'select',
    'deselect',
  ]);
  expect(heard.slice(1, 3)).toEqual(['byte 1', 'byte 2']);
  expect(heard.slice(-4, -2)).toEqual(['byte 7', 'byte 8']);
});

test('gives each caller what its own transaction read', async () => {
  const { world, port } = bench();
  const exchange = (byte: number) =>
    port.transfer(SELECT, [{ write: Uint8Array.of(byte), read: 1 }]);
  const end = await world.run(() => Promise.all([exchange(1), exchange(7)]));
  const value = [[Uint8Array.of(254)], [Uint8Array.of(248)]];
  expect(end).toEqual({ end: 'returned', value });
});

test('journals what is written by its segment, what is read, and the mode', async () => {
  const { world, port } = bench();
  const { journal } = world;
  const seen: [kind: number, space: number, address: number, bytes: number[]][] = [];
  for (const kind of [EventKind.Command, EventKind.Completion]) {
    journal.observe(kind, (at) => {
      const bytes = [...(journal.bytesAt(at) ?? [])];
      seen.push([kind, journal.spaceAt(at), journal.addressAt(at), bytes]);
    });
  }
  const modes: number[][] = [];
  journal.observe(EventKind.Line, (at) => {
    if (journal.addressAt(at) !== SpiEvent.Configure) return;
    modes.push([journal.spaceAt(at), journal.valueAt(at), journal.sizeAt(at)]);
  });
  port.configure(SELECT, { mode: 3, clockHz: 1_000_000 });
  await world.run(() =>
    port.transfer(SELECT, [
      { write: Uint8Array.of(9) },
      { read: 2 },
      { write: Uint8Array.of(4), read: 1 },
    ]),
  );
  expect(modes).toEqual([[SELECT, 1_000_000, 3]]);
  expect(seen).toEqual([
    [EventKind.Command, SELECT, 0, [9]],
    [EventKind.Command, SELECT, 2, [4]],
    [EventKind.Completion, SELECT, 0, [0, 0]],
    [EventKind.Completion, SELECT, 0, [251]],
  ]);
});

test('a mode that was configured is the mode of what follows', async () => {
  const { world, heard, port } = bench();
  port.configure(SELECT, { mode: 1, clockHz: 1_000_000 });
  const end = await world.run(() => port.transfer(SELECT, [{ read: 1 }]));
  expect(end).toEqual({ end: 'returned', value: [Uint8Array.of(0xff)] });
  expect(heard).toEqual([]);
});

test('a refused transaction rejects, and the next one takes place', async () => {
  const { world, heard, port } = bench();
  const end = await world.run(async () => {
    await expect(port.transfer(SELECT, [])).rejects.toThrow(RangeError);
    return port.transfer(SELECT, [{ write: Uint8Array.of(5) }]);
  });
  expect(end).toEqual({ end: 'returned', value: [] });
  expect(heard).toEqual(['select', 'byte 5', 'deselect']);
});
