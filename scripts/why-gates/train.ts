import { createLearner, type Learner, type LearnerOptions, type Model } from 'rx-eddy';
import type { Batch, Task } from './tasks.js';

export interface Run {
  /** The mean loss over each tenth of the updates. */
  readonly curve: number[];
  /** Of the last tenth. */
  readonly loss: number;
  /** The share of classes told rightly in the last tenth; NaN where the task has none. */
  readonly accuracy: number;
  /** The largest gradient norm before clipping, and how many were not finite. */
  readonly largestNorm: number;
  readonly nonFinite: number;
  /** ‖∂ℓ/∂h‖ by lag on a last sequence, ℓ the loss at its end, and by layer. */
  readonly byLag: Float64Array;
  readonly byLayer: Float64Array;
}

/** Trains a model on a task for so many updates, each a batch of `rows` sequences: TBPTT(length, k2), from zeros every time. */
export function train(
  model: Model,
  task: Task,
  {
    updates,
    rows,
    k2 = task.length,
    ...options
  }: { updates: number; rows: number; k2?: number } & Pick<
    LearnerOptions,
    'loss' | 'optimizer' | 'clipNorm' | 'schedule'
  >,
): Run {
  const classes = options.loss.name === 'crossEntropy' ? model.output : 0;
  using state = model.openState(rows);
  using learner = createLearner(model, { k1: task.length, k2, maxLag: 0, state, ...options });
  const next = task.batches(rows, 1);
  const tenth = Math.max(1, Math.floor(updates / 10));
  const curve: number[] = [];
  const all = { loss: 0, losses: 0, right: 0, asked: 0, largestNorm: 0 };
  for (let update = 1; update <= updates; update++) {
    play(learner, next(), classes, all);
    learner.reset();
    if (update % tenth > 0) continue;
    curve.push(all.loss / all.losses);
    if (update < updates) Object.assign(all, { loss: 0, losses: 0, right: 0, asked: 0 });
  }
  play(learner, next(), 0, { loss: 0, losses: 0, right: 0, asked: 0, largestNorm: 0 });
  return {
    curve,
    loss: curve[curve.length - 1],
    accuracy: all.right / all.asked,
    largestNorm: all.largestNorm,
    nonFinite: learner.counts.nonFinite,
    byLag: learner.gradientNormByLag(),
    byLayer: learner.gradientNormByLayer(),
  };
}

interface Scores {
  loss: number;
  losses: number;
  right: number;
  asked: number;
  largestNorm: number;
}

function play(learner: Learner, { xs, targets }: Batch, classes: number, scores: Scores): void {
  xs.forEach((x, t) => {
    const target = targets[t];
    const { scored, gradientNorm, output } = learner.step(x, target);
    if (scored) {
      scores.loss += scored.loss;
      scores.losses++;
    }
    if (gradientNorm !== undefined) scores.largestNorm = Math.max(scores.largestNorm, gradientNorm);
    for (let row = 0; target && classes > 0 && row < target.length; row++) {
      const shares = output.subarray(row * classes, (row + 1) * classes);
      scores.asked++;
      if (shares.indexOf(Math.max(...shares)) === target[row]) scores.right++;
    }
  });
}
