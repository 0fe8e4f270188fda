import { describe, expect, it } from 'vitest';
import { EventKind } from '../../sim/kernel/journal.ts';
import type { World } from '../../sim/kernel/world.ts';
import { tmp105Board } from '../../sim/machines/tmp105-board.ts';
import { type I2cHardware, type Target, TargetUnavailable } from '../target.ts';
import { boardTarget } from '../transports/sim/target.ts';
import { MessageSide } from './message-side.ts';

/** Adds a part for each step: what it is and when the device was at it. */
function perform(world: World, _hardware: I2cHardware, step: string) {
  world.advance(1000);
  world.journal.note(EventKind.Operation, step);
  return [{ name: step, value: BigInt(world.now) }];
}

function sensor(over: Partial<Target> = {}): Target {
  const target = boardTarget({
    name: 'sim:tmp105',
    device: 'tmp105',
    board: tmp105Board,
    offers: [],
  });
  return { ...target, ...over };
}

const side = (target: Target) =>
  new MessageSide<string, I2cHardware>(target, { bus: 'i2c', perform });
const program = { steps: ['one', 'two'] };

describe('a side of a comparison by messages', () => {
  it('performs each step in one world, and tells first whether the device is there', async () => {
    const it_ = side(sensor());
    await it_.open();
    const answers = [await it_.perform(program, 0), await it_.perform(program, 1)];
    const there = { name: 'target', value: 'the device is there' };
    expect(answers).toEqual([
      { parts: [there, { name: 'one', value: 1000n }], gone: false },
      { parts: [there, { name: 'two', value: 2000n }], gone: false },
    ]);
  });

  it('begins each program with a device in its first state, and a new world', async () => {
    let opened = 0;
    const target = sensor();
    const it_ = side({ ...target, open: (world) => (opened++, target.open(world)) });
    for (let programs = 0; programs < 2; programs++) {
      await it_.open();
      const { parts } = await it_.perform(program, 0);
      expect(parts[1]).toEqual({ name: 'one', value: 1000n });
    }
    expect(opened).toBe(2);
  });

  it('tells when the target is gone: the program ends there', async () => {
    const target = sensor();
    const lost = () => new TargetUnavailable('It died.');
    const it_ = side({ ...target, open: (world) => ({ ...target.open(world), lost }) });
    await it_.open();
    const { gone, parts } = await it_.perform(program, 0);
    expect(gone).toBe(true);
    expect(parts[0]).toEqual({ name: 'target', value: 'the device is gone' });
  });

  it('refuses a target on another bus, by name', async () => {
    const wrong = new MessageSide<string, I2cHardware>(sensor(), { bus: 'i2c', perform });
    await expect(wrong.open()).resolves.toBeUndefined();
    const target = sensor();
    const pci = side({ ...target, open: () => ({ bus: 'pci' }) as never });
    await expect(pci.open()).rejects.toThrow('sim:tmp105 is on another bus.');
  });

  it('shows the last accesses, the very last one marked', async () => {
    const it_ = side(sensor());
    await it_.open();
    await it_.perform(program, 0);
    await it_.perform(program, 1);
    const entries = it_.journal();
    expect(entries.filter(({ kind }) => kind === 'Operation')).toHaveLength(2);
    expect(entries.at(-1)).toMatchObject({ kind: 'Operation', bad: true, timeNs: 2000 });
    expect(entries.filter(({ bad }) => bad)).toHaveLength(1);
  });

  it('passes the time of a target that has one of its own', async () => {
    const spent: number[] = [];
    const pace = { spend: (ns: number) => void spent.push(ns), idle: async () => 0 };
    const it_ = new MessageSide<string, I2cHardware>(sensor({ pace }), {
      bus: 'i2c',
      perform: (world) => {
        world.advance(5);
        return [];
      },
    });
    await it_.open();
    await it_.perform(program, 0);
    expect(spent).toEqual([5]);
  });
});
