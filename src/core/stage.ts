/** A stage's state as plain data: numbers, strings, typed arrays and records of them. */
export type Snapshot = { readonly [name: string]: SnapshotValue };
export type SnapshotValue =
  | number
  | string
  | boolean
  | null
  | Float32Array
  | Float64Array
  | readonly SnapshotValue[]
  | Snapshot;

/** One run of a stateful computation over a stream: no stream library, no promise, no clock. */
export interface Stage<In, Out> {
  /** Takes one value; emits none, one or many, in order, before it returns. */
  step(value: In, emit: (out: Out) => void): void;
  /** The input has ended; the last chance to emit. */
  complete?(emit: (out: Out) => void): void;
  /** A copy of the whole state: a stage restored from it goes on bit for bit. */
  snapshot?(): Snapshot;
  restore?(from: Snapshot): void;
  /** Frees what the run allocated. May be called more than once. */
  dispose(): void;
}

/** A stage that `using` disposes of at the end of its block: what the factories of eddy's own stages open. */
export interface OpenStage<In, Out> extends Stage<In, Out>, Disposable {}

/** A stage's `dispose`, for `using` too. */
export const disposing = (dispose: () => void = () => {}): { dispose(): void } & Disposable => ({
  dispose,
  [Symbol.dispose]: dispose,
});
