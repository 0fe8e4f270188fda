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

/** Shorter payloads are hashed byte by byte. */
const LANES_FROM = 128;
const LANE_WORDS = 4;

/** A 32-bit hash of bytes. Four lanes of words at once: each multiplication waits for none. */
export function hashBytes(bytes: Uint8Array): number {
  const { length } = bytes;
  let hash = 0x13198a2e;
  let at = 0;
  if (length >= LANES_FROM) {
    // A view of words needs their alignment.
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    const count = Math.floor(length / 4 / LANE_WORDS) * LANE_WORDS;
    const words = new Int32Array(aligned.buffer, aligned.byteOffset, count);
    let a = hash;
    let b = 0x03707344;
    let c = 0x24a409f0;
    let d = 0x2ffa98ec;
    for (let word = 0; word < count; word += LANE_WORDS) {
      a = Math.imul(a ^ (words[word] as number), 0x9e3779b1);
      b = Math.imul(b ^ (words[word + 1] as number), 0x85ebca6b);
      c = Math.imul(c ^ (words[word + 2] as number), 0xc2b2ae35);
      d = Math.imul(d ^ (words[word + 3] as number), 0x27d4eb2f);
      // A product's upper bits depend on all of its input: they go to the lower end.
      a = (a << 13) | (a >>> 19);
      b = (b << 15) | (b >>> 17);
      c = (c << 17) | (c >>> 15);
      d = (d << 19) | (d >>> 13);
    }
    hash = Math.imul(a ^ b, 0x9e3779b1) ^ Math.imul(c ^ d, 0x85ebca6b) ^ length;
    at = count * 4;
  }
  for (; at < length; at++) {
    hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    hash ^= hash >>> 13;
  }
  return hash;
}
