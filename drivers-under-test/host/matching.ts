/**
 * Which personality of a driver takes a provider, and for each of its keys why or why not. Data
 * in, data out.
 *
 * Keys: xnu-11417 IOKitKeys.h; PCI keys: IOPCIFamily 726.0.5, IOPCIBridge.cpp pciMatchNub. That the
 * highest probe score wins inside a match category, and that categories do not compete, is general
 * IOKit behaviour.
 */
import { type EntitlementCheck, checkEntitlements } from './entitlements.ts';
import { nameMatches, pciKeyMatches, PCI_KEYS, type PciKey } from './pci-matching.ts';
import { isRecord, same, show } from './property-values.ts';

type Properties = Readonly<Record<string, unknown>>;

/** What matching needs of a manifest. */
export interface Matchable {
  readonly id: string;
  readonly personalities: Readonly<Record<string, Properties>>;
  readonly entitlements: Properties;
}

/** One key of a personality against the provider. */
export interface KeyCheck {
  readonly key: string;
  readonly wanted: string;
  readonly found: string;
  readonly passes: boolean;
}

export interface PersonalityMatch {
  readonly name: string;
  /** In the order of the personality, each one whether or not an earlier one failed. */
  readonly keys: readonly KeyCheck[];
  readonly matches: boolean;
  readonly score: number;
  readonly category: string;
  /** Matches, and wins its category. */
  readonly wins: boolean;
  /** Name of the personality that won instead. */
  readonly lostTo?: string;
}

export interface MatchReport {
  readonly driver: string;
  readonly personalities: readonly PersonalityMatch[];
  readonly entitlements: EntitlementCheck;
  /** A personality wins, and the entitlements allow it. */
  readonly attaches: boolean;
}

const DEFAULT_CATEGORY = 'IODefaultMatchCategory';
/** Keys that say what to do with a match, not what to match. */
const UNKNOWN_MATCH_KEYS = [
  'IOPathMatch',
  'IOLocationMatch',
  'IOParentMatch',
  'IOResourceMatch',
  'IOMatchedServiceCountMatch',
];

type KeyRule = (wanted: unknown, provider: Properties) => { passes: boolean; found: unknown };

const RULES: Readonly<Record<string, KeyRule>> = {
  IOProviderClass: (wanted, provider) => ({
    passes: wanted === provider['IOClass'] || wanted === 'IOService',
    found: provider['IOClass'],
  }),
  IONameMatch: (wanted, provider) => nameMatches(wanted, provider),
  IOPropertyMatch: (wanted, provider) => {
    const tables = Array.isArray(wanted) ? wanted : [wanted];
    const keys = tables.flatMap((table) => (isRecord(table) ? Object.keys(table) : []));
    return {
      passes: tables.some((table) => isRecord(table) && holds(table, provider)),
      found: pick(provider, keys),
    };
  },
  IOPropertyExistsMatch: (wanted, provider) => {
    const names = (Array.isArray(wanted) ? wanted : [wanted]).map(String);
    const missing = names.filter((name) => !Object.hasOwn(provider, name));
    return {
      passes: missing.length < names.length && (Array.isArray(wanted) || missing.length === 0),
      found: pick(provider, names),
    };
  },
  ...Object.fromEntries(
    PCI_KEYS.map((key: PciKey) => [
      key,
      (wanted, provider) => pciKeyMatches(key, wanted, provider),
    ]),
  ),
};

function holds(table: Properties, provider: Properties): boolean {
  return Object.entries(table).every(([key, value]) => same(provider[key], value));
}

function pick(provider: Properties, keys: readonly string[]): Properties {
  const there = keys.filter((key) => Object.hasOwn(provider, key));
  return Object.fromEntries(there.map((key) => [key, provider[key]]));
}

/** Every key that matches something, with what it wants and what it finds. */
export function checkKeys(personality: Properties, provider: Properties): KeyCheck[] {
  return Object.entries(personality).flatMap(([key, wanted]) => {
    const rule = RULES[key];
    if (rule !== undefined) {
      const { passes, found } = rule(wanted, provider);
      return [{ key, wanted: show(wanted), found: show(found), passes }];
    }
    if (!UNKNOWN_MATCH_KEYS.includes(key)) return [];
    return [{ key, wanted: show(wanted), found: 'not modelled', passes: false }];
  });
}

/**
 * Matches every personality, picks the winners and checks the entitlements.
 * @param provider the provider's properties, such as `IOPCIDevice.CopyProperties()`
 */
export function explainMatch(driver: Matchable, provider: Properties): MatchReport {
  const candidates = Object.entries(driver.personalities).map(([name, personality]) => {
    const keys = checkKeys(personality, provider);
    const named = keys.some(({ key }) => key === 'IOProviderClass');
    const missing = { key: 'IOProviderClass', wanted: 'a class', found: 'no such key' };
    return {
      name,
      keys: named ? keys : [{ ...missing, passes: false }, ...keys],
      matches: named && keys.every(({ passes }) => passes),
      score: typeof personality['IOProbeScore'] === 'number' ? personality['IOProbeScore'] : 0,
      category: show(personality['IOMatchCategory'] ?? DEFAULT_CATEGORY),
    };
  });
  const winners = new Map<string, (typeof candidates)[number]>();
  for (const candidate of candidates) {
    const best = winners.get(candidate.category);
    if (candidate.matches && (best === undefined || candidate.score > best.score)) {
      winners.set(candidate.category, candidate);
    }
  }
  const personalities = candidates.map((candidate) => {
    const winner = winners.get(candidate.category);
    if (winner === candidate) return { ...candidate, wins: true };
    if (!candidate.matches || winner === undefined) return { ...candidate, wins: false };
    return { ...candidate, wins: false, lostTo: winner.name };
  });
  const entitlements = checkEntitlements(driver.entitlements, provider);
  const attaches = winners.size > 0 && entitlements.passes;
  return { driver: driver.id, personalities, entitlements, attaches };
}

/** Why a driver does not attach, in one sentence; undefined when it does. */
export function whyNoMatch(report: MatchReport): string | undefined {
  if (report.attaches) return undefined;
  if (report.personalities.some(({ wins }) => wins)) return report.entitlements.reason;
  const reasons = report.personalities.map(({ name, keys }) => {
    const failed = keys.find(({ passes }) => !passes);
    if (failed === undefined) return `${name} has no key that matches`;
    return `${name}: ${failed.key} wants ${failed.wanted}, found ${failed.found}`;
  });
  return `no personality of ${report.driver} matches the device (${reasons.join('; ')})`;
}

/** Lines for `dyno explain match`. */
export function explainMatchText(report: MatchReport): string[] {
  const lines: string[] = [];
  for (const each of report.personalities) {
    lines.push(`personality ${each.name}: ${outcome(each)}`);
    for (const { key, wanted, found, passes } of each.keys) {
      lines.push(`  ${passes ? 'pass' : 'FAIL'}  ${key}: wanted ${wanted}, found ${found}`);
    }
  }
  lines.push(`entitlements: ${report.entitlements.passes ? 'pass' : 'FAIL'}`);
  for (const line of report.entitlements.lines) lines.push(`  ${line}`);
  const why = whyNoMatch(report);
  lines.push(why === undefined ? `${report.driver} attaches` : `does not attach: ${why}`);
  return lines;
}

function outcome({ matches, wins, score, category, lostTo }: PersonalityMatch): string {
  if (!matches) return 'does not match';
  const rank = `IOProbeScore ${score} in ${category}`;
  return wins ? `matches and wins, ${rank}` : `matches, ${rank}, but ${lostTo ?? '?'} wins`;
}
