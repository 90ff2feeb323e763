import { from, Subject, take, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { forecast } from '../../../operators/forecasting/forecast.js';
import { bufferUntil } from '../../../operators/shared/bufferUntil.js';

// In this file nothing starts the networks beforehand: the first stream does.
const rows = Array.from({ length: 5000 }, (_, t) => Math.sin(t / 5));

it('forecasts every row of a stream that has come whole before WASM has started', async () => {
  const indices = await new Promise<number[]>((resolve, reject) => {
    from(rows)
      .pipe(forecast({ networks: 1 }), toArray())
      .subscribe({ next: (steps) => resolve(steps.map(({ index }) => index)), error: reject });
  });
  expect(indices).toEqual(rows.map((_, t) => t + 1));
});

const starting = () => {
  const source = new Subject<number>();
  const said: unknown[] = [];
  let begin = () => {};
  let fail = (_: unknown) => {};
  const started = new Promise<void>((resolve, reject) => {
    begin = resolve;
    fail = reject;
  });
  const settled = async (act: () => void) => {
    act();
    await started.catch(() => {});
    await Promise.resolve();
  };
  return { source, said, started, begin: () => settled(begin), fail: (error: unknown) => settled(() => fail(error)) };
};
const writeTo = (said: unknown[]) => ({
  next: (value: unknown) => said.push(value),
  error: (error: unknown) => said.push(`error ${String(error)}`),
  complete: () => said.push('end'),
});

it('holds what comes before the start, and lets later values through in the same turn', async () => {
  const { source, said, started, begin } = starting();
  source.pipe(bufferUntil(() => started)).subscribe(writeTo(said));
  source.next(1);
  source.next(2);
  expect(said).toEqual([]);
  await begin();
  expect(said).toEqual([1, 2]);
  source.next(3);
  expect(said).toEqual([1, 2, 3]);
  source.complete();
  expect(said).toEqual([1, 2, 3, 'end']);
});

it('ends after what it held where its source has ended before the start', async () => {
  const { source, said, started, begin } = starting();
  source.pipe(bufferUntil(() => started)).subscribe(writeTo(said));
  source.next(1);
  source.complete();
  expect(said).toEqual([]);
  await begin();
  expect(said).toEqual([1, 'end']);
});

it('keeps the order of a value that comes while it lets go', async () => {
  const { source, said, started, begin } = starting();
  source.pipe(bufferUntil(() => started)).subscribe((value) => {
    said.push(value);
    if (value === 1) source.next(3);
  });
  source.next(1);
  source.next(2);
  await begin();
  expect(said).toEqual([1, 2, 3]);
});

it('lets go of its source with its own end, and fails as the start does', async () => {
  const first = starting();
  first.source
    .pipe(
      bufferUntil(() => first.started),
      take(1),
    )
    .subscribe(writeTo(first.said));
  first.source.next(1);
  first.source.next(2);
  await first.begin();
  expect(first.said).toEqual([1, 'end']);
  expect(first.source.observed).toBe(false);
  const second = starting();
  second.source.pipe(bufferUntil(() => second.started)).subscribe(writeTo(second.said));
  second.source.next(1);
  await second.fail('no WASM');
  expect(second.said).toEqual(['error no WASM']);
  expect(second.source.observed).toBe(false);
});
