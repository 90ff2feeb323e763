import { type Attributes, createNoopMeter, type MetricOptions } from '@opentelemetry/api';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { from, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { keyed } from '../../../operators/keyed/keyed.js';
import { learnStage } from '../../../operators/networks/learn.js';
import { asOperator } from '../../../operators/streams/asOperator.js';
import { instrument } from '../../../operators/streams/instrument.js';
import { openTelemetryMetrics } from '../../../operators/streams/openTelemetryMetrics.js';
import { prometheusMetrics } from '../../../operators/streams/prometheusMetrics.js';
import { SampleReader } from '../../../src/core/onInvalid.js';
import type { Countable, Telemetry } from '../../../src/core/telemetry.js';
import { createModel, dense, lstm, mse, sgd } from '../../../src/index.js';
import { describeOperator } from '../shared/laws.js';
import { openSum } from '../shared/sum.js';

/** Keeps what it receives. */
function ledger() {
  const seen = { totals: new Map<string, number>(), gauges: new Map<string, number>(), times: [] as number[] };
  const telemetry: Telemetry = {
    add: (name, by) => void seen.totals.set(name, (seen.totals.get(name) ?? 0) + by),
    set: (name, value) => void seen.gauges.set(name, value),
    record: (_, value) => void seen.times.push(value),
  };
  return { seen, telemetry };
}
const log = { live: 0 };

describeOperator('instrument', {
  operator: () => asOperator(instrument(() => openSum({ log }), ledger().telemetry)),
  open: instrument(() => openSum({ log }), ledger().telemetry),
  sample: fc.integer({ min: -1000, max: 1000 }),
  bad: [Number.NaN],
  tolerant: (onInvalid) => asOperator(instrument(() => openSum({ log, onInvalid }), ledger().telemetry)),
  inUse: () => log.live,
  without: { failing: 'it calls nothing of its own: the stage is another’s, and telemetry must not throw' },
});

describe('instrument', () => {
  it('counts every sample, times one step in so many, and reads the heap', () => {
    const { seen, telemetry } = ledger();
    let clock = 0;
    const open = instrument(openSum, telemetry, { every: 4, now: () => (clock += 2), heapBytes: () => 640 }); // biome-ignore format: one clock
    from(Array(10).keys()).pipe(asOperator(open)).subscribe();
    expect(seen).toEqual({
      totals: new Map([['samples', 10]]),
      gauges: new Map([['heapBytes', 640]]),
      times: [0.002, 0.002],
    });
  });

  it('counts failures', () => {
    const { seen, telemetry } = ledger();
    from([1, Number.NaN])
      .pipe(asOperator(instrument(openSum, telemetry)))
      .subscribe({ error() {} });
    expect(seen.totals).toEqual(
      new Map([
        ['failed', 1],
        ['samples', 2],
      ]),
    );
  });

  it('checks its options at the call', () => {
    expect(() => instrument(openSum, ledger().telemetry, { every: 0 })).toThrow('every must be an integer ≥ 1, got 0');
  });
});

describe('SampleReader', () => {
  it('counts what it skips and holds', () => {
    const { seen, telemetry } = ledger();
    const reader = new SampleReader('op', 1, 'hold', telemetry);
    for (const x of [Number.NaN, 1, Number.NaN, Number.NaN]) reader.read(x, new Float32Array(1), 0);
    expect(seen.totals).toEqual(
      new Map([
        ['skipped', 1],
        ['held', 2],
      ]),
    );
  });
});

/** Uses every name. */
function useAll(telemetry: Telemetry) {
  const countables: Countable[] = [
    'samples',
    'skipped',
    'held',
    'dropped',
    'failed',
    'updates',
    'skippedUpdates',
    'clipped',
    'nonFinite',
    'lateLabels',
    'lostLabels',
    'evictedKeys',
  ];
  for (const name of [...countables, 'keys'] as const) telemetry.add(name, 2);
  telemetry.add('keys', -1);
  telemetry.set('heapBytes', 640);
  telemetry.record('stepSeconds', 2e-6);
}

describe('prometheusMetrics', () => {
  it('shows every metric in the text that Prometheus scrapes', async () => {
    const registry = new Registry();
    useAll(prometheusMetrics({ registry }));
    const text = await registry.metrics();
    for (const line of [
      'eddy_samples_total 2',
      'eddy_skipped_total 2',
      'eddy_held_total 2',
      'eddy_dropped_total 2',
      'eddy_failed_total 2',
      'eddy_updates_total 2',
      'eddy_skipped_updates_total 2',
      'eddy_clipped_total 2',
      'eddy_non_finite_total 2',
      'eddy_late_labels_total 2',
      'eddy_lost_labels_total 2',
      'eddy_evicted_keys_total 2',
      'eddy_keys 1',
      'eddy_heap_bytes 640',
      'eddy_step_seconds_bucket{le="0.000001"} 0',
      'eddy_step_seconds_bucket{le="0.000003"} 1',
      'eddy_step_seconds_count 1',
      '# TYPE eddy_samples_total counter',
      '# TYPE eddy_keys gauge',
      '# TYPE eddy_step_seconds histogram',
    ])
      expect(text.split('\n')).toContain(line);
  });

  it('stands beside itself with other labels, and adds to itself with the same', async () => {
    const registry = new Registry();
    for (const stream of ['a', 'b', 'b'])
      prometheusMetrics({ registry, prefix: 'x_', labels: { stream } }).add('samples', 1);
    expect(await registry.getSingleMetricAsString('x_samples_total')).toContain(
      'x_samples_total{stream="a"} 1\nx_samples_total{stream="b"} 2',
    );
  });
});

/** A meter of the OpenTelemetry API that writes down what its instruments receive. */
function createMeter() {
  const reported: [string, string, number, Attributes | undefined][] = [];
  const units: Record<string, string | undefined> = {};
  const instrument = (kind: string) => (name: string, options?: MetricOptions) => {
    units[name] = options?.unit;
    const write = (value: number, attributes?: Attributes) => void reported.push([kind, name, value, attributes]);
    return { add: write, record: write };
  };
  const meter = Object.assign(createNoopMeter(), {
    createCounter: instrument('counter'),
    createUpDownCounter: instrument('upDownCounter'),
    createGauge: instrument('gauge'),
    createHistogram: instrument('histogram'),
  });
  return { reported, units, meter };
}

describe('a learning stream of keys under observation', () => {
  it('reports samples, skipped and clipped ones, updates, late labels, keys, heap and step times, as they stand', async () => {
    using model = await createModel({ input: 1, layers: [lstm(3)], output: dense(1), seed: 1 });
    const registry = new Registry();
    const { reported, meter } = createMeter();
    const [prometheus, otel] = [prometheusMetrics({ registry }), openTelemetryMetrics({ meter })];
    const telemetry: Telemetry = {
      add(name, by) {
        prometheus.add(name, by);
        otel.add(name, by);
      },
      set(name, value) {
        prometheus.set(name, value);
        otel.set(name, value);
      },
      record(name, value) {
        prometheus.record(name, value);
        otel.record(name, value);
      },
    };
    const readings = new Subject<{ id: number; x: number }>();
    const open = learnStage<{ id: number; x: number }>(model, {
      features: ({ x }) => x,
      target: ({ x }) => x,
      horizon: 1,
      k1: 1,
      k2: 2,
      loss: mse,
      optimizer: sgd(0.01),
      clipNorm: 1e-9,
      onInvalid: 'skip',
      telemetry,
    });
    const run = readings.pipe(keyed(({ id }) => id, open, { telemetry, maxKeys: 2 })).subscribe();
    for (let i = 0; i < 40; i++) readings.next({ id: i % 2, x: i / 40 });
    readings.next({ id: 0, x: Number.NaN });
    readings.next({ id: 2, x: 1 });
    const level = async (name: string) =>
      Number((await registry.metrics()).match(new RegExp(`^${name} (.*)$`, 'm'))?.[1]);
    expect(await level('eddy_keys')).toBe(2);
    expect(await level('eddy_evicted_keys_total')).toBe(1);
    expect(await level('eddy_heap_bytes')).toBeGreaterThan(1000);
    run.unsubscribe();
    expect(await level('eddy_keys')).toBe(0);
    expect(await level('eddy_samples_total')).toBe(42);
    expect(await level('eddy_skipped_total')).toBe(1);
    // The first sample of each key has nothing before it to be learned from.
    expect(await level('eddy_updates_total')).toBe(38);
    expect(await level('eddy_clipped_total')).toBe(38);
    expect(await level('eddy_step_seconds_count')).toBe(2);
    const sum = (name: string) =>
      reported.filter(([, reported]) => reported === name).reduce((total, [, , by]) => total + Number(by), 0);
    expect([sum('eddy.samples'), sum('eddy.updates'), sum('eddy.keys'), sum('eddy.skipped')]).toEqual([42, 38, 0, 1]);
  });
});

describe('openTelemetryMetrics', () => {
  it('reports every metric to an instrument of its kind', () => {
    const { reported, units, meter } = createMeter();
    const a = { stream: 'a' };
    useAll(openTelemetryMetrics({ meter, attributes: a }));
    const counters = [
      'samples',
      'skipped',
      'held',
      'dropped',
      'failed',
      'updates',
      'skipped_updates',
      'clipped',
      'non_finite',
      'late_labels',
      'lost_labels',
      'evicted_keys',
    ];
    expect(reported).toEqual([
      ...counters.map((name) => ['counter', `eddy.${name}`, 2, a]),
      ['upDownCounter', 'eddy.keys', 2, a],
      ['upDownCounter', 'eddy.keys', -1, a],
      ['gauge', 'eddy.heap', 640, a],
      ['histogram', 'eddy.step.duration', 2e-6, a],
    ]);
    expect(units).toMatchObject({ 'eddy.heap': 'By', 'eddy.step.duration': 's' });
  });

  it('goes nowhere, quietly, without an SDK', () => useAll(openTelemetryMetrics()));
});
