import { EddyError } from '../../src/core/errors.js';
import { isList, isRecord } from '../../src/core/snapshot.js';
import type { OpenStage, Snapshot, Stage } from '../../src/core/stage.js';
import type { Telemetry } from '../../src/core/telemetry.js';
import { type Key, packKey, unpackKey } from './key.js';
import { LruMap, type Used } from './lruMap.js';

/** One output of one key's stage. */
export interface Keyed<K, Out> {
  key: K;
  value: Out;
}

/** Where evicted states wait for their key to return; a Map is one. Synchronous: a key must be back in the same turn. */
export interface KeyStore<K> {
  get(key: K): Snapshot | undefined;
  set(key: K, state: Snapshot): unknown;
  delete(key: K): unknown;
}

/** Why a key's state was evicted: room was needed for another key, or nothing came for `idleMs`. */
export type Eviction = 'room' | 'idle';

export interface KeyedStageOptions<K> {
  /** States kept alive at most, an integer ≥ 1. Default 10,000. */
  maxKeys?: number;
  /** Milliseconds without a sample after which a key's state is evicted. Default: never. */
  idleMs?: number;
  /** Called with each evicted state; `undefined` where the key's stage takes no snapshots. */
  onEvict?: (key: K, state: Snapshot | undefined, why: Eviction) => void;
  /** Evicted states go here, and come back when their key does. Default: they are forgotten. */
  store?: KeyStore<K>;
  telemetry?: Telemetry;
}

/** What goes in: a sample, the time, or a key whose state is to be forgotten. */
export type KeyedInput<In, K> = { sample: In } | { tick: number } | { reset: K };

/** One key's stage. One that puts its work off does it in `settle`, before its key is evicted or reset. */
export interface KeyStage<In, Out> extends Stage<In, Out> {
  settle?(): void;
}

interface Entry<K, In, Out> extends Used<K> {
  readonly stage: KeyStage<In, Out>;
  readonly emit: (value: Out) => void;
}

/** The stage of `keyed`: see there. `now` is its clock in milliseconds. */
export function keyedStage<In, Out, K extends Key>(
  by: (sample: In) => K,
  open: (key: K) => KeyStage<In, Out>,
  now: () => number,
  options: KeyedStageOptions<K> = {},
): () => OpenStage<KeyedInput<In, K>, Keyed<K, Out>> {
  const { maxKeys = 10_000, idleMs = Number.POSITIVE_INFINITY } = options;
  if (!(Number.isInteger(maxKeys) && maxKeys >= 1)) {
    throw new EddyError(
      'invalid-option',
      `keyed: maxKeys must be an integer ≥ 1, got ${maxKeys}; leave it out for 10,000`,
    );
  }
  if (!(idleMs > 0)) {
    throw new EddyError(
      'invalid-option',
      `keyed: idleMs must be above 0, got ${idleMs}; leave it out to keep idle keys`,
    );
  }
  return () => new KeyedStage(by, open, now, { ...options, maxKeys, idleMs });
}

class KeyedStage<In, Out, K extends Key> implements OpenStage<KeyedInput<In, K>, Keyed<K, Out>> {
  readonly #by: (sample: In) => K;
  readonly #open: (key: K) => KeyStage<In, Out>;
  readonly #now: () => number;
  readonly #options: KeyedStageOptions<K> & { maxKeys: number; idleMs: number };
  readonly #live = new LruMap<K, Entry<K, In, Out>>();
  #emit: (out: Keyed<K, Out>) => void = () => {};
  #index = 0;

  constructor(
    by: (sample: In) => K,
    open: (key: K) => KeyStage<In, Out>,
    now: () => number,
    options: KeyedStageOptions<K> & { maxKeys: number; idleMs: number },
  ) {
    this.#by = by;
    this.#open = open;
    this.#now = now;
    this.#options = options;
  }

  step(input: KeyedInput<In, K>, emit: (out: Keyed<K, Out>) => void): void {
    const now = this.#now();
    this.#evictIdle(now);
    if ('sample' in input) {
      this.#emit = emit;
      this.#take(input.sample, now);
    } else if ('reset' in input) this.#reset(input.reset);
  }

