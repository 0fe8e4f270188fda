import { beforeEach, expect, it } from 'vitest';
import { World } from '../../kernel/world.ts';
import { EventKind } from '../../kernel/journal.ts';
import { Ssd1306 } from './model.ts';

let world: World;
let display: Ssd1306;

beforeEach(() => {
  world = new World({ seed: 1, settle: async () => {} });
  display = new Ssd1306(world);
});

function send(...bytes: number[]): void {
  display.start();
  for (const byte of bytes) expect(display.write(byte)).toBe(true);
  display.stop();
}

/** Places of the dots that shine. */
function lit(): string[] {
  const { width, dots } = display.picture();
  return [...dots].flatMap((dot, at) =>
    dot === 1 ? [`${at % width},${Math.floor(at / width)}`] : [],
  );
}

/** On, remapped both ways as modules need it, horizontal addressing, all dark. */
function ready(): void {
  send(0x00, 0xaf, 0xa1, 0xc8, 0x20, 0x00, 0x21, 0, 127, 0x22, 0, 7);
  send(0x40, ...Array.from({ length: 1024 }, () => 0));
}

it('is dark after power-on, its memory holding anything', () => {
  expect(lit()).toEqual([]);
  expect(new Set(display.ram).size).toBeGreaterThan(100);
  expect(display.read()).toBe(0x40);
  send(0x00, 0xaf);
  expect(lit().length).toBeGreaterThan(100);
  expect(display.read()).toBe(0);
});

it('goes along columns, then pages, inside of the window', () => {
  ready();
  send(0x00, 0x21, 10, 11, 0x22, 2, 3);
  send(0x40, 0x01, 0x80, 0x02, 0x04, 0x08);
  expect(lit()).toEqual(['10,19', '11,23', '10,25', '11,26']);
});

it('goes along pages first in vertical mode', () => {
  ready();
  send(0x00, 0x20, 0x01, 0x21, 4, 5, 0x22, 0, 1);
  send(0x40, 1, 2, 4, 8);
  expect(lit()).toEqual(['4,0', '5,2', '4,9', '5,11']);
});

it('stays on its page in page mode', () => {
  ready();
  send(0x00, 0x20, 0x02, 0xb1, 0x0e, 0x17);
  send(0x40, 1, 1, 1);
  expect(lit()).toEqual(['0,8', '126,8', '127,8']);
});

it('takes single bytes, each with its control byte, and commands in several transfers', () => {
  ready();
  send(0x80, 0x21, 0x80, 3, 0x80, 3, 0xc0, 0x01);
  send(0x00, 0x22);
  send(0x00, 5);
  send(0x00, 5);
  send(0x40, 0x01);
  expect(lit()).toEqual(['3,0', '3,40']);
});

it('shows the memory from the start line on, inverse, and entirely lit', () => {
  ready();
  send(0x00, 0x21, 0, 127, 0x22, 0, 7);
  send(0x40, 0x04);
  send(0x00, 0x42);
  expect(lit()).toEqual(['0,0']);
  send(0x00, 0xa7);
  expect(lit().length).toBe(128 * 64 - 1);
  send(0x00, 0xa6, 0xa5);
  expect(lit().length).toBe(128 * 64);
});

it('stands on its head without remapping', () => {
  ready();
  send(0x00, 0xa0, 0xc0, 0x21, 0, 127, 0x22, 0, 7);
  send(0x40, 0x01);
  expect(lit()).toEqual(['127,63']);
});

it('says which commands it does not know, and which it ignores', () => {
  const gaps: string[] = [];
  world.journal.observe(EventKind.Gap, (at) => gaps.push(world.journal.textAt(at)));
  send(0x00, 0xff, 0x2f, 0xa8, 3);
  expect(gaps).toEqual([
    'undocumented: command ffh: no such command is documented',
    'limitation: begin scrolling: scrolling is not modelled',
    'reserved: multiplex: ratios below 16 are not allowed',
  ]);
});
