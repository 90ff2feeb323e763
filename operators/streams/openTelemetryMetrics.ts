import { type Attributes, type Meter, metrics } from '@opentelemetry/api';
import { type Countable, perCounter, STEP_BUCKETS, TELEMETRY, type Telemetry } from '../../src/core/telemetry.js';

export interface OpenTelemetryMetricsOptions {
  /** Default: the meter 'rx-eddy' of the global meter provider. */
  meter?: Meter;
  /** Put on every measurement, for example { operator: 'learn' }. */
  attributes?: Attributes;
}

/**
 * Counts into OpenTelemetry instruments: `eddy.samples`, `eddy.step.duration` in seconds, … What becomes of them is for the
 * SDK that the program has set up; without one they go nowhere, at no cost.
 *
 *     const metrics = openTelemetryMetrics({ attributes: { stream: 'sensors' } });
 *
 * Needs the optional peer @opentelemetry/api.
 */
export function openTelemetryMetrics({
  meter = metrics.getMeter('rx-eddy'),
  attributes = {},
}: OpenTelemetryMetricsOptions = {}): Telemetry {
  const counter = (name: Countable) => meter.createCounter(dotted(name), { description: TELEMETRY[name].help });
  const countables: Record<Countable, { add(by: number, attributes: Attributes): void }> = {
    ...perCounter(counter),
    keys: meter.createUpDownCounter('eddy.keys', { description: TELEMETRY.keys.help }),
  };
  const heapBytes = meter.createGauge('eddy.heap', { description: TELEMETRY.heapBytes.help, unit: 'By' });
  const stepSeconds = meter.createHistogram('eddy.step.duration', {
    description: TELEMETRY.stepSeconds.help,
    unit: 's',
    advice: { explicitBucketBoundaries: [...STEP_BUCKETS] },
  });
  return {
    add: (name, by) => countables[name].add(by, attributes),
    set: (_, value) => heapBytes.record(value, attributes),
    record: (_, value) => stepSeconds.record(value, attributes),
  };
}

const dotted = (name: string) => `eddy.${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
