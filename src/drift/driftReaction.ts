import { EddyError } from '../core/errors.js';
import { snapshotRecord } from '../core/snapshotRecord.js';
import type { Snapshot } from '../core/stage.js';
import type { Learner } from '../learner/learner.js';
import type { LearnStep } from '../learner/learnStep.js';
import type { Model } from '../nn/model/model.js';
import type { Weights } from '../nn/model/parameters.js';
import { copyState, putState } from '../stats/arrayState.js';
import { Adwin } from './adwin.js';
import { createDetector } from './createDetector.js';
import type { DriftDetector } from './driftDetector.js';

export interface DriftReactionOptions {
  /**
   * What is done when the loss has risen. `raiseRate`: the optimizer's rate times `factor`, falling back to 1 over `updates`
   * updates. `resetOptimizer`: its moments start again. `rollback`: the weights go back to those of the best `every` samples
   * since the last rise, and the moments start again. Or one's own.
   */
  react: 'raiseRate' | 'resetOptimizer' | 'rollback' | ((learner: Learner) => void);
  /**
   * Makes the detector of a run. A loss ℓ comes to it as a number in [0, 1]: ½ + ½ z / (1 + |z|), z = (ℓ − m) / d, m and d the usual
   * loss and its mean deviation. Default Adwin.
   */
  detector?: () => DriftDetector;
  /** Of `raiseRate`, above 1. Default 5. */
  factor?: number;
  /** Of `raiseRate`, a whole number ≥ 1. Default 200. */
  updates?: number;
  /** Of `rollback`, a whole number ≥ 1. Default 200. */
  every?: number;
}

const FAST = 32; // samples that the recent loss looks back
const SLOW = 1000; // and the usual one
const REACTIONS: readonly unknown[] = ['raiseRate', 'resetOptimizer', 'rollback'];

/** The options, whole. @throws EddyError `invalid-option` */
export function checkDriftReaction(where: string, options: DriftReactionOptions): Required<DriftReactionOptions> {
  const { react, detector = () => new Adwin(), factor = 5, updates = 200, every = 200 } = options;
  const check = (holds: boolean, rule: string, got: unknown) => {
    if (!holds) throw new EddyError('invalid-option', `${where}: onDrift.${rule}, got ${String(got)}`);
  };
  const whole = (value: number) => Number.isSafeInteger(value) && value >= 1;
  check(
    typeof react === 'function' || REACTIONS.includes(react),
    'react must be raiseRate, resetOptimizer, rollback or a function',
    react,
  );
  check(factor > 1 && Number.isFinite(factor), 'factor must be above 1; leave it out for 5', factor);
  check(whole(updates), 'updates must be a whole number ≥ 1; leave it out for 200', updates);
  check(whole(every), 'every must be a whole number ≥ 1; leave it out for 200', every);
  createDetector(`${where}: onDrift`, detector);
  return { react, detector, factor, updates, every };
}

/** Watches a learner's losses, and acts when a change is found after which they are higher; a fall is no reason to act. */
export class DriftReaction {
  readonly #options: Required<DriftReactionOptions>;
  #detector: DriftDetector;
  readonly #recent = new Float64Array([0, 0, 0]); // losses since the start, the recent loss, its mean deviation
  readonly #usual = new Float64Array([0, 0]); // losses since the last change, their mean
  readonly #frame = new Float64Array([0, 0]); // m and d, as of the last change
  readonly #block = new Float64Array([0, 0, Number.POSITIVE_INFINITY]); // samples, their losses' sum, the least mean
  readonly #raised = new Float64Array([0]); // the last update at a raised rate
  #best: Weights | undefined;

  /** @throws EddyError `invalid-option` */
  constructor(
    where: string,
    options: DriftReactionOptions,
    private readonly model: Model,
    private readonly base: (update: number) => number = () => 1,
  ) {
    this.#options = checkDriftReaction(where, options);
    this.#detector = this.#options.detector();
  }

