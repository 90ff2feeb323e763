import { describe, expect, it } from 'vitest';
import { createLearner, type Learner } from '../../src/index.js';
import { error, open, options, warm } from './small.js';

describe('what is disposed', () => {
  it('refuses every use, and disposes again in peace', async () => {
    const model = await open();
    const state = model.openState();
    const learner = createLearner(model, options);
    const used = createLearner(model, options);
    const record = learner.snapshot();
    const weights = model.weights();
    learner.dispose();
    learner.dispose();
    const uses = (each: Learner) => [
      () => each.step([1, 1]),
      () => each.label(1, [1, 1]),
      () => each.reset(),
      () => each.state(),
      () => each.restoreState({}),
      () => each.snapshot(),
      () => each.restore(record),
    ];
    for (const use of uses(learner))
      expect(use).toThrow(error('disposed', /the learner must be open, it has been disposed/));
    state.dispose();
    state.dispose();
    expect(() => model.step([1, 1], state)).toThrow(error('disposed', /the state must be open/));
    for (const use of [() => state.snapshot(), () => state.reset(), () => state.restore({})])
      expect(use).toThrow(error('disposed', /state: it must be open/));
    const second = model.openState();
    model.dispose();
    model.dispose();
    for (const use of [
      ...uses(used),
      () => model.step([1, 1], second),
      () => model.openState(),
      () => model.weights(),
      () => model.setWeights(weights),
      () => createLearner(model, options),
    ])
      expect(use).toThrow(error('disposed', /the model must be open/));
    used.dispose();
    second.dispose();
  });

  it('leaves the other owners of the heap as they were', async () => {
    using model = await open();
    using state = model.openState();
    const current = model.openState();
    const gone = await open(9);
    createLearner(gone, options).dispose();
    gone.dispose();
    current.dispose();
    const before = { weights: model.weights(), state: state.snapshot() };
    for (let round = 0; round < 20; round++) {
      using passing = await open(round);
      using learner = createLearner(passing, options);
      warm(learner);
    }
    expect({ weights: model.weights(), state: state.snapshot() }).toEqual(before);
  });
});