  /** What each key's stage emits at its end, in the order of the keys' last samples. */
  complete(emit: (out: Keyed<K, Out>) => void): void {
    this.#emit = emit;
    for (const entry of this.#live) entry.stage.complete?.(entry.emit);
  }

  snapshot(): Snapshot {
    const now = this.#now();
    const keys = Array.from(this.#live, ({ key, at, stage }) => {
      const state = stage.snapshot?.();
      if (state === undefined) throw badState(`the stage of key ${String(key)} takes no snapshots; give it snapshot()`);
      return { key: packKey(key), idle: now - at, state };
    });
    return { index: this.#index, keys };
  }

  /** @throws EddyError `invalid-state` on a foreign record; the states of the keys are then as a new stage's: none. */
  restore({ index, keys }: Snapshot): void {
    if (typeof index !== 'number' || !isList(keys))
      throw badState('a snapshot has an index and keys; restore what snapshot() gave');
    this.dispose();
    const now = this.#now();
    try {
      for (const entry of keys) {
        if (!isRecord(entry) || !isRecord(entry.state))
          throw badState('a key in a snapshot has a state; restore what snapshot() gave');
        this.#add(unpackKey(entry.key), now - Number(entry.idle), entry.state);
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
    this.#index = index;
  }

  /** Disposes every key's stage; one that throws stops none of the others, and is thrown on in the end. */
  dispose(): void {
    const errors: unknown[] = [];
    for (const entry of this.#live) {
      try {
        this.#remove(entry);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** A sample that is refused leaves no trace: no count, no newly opened key, no change in the order of use. */
  #take(sample: In, now: number): void {
    const key = this.#keyOf(sample);
    const known = this.#live.get(key);
    const entry = known ?? this.#admit(key, now);
    try {
      entry.stage.step(sample, entry.emit);
    } catch (error) {
      if (!known) this.#remove(entry);
      throw error;
    }
    if (known) this.#live.use(known, now);
    this.#index++;
  }

  #keyOf(sample: In): K {
    const key = this.#by(sample);
    if ((typeof key === 'object' && key !== null) || typeof key === 'function') {
      throw new EddyError(
        'invalid-sample',
        `keyed: the key of sample ${this.#index + 1} must be a primitive, got ${typeof key}; let by return an id`,
      );
    }
    return key;
  }

  #admit(key: K, now: number): Entry<K, In, Out> {
    // Room is made first: at no time are more than maxKeys states alive.
    while (this.#live.size >= this.#options.maxKeys && this.#live.oldest) this.#evict(this.#live.oldest, 'room');
    return this.#add(key, now, this.#options.store?.get(key));
  }

  #add(key: K, at: number, state: Snapshot | undefined): Entry<K, In, Out> {
    const stage = this.#open(key);
    if (state !== undefined) {
      try {
        if (!stage.restore) throw badState(`the stage of key ${String(key)} cannot be restored; give it restore()`);
        stage.restore(state);
      } catch (error) {
        stage.dispose();
        throw error;
      }
    }
    const emit = (value: Out) => this.#emit({ key, value });
    const entry: Entry<K, In, Out> = { key, at, stage, emit, older: undefined, newer: undefined };
    this.#live.add(entry, at);
    this.#options.telemetry?.add('keys', 1);
    return entry;
  }

  #evictIdle(now: number): void {
    for (let e = this.#live.oldest; e !== undefined && now - e.at >= this.#options.idleMs; e = this.#live.oldest) {
      this.#evict(e, 'idle');
    }
  }

  #evict(entry: Entry<K, In, Out>, why: Eviction): void {
    const { onEvict, store, telemetry } = this.#options;
    let state: Snapshot | undefined;
    entry.stage.settle?.();
    try {
      if (onEvict || store) state = entry.stage.snapshot?.();
    } finally {
      this.#remove(entry);
    }
    telemetry?.add('evictedKeys', 1);
    if (state !== undefined) store?.set(entry.key, state);
    onEvict?.(entry.key, state, why);
  }

  #reset(key: K): void {
    const entry = this.#live.get(key);
    if (entry) {
      entry.stage.settle?.();
      this.#remove(entry);
    }
    this.#options.store?.delete(key);
  }

  #remove(entry: Entry<K, In, Out>): void {
    this.#live.delete(entry);
    this.#options.telemetry?.add('keys', -1);
    entry.stage.dispose();
  }
}

const badState = (what: string) => new EddyError('invalid-state', `keyed: ${what}`);
