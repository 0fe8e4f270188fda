/** A picture as the result document has it. */
import type { Picture } from '../../sim/buses/panel/picture.ts';
import type { VerdictPicture } from '../../reports/verdict.ts';

const DOTS_OF_DIGIT = 4;

export function packed({ width, height, dots }: Picture): VerdictPicture {
  const rows = Array.from({ length: height }, (_, y) => {
    const row = dots.subarray(y * width, (y + 1) * width);
    const digits = Math.ceil(width / DOTS_OF_DIGIT);
    return Array.from({ length: digits }, (__, digit) => {
      let value = 0;
      for (let at = 0; at < DOTS_OF_DIGIT; at++) {
        value = value * 2 + (row[digit * DOTS_OF_DIGIT + at] ?? 0);
      }
      return value.toString(16);
    }).join('');
  });
  return { width, height, rows };
}
