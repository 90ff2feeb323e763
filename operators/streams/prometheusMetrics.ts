import { Counter, Gauge, Histogram, type Registry, register } from 'prom-client';
import {
  type Countable,
  type Gauge as GaugeName,
  type Histogram as HistogramName,
  perCounter,
  STEP_BUCKETS,
  TELEMETRY,
  type Telemetry,
} from '../../src/core/telemetry.js';

export interface PrometheusMetricsOptions {
  /** Default: prom-client's global registry. */
  registry?: Registry;
  /** In front of every name. Default 'eddy_'. */
  prefix?: string;
  /** Put on every series, for example { operator: 'learn' }; the same names in every call with one registry. */
  labels?: Readonly<Record<string, string>>;
}

/**
 * Counts into a prom-client registry, whose `telemetry()` is the text that Prometheus scrapes: `eddy_samples_total`,
 * `eddy_step_seconds_bucket`, … May be called again with other label values: the series stand side by side.
 *
 *     const metrics = prometheusMetrics({ labels: { stream: 'sensors' } });
 *     http.createServer(async (_, res) => res.end(await register.metrics())).listen(9464);
 *
 * Needs the optional peer prom-client.
 */
export function prometheusMetrics({
  registry = register,
  prefix = 'eddy_',
  labels = {},
}: PrometheusMetricsOptions = {}): Telemetry {
  const labelNames = Object.keys(labels);
  const spec = (name: keyof typeof TELEMETRY, suffix = '') => ({
    name: `${prefix}${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}${suffix}`,
    help: TELEMETRY[name].help,
    labelNames,
    registers: [registry],
  });
  const counter = (name: Countable) => {
    const options = spec(name, '_total');
    const known = registry.getSingleMetric(options.name);
    return (known instanceof Counter ? known : new Counter(options)).labels(labels);
  };
  const gauge = (name: Countable | GaugeName) => {
    const options = spec(name);
    const known = registry.getSingleMetric(options.name);
    return (known instanceof Gauge ? known : new Gauge(options)).labels(labels);
  };
  const histogram = (name: HistogramName) => {
    const options = spec(name);
    const known = registry.getSingleMetric(options.name);
    return (known instanceof Histogram ? known : new Histogram({ ...options, buckets: [...STEP_BUCKETS] })).labels(
      labels,
    );
  };
  const countables: Record<Countable, { inc(by: number): void }> = {
    ...perCounter(counter),
    keys: gauge('keys'),
  };
  const gauges: Record<GaugeName, { set(value: number): void }> = { heapBytes: gauge('heapBytes') };
  const histograms: Record<HistogramName, { observe(value: number): void }> = { stepSeconds: histogram('stepSeconds') };
  return {
    add: (name, by) => countables[name].inc(by),
    set: (name, value) => gauges[name].set(value),
    record: (name, value) => histograms[name].observe(value),
  };
}
