import type { Stage } from '../../../src/core/stage.js';
import type { Model } from '../../../src/nn/model/model.js';

/** A stage over a model of its own, which goes with it: learners that share one count each other's updates. */
export function withOwnModel<In, Out>(model: Model, open: (model: Model) => () => Stage<In, Out>): Stage<In, Out> {
  const stage = open(model)();
  return {
    ...stage,
    dispose() {
      stage.dispose();
      model.dispose();
    },
  };
}