  /** The learner's schedule: the one given, times what `raiseRate` makes of it. */
  readonly schedule = (update: number): number => {
    const { factor, updates } = this.#options;
    const left = this.#raised[0] - update + 1;
    return this.base(update) * (left > 0 ? 1 + (factor - 1) * Math.min(1, left / updates) : 1);
  };

  /** Takes what a sample brought; tells in `step.drift` whether there was a reaction. */
  watch(learner: Learner, step: LearnStep): void {
    step.drift = step.scored !== undefined && Number.isFinite(step.scored.loss) && this.#rises(step.scored.loss);
    if (step.drift) this.#react(learner);
    else if (step.scored && this.#options.react === 'rollback') this.#keepBest(step.scored.loss);
  }

  #rises(loss: number): boolean {
    const recent = this.#recent;
    const usual = this.#usual;
    const rate = 1 / Math.min(++recent[0], FAST);
    recent[2] += rate * (Math.abs(loss - recent[1]) - recent[2]);
    recent[1] += rate * (loss - recent[1]);
    usual[1] += (loss - usual[1]) / Math.min(++usual[0], SLOW);
    if (recent[0] === FAST) this.#frame.set(recent.subarray(1));
    if (recent[0] <= FAST || !this.#detector.step(this.#framed(loss))) return false;
    const rises = recent[1] > usual[1];
    this.#frame.set(recent.subarray(1));
    this.#detector = this.#options.detector(); // the old one's window is in the old frame
    usual[0] = FAST;
    usual[1] = recent[1];
    return rises;
  }

  #framed(loss: number): number {
    const [m, d] = this.#frame;
    const away = loss - m;
    const scale = Math.abs(away) + d;
    return scale > 0 && scale < Number.POSITIVE_INFINITY ? 0.5 + (0.5 * away) / scale : away > 0 ? 1 : 0.5;
  }

  #react(learner: Learner): void {
    const { react, updates } = this.#options;
    if (typeof react === 'function') react(learner);
    else if (react === 'raiseRate') this.#raised[0] = learner.counts.updates + updates;
    else {
      if (react === 'rollback' && this.#best) this.model.setWeights(this.#best);
      this.#block.set([0, 0, Number.POSITIVE_INFINITY]);
      learner.resetOptimizer();
    }
  }

  #keepBest(loss: number): void {
    const block = this.#block;
    const { every } = this.#options;
    block[1] += loss;
    if (++block[0] < every) return;
    if (block[1] / every < block[2]) {
      block[2] = block[1] / every;
      this.#best = this.model.weights();
    }
    block.fill(0, 0, 2);
  }

  get #arrays(): readonly Float64Array[] {
    return [this.#recent, this.#usual, this.#frame, this.#block, this.#raised];
  }

  snapshot(): Snapshot {
    const best = this.#best && Object.entries(this.#best).map(([name, { data }]) => [name, data.slice()] as const);
    return {
      ...copyState(this.#arrays),
      detector: this.#detector.snapshot(),
      ...(best && { best: Object.fromEntries(best) }),
    };
  }

  /** @throws EddyError `invalid-state` on a record that other options made. */
  restore(from: Snapshot): void {
    const best = from.best === undefined ? undefined : this.#weightsOf(snapshotRecord('learn', 'best', from.best));
    this.#detector.restore(snapshotRecord('learn', 'detector', from.detector));
    putState(this.#arrays, from, 'learn');
    this.#best = best;
  }

  #weightsOf(from: Snapshot): Weights {
    const entries = Object.entries(this.model.weights()).map(([name, { shape, data }]) => {
      const saved = from[name];
      if (saved instanceof Float32Array && saved.length === data.length) return [name, { shape, data: saved.slice() }];
      throw new EddyError(
        'invalid-state',
        `learn: the best weights '${name}' must have ${data.length} numbers; restore a snapshot of the same model`,
      );
    });
    return Object.fromEntries(entries);
  }
}
