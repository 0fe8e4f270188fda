/**
 * What a driver of a temperature sensor offers its clients. Temperatures in millidegrees Celsius,
 * times in virtual nanoseconds. Calls may overlap; each ends exactly once. After Stop and while
 * asleep each fails with kIOReturnOffline without touching the device. Settings and limits outlast
 * sleep, and a loss of power in between.
 */
export interface SensorLimits {
  /**
   * The alert comes when the temperature reaches `high`, and goes when it falls below `low`. Both
   * are rounded down to what the device can hold.
   */
  readonly high: number;
  readonly low: number;
}

export interface SensorSettings {
  /** Bits of a conversion. */
  readonly resolution: 9 | 10 | 11 | 12;
  /** Whether the alert line follows the temperature, or tells each passing of a limit once. */
  readonly mode: 'comparator' | 'interrupt';
  /** Conversions beyond the limit, one after the other, that make an alert. */
  readonly faultQueue: 1 | 2 | 4 | 6;
  readonly polarity: 'active-low' | 'active-high';
}

/** The temperature reached the upper limit, or fell below the lower one. */
export interface SensorAlert {
  readonly active: boolean;
}

export interface TemperatureSensor {
  /**
   * The last conversion, never one from before Start or a wake; in shutdown it starts one and waits
   * for it.
   * @throws kIOReturnNotResponding when the device does not answer, kIOReturnIOError when the bus
   * fails for good or the device tells what no device tells
   */
  temperature(): Promise<number>;
  /**
   * @throws as `temperature`; kIOReturnBadArgument when out of the device's range, or low is above
   * high, without touching the device
   */
  setLimits(limits: SensorLimits): Promise<void>;
  /** Those that the device has. */
  limits(): Promise<SensorLimits>;
  /** @throws as `temperature`; kIOReturnBadArgument for values that are none, untouched */
  configure(settings: SensorSettings): Promise<void>;
  settings(): Promise<SensorSettings>;
  /** Between conversions on demand the device sleeps, or it converts all the time. */
  setShutdown(isShutDown: boolean): Promise<void>;
  /**
   * The next change of the alert after this call; undefined when the timeout passes first. Every
   * caller hears of it.
   * @throws kIOReturnUnsupported where the alert line is not connected, kIOReturnBadArgument for a
   * timeout of less than nothing or more than an hour, kIOReturnAborted when the driver stops or
   * sleeps meanwhile
   */
  nextAlert(timeoutNs: number): Promise<SensorAlert | undefined>;
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
