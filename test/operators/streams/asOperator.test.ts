import {
  concat,
  EMPTY,
  lastValueFrom,
  NEVER,
  Observable,
  of,
  repeat,
  retry,
  Subject,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { asOperator } from '../../../operators/streams/asOperator.js';

/** Emits x once for each of its units (2 → 2, 2), throws on a negative one, says -1 at completion. */
function counted() {
  const log = { opened: 0, stepped: 0, disposed: 0, live: 0 };
  /** Disposals in the middle of a step: nobody would hear of an error thrown there. */
  const inside: string[] = [];
  const open = () => {
    log.opened++;
    log.live++;
    let live = true;
    return {
      step(x: number, emit: (out: number) => void) {
        if (!live) throw new Error('stepped after dispose');
        log.stepped++;
        if (x < 0) throw new Error('negative');
        for (let k = 0; k < x; k++) emit(x);
        if (!live) inside.push(`disposed inside step ${log.stepped}`);
      },
      complete: (emit: (out: number) => void) => emit(-1),
      dispose() {
        if (live) log.disposed++;
        if (live) log.live--;
        live = false;
      },
    };
  };
  return { log, inside, open };
}

describe('asOperator', () => {
  it('emits none, one or many in order, and the last word at completion', async () => {
    const { open } = counted();
    expect(await lastValueFrom(of(0, 1, 2).pipe(asOperator(open), toArray()))).toEqual([1, 2, 2, -1]);
  });

  it('stops a synchronous firehose at a throw, without stepping again', () => {
    const { log, open } = counted();
    let sent = 0;
    const firehose = new Observable<number>((subscriber) => {
      while (!subscriber.closed) subscriber.next(sent++ === 2 ? -1 : 1);
    });
    const errors: unknown[] = [];
    firehose.pipe(asOperator(open)).subscribe({ error: (error) => errors.push(error) });
    expect({ ...log, sent }).toEqual({ opened: 1, stepped: 3, disposed: 1, live: 0, sent: 3 });
    expect(errors).toEqual([new Error('negative')]);
  });

  it('lets go in the middle of a step, and disposes after it', () => {
    const { log, inside, open } = counted();
    const seen: number[] = [];
    const errors: unknown[] = [];
    of(3, 3)
      .pipe(asOperator(open), take(2))
      .subscribe({ next: (value) => seen.push(value), error: (error) => errors.push(error) });
    expect({ seen, errors, inside }).toEqual({ seen: [3, 3], errors: [], inside: [] });
    expect(log).toEqual({ opened: 1, stepped: 1, disposed: 1, live: 0 });
  });

  it.each([
    ['completion', of(1)],
    ['an empty source', EMPTY],
    [
      'a source error',
      concat(
        of(1),
        throwError(() => new Error('source')),
      ),
    ],
    ['a throwing step', of(1, -1)],
  ])('disposes once, and before the subscriber hears of it, on %s', (_, source) => {
    const { log, open } = counted();
    const disposedBy: number[] = [];
    const note = () => disposedBy.push(log.disposed);
    source.pipe(asOperator(open)).subscribe({ complete: note, error: note });
    expect({ disposedBy, disposed: log.disposed }).toEqual({ disposedBy: [1], disposed: 1 });
  });

  it('disposes once when unsubscribed, also twice', () => {
    const { log, open } = counted();
    const run = NEVER.pipe(asOperator(open)).subscribe();
    run.unsubscribe();
    run.unsubscribe();
    expect(log.disposed).toBe(1);
  });

  it('opens a fresh stage for each subscription, repeat and retry, never at the call', () => {
    const { log, open } = counted();
    const shared$ = of(1).pipe(asOperator(open));
    expect(log.opened).toBe(0);
    shared$.subscribe();
    shared$.pipe(repeat(3)).subscribe();
    of(-1)
      .pipe(asOperator(open), retry(2))
      .subscribe({ error() {} });
    expect({ opened: log.opened, live: log.live }).toEqual({ opened: 7, live: 0 });
  });

  it('sends what open, complete or the last disposal throws to error', () => {
    const failing = (at: 'open' | 'complete' | 'dispose') => () => {
      const fail = (where: string) => {
        if (at === where) throw new Error(at);
      };
      fail('open');
      return { step() {}, complete: () => fail('complete'), dispose: () => fail('dispose') };
    };
    for (const at of ['open', 'complete', 'dispose'] as const) {
      const heard: unknown[] = [];
      of(1)
        .pipe(asOperator(failing(at)))
        .subscribe({ error: (error) => heard.push(error), complete: () => heard.push('complete') });
      expect(heard).toEqual([new Error(at)]);
    }
  });

  it('lets a value fed back by an emission wait for its turn', () => {
    const source = new Subject<number>();
    const order: string[] = [];
    const open = () => ({
      step(x: number, emit: (out: number) => void) {
        order.push(`in ${x}`);
        emit(x);
        order.push(`out ${x}`);
      },
      complete: () => order.push('end'),
      dispose() {},
    });
    source.pipe(asOperator(open)).subscribe((x) => {
      if (x < 3) source.next(x + 1);
      else source.complete();
    });
    source.next(1);
    expect(order).toEqual(['in 1', 'out 1', 'in 2', 'out 2', 'in 3', 'out 3', 'end']);
  });

  it('takes 100,000 values fed back without growing the call stack', () => {
    const source = new Subject<number>();
    let last = 0;
    const open = () => ({ step: (x: number, emit: (out: number) => void) => emit(x), dispose() {} });
    source.pipe(asOperator(open)).subscribe((x) => {
      last = x;
      if (x < 100_000) source.next(x + 1);
    });
    source.next(1);
    expect(last).toBe(100_000);
  });

  it('keeps quiet after an ending that came from inside a step', () => {
    const source = new Subject<number>();
    const { log, open } = counted();
    const heard: unknown[] = [];
    source.pipe(asOperator(open)).subscribe({
      next: () => {
        source.error(new Error('source'));
        source.next(1);
      },
      error: (error) => heard.push(error),
    });
    source.next(2);
    source.next(1);
    expect({ heard, stepped: log.stepped, live: log.live }).toEqual({
      heard: [new Error('source')],
      stepped: 1,
      live: 0,
    });
  });
});
