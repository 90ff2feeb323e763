import { setImmediate as turn } from 'node:timers/promises';
import { finalize, map, mergeMap, Observable, type OperatorFunction, switchMap, timer } from 'rxjs';

export const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
export const collect = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
  const out: T[] = [];
  for await (const value of source) out.push(value);
  return out;
};
export const slowly = async <T>(source: AsyncIterable<T>, each: () => void): Promise<T[]> => {
  const out: T[] = [];
  for await (const value of source) {
    each();
    await turn();
    out.push(value);
  }
  return out;
};
export const times = (n: number): OperatorFunction<number, number> => mergeMap((x) => Array(n).fill(x));
/** Subscribes to its source some turns after it was subscribed to, as an operator that loads something first. */
export const late =
  (operator: OperatorFunction<number, number>): OperatorFunction<number, number> =>
  (source) =>
    timer(5).pipe(switchMap(() => source.pipe(operator)));
export const failAt = (n: number): OperatorFunction<number, number> =>
  map((x) => {
    if (x === n) throw new Error(`no ${n}`);
    return x;
  });
/** Counts subscriptions that are alive. */
export const watched = <In, Out>(operator: OperatorFunction<In, Out>) => {
  const log = { live: 0 };
  const wrapped: OperatorFunction<In, Out> = (source) =>
    new Observable<Out>((subscriber) => {
      log.live++;
      return source
        .pipe(
          operator,
          finalize(() => log.live--),
        )
        .subscribe(subscriber);
    });
  return { log, wrapped };
};
/** How far a source was pulled. */
export function counter(n = Number.POSITIVE_INFINITY) {
  const log = { pulled: 0, closed: 0 };
  function* values() {
    try {
      for (let i = 1; i <= n; i++) {
        log.pulled++;
        yield i;
      }
    } finally {
      log.closed++;
    }
  }
  return { log, values: values() };
}
