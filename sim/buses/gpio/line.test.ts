import { setImmediate as settled } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { EventKind } from '../../kernel/journal.ts';
import { World } from '../../kernel/world.ts';
import { GpioEvent, GpioLine } from './line.ts';

function line(pull: 'up' | 'down') {
  const world = new World({ seed: 1, settle: () => settled() });
  const spaces: number[] = [];
  const { journal } = world;
  journal.observe(EventKind.Line, (at) => spaces.push(journal.spaceAt(at)));
  return { line: new GpioLine(world, 'LINE', { number: 3, pull }), spaces };
}

describe('a line', () => {
  test.each([
    ['up', true],
    ['down', false],
  ] as const)('that nobody drives follows its pull %s', (pull, level) => {
    expect(line(pull).line.level).toBe(level);
  });

  test('follows who drives it, and its pull when let go', () => {
    const { line: wire } = line('up');
    const party = {};
    wire.drive(party, 'low');
    expect(wire.level).toBe(false);
    wire.drive(party, 'released');
    expect(wire.level).toBe(true);
  });

  test('of several open drains is low while one of them pulls', () => {
    const { line: wire } = line('up');
    const [one, other] = [{}, {}];
    wire.drive(one, 'low');
    wire.drive(other, 'low');
    wire.drive(one, 'released');
    expect(wire.level).toBe(false);
    wire.drive(other, 'released');
    expect(wire.level).toBe(true);
  });

  test('driven both ways is low, and the journal tells of contention', () => {
    const { line: wire, spaces } = line('down');
    wire.drive({}, 'high');
    wire.drive({}, 'low');
    expect(wire.level).toBe(false);
    expect(spaces).toEqual([GpioEvent.Level, GpioEvent.Contention, GpioEvent.Level]);
  });

  test('tells edges, not every drive', () => {
    const { line: wire } = line('down');
    const edges: boolean[] = [];
    wire.onEdge((level) => edges.push(level));
    const party = {};
    wire.drive(party, 'low');
    wire.drive(party, 'high');
    wire.drive(party, 'high');
    wire.drive(party, 'released');
    expect(edges).toEqual([true, false]);
  });
});
