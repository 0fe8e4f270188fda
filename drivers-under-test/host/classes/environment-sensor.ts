/**
 * What a driver of a sensor of temperature, pressure and humidity offers its clients. Calls may
 * overlap; each ends exactly once. A call that the bus fails ends with the error of the bus, and
 * the driver goes on; after Stop and while asleep each fails with kIOReturnOffline without touching
 * the device. Settings outlast sleep.
 */
export type Samples = 0 | 1 | 2 | 4 | 8 | 16;

export interface EnvironmentSettings {
  /** Whether the device measures all the time, or when it is asked and sleeps in between. */
  readonly mode: 'continuous' | 'on-demand';
  /** Samples of each in one measurement; 0: it is not measured. */
  readonly temperature: Samples;
  readonly pressure: Samples;
  readonly humidity: Samples;
}

/** Of one and the same measurement; undefined is what is not measured. */
export interface Measurement {
  /** Degrees Celsius. */
  readonly celsius: number | undefined;
  readonly pascals: number | undefined;
  /** Relative humidity. */
  readonly percent: number | undefined;
}

export interface EnvironmentSensor {
  /**
   * The last measurement, never one from before Start; on demand a new one. What nobody measured,
   * because the device has lost its settings, is an error.
   * @throws kIOReturnNotResponding when the device does not answer, kIOReturnIOError when the bus
   * or the device fails
   */
  measure(): Promise<Measurement>;
  /**
   * At first: continuous, one sample of each.
   * @throws as `measure`; kIOReturnBadArgument for values that are none, the device untouched
   */
  configure(settings: EnvironmentSettings): Promise<void>;
}

/** Every method, by name: what a client can call. */
export const ENVIRONMENT_SENSOR_METHODS = [
  'measure',
  'configure',
] as const satisfies readonly (keyof EnvironmentSensor)[];
