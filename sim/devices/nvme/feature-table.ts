/**
 * Which features there are, what they are by default, and which values they take.
 *
 * NVM Express Base Specification 1.4, "Set Features command", "Feature Values" (secondary).
 */
import { IO_QUEUES, QUEUES } from './registers.ts';
import { Status } from './status.ts';
import { Feature } from './structures.ts';

export const FeatureId = {
  Arbitration: 0x01,
  PowerManagement: 0x02,
  TemperatureThreshold: 0x04,
  ErrorRecovery: 0x05,
  WriteCache: 0x06,
  Queues: 0x07,
  Coalescing: 0x08,
  Vector: 0x09,
  WriteAtomicity: 0x0a,
  Events: 0x0b,
  Timestamp: 0x0e,
} as const;

/** Power states beyond the first (Identify Controller NPSS). */
export const POWER_STATES_MORE = 2;
/** Kelvin; Identify Controller WCTEMP and CCTEMP. */
export const WARNING_KELVIN = 343;
export const CRITICAL_KELVIN = 373;

/** TMPSEL: the composite temperature, one sensor, and (Set Features only) all of them. */
const SENSORS = 1;
const ALL_SENSORS = 15;
/** THSEL. */
const OVER = 0;
const UNDER = 1;

const AGAINST_THE_RULES = 0xffff;

export interface FeatureRow {
  readonly saveable: boolean;
  readonly perNamespace: boolean;
  readonly changeable: boolean;
  /**
   * Which one of several values this is: a sensor, a vector. `value` is dword 11.
   * Undefined where there is no such one. Absent: there is one value only.
   */
  readonly part?: (value: number) => number | undefined;
  readonly initial: (part: number) => number;
  /** Success, or why the value is refused. Absent: any is taken. */
  readonly check?: (dword: Uint8Array) => number;
  /** Bits of dword 11 that are kept. */
  readonly kept: number;
}

const plain = { saveable: true, perNamespace: false, changeable: true } as const;

function thresholdPart(value: number): number | undefined {
  setDword(value);
  const sensor = Feature.TEMPERATURE_THRESHOLD.TMPSEL.get(DWORD);
  const side = Feature.TEMPERATURE_THRESHOLD.THSEL.get(DWORD);
  if (side > UNDER || (sensor > SENSORS && sensor !== ALL_SENSORS)) return undefined;
  return sensor === ALL_SENSORS ? side : sensor * 2 + side;
}

const DWORD = new Uint8Array(4);
function setDword(value: number): Uint8Array {
  WHOLE.set(DWORD, 0, value);
  return DWORD;
}
const WHOLE = Feature.WHOLE.VALUE;

export const FEATURES: ReadonlyMap<number, FeatureRow> = new Map<number, FeatureRow>([
  // The default burst has no limit.
  [FeatureId.Arbitration, { ...plain, initial: () => 7, kept: 0xffffff07 }],
  [
    FeatureId.PowerManagement,
    {
      ...plain,
      initial: () => 0,
      kept: 0xff,
      check: (dword) =>
        Feature.POWER_MANAGEMENT.PS.get(dword) > POWER_STATES_MORE
          ? Status.InvalidField
          : Status.Success,
    },
  ],
  [
    FeatureId.TemperatureThreshold,
    {
      ...plain,
      part: thresholdPart,
      initial: (part) => (part === OVER ? WARNING_KELVIN : part % 2 === OVER ? 0xffff : 0),
      kept: 0xffff,
    },
  ],
  [FeatureId.ErrorRecovery, { ...plain, perNamespace: true, initial: () => 0, kept: 0x1ffff }],
  [FeatureId.WriteCache, { ...plain, initial: () => 1, kept: 1 }],
  [
    FeatureId.Queues,
    {
      ...plain,
      saveable: false,
      initial: () => (IO_QUEUES - 1) * 0x1_0001,
      kept: 0xffffffff,
      check: (dword) =>
        Feature.QUEUES.NSQ.get(dword) === AGAINST_THE_RULES ||
        Feature.QUEUES.NCQ.get(dword) === AGAINST_THE_RULES
          ? Status.InvalidField
          : Status.Success,
    },
  ],
  [FeatureId.Coalescing, { ...plain, initial: () => 0, kept: 0xffff }],
  [
    FeatureId.Vector,
    {
      ...plain,
      part: (value) => {
        const vector = Feature.VECTOR.IV.get(setDword(value));
        return vector < QUEUES ? vector : undefined;
      },
      initial: (vector) => vector,
      kept: 0x1ffff,
    },
  ],
  [FeatureId.WriteAtomicity, { ...plain, initial: () => 0, kept: 1 }],
  [FeatureId.Events, { ...plain, initial: () => 0, kept: 0x3ff }],
  [FeatureId.Timestamp, { ...plain, saveable: false, initial: () => 0, kept: 0 }],
]);
