/**
 * The keys by which a personality picks PCI functions (IOPCIFamily 726.0.5, IOPCIBridge.cpp
 * matchKeys and pciMatchNub): lists like `0x11e81234 0x00001af4&0x0000ffff`, hexadecimal, the
 * device in the upper half and the vendor in the lower; a mask says which bits count.
 */
import { isRecord } from './property-values.ts';

type Properties = Readonly<Record<string, unknown>>;

export const PCI_KEYS = [
  'IOPCIMatch',
  'IOPCIPrimaryMatch',
  'IOPCISecondaryMatch',
  'IOPCIClassMatch',
] as const;
export type PciKey = (typeof PCI_KEYS)[number];

const ALL = 0xffffffff;
/** Class codes match whatever the revision. */
const CLASS_MASK = 0xffffff00;
/** A value, and perhaps a mask. */
const ENTRY = /^(?:0x)?([0-9a-f]{1,8})(?:\s*&\s*(?:0x)?([0-9a-f]{1,8}))?/i;
const ENTRIES_MAX = 4096;

export interface MaskedValue {
  readonly value: number;
  readonly mask: number;
}

/** The entries of a list; it ends, as in the family's code, where one cannot be read. */
export function parseMatchList(list: string, defaultMask: number): MaskedValue[] {
  const entries: MaskedValue[] = [];
  let rest = list.trimStart();
  while (entries.length < ENTRIES_MAX) {
    const found = ENTRY.exec(rest);
    if (found === null) break;
    const mask = found[2] === undefined ? defaultMask : Number.parseInt(found[2], 16);
    entries.push({ value: Number.parseInt(found[1] ?? '0', 16), mask });
    rest = rest.slice(found[0].length).trimStart();
  }
  return entries;
}

export function pciKeyMatches(
  key: PciKey,
  wanted: unknown,
  provider: Properties,
): { passes: boolean; found: unknown } {
  const words = wordsOf(key, provider);
  if (words === undefined) return { passes: false, found: 'no PCI function' };
  const entries = parseMatchList(
    typeof wanted === 'string' ? wanted : '',
    key === 'IOPCIClassMatch' ? CLASS_MASK : ALL,
  );
  const passes = words.some((word) =>
    entries.some(({ value, mask }) => (value & mask) >>> 0 === (word & mask) >>> 0),
  );
  return { passes, found: words.map(hex).join(' or ') };
}

/** The registers that a key looks at, as 32-bit words. */
function wordsOf(key: PciKey, provider: Properties): number[] | undefined {
  const part = (name: string) => Number(provider[name] ?? 0);
  if (typeof provider['vendor-id'] !== 'number') return undefined;
  const primary = part('device-id') * 0x1_0000 + part('vendor-id');
  const secondary = part('subsystem-id') * 0x1_0000 + part('subsystem-vendor-id');
  if (key === 'IOPCIPrimaryMatch') return [primary];
  if (key === 'IOPCISecondaryMatch') return [secondary];
  if (key === 'IOPCIMatch') return [primary, secondary];
  return [part('class-code') * 0x100 + part('revision-id')];
}

const hex = (word: number): string => `0x${word.toString(16).padStart(8, '0')}`;

/** IONameMatch: a name or a list of them against the provider's name and `compatible`. */
export function nameMatches(
  wanted: unknown,
  provider: Properties,
): { passes: boolean; found: unknown } {
  const { name, compatible } = provider;
  const found = [name, ...(Array.isArray(compatible) ? (compatible as unknown[]) : [])];
  const names: unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  return { passes: names.some((each) => typeof each === 'string' && found.includes(each)), found };
}

/** Whether a dictionary of PCI keys matches; other keys must be equal to the provider's. */
export function pciTableMatches(table: unknown, provider: Properties): boolean {
  if (!isRecord(table)) return false;
  return Object.entries(table).every(([key, wanted]) => {
    const pciKey = PCI_KEYS.find((each) => each === key);
    if (pciKey !== undefined) return pciKeyMatches(pciKey, wanted, provider).passes;
    return key === 'IOProviderClass' ? wanted === provider['IOClass'] : provider[key] === wanted;
  });
}
