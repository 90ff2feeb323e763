import { defer, finalize, from, type OperatorFunction } from 'rxjs';
import { type LearnOptions, learn, learnStage } from '../../../operators/networks/learn.js';
import type { Stage } from '../../../src/core/stage.js';
import { adam, dense, type LearnStep, lstm, mse } from '../../../src/index.js';
import { Model } from '../../../src/nn/model/model.js';
import { startTfjs } from '../../../src/runtime/tfjs.js';
import { withOwnModel } from '../shared/withOwnModel.js';

export type Pair = [number, number];
const runtime = await startTfjs();
export const { heap } = runtime;
export const createModelOn = () =>
  new Model(runtime, { input: 2, layers: [lstm(4), lstm(3)], output: dense(1), seed: 4 });
export const target = ([y]: Pair) => y;
export const taught = { loss: mse, optimizer: adam(1e-2), clipNorm: 1 };
export const bad: Pair[] = [
  [Number.NaN, 1],
  [1, Number.POSITIVE_INFINITY],
];
export const xs: Pair[] = Array.from({ length: 40 }, (_, t) => [((t * 5) % 7) / 7, (t % 3) - 1]);

/** A model of its own for each subscription: learning changes weights, and equal runs must start from equal ones. */
export const learnAgain =
  (options: LearnOptions<Pair>): OperatorFunction<Pair, LearnStep> =>
  (source) =>
    defer(() => {
      const model = createModelOn();
      return source.pipe(
        learn(model, options),
        finalize(() => model.dispose()),
      );
    });
export const createAgain = (options: LearnOptions<Pair>): Stage<Pair, LearnStep> =>
  withOwnModel(createModelOn(), (own) => learnStage(own, options));

/** Outputs, weights and errors of a run over a fresh model. */
export function run(values: readonly Pair[], options: LearnOptions<Pair>) {
  using model = createModelOn();
  const out: LearnStep[] = [];
  const errors: unknown[] = [];
  from(values)
    .pipe(learn(model, options))
    .subscribe({ next: (step) => out.push(step), error: (error) => errors.push(error) });
  return { out, errors, weights: model.weights() };
}
