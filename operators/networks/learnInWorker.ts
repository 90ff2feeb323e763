import { defer, endWith, map, merge, type OperatorFunction, Subject } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { checkOnInvalid, type OnInvalid, SampleReader } from '../../src/core/onInvalid.js';
import type { Sample } from '../../src/core/sample.js';
import { snapshotRecord } from '../../src/core/snapshotRecord.js';
import { disposing, type OpenStage, type Stage } from '../../src/core/stage.js';
import type { Telemetry } from '../../src/core/telemetry.js';
import { partWidth } from '../../src/learner/horizons.js';
import type { Target } from '../../src/learner/learnStep.js';
import type { Model } from '../../src/nn/model/model.js';
import { checkWorkerLearner, type WorkerLearnerOptions } from '../../src/worker/options.js';
import type { Port } from '../../src/worker/port.js';
import { createWorkerLearner, type WorkerLearner, type WorkerLearnStep } from '../../src/worker/workerLearner.js';
import { countLearner } from '../shared/countLearner.js';
import { TargetReader } from '../shared/targetReader.js';
import { asOperator } from '../streams/asOperator.js';
import { instrument } from '../streams/instrument.js';

export interface LearnInWorkerStageOptions<In> extends WorkerLearnerOptions {
  /** Opens the worker (or port) of a subscription, whose file calls `runLearnerWorker`; it ends with the subscription. */
  worker: () => Port;
  /** A value's target; undefined: it has none, NaN: it is missing. */
  target: (value: In) => Target | undefined;
  /** A value's numbers. Default: the value itself. */
  features?: (value: In) => Sample;
  /** True at the first value of a new sequence: the state starts from zeros, here and where it is learned. */
  resetWhen?: (value: In) => boolean;
  /** Gets this end of the learner as the subscription starts: its counts and newest report may be read at any time. */
  inspect?: (learner: WorkerLearner) => void;
  /** What a bad sample does. Default 'error'. A bad target fails the stream under 'error', and counts as missing under the others. */
  onInvalid?: OnInvalid;
  /** Gets samples, bad and dropped ones, what the learner counts, the time of a step and the heap. */
  telemetry?: Telemetry;
}

export interface LearnInWorkerOptions<In> extends LearnInWorkerStageOptions<In> {
  /** When it completes: with the source (default), or once the last sample has been learned from and the last weights are in the model. */
  until?: 'samples' | 'all';
}

/**
 * Predicts each sample here, and learns from the targets in a worker: its weights come back and are put into the model between two samples.
 *
 *     source                            --a------b------c------d--|
 *     the worker                        ....learns a..W..learns b c..
 *     learnInWorker(model, { worker, … })  --ŷa-----ŷb-----ŷc-----ŷd--|     ŷc and ŷd are of the weights W, which have learned a
 *
 * What is learned is bit for bit what `learn` learns from the same samples; only when weights come in depends on the threads. Samples never
 * wait for the worker: if more than `maxWaiting` wait for it, the oldest are dropped and counted.
 *
 * - Emits:  { index, output, learned } for each sample, in the same turn; the subscriber's own. `learned` is the newest sample that the
 *           weights which made `output` have learned from.
 * - Fails:  with `invalid-sample` on a bad sample or target (see `onInvalid`), with what a selector throws, with what the learner fails with,
 *           and with `host` when the worker ends. State and weights are as before.
 * - State:  a hidden state and a worker per subscription, both ended with it. The weights are the model's own: two of them on one model
 *           would overwrite each other's.
 *
 *     sensor$.pipe(learnInWorker(model, { worker: () => new Worker(url), target: (s) => s[0], horizon: 1, k1: 8, k2: 32, loss: mse, optimizer: adam(1e-3) }));
 */
