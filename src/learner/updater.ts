import { EddyError } from '../core/errors.js';
import { createRandom, type Random } from '../core/random.js';
import type { Model } from '../nn/model/model.js';
import { Learner, Update } from '../runtime/kernels.generated.js';
import { writeField } from '../runtime/record.js';
import { drawMasks } from './dropout.js';
import type { Labels } from './labels.js';
import type { LabelStep, LearnerCounts } from './learnStep.js';
import type { CheckedOptions } from './options.js';
import type { Tape } from './tape.js';
import { updateByLoss } from './windowLoss.js';

/** Changes a model's weights, one window of a tape at a time: the schedule, the bias corrections, and what is counted. */
export class Updater {
  /** β₁ᵏ and β₂ᵏ after the last update k, as running products. */
  powers: [number, number] = [1, 1];
  /** Draws the dropout masks; undefined where no layer has any. */
  readonly random: Random | undefined;
  readonly #model: Model;
  readonly #tape: Tape;
  readonly #labels: Labels;
  readonly #options: CheckedOptions;
  readonly #counts: LearnerCounts;

  constructor(model: Model, tape: Tape, labels: Labels, options: CheckedOptions, counts: LearnerCounts) {
    this.#model = model;
    this.#tape = tape;
    this.#labels = labels;
    this.#options = options;
    this.#counts = counts;
    const random = createRandom(options.seed ?? 0);
    this.random = model.layers.some(({ dropout }) => dropout > 0) ? random : undefined;
  }

  /** The optimizer's moments and bias corrections start from nothing. */
  resetMoments(): void {
    const { block, runtime } = this.#model;
    for (const address of this.#tape.moments) runtime.heap.f32.fill(0, address >> 2, (address >> 2) + block.floats);
    this.powers = [1, 1];
  }

  /**
   * Learns from the `steps` samples from `slot` on, running them `again` with today's weights where streaming did so with others. Without
   * a target among them, or with a gradient that is not finite, nothing changes but the counts.
   */
  update(slot: number, steps: number, again: boolean, result: LabelStep): void {
    const { optimizer, loss } = this.#options;
    const { heap, kernels } = this.#model.runtime;
    const [beta1, beta2] = optimizer.corrected ?? [0, 0];
    const first = this.powers[0] * beta1;
    const second = this.powers[1] * beta2;
    const base = this.#rate();
    if (this.random) drawMasks(this.#model, this.#tape, this.random, steps * this.#tape.rows);
    const { update: record } = this.#tape;
    writeField(heap, Update.base, record, base);
    writeField(heap, Update.rate, record, base / (1 - first));
    writeField(heap, Update.d, record, 1 / (1 - second));
    const { rows, width } = this.#labels;
    const norm = loss.ofWindow
      ? updateByLoss(this.#model, this.#tape, loss.ofWindow, { slot, rows, steps, width, again })
      : kernels.learnerUpdate(this.#tape.learner, slot, steps, again ? 1 : 0);
    if (norm < 0) {
      this.#counts.unlabelled++;
      return;
    }
    result.gradientNorm = norm;
    if (!Number.isFinite(norm)) {
      this.#counts.nonFinite++;
      return;
    }
    this.#counts.clipped += heap.u32[(this.#tape.learner + Learner.clipped.at) >> 2];
    this.powers[0] = first;
    this.powers[1] = second;
    this.#model.version++;
    this.#counts.updates++;
    result.updated = true;
  }

  /** Of the next update. */
  #rate(): number {
    const { optimizer, schedule } = this.#options;
    if (!schedule) return optimizer.rate;
    const update = this.#counts.updates + 1;
    const factor = schedule(update);
    if (Number.isFinite(factor)) return optimizer.rate * factor;
    throw new EddyError(
      'invalid-option',
      `learner: the schedule must give a finite factor, got ${factor} for update ${update}; check it for large updates`,
    );
  }
}
