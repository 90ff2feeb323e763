import fc from 'fast-check';
import { defer, from, map, type Observable, of, Subject, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { keyed } from '../../../operators/keyed/keyed.js';
import type { Key } from '../../../operators/shared/key.js';
import { type Keyed, type KeyedStageOptions, keyedStage } from '../../../operators/shared/keyedStage.js';
import type { Snapshot, Stage } from '../../../src/core/stage.js';
import { describeOperator } from '../shared/laws.js';
import { openSum, type SumOptions } from '../shared/sum.js';

interface Reading {
  id: string;
  x: number;
}

const createReading = (options: SumOptions): Stage<Reading, number> => {
  const sum = openSum(options);
  return { ...sum, step: ({ x }, emit) => sum.step(x, emit) };
};

const openLast = (key: string): Stage<string, string> => ({
  step() {},
  complete: (emit) => emit(`${key}!`),
  dispose() {},
});

/** Counts the samples of its key. */
const openCount = <In>(log = { live: 0, opened: 0 }): Stage<In, number> => {
  let n = 0;
  let open = true;
  log.live++;
  log.opened++;
  return {
    step: (_, emit) => emit(++n),
    snapshot: () => ({ n }),
    restore: (record: Snapshot) => {
      n = Number(record.n);
    },
    dispose() {
      if (open) log.live--;
      open = false;
    },
  };
};
const counts = <In, K extends Key>(
  values: Iterable<In>,
  by: (value: In) => K,
  options = {},
  log = { live: 0, opened: 0 },
) => {
  const out: [K, number][] = [];
  let failure: unknown;
  from(values)
    .pipe(keyed(by, () => openCount(log), options))
    .subscribe({
      next: ({ key, value }) => out.push([key, value]),
      error: (error) => {
        failure = error;
      },
    });
  if (failure) throw failure;
  return out;
};

const log = { live: 0 };
const options = (store: Map<string, Snapshot>) => ({ maxKeys: 2, store });

describeOperator('keyed', {
  operator: () => (source: Observable<Reading>) =>
    defer(() =>
      source.pipe(
        keyed(
          ({ id }) => id,
          () => createReading({ log }),
          options(new Map()),
        ),
      ),
    ),
  open: () => {
    const stage = keyedStage(
      ({ id }: Reading) => id,
      () => createReading({ log }),
      () => 0,
    )();
    return {
      step: (sample, emit) => stage.step({ sample }, emit),
      complete: (emit) => stage.complete?.(emit),
      snapshot: () => stage.snapshot?.() ?? {},
      restore: (from) => stage.restore?.(from),
      dispose: () => stage.dispose(),
    };
  },
  sample: fc.record({ id: fc.constantFrom('a', 'b', 'c'), x: fc.integer({ min: -9, max: 9 }) }),
  bad: [{ id: 'a', x: Number.NaN }],
  without: { tolerant: 'the keys’ own stages have it' },
  failing: (when, error) =>
    keyed(
      ({ id }) => {
        if (when()) throw error;
        return id;
      },
      () => createReading({ log }),
    ),
  inUse: () => log.live,
});

describe('keyed', () => {
  it('keeps a state for each key, of any primitive kind', () => {
    const symbol = Symbol('key');
    const keys = ['a', '', '__proto__', 'constructor', 0, 1, '1', 1n, Number.NaN, true, null, undefined, symbol];
    expect(counts([...keys, ...keys], (key) => key)).toEqual([
      ...keys.map((key) => [key, 1]),
      ...keys.map((key) => [key, 2]),
    ]);
  });

  it('refuses an object as a key, and names the sample', () => {
    // As a caller without types would: JSON.parse gives any.
    const by = (value: string): string => (value === 'a' ? value : JSON.parse('{}'));
    expect(() => counts(['a', 'b'], by)).toThrow('keyed: the key of sample 2 must be a primitive, got object');
    expect(() => counts(['b'], by)).toThrow(expect.objectContaining({ code: 'invalid-sample' }));
  });

  it('evicts the key used longest ago when another needs room, before it opens that one', () => {
    const evicted: unknown[] = [];
    const log = { live: 0, opened: 0 };
    const onEvict = (key: string, state: Snapshot | undefined, why: string) => {
      expect(log.live).toBe(1);
      evicted.push([key, state, why]);
    };
    expect(
      counts('abacaba', (key) => key, { maxKeys: 2, onEvict }, log)
        .map(([key, n]) => key + n)
        .join(' '),
    ).toBe('a1 b1 a2 c1 a3 b1 a4');
    expect(evicted).toEqual([
      ['b', { n: 1 }, 'room'],
      ['c', { n: 1 }, 'room'],
    ]);
    expect(log.live).toBe(0);
  });

  it('never has more than maxKeys states alive, and a returning key goes on from the store as if it had never left', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 })), fc.integer({ min: 1, max: 6 }), (keys, maxKeys) => {
        const log = { live: 0, opened: 0 };
        let most = 0;
        const by = (key: number) => {
          most = Math.max(most, log.live);
          return key;
        };
        expect(counts(keys, by, { maxKeys, store: new Map() }, log)).toEqual(counts(keys, (key) => key));
        expect(most).toBeLessThanOrEqual(maxKeys);
      }),
    ));

  it('evicts idle keys by its clock: with the first sample after idleMs, or with none', () => {
    const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
    const evicted: string[] = [];
    scheduler.run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('   a-b-a------b----------c-------------------|');
      const expected = '     a-b-c------d----------e-------------------|';
      const subscription = ' ^-----------------------------------------!';
      const values = { a: ['a', 1], b: ['b', 1], c: ['a', 2], d: ['b', 2], e: ['c', 1] };
      const onEvict = (key: string, _: unknown, why: string) => evicted.push(`${key} ${why} at ${scheduler.now()}`);
      const result = source.pipe(
        keyed(
          (key: string) => key,
          () => openCount(),
          { idleMs: 10, onEvict },
        ),
        map(({ key, value }) => [key, value]),
      );
      expectObservable(result).toBe(expected, values);
      expectSubscriptions(source.subscriptions).toBe(subscription);
    });
    expect(evicted).toEqual(['a idle at 20', 'b idle at 22', 'c idle at 40']);
  });

  it('emits what each key emits at its end in the order of their last samples', () => {
    const out: Keyed<string, string>[] = [];
    from('abcab')
      .pipe(keyed((key: string) => key, openLast))
      .subscribe((value) => out.push(value));
    expect(out.map(({ value }) => value)).toEqual(['c!', 'a!', 'b!']);
  });

  it('forgets a key on reset, in the store too', () => {
    const samples = new Subject<string>();
    const reset = new Subject<string>();
    const store = new Map<string, Snapshot>();
    const out: string[] = [];
    samples
      .pipe(
        keyed(
          (key: string) => key,
          () => openCount(),
          { reset, store, maxKeys: 1 },
        ),
      )
      .subscribe(({ key, value }) => out.push(key + value));
    for (const key of 'aaba') samples.next(key);
    reset.next('a');
    reset.next('b');
    reset.next('nobody');
    for (const key of 'ab') samples.next(key);
    expect(out.join(' ')).toBe('a1 a2 b1 a3 a1 b1');
    expect(reset.observed).toBe(true);
    samples.complete();
    expect(reset.observed).toBe(false);
  });

  it('counts keys and evictions', () => {
    const totals: Record<string, number> = {};
    const telemetry = {
      add: (name: string, by: number) => {
        totals[name] = (totals[name] ?? 0) + by;
        if (name === 'keys') totals.most = Math.max(totals.most ?? 0, totals.keys ?? 0);
      },
      set() {},
      record() {},
    };
    counts('abcab', (key) => key, { maxKeys: 2, telemetry });
    expect(totals).toEqual({ keys: 0, most: 2, evictedKeys: 3 });
  });

  it('frees every state when onEvict, the store or a stage throws', () => {
    const fail = () => {
      throw new Error('callback');
    };
    const store = { get: () => undefined, set: fail, delete: fail };
    const faulty: KeyedStageOptions<string>[] = [{ onEvict: fail }, { store }, { store: { ...store, get: fail } }];
    for (const options of faulty) {
      const log = { live: 0, opened: 0 };
      expect(() => counts('ab', (key) => key, { maxKeys: 1, ...options }, log)).toThrow('callback');
      expect(log.live).toBe(0);
    }
    const log = { live: 0, opened: 0 };
    const open = (key: string) => {
      if (key === 'b') throw new Error('open');
      return openCount(log);
    };
    const heard: unknown[] = [];
    of('a', 'b', 'c')
      .pipe(
        keyed((key: string) => key, open),
        toArray(),
      )
      .subscribe({ error: (error) => heard.push(error) });
    expect({ heard, live: log.live }).toEqual({ heard: [new Error('open')], live: 0 });
  });

  it('checks its options at the call', () => {
    const by = (key: string) => key;
    expect(() => keyed(by, () => openCount(), { maxKeys: 0 })).toThrow('maxKeys must be an integer ≥ 1, got 0');
    expect(() => keyed(by, () => openCount(), { idleMs: Number.NaN })).toThrow('idleMs must be above 0, got NaN');
    expect(() => keyed(by, () => openCount(), { idleMs: 0 })).toThrow(
      expect.objectContaining({ code: 'invalid-option' }),
    );
  });
});
