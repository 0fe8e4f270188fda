/** What the clauses about temperature sensors share. Values of the data sheet are restated. */
import type {
  SensorSettings,
  TemperatureSensor,
} from '../../../drivers-under-test/host/classes/temperature-sensor.ts';
import type { Citation } from '../../citation.ts';
import { Inconclusive } from '../../expect.ts';
import type { Scene } from '../../scene.ts';

export const CONTRACT: Citation = {
  document: 'driver-dyno, class contract TemperatureSensor',
  revision: '1',
  basis: 'read',
};

/** The data sheet has no numbered sections: its headings. */
export const DATA_SHEET = (
  section: string,
  basis: 'read' | 'secondary' = 'secondary',
): Citation => ({
  document: 'Texas Instruments TMP105, SLLS648D',
  revision: 'September 2011',
  section,
  basis,
});

const MS = 1_000_000;
export const RESOLUTIONS = [
  { bits: 9, step: 500, typicalNs: 27.5 * MS, maxNs: 37.5 * MS },
  { bits: 10, step: 250, typicalNs: 55 * MS, maxNs: 75 * MS },
  { bits: 11, step: 125, typicalNs: 110 * MS, maxNs: 150 * MS },
  { bits: 12, step: 62.5, typicalNs: 220 * MS, maxNs: 300 * MS },
] as const;
/** Two conversions at the finest resolution, whatever their phase. */
export const SETTLED_NS = 600 * MS;
export const STEP = 62.5;

export const COMPARATOR: SensorSettings = {
  resolution: 12,
  mode: 'comparator',
  faultQueue: 1,
  polarity: 'active-low',
};
/** 9 bits: what takes its time takes the least. */
export const FAST: SensorSettings = { ...COMPARATOR, resolution: 9 };
export const LIMITS = { high: 40_000, low: 30_000 };

export const ALL_SETTINGS: readonly SensorSettings[] = ([9, 10, 11, 12] as const).flatMap(
  (resolution) =>
    (['comparator', 'interrupt'] as const).flatMap((mode) =>
      ([1, 2, 4, 6] as const).flatMap((faultQueue) =>
        (['active-low', 'active-high'] as const).map((polarity) => ({
          resolution,
          mode,
          faultQueue,
          polarity,
        })),
      ),
    ),
);

/** The temperature around the device becomes this. */
export function warm(scene: Scene, millidegrees: number): void {
  const { ambient } = scene.i2c;
  if (ambient === undefined) throw new Inconclusive('The temperature here cannot be set.');
  ambient.set(millidegrees);
}

/** A started driver in a place so warm. */
export async function started(scene: Scene, millidegrees = 25_000): Promise<TemperatureSensor> {
  warm(scene, millidegrees);
  return scene.start<TemperatureSensor>();
}

/** What a register of two bytes holds, or the first bytes of another one. */
export function word(bytes: Uint8Array | undefined): number {
  return (bytes?.[0] ?? 0) * 256 + (bytes?.[1] ?? 0);
}
