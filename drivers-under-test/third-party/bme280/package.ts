/** What the npm package `bme280` 2.1.1 offers, as its README says and its code does. */
export interface BmeOptions {
  readonly i2cBusNumber: number;
  readonly i2cAddress: number;
  readonly temperatureOversampling: number;
  readonly pressureOversampling: number;
  readonly humidityOversampling: number;
  readonly forcedMode: boolean;
}

/** Degrees Celsius, hectopascals, percent; undefined is what is skipped. */
export interface BmeReading {
  readonly temperature: number | undefined;
  readonly pressure: number | undefined;
  readonly humidity: number | undefined;
}

export interface BmeSensor {
  read(): Promise<BmeReading>;
  triggerForcedMeasurement(): Promise<void>;
  /** In milliseconds. */
  maximumMeasurementTime(): number;
  close(): Promise<void>;
}

export interface BmePackage {
  open(options: BmeOptions): Promise<BmeSensor>;
}
