/** Hashes of small numbers, for places in the map of features. */

/** Mixes two words into one; not the same when they are exchanged. */
export function mixed(one: number, two: number): number {
  let hash = Math.imul(one ^ 0x9e3779b9, 0x21f0aaad) ^ two;
  hash = Math.imul(hash ^ (hash >>> 16), 0x735a2d97);
  return hash ^ (hash >>> 15);
}
