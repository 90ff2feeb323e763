import { map, type Observable, type OperatorFunction, pipe } from 'rxjs';
import { EddyError } from '../../src/core/errors.js';
import { checkOnInvalid, type OnInvalid, SampleReader } from '../../src/core/onInvalid.js';
import type { Sample } from '../../src/core/sample.js';
import { snapshotRecord } from '../../src/core/snapshotRecord.js';
import { disposing, type OpenStage, type Snapshot } from '../../src/core/stage.js';
import type { Telemetry } from '../../src/core/telemetry.js';
import { checkDriftReaction, DriftReaction, type DriftReactionOptions } from '../../src/drift/driftReaction.js';
import { checkHorizons, Horizons, partWidth } from '../../src/learner/horizons.js';
import { createLearner, type Learner } from '../../src/learner/learner.js';
import type { LearnStep, Target } from '../../src/learner/learnStep.js';
import { checkLearnerOptions, type LearnerOptions } from '../../src/learner/options.js';
import type { Model } from '../../src/nn/model/model.js';
import { countLearner } from '../shared/countLearner.js';
import { checkFeedback, Feedback, type FeedbackOptions } from '../shared/feedback.js';
import { TargetReader } from '../shared/targetReader.js';
import { asOperator } from '../streams/asOperator.js';
import { instrument } from '../streams/instrument.js';
import { withInputs } from '../streams/withInputs.js';

export interface LearnStageOptions<In> extends LearnerOptions {
  /** A value's target; undefined: it has none, NaN: it is missing. */
  target: (value: In) => Target | undefined;
  /**
   * How many samples ahead a target is of the sample it belongs to: sample t learns from the target of value t + horizon. Default 0.
   * Several, in rising order: the output is [horizons × targets], the nearest first, and sample t is learned from when value t + the
   * last horizon comes, from all its parts at once.
   */
  horizon?: number | readonly number[];
  /** A value's numbers. Default: the value itself. */
  features?: (value: In) => Sample;
  /** True at the first value of a new sequence: the state starts from zeros, the window is emptied, the optimizer goes on. */
  resetWhen?: (value: In) => boolean;
  /** For a network that is fed its own output: teacher forcing, or scheduled sampling. In place of `features`; `horizon` 0 or 1. */
  feedback?: FeedbackOptions<In>;
  /** Gets the learner of each subscription as it starts: its gates, gradient norms, counts and state may be read at any time. */
  inspect?: (learner: Learner) => void;
  /** What is done when the stream is found to have changed for the worse. Default: nothing. */
  onDrift?: DriftReactionOptions;
  /** What a bad sample does. Default 'error'. A bad target fails the stream under 'error', and counts as missing under the others. */
  onInvalid?: OnInvalid;
  /** Gets samples, bad ones, clipped and left-out updates, late labels, the time of a step and the heap. */
  telemetry?: Telemetry;
}

export interface LearnOptions<In> extends LearnStageOptions<In> {
  /**
   * Freezes learning at `false` and resumes it at `true`; it is subscribed before the source, and learns until it says otherwise. See
   * `Learner.frozen`.
   */
  learning?: Observable<boolean>;
}

/**
 * Predicts each sample and learns from the targets as they come, by truncated BPTT; prequential: a prediction is made before its target
 * is seen, and scored before it is learned from.
 *
 *     source                          --a--------b-------------c--|
 *     learn(model, { horizon: 1, … }) --ŷ₁-------ŷ₂,scored ŷ₁-----ŷ₃,scored ŷ₂--|
 *
 * - Emits:  { index, output, scored?, updated, gradientNorm? } for each sample, in the same turn; the subscriber's own. `output` is the
 *           prediction made at this sample; `scored` the earlier one whose target has just come, with its loss.
 * - Fails:  with `invalid-sample` on a bad sample or target (see `onInvalid`), and with what a selector throws; weights and state are as before.
 * - State:  a learner per subscription: its own hidden state and optimizer. The weights are the model's, shared by all who use it.
 *
 *     sensor$.pipe(learn(model, { horizon: 1, target: (s) => s[0], k1: 8, k2: 32, loss: mse, optimizer: adam(1e-3), clipNorm: 1 }));
 *
 * Williams & Peng 1990, doi 10.1162/neco.1990.2.4.490; prequential: Dawid 1984, doi 10.2307/2981683.
 */
export function learn<In = Sample>(model: Model, options: LearnOptions<In>): OperatorFunction<In, LearnStep> {
  const { learning, ...staged } = options;
  if (!learning) return asOperator(learnStage(model, staged));
  const tagged = learning.pipe(map((on) => ({ learning: on })));
  return pipe(
    withInputs<In, { learning: boolean }>([tagged], { first: 'inputs' }),
    asOperator(switchedStage(model, staged)),
  );
}

/** The stage of `learn` with its `learning`, over tagged values. */
export function switchedStage<In = Sample>(
  model: Model,
  options: LearnStageOptions<In>,
): () => OpenStage<{ sample: In } | { learning: boolean }, LearnStep> {
  let opened: Learner | undefined;
  const open = learnStage<In>(model, {
    ...options,
    inspect(learner) {
      opened = learner;
      options.inspect?.(learner);
    },
  });
  return () => {
    const stage = open();
    const learner = opened;
    return {
      ...stage,
      step(input, emit) {
        if ('sample' in input) stage.step(input.sample, emit);
        else if (learner) learner.frozen = !input.learning;
      },
    };
  };
}

