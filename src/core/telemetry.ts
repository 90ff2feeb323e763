/**
 * What eddy can count, one line each. A counter only grows, a level goes up and down, a gauge is read as it stands, a
 * histogram takes single measurements.
 */
export const TELEMETRY = {
  samples: { kind: 'counter', help: 'Samples that were taken' },
  skipped: { kind: 'counter', help: 'Bad samples that were dropped' },
  held: { kind: 'counter', help: 'Bad samples that were replaced by the last good one' },
  dropped: { kind: 'counter', help: 'Samples that a learner in another thread never saw, as too many waited for it' },
  failed: { kind: 'counter', help: 'Streams that ended in an error of their own' },
  updates: { kind: 'counter', help: 'Updates of the weights' },
  skippedUpdates: { kind: 'counter', help: 'Updates that were left out by freezing, thinning or a budget' },
  clipped: { kind: 'counter', help: 'Updates whose gradient was clipped' },
  nonFinite: { kind: 'counter', help: 'Updates that were left out because a gradient was not finite' },
  lateLabels: { kind: 'counter', help: 'Labels that came too late, or for a sample that is not known' },
  lostLabels: { kind: 'counter', help: 'Samples whose label did not come while it could have been learned from' },
  evictedKeys: { kind: 'counter', help: 'Keys whose state was evicted' },
  keys: { kind: 'level', help: 'Keys with a live state' },
  heapBytes: { kind: 'gauge', help: 'Bytes in use on the kernel heap' },
  stepSeconds: { kind: 'histogram', help: 'Time of one step in seconds (one step in many is timed)' },
} as const satisfies Record<string, { kind: 'counter' | 'level' | 'gauge' | 'histogram'; help: string }>;

type NameOf<Kind> = {
  [N in keyof typeof TELEMETRY]: (typeof TELEMETRY)[N]['kind'] extends Kind ? N : never;
}[keyof typeof TELEMETRY];
export type Countable = NameOf<'counter' | 'level'>;
export type Counter = NameOf<'counter'>;
export type Gauge = NameOf<'gauge'>;
export type Histogram = NameOf<'histogram'>;

/** Upper bounds of the buckets of `stepSeconds`: a fused step takes a fraction of a microsecond, an update some hundreds. */
export const STEP_BUCKETS: readonly number[] = [1e-7, 3e-7, 1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 1e-2, 1e-1];

/** Where counts go: the one interface between eddy and a monitoring system. Its methods must not throw. */
export interface Telemetry {
  /** Adds to a counter (`by` ≥ 0) or moves a level (any sign). */
  add(name: Countable, by: number): void;
  set(name: Gauge, value: number): void;
  record(name: Histogram, value: number): void;
}

/** One of something for each counter. */
export const perCounter = <T>(make: (name: Counter) => T): Record<Counter, T> => ({
  samples: make('samples'),
  skipped: make('skipped'),
  held: make('held'),
  dropped: make('dropped'),
  failed: make('failed'),
  updates: make('updates'),
  skippedUpdates: make('skippedUpdates'),
  clipped: make('clipped'),
  nonFinite: make('nonFinite'),
  lateLabels: make('lateLabels'),
  lostLabels: make('lostLabels'),
  evictedKeys: make('evictedKeys'),
});
