/** How a driver introduces itself: `driver.ts` default-exports what `defineDriver` returns. */
import type { Ics } from './ics.ts';
import type { IOService } from './io-service.ts';
import { type ProcessManifest, processProblem } from './process-manifest.ts';
import type { ServiceHost } from './service-host.ts';

/** A personality as in Info.plist: keys that must match, and IOProbeScore, IOMatchCategory. */
export type Personality = Readonly<Record<string, unknown>>;

export type ServiceClass = new (host: ServiceHost) => IOService;

export interface DriverManifest {
  /** Short name; also its folder's. */
  readonly id: string;
  readonly version: string;
  /** Class contract, such as `EduDevice` or `SerialPort`. */
  readonly class: string;
  readonly personalities: Readonly<Record<string, Personality>>;
  readonly entitlements: Readonly<Record<string, unknown>>;
  readonly ics: Ics;
  /** The class that DriverKit calls IOUserClass. */
  readonly service: ServiceClass;
  /** More classes by name, such as user clients: what `IOService.Create` can make. */
  readonly classes?: Readonly<Record<string, ServiceClass>>;
}

/** What is judged: a driver in this process, or a program. */
export type Manifest = DriverManifest | ProcessManifest;

export function isProcess(manifest: Manifest): manifest is ProcessManifest {
  return 'command' in manifest;
}

/** Checks the shape, so that a broken manifest is refused by name and not somewhere later. */
export function defineDriver(manifest: DriverManifest): DriverManifest {
  const problem = manifestProblem(manifest);
  if (problem !== undefined) throw new TypeError(problem);
  return manifest;
}

/** One sentence that says what to mend, or undefined. */
export function manifestProblem(manifest: unknown): string | undefined {
  if (typeof manifest !== 'object' || manifest === null) {
    return 'A driver module must default-export defineDriver({ ... }).';
  }
  const given = manifest as Record<string, unknown>;
  if ('command' in given) return processProblem(given);
  for (const key of ['id', 'version', 'class']) {
    if (typeof given[key] !== 'string' || given[key] === '') {
      return `The manifest lacks "${key}": give a text that is not empty.`;
    }
  }
  for (const key of ['personalities', 'entitlements', 'ics']) {
    if (typeof given[key] !== 'object' || given[key] === null) {
      return `The manifest lacks "${key}": give an object, empty if there is nothing to say.`;
    }
  }
  if (Object.keys(given['personalities'] as object).length === 0) {
    return 'The manifest has no personality: without one the driver can match nothing.';
  }
  for (const [name, personality] of Object.entries(given['personalities'] as object)) {
    if (typeof personality !== 'object' || personality === null) {
      return `The personality "${name}" is no dictionary: give an object with IOProviderClass.`;
    }
  }
  if (typeof given['service'] !== 'function') {
    return 'The manifest lacks "service": give the class that extends IOService.';
  }
  return undefined;
}