/** The stage of `learn`. @throws EddyError `invalid-option` at the call. */
export function learnStage<In = Sample>(model: Model, options: LearnStageOptions<In>): () => OpenStage<In, LearnStep> {
  const { telemetry } = options;
  const checked = checkLearn(model, options);
  const open = () => createRun(model, options, checked);
  return telemetry ? instrument(open, telemetry, { heapBytes: () => model.runtime.heap.bytesInUse }) : open;
}

/** What of the options is worked out once, for all runs. */
function checkLearn<In>(model: Model, options: LearnStageOptions<In>) {
  const { target, horizon = 0, features, feedback, onInvalid = 'error', state, onDrift } = options;
  const wrong = (rule: string, got: unknown, remedy: string) =>
    new EddyError('invalid-option', `learn: ${rule}, got ${String(got)}; ${remedy}`);
  checkOnInvalid(onInvalid, 'learn');
  if (typeof target !== 'function') throw wrong('target must be a function of the value', target, 'e.g. (s) => s[0]');
  const horizons = checkHorizons('learn', horizon);
  const last = horizons[horizons.length - 1];
  if (feedback) {
    checkFeedback('learn', feedback, model.output);
    if (features || horizons.length > 1 || last > 1) {
      const got = features ? 'features too' : `horizon ${horizon}`;
      const rule = 'feedback must stand in place of features, with horizon 0 or 1';
      throw wrong(rule, got, 'make the sample in feedback.input');
    }
  }
  if (state && state.rows !== 1)
    throw wrong('state must have one row', state.rows, 'step several rows with createLearner');
  const learning = checkLearnerOptions('learn', { ...options, maxLag: Math.max(last, options.maxLag ?? last) });
  if (onDrift) checkDriftReaction('learn', onDrift);
  return { onInvalid, horizons, last, learning, width: partWidth('learn', learning.loss, model, horizons.length) };
}

/** One run. Over 60 lines: one closure over one run's state, which every step reads and writes. */
function createRun<In>(
  model: Model,
  { target, features, resetWhen, feedback, inspect, onDrift, telemetry }: LearnStageOptions<In>,
  { onInvalid, horizons, last, learning, width }: ReturnType<typeof checkLearn<In>>,
): OpenStage<In, LearnStep> {
  const reaction = onDrift && new DriftReaction('learn', onDrift, model, learning.schedule);
  const learner = createLearner(model, reaction ? { ...learning, schedule: reaction.schedule } : learning);
  const reader = new SampleReader('learn', model.input, onInvalid, telemetry);
  const targets = new TargetReader('learn', target, learning.loss, width, onInvalid);
  const count = telemetry && countLearner(learner, telemetry);
  const x = new Float32Array(model.input);
  const fed = feedback && new Feedback(feedback, model.output);
  const waiting = horizons.length > 1 ? new Horizons(horizons, width) : undefined;
  const sampleOf = (value: In, begins: boolean): unknown => {
    // One ahead, what has just come is the truth about the sample before.
    if (fed) return fed.input(value, begins, last === 1 ? target(value) : undefined);
    return features ? features(value) : value;
  };
  const learn = (wanted: Target | undefined): LearnStep => {
    const result = last === 0 ? learner.step(x, wanted) : learner.step(x);
    fed?.emitted(result.output, last === 0 ? wanted : undefined);
    const label = waiting ? waiting.take(result.index, targets.numbers(wanted, reader.index)) : wanted;
    if (last > 0 && label !== undefined && result.index > last) {
      Object.assign(result, learner.label(result.index - last, label));
    }
    return result;
  };
  inspect?.(learner);
  return {
    step(value, emit) {
      const resets = resetWhen?.(value) === true;
      const reading = reader.read(sampleOf(value, resets), x, 0);
      // A held sample's own target is as bad as the sample: it is missing.
      const wanted = reader.undoing(() => (reading === 'good' ? targets.of(value, reader.index) : targets.missing));
      if (resets) {
        learner.reset();
        fed?.reset();
      }
      if (reading === 'skipped') return;
      const result = learn(wanted);
      count?.();
      reaction?.watch(learner, result);
      emit(result);
    },
    complete() {
      if (learning.full) learner.reset();
    },
    snapshot: (): Snapshot => ({
      reader: reader.snapshot(),
      learner: learner.snapshot(),
      ...(fed && { feedback: fed.snapshot() }),
      ...(waiting && { waiting: waiting.snapshot() }),
      ...(reaction && { drift: reaction.snapshot() }),
    }),
    restore(from) {
      learner.restore(snapshotRecord('learn', 'learner', from.learner));
      reader.restore(snapshotRecord('learn', 'reader', from.reader));
      fed?.restore(from.feedback);
      waiting?.restore(snapshotRecord('learn', 'waiting', from.waiting));
      reaction?.restore(snapshotRecord('learn', 'drift', from.drift));
      count?.(false);
    },
    ...disposing(() => learner.dispose()),
  };
}
