/** A 64-bit hash of words, as sixteen hexadecimal digits; no defence against an enemy. */
export function hashWords(words: Uint32Array): string {
  let one = 0x243f6a88;
  let two = 0x85a308d3 | 0;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as number;
    one = Math.imul(one ^ word, 0x9e3779b1);
    one ^= one >>> 15;
    two = Math.imul(two ^ word ^ one, 0x85ebca6b);
    two ^= two >>> 13;
  }
  return hex(one) + hex(two);
}

/** Eight hexadecimal digits. */
export function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
