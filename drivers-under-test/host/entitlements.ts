/**
 * Whether the driver may have this provider, and who may open its user clients.
 *
 * xnu-11417 IOUserServer.cpp checkEntitlements and the user client checks; the values of the PCI
 * transport: IOPCIFamily 726.0.5, IOPCIDevice::matchPropertyTable.
 */
import { pciTableMatches } from './pci-matching.ts';
import { isRecord, show } from './property-values.ts';

type Properties = Readonly<Record<string, unknown>>;

export const PREFIX = 'com.apple.developer.';
const PCI_TRANSPORT = `${PREFIX}driverkit.transport.pci`;
const BASE = `${PREFIX}driverkit`;

export interface EntitlementCheck {
  readonly passes: boolean;
  /** One sentence that says what is missing; empty when nothing is. */
  readonly reason: string;
  /** What was asked and found, one line each. */
  readonly lines: readonly string[];
}

/**
 * What a property asks for: a text, any one of a list of texts, or, as a list of lists, all texts
 * of any one list. Returns the alternatives; undefined when the property asks for nothing.
 */
export function requirementOf(property: unknown): string[][] | undefined {
  if (property === undefined) return undefined;
  if (!Array.isArray(property)) return [[show(property)]];
  const items: unknown[] = property;
  return items.map((item) => (Array.isArray(item) ? item.map((name) => show(name)) : [show(item)]));
}

/** The alternative that the entitlements satisfy, or undefined. An empty one satisfies nothing. */
export function satisfied(
  requirement: readonly (readonly string[])[],
  entitlements: Properties,
): readonly string[] | undefined {
  return requirement.find(
    (all) => all.length > 0 && all.every((name) => Object.hasOwn(entitlements, name)),
  );
}

/** The driver's entitlements against what the provider asks for, names first, then values. */
export function checkEntitlements(
  entitlements: Properties,
  provider: Properties,
): EntitlementCheck {
  const lines: string[] = [];
  const refuse = (reason: string): EntitlementCheck => ({ passes: false, reason, lines });
  const say = (passes: boolean, text: string) => lines.push(`${passes ? 'pass' : 'FAIL'}  ${text}`);
  const hasBase = Object.hasOwn(entitlements, BASE);
  say(hasBase, `${BASE}: ${hasBase ? 'there' : 'missing'}`);
  if (!hasBase) return refuse(`the driver lacks the entitlement ${BASE}`);
  const requirement = requirementOf(provider['IOServiceDEXTEntitlements']);
  if (requirement === undefined) return { passes: true, reason: '', lines };
  const alternative = satisfied(requirement, entitlements);
  const asked = requirement.map((all) => all.join(' and ')).join(', or ');
  say(alternative !== undefined, `the provider asks for ${asked}`);
  if (alternative === undefined) return refuse(`the driver lacks the entitlement ${asked}`);
  for (const name of alternative) {
    const problem = valueProblem(name, entitlements[name], provider);
    say(problem === undefined, `${name}: ${show(entitlements[name])}`);
    if (problem !== undefined) return refuse(problem);
  }
  return { passes: true, reason: '', lines };
}

/** The value of an entitlement restricts which devices it is for. */
function valueProblem(name: string, value: unknown, provider: Properties): string | undefined {
  if (name !== PCI_TRANSPORT || value === true) return undefined;
  if (!Array.isArray(value)) {
    return `the value of ${name} is malformed: give a list of dictionaries`;
  }
  if (value.length === 0) {
    return `the list of ${name} is empty: it matches no device; add a dictionary with IOPCIMatch`;
  }
  const tables = (value as unknown[]).filter(isRecord);
  if (tables.some((table) => pciTableMatches(table, provider))) return undefined;
  const found = `${show(provider['name'])} with subsystem ${show(provider['subsystem-id'])}`;
  return `none of the ${tables.length} dictionaries of ${name} matches this device, ${found}`;
}

/** Who asks for a user client, and whose it is. */
export interface UserClientAccess {
  /** Entitlements of the application. */
  readonly client: Properties;
  /** Bundle id of the driver. */
  readonly driverId: string;
  readonly driver: Properties;
  /** Properties of the user client that NewUserClient makes. */
  readonly userClient: Properties;
}

/** What grants access to a user client, in the order of the system's checks; undefined: nothing. */
export function userClientAccess(access: UserClientAccess): string | undefined {
  const { client, driver, driverId, userClient } = access;
  if (Object.hasOwn(client, `${PREFIX}driverkit.driver-access`)) return 'driver-access';
  if (driver[`${PREFIX}driverkit.allow-any-userclient-access`] === true) {
    return 'allow-any-userclient-access';
  }
  const allowed = client[`${PREFIX}driverkit.userclient-access`];
  if (Array.isArray(allowed) && allowed.includes(driverId)) return 'userclient-access';
  const requirement = requirementOf(userClient['IOServiceDEXTEntitlements']);
  if (requirement !== undefined && satisfied(requirement, client) !== undefined) {
    return 'IOServiceDEXTEntitlements';
  }
  return undefined;
}