export function learnInWorker<In = Sample>(
  model: Model,
  options: LearnInWorkerOptions<In>,
): OperatorFunction<In, WorkerLearnStep> {
  const { until = 'samples', ...staged } = options;
  if (until !== 'samples' && until !== 'all')
    throw new EddyError(
      'invalid-option',
      `learnInWorker: until must be 'samples' or 'all', got ${until}; leave it out`,
    );
  learnInWorkerStage(model, staged); // a bad option fails here, not at the first subscription
  return (source) =>
    defer(() => {
      const fate = new Subject<never>();
      const samples = source.pipe(
        map((sample) => ({ sample })),
        endWith({ end: true }),
      );
      const open = () => {
        let opened: WorkerLearner | undefined;
        const stage = learnInWorkerStage<In>(model, {
          ...staged,
          inspect(learner) {
            opened = learner;
            staged.inspect?.(learner);
          },
          onError(error) {
            staged.onError?.(error);
            fate.error(error);
          },
        })();
        const learned = until === 'all' ? () => opened?.finish() : () => undefined;
        return endingStage(stage, learned, fate);
      };
      return merge(samples, fate).pipe(asOperator(open));
    });
}

/** The stage over tagged samples and their end, at which it reports to `fate` when all is `learned`. */
function endingStage<In>(
  stage: Stage<In, WorkerLearnStep>,
  learned: () => Promise<void> | undefined,
  fate: Subject<never>,
): Stage<{ sample: In } | { end: boolean }, WorkerLearnStep> {
  return {
    ...stage,
    step(input, emit) {
      if ('sample' in input) {
        stage.step(input.sample, emit);
        return;
      }
      const end = learned();
      if (!end) fate.complete();
      else
        end.then(
          () => fate.complete(),
          (error: unknown) => fate.error(error),
        );
    },
  };
}

/** The stage of `learnInWorker`. @throws EddyError `invalid-option` at the call. */
export function learnInWorkerStage<In = Sample>(
  model: Model,
  options: LearnInWorkerStageOptions<In>,
): () => OpenStage<In, WorkerLearnStep> {
  const { worker, target, features, resetWhen, inspect, onInvalid = 'error', telemetry, onReport } = options;
  checkOnInvalid(onInvalid, 'learnInWorker');
  for (const [name, given] of Object.entries({ worker, target })) {
    if (typeof given !== 'function')
      throw new EddyError(
        'invalid-option',
        `learnInWorker: ${name} must be a function, got ${String(given)}; give one`,
      );
  }
  const { loss } = options;
  const width = partWidth('learnInWorker', loss, model, checkWorkerLearner('learnInWorker', options).horizons.length);
  const open = (): OpenStage<In, WorkerLearnStep> => {
    const counts = { updates: 0, nonFinite: 0, clipped: 0, skipped: 0, droppedLabels: 0 };
    const count = telemetry && countLearner({ counts }, telemetry);
    const reader = new SampleReader('learnInWorker', model.input, onInvalid, telemetry);
    const x = new Float32Array(model.input);
    const targets = new TargetReader('learnInWorker', target, loss, width, onInvalid);
    const learner = createWorkerLearner(model, worker(), {
      ...options,
      onReport(report) {
        Object.assign(counts, report);
        count?.();
        onReport?.(report);
      },
    });
    inspect?.(learner);
    return {
      step(value, emit) {
        const resets = resetWhen?.(value) === true;
        const reading = reader.read(features ? features(value) : value, x, 0);
        // A held sample's own target is as bad as the sample: it is missing.
        const wanted = reader.undoing(() => (reading === 'good' ? targets.of(value, reader.index) : targets.missing));
        if (resets) learner.reset();
        if (reading === 'skipped') return;
        const { dropped } = learner.counts;
        const step = learner.step(x, wanted);
        if (learner.counts.dropped > dropped) telemetry?.add('dropped', learner.counts.dropped - dropped);
        emit(step);
      },
      snapshot: () => ({ reader: reader.snapshot(), learner: learner.snapshot() }),
      restore(from) {
        learner.restore(snapshotRecord('learnInWorker', 'learner', from.learner));
        reader.restore(from.reader);
      },
      ...disposing(() => learner.dispose()),
    };
  };
  return telemetry ? instrument(open, telemetry, { heapBytes: () => model.runtime.heap.bytesInUse }) : open;
}
