/**
 * Physical Region Pages: how a transfer through pieces of memory is described page by page.
 *
 * NVM Express Base Specification 1.4, "Physical Region Page Entry and List" (secondary): the first
 * entry may begin inside of a page, on a multiple of four; every later one begins a page. What the
 * pieces cannot offer so is copied through pages of our own.
 */

/** A stretch of memory as the controller sees it. */
export interface Piece {
  readonly address: number;
  readonly length: number;
}

/** A page of the transfer that no entry can describe where it lies. */
export interface Bounce {
  /** Where it begins in the transfer, and how much of the transfer it holds. */
  readonly at: number;
  readonly length: number;
  /** Which entry is to name the page of ours, and where in that page it begins. */
  readonly entry: number;
  readonly offset: number;
}

export interface PrpPlan {
  /** Addresses in order; 0 where a page of ours is to be named. */
  entries: number[];
  bounces: Bounce[];
}

/** An entry is aligned to dwords. */
const ENTRY_ALIGNMENT = 4;

/** Fills the plan anew. The pieces must not be empty. */
export function planPrps(pieces: readonly Piece[], pageBytes: number, plan: PrpPlan): void {
  plan.entries.length = 0;
  plan.bounces.length = 0;
  const [first] = pieces;
  if (first === undefined) return;
  const inPage = first.address % pageBytes;
  let offset = first.address % ENTRY_ALIGNMENT === 0 ? inPage : 0;
  let index = 0;
  /** Where the piece at `index` begins in the transfer. */
  let begin = 0;
  let at = 0;
  for (let left = bytesOf(pieces); left > 0;) {
    const length = Math.min(left, pageBytes - offset);
    let piece = pieces[index] as Piece;
    while (at >= begin + piece.length) {
      begin += piece.length;
      piece = pieces[++index] as Piece;
    }
    const address = piece.address + at - begin;
    const fits = at + length <= begin + piece.length && address % pageBytes === offset;
    if (!fits) plan.bounces.push({ at, length, entry: plan.entries.length, offset });
    plan.entries.push(fits ? address : 0);
    at += length;
    left -= length;
    offset = 0;
  }
}

function bytesOf(pieces: readonly Piece[]): number {
  let bytes = 0;
  for (const { length } of pieces) bytes += length;
  return bytes;
}

/** Entries that a transfer of so many bytes needs at the most, whatever its offset. */
export function entriesMax(bytes: number, pageBytes: number): number {
  return Math.ceil(bytes / pageBytes) + 1;
}
