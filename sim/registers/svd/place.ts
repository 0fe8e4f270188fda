/**
 * Registers that share addresses. A read-only and a write-only register can; the others go to
 * pages of their own, since CMSIS-SVD says that an address has several descriptions but never what
 * selects one.
 */
import { PAGES_MAX } from './limits.ts';

export interface Placeable {
  readonly name: string;
  readonly at: number;
  readonly bytes: number;
  readonly readable: boolean;
  readonly writable: boolean;
  /** Registers of one cluster or alternate group, which keep to one page where they can. */
  readonly group: string | undefined;
}

export interface Placement {
  /** Index of the page, or undefined for a register that every page shows. */
  readonly page: number | undefined;
  /** The register that was at the address before, if this one had to give way. */
  readonly behind: string | undefined;
}

/** Pages that a byte is taken on, one bit for each page; and who took it first. */
interface Taken {
  pages: number;
  first: string;
}

/** One placement for each register, undefined where no page is left. */
export function placeRegisters(registers: readonly Placeable[]): (Placement | undefined)[] {
  const reads = new Map<number, Taken>();
  const writes = new Map<number, Taken>();
  const groups = new Map<string | undefined, number>();
  const first = registers.map((register) => {
    const taken = takenBy(register, reads, writes);
    const used = taken.reduce((mask, side) => mask | side.pages, 0);
    const page = freePage(used, groups.get(register.group));
    if (page >= PAGES_MAX) return undefined;
    if (page > 0) groups.set(register.group, page);
    claim(register, page, reads, writes);
    return { page, behind: taken[0]?.first };
  });
  return registers.map((register, index) => {
    const placement = first[index];
    if (placement === undefined || placement.page > 0) return placement;
    const alone = takenBy(register, reads, writes).every(({ pages }) => pages === 1);
    return { page: alone ? undefined : 0, behind: undefined };
  });
}

function sides(register: Placeable, reads: Map<number, Taken>, writes: Map<number, Taken>) {
  // What can neither be read nor written holds its place on both sides.
  const neither = !register.readable && !register.writable;
  const used: Map<number, Taken>[] = [];
  if (register.readable || neither) used.push(reads);
  if (register.writable || neither) used.push(writes);
  return used;
}

function takenBy(register: Placeable, reads: Map<number, Taken>, writes: Map<number, Taken>) {
  const taken: Taken[] = [];
  for (const side of sides(register, reads, writes)) {
    for (let byte = register.at; byte < register.at + register.bytes; byte++) {
      const entry = side.get(byte);
      if (entry !== undefined) taken.push(entry);
    }
  }
  return taken;
}

function claim(
  register: Placeable,
  page: number,
  reads: Map<number, Taken>,
  writes: Map<number, Taken>,
): void {
  for (const side of sides(register, reads, writes)) {
    for (let byte = register.at; byte < register.at + register.bytes; byte++) {
      const entry = side.get(byte);
      if (entry === undefined) side.set(byte, { pages: 1 << page, first: register.name });
      else entry.pages |= 1 << page;
    }
  }
}

/** The page of the group, for a register that must leave the first; else the lowest. */
function freePage(mask: number, preferred = 0): number {
  if (mask & 1 && ((mask >>> preferred) & 1) === 0) return preferred;
  let at = 0;
  while (at < PAGES_MAX && (mask >>> at) & 1) at++;
  return at;
}
