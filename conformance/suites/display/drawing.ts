/** What was drawn is what the display shows, for every call of the contract. */
import fc from 'fast-check';
import type { Dot } from '../../../drivers-under-test/host/classes/display.ts';
import { property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { bugClass } from '../driver/attempt.ts';
import {
  CONTRACT,
  DATA_SHEET,
  FONT,
  HEIGHT,
  WIDTH,
  cleared,
  column,
  dotsOf,
  row,
  shows,
  someDots,
} from './facts.ts';

const SIDE_MAX = 24;
const side = fc.integer({ min: 1, max: SIDE_MAX });
/** Mostly on the display, some of it beyond each edge. */
const anyColumn = fc.integer({ min: -SIDE_MAX, max: WIDTH + 4 });
const anyRow = fc.integer({ min: -SIDE_MAX, max: HEIGHT + 4 });
const image = fc.integer({ min: 1, max: 12 }).chain((width) =>
  fc.record({
    width: fc.constant(width),
    dots: fc.array(fc.constantFrom('lit', 'dark', 'clear'), {
      minLength: width,
      maxLength: width * 12,
    }),
  }),
);

/** Whole rows only. */
function rgba({ width, dots }: { width: number; dots: readonly string[] }): Uint8Array {
  const whole = dots.slice(0, dots.length - (dots.length % width));
  return Uint8Array.from(
    whole.flatMap((dot) => [0, dot === 'lit' ? 200 : 0, 0, dot === 'clear' ? 0 : 255]),
  );
}

export const drawing = suite({
  id: 'display/drawing',
  for: { class: 'Display' },
  clauses: [
    {
      id: 'clear',
      cite: DATA_SHEET('8.7'),
      text: 'After clear nothing is lit, whatever the memory held when power came.',
      level: 'shall',
      subject: 'pair',
      needs: ['picture'],
      async check(scene) {
        const { canvas } = await cleared(scene);
        shows(scene, canvas, 'an empty display');
      },
    },
    property({
      id: 'dots',
      cite: CONTRACT,
      text: 'Dots that are drawn are shown, few or many, the last one at a place counting.',
      level: 'shall',
      subject: 'pair',
      needs: ['picture'],
      given: fc.array(someDots, { minLength: 1, maxLength: 3 }),
      async check(scene, calls) {
        const { driver, canvas } = await cleared(scene);
        for (const dots of calls) {
          await driver.dots(dots);
          for (const { x, y, isLit } of dots) canvas.dot(x, y, isLit);
          shows(scene, canvas, 'the dots');
        }
      },
    }),
    property({
      id: 'line',
      cite: CONTRACT,
      text: 'A line has both its ends, one dot for each step along, and none farther than half a dot.',
      level: 'shall',
      subject: 'pair',
      needs: ['picture'],
      given: fc.tuple(column, row, column, row),
      async check(scene, [x0, y0, x1, y1]) {
        const { driver } = await cleared(scene);
        await driver.line(x0, y0, x1, y1, true);
        const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0));
        const dots = [...dotsOf(scene)].flatMap((dot, at) => (dot === 1 ? [at] : []));
        expect.equal(dots.length, steps + 1, 'dots of the line');
        for (const at of dots) {
          const [x, y] = [(at % WIDTH) - x0, Math.floor(at / WIDTH) - y0];
          const along = Math.abs(x1 - x0) === steps ? Math.abs(x) : Math.abs(y);
          const off = (delta: number, end: number) => Math.abs(delta * steps - end * along);
          const far = steps === 0 ? 0 : (2 * Math.max(off(x, x1 - x0), off(y, y1 - y0))) / steps;
          expect.that(far <= 1, `the dot at ${x + x0}, ${y + y0}`, 'on the line', 'off the line');
        }
      },
    }),
    property({
      id: 'rectangle',
      cite: CONTRACT,
      text: 'A filled rectangle covers its dots and no others, lit or dark.',
      level: 'shall',
      subject: 'pair',
      needs: ['picture'],
      given: fc.array(fc.tuple(column, row, side, side, fc.boolean()), {
        minLength: 1,
        maxLength: 3,
      }),
      async check(scene, rectangles) {
        const { driver, canvas } = await cleared(scene);
        for (const rectangle of rectangles) {
          await driver.rectangle(...rectangle);
          canvas.rectangle(...rectangle);
        }
        shows(scene, canvas, 'the rectangles');
      },
    }),
    property({
      id: 'empty-rectangle',
      cite: CONTRACT,
      text: 'A rectangle with a side of 0 draws nothing.',
      level: 'should',
      subject: 'driver',
      needs: ['picture'],
      bugClasses: ['BC-16'],
      given: fc.tuple(column, row, fc.constantFrom([0, 0], [0, 5], [5, 0])),
      async check(scene, [x, y, [width = 0, height = 0]]) {
        const { driver, canvas } = await cleared(scene);
        await driver.rectangle(x, y, width, height, true);
        shows(scene, canvas, 'a rectangle without dots');
      },
    }),
    property({
      id: 'text',
      cite: CONTRACT,
      text: 'Text stands where it was put, in its size, each glyph upright and whole.',
      level: 'shall',
      subject: 'pair',
      needs: ['picture'],
      given: fc.tuple(
        column,
        row,
        fc.constantFrom('FLR7', 'F L', '7', 'RRRRRRRR'),
        fc.integer({ min: 1, max: 3 }),
      ),
      async check(scene, [x, y, text, size]) {
        const { driver, canvas } = await cleared(scene);
        await driver.text(x, y, text, FONT, size);
        canvas.text(x, y, text, FONT, size);
        shows(scene, canvas, `the text ${text}`);
      },
    }),
    property({
      id: 'bitmap',
      cite: CONTRACT,
      text: 'A bitmap replaces all that is shown.',
      level: 'shall',
      subject: 'pair',
      needs: ['picture'],
      given: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
      async check(scene, [across, down]) {
        const { driver, canvas } = await cleared(scene);
        await driver.rectangle(0, 0, WIDTH, HEIGHT, true);
        canvas.dots.forEach((_, at) => {
          const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)];
          canvas.dot(x, y, (Math.floor(x / across) + Math.floor(y / down)) % 3 === 0);
        });
        await driver.bitmap(canvas.dots);
        shows(scene, canvas, 'the bitmap');
      },
    }),
    property({
      id: 'image',
      cite: CONTRACT,
      text: 'An image appears at its place, cut at the edges; where it is clear nothing changes.',
      level: 'shall',
      subject: 'pair',
      needs: ['picture'],
      given: fc.tuple(anyColumn, anyRow, image, fc.boolean()),
      async check(scene, [x, y, given, isOnLit]) {
        const { driver, canvas } = await cleared(scene);
        if (isOnLit) {
          await driver.rectangle(0, 0, WIDTH, HEIGHT, true);
          canvas.rectangle(0, 0, WIDTH, HEIGHT, true);
        }
        await driver.image(x, y, given.width, rgba(given));
        canvas.image(x, y, given.width, rgba(given));
        shows(scene, canvas, 'the image');
      },
    }),
    property({
      id: 'outside',
      cite: bugClass('BC-16'),
      text: 'What lies beyond an edge of the display appears nowhere on it.',
      level: 'shall',
      subject: 'driver',
      needs: ['picture'],
      bugClasses: ['BC-16'],
      given: fc.tuple(anyColumn, anyRow, side, side),
      async check(scene, rectangle) {
        const { driver, canvas } = await cleared(scene);
        await driver.rectangle(...rectangle, true);
        canvas.rectangle(...rectangle, true);
        shows(scene, canvas, 'a rectangle across the edge');
      },
    }),
    {
      id: 'overlapping',
      cite: CONTRACT,
      text: 'Calls that overlap are all done when the last of them ends.',
      level: 'shall',
      subject: 'pair',
      needs: ['picture'],
      bugClasses: ['BC-14'],
      async check(scene) {
        const { driver, canvas } = await cleared(scene);
        const places: Dot[] = [1, 2, 3, 5, 8, 13].map((x) => ({ x, y: x, isLit: true }));
        await Promise.all(places.map((place) => driver.dots([place])));
        for (const { x, y, isLit } of places) canvas.dot(x, y, isLit);
        shows(scene, canvas, 'dots of calls that overlap');
      },
    },
  ],
});
