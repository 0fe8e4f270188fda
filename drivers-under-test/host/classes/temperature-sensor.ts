/**
 * What a driver of a temperature sensor offers its clients. Temperatures in millidegrees Celsius,
 * times in virtual nanoseconds. After Stop and while asleep each call fails with kIOReturnOffline
 * without touching the device.
 */
export interface SensorLimits {
  /** The alert comes when the temperature reaches `high`, and goes when it falls below `low`. */
  readonly high: number;
  readonly low: number;
}

export interface SensorSettings {
  /** Bits of a conversion. */
  readonly resolution: 9 | 10 | 11 | 12;
  readonly mode: 'comparator' | 'interrupt';
  /** Conversions over the limit, one after the other, that make an alert. */
  readonly faultQueue: 1 | 2 | 4 | 6;
  readonly polarity: 'active-low' | 'active-high';
}

export interface TemperatureSensor {
  /**
   * The last conversion; in shutdown it starts one and waits for it.
   * @throws kIOReturnNotResponding, kIOReturnIOError
   */
  temperature(): Promise<number>;
  /** @throws kIOReturnBadArgument when out of the device's range, or low is above high */
  setLimits(limits: SensorLimits): Promise<void>;
  limits(): Promise<SensorLimits>;
  configure(settings: SensorSettings): Promise<void>;
  settings(): Promise<SensorSettings>;
  /** Between conversions on demand the device sleeps, or it converts all the time. */
  setShutdown(isShutDown: boolean): Promise<void>;
  /** The next change of the alert; undefined when the timeout passes first. */
  nextAlert(timeoutNs: number): Promise<{ readonly active: boolean } | undefined>;
}

/** Every method, by name: what a client can call. */
export const TEMPERATURE_SENSOR_METHODS = [
  'temperature',
  'setLimits',
  'limits',
  'configure',
  'settings',
  'setShutdown',
  'nextAlert',
] as const satisfies readonly (keyof TemperatureSensor)[];
