import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';
import type { Dropped, DropReason } from './dropped.js';

const BUCKETS = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 2e-2, 5e-2, 1e-1, 1];

/** What Prometheus is told beside eddy's own counts. Returns where latencies go, in seconds. */
export function measure(
  registry: Registry,
  dropped: Dropped,
  counts: { sensors(): number; viewers(): number; connections(): number },
): { latency(seconds: number): void } {
  const registers = [registry];
  new Counter({
    name: 'eddy_demo_dropped_total',
    help: 'What came and was not used, by reason',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of dropped.counts) this.inc({ reason: reason satisfies DropReason }, count);
    },
  });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `eddy_demo_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('sensors', 'Sensors whose state is in memory', counts.sensors);
  gauge('viewers', 'Dashboards that are connected', counts.viewers);
  gauge('connections', 'WebSocket connections', counts.connections);
  collectDefaultMetrics({ register: registry });
  const latency = new Histogram({
    name: 'eddy_demo_latency_seconds',
    help: 'From a frame in to its forecast out',
    buckets: BUCKETS,
    registers,
  });
  return { latency: (seconds) => latency.observe(seconds) };
}
