/** What the clauses about displays share: a board to draw on, by the words of the contract. */
import fc from 'fast-check';
import type { Display, Dot, Font } from '../../../drivers-under-test/host/classes/display.ts';
import type { Citation } from '../../citation.ts';
import { ExpectationError } from '../../expect.ts';
import type { Scene } from '../../scene.ts';

export const CONTRACT: Citation = {
  document: 'driver-dyno, class contract Display',
  revision: '1',
  basis: 'read',
};

export const DATA_SHEET = (section: string): Citation => ({
  document: 'Solomon Systech SSD1306',
  revision: '1.1',
  section,
  basis: 'secondary',
});

/** A few glyphs of 5 x 7, made for this suite: each tells left from right and top from bottom. */
export const FONT: Font = {
  width: 5,
  height: 7,
  characters: 'FLR7 ',
  columns: [
    ...[0x7f, 0x09, 0x09, 0x01, 0x01],
    ...[0x7f, 0x40, 0x40, 0x40, 0x40],
    ...[0x7f, 0x09, 0x19, 0x29, 0x46],
    ...[0x01, 0x71, 0x09, 0x05, 0x03],
    ...[0x00, 0x00, 0x00, 0x00, 0x00],
  ],
};

/** What should be seen. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly dots: Uint8Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.dots = new Uint8Array(width * height);
  }

  dot(x: number, y: number, isLit: boolean): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    this.dots[y * this.width + x] = isLit ? 1 : 0;
  }

  rectangle(x: number, y: number, width: number, height: number, isLit: boolean): void {
    for (let row = y; row < y + height; row++) {
      for (let column = x; column < x + width; column++) this.dot(column, row, isLit);
    }
  }

  text(x: number, y: number, text: string, font: Font, size: number): void {
    [...text].forEach((character, index) => {
      const glyph = font.characters.indexOf(character) * font.width;
      const left = x + index * (font.width * size + 1);
      for (let column = 0; column < font.width; column++) {
        const bits = font.columns[glyph + column] as number;
        for (let row = 0; row < font.height; row++) {
          const isLit = Math.floor(bits / 2 ** row) % 2 === 1;
          this.rectangle(left + column * size, y + row * size, size, size, isLit);
        }
      }
    });
  }

  image(x: number, y: number, width: number, rgba: Uint8Array): void {
    for (let at = 0; at < rgba.length; at += 4) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = rgba.subarray(at, at + 4);
      const index = at / 4;
      const isLit = red + green + blue > 0;
      if (alpha > 0) this.dot(x + (index % width), y + Math.floor(index / width), isLit);
    }
  }
}

/** A started driver whose display is empty, and an empty drawing board. */
export async function cleared(scene: Scene) {
  const driver = await scene.start<Display>();
  const { width, height } = await driver.facts();
  await driver.clear();
  return { driver, canvas: new Canvas(width, height) };
}

/** The dots of the display must be those of the board. */
export function shows(scene: Scene, canvas: Canvas, what: string): void {
  const seen = dotsOf(scene);
  const at = canvas.dots.findIndex((dot, index) => dot !== seen[index]);
  if (at < 0) return;
  const wrong = canvas.dots.reduce((sum, dot, index) => sum + (dot === seen[index] ? 0 : 1), 0);
  const place = `the dot at ${at % canvas.width}, ${Math.floor(at / canvas.width)}`;
  const name = (dot: number | undefined) => (dot === 1 ? 'lit' : 'dark');
  const more = wrong === 1 ? '' : ` (and ${wrong - 1} dots more are wrong)`;
  throw new ExpectationError(`${what}: ${place}`, name(canvas.dots[at]), name(seen[at]) + more);
}

export function dotsOf(scene: Scene): Uint8Array {
  const picture = scene.device.picture?.();
  if (picture === undefined) throw new Error('The clause must say that it needs picture.');
  return picture.dots;
}

/** Dots on any display of 128 x 64 or more. */
export const WIDTH = 128;
export const HEIGHT = 64;
export const column = fc.integer({ min: 0, max: WIDTH - 1 });
export const row = fc.integer({ min: 0, max: HEIGHT - 1 });
const dot: fc.Arbitrary<Dot> = fc.record({ x: column, y: row, isLit: fc.boolean() });
/** Few, and so many that a driver may rather send everything. */
export const someDots = fc.oneof(
  fc.array(dot, { minLength: 1, maxLength: 8 }),
  fc.array(dot, { minLength: 150, maxLength: 250 }),
);
