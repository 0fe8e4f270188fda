/** What a feature does at once when its value changes. */
import type { NvmeCore } from './core.ts';
import { EventType, HealthEvent } from './events.ts';
import { FeatureId } from './feature-table.ts';
import { LogPage } from './log-pages.ts';
import { TEMPERATURE } from './logs.ts';
import { Feature } from './structures.ts';

/** The parts of Temperature Threshold: over and under, of the composite and of the one sensor. */
const THRESHOLD_PARTS = 4;
/** Bit of the critical warning that the host must have enabled to hear of it. */
const TEMPERATURE_BIT = 2;

export function featureChanged(core: NvmeCore, feature: number, part: number): void {
  const value = core.features.dword(feature, part);
  switch (feature) {
    case FeatureId.Arbitration: {
      const { weights } = core.engine.arbiter;
      weights.burst = Feature.ARBITRATION.AB.get(value);
      weights.low = Feature.ARBITRATION.LPW.get(value);
      weights.medium = Feature.ARBITRATION.MPW.get(value);
      weights.high = Feature.ARBITRATION.HPW.get(value);
      return;
    }
    case FeatureId.Coalescing:
      core.interrupts.coalescing.threshold = Feature.COALESCING.THR.get(value);
      core.interrupts.coalescing.time = Feature.COALESCING.TIME.get(value);
      return;
    case FeatureId.Vector:
      core.interrupts.coalescing.disabled[part] = Feature.VECTOR.CD.get(value);
      return;
    case FeatureId.WriteCache:
      core.namespaces.cacheEnabled = Feature.WRITE_CACHE.WCE.get(value) === 1;
      return;
    case FeatureId.ErrorRecovery: {
      const namespace = core.namespaces.get(part);
      const { DULBE } = Feature.ERROR_RECOVERY;
      if (namespace !== undefined) namespace.deallocatedError = DULBE.get(value) === 1;
      return;
    }
    case FeatureId.TemperatureThreshold:
    case FeatureId.Events:
      checkTemperature(core);
      return;
    default:
  }
}

/** The temperature is what it is: only its thresholds move. */
function checkTemperature(core: NvmeCore): void {
  const { features, logs, events } = core;
  let outside = false;
  for (let part = 0; part < THRESHOLD_PARTS; part++) {
    const threshold = Feature.TEMPERATURE_THRESHOLD.TMPTH.get(
      features.dword(FeatureId.TemperatureThreshold, part),
    );
    if (part % 2 === 0 ? TEMPERATURE >= threshold : TEMPERATURE <= threshold) outside = true;
  }
  const before = logs.temperatureWarning;
  logs.temperatureWarning = outside;
  const enabled = Feature.EVENTS.SMART.get(features.dword(FeatureId.Events));
  if (!outside || before || (enabled & TEMPERATURE_BIT) === 0) return;
  events.raise(EventType.Health, HealthEvent.Temperature, LogPage.Health);
}
