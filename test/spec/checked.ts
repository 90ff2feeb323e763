import { type Loss, mse } from '../../src/index.js';
import type { LossMember } from '../../src/nn/losses/loss.js';
import { losses } from '../../src/nn/losses/registry.js';
import type { DenseActivation } from '../../src/nn/readouts/readout.js';

/** A loss with its readout, and targets made of numbers from −1 to 1 (NaN: missing). */
export interface Checked {
  loss: Loss;
  outputs: number;
  readout: DenseActivation | undefined;
  targetOf(numbers: number[]): number | number[];
}

const taken = (n: number) => (numbers: number[]) => Array.from({ length: n }, (_, i) => numbers[i % numbers.length]);

function checkedOf({ create, example }: LossMember): Checked {
  const { parameters, outputs, activation: readout, targets } = example;
  const loss = create(parameters);
  const width = targets === 'classes' || loss.single ? 1 : outputs / (loss.name === 'gaussianNll' ? 2 : 1);
  return {
    loss,
    outputs,
    readout,
    targetOf(numbers) {
      if (targets === 'classes') return Math.floor(Math.abs(numbers[0]) * (outputs - 0.01));
      if (width === 1) return numbers[0];
      return targets === 'shares' ? taken(width)(numbers).map(Math.abs) : taken(width)(numbers);
    },
  };
}

/** Every loss of the registry, and mse under other readouts. */
export const checked: Record<string, Checked> = {
  ...Object.fromEntries(losses.members.map((member) => [member.name, checkedOf(member)])),
  'mse without a readout': { loss: mse, outputs: 3, readout: undefined, targetOf: taken(3) },
  'mse under a softmax': { loss: mse, outputs: 3, readout: 'softmax', targetOf: taken(3) },
  'mse under a sigmoid': { loss: mse, outputs: 1, readout: 'sigmoid', targetOf: ([y]) => y },
};
