import { describe, expect, it } from 'vitest';
import { bceReference } from '../../src/nn/losses/bce/reference.js';
import { crossEntropyReference } from '../../src/nn/losses/crossEntropy/reference.js';
import { gaussianNllReference } from '../../src/nn/losses/gaussianNll/reference.js';
import { huberReference } from '../../src/nn/losses/huber/reference.js';
import { maeReference } from '../../src/nn/losses/mae/reference.js';
import { mseReference } from '../../src/nn/losses/mse/reference.js';
import type { LossResult } from '../../src/nn/losses/reference.js';
import { adagradReference } from '../../src/nn/optimizers/adagrad/reference.js';
import { adamReference } from '../../src/nn/optimizers/adam/reference.js';
import { adamwReference } from '../../src/nn/optimizers/adamw/reference.js';
import type { OptimizerReference } from '../../src/nn/optimizers/reference.js';
import { rmspropReference } from '../../src/nn/optimizers/rmsprop/reference.js';
import { sgdReference } from '../../src/nn/optimizers/sgd/reference.js';
import { distance } from '../spec/layers.js';

// Expected numbers: PyTorch 1.13.1, float64, 15 digits.

describe('optimizers after three steps, against torch.optim', () => {
  const gradients = [
    [0.25, -0.5, 0.125, 1],
    [-0.75, 0.5, 0, 2],
    [0.5, 1.5, -0.25, -1],
  ];
  function train<O extends { lr: number }, S>(rule: OptimizerReference<O, S>, options: O): number[] {
    let parameters = [0.5, -1.25, 2, 0];
    let state = rule.start(parameters.length);
    for (const g of gradients) ({ parameters, state } = rule.step(parameters, g, state, options));
    return parameters;
  }
  const lr = 0.1;
  it.each([
    [
      'sgd with momentum and weight decay',
      train(sgdReference, { lr, momentum: 0.9, weightDecay: 0.05 }),
      [0.5108843125, -1.32528609375, 1.9355019375, -0.5481025],
    ],
    [
      'sgd, Nesterov',
      train(sgdReference, { lr, momentum: 0.9, nesterov: true, weightDecay: 0.05 }),
      [0.5022551344375, -1.45034072953125, 1.9253576668125, -0.6871581475],
    ],
    [
      'adam, its defaults',
      train(adamReference, { lr }),
      [0.447540217039544, -1.21478762410032, 1.8669976351015, -0.238527131031813],
    ],
    [
      'adamw',
      train(adamwReference, { lr, weightDecay: 0.05 }),
      [0.440828059587415, -1.19710240204142, 1.83847991411086, -0.237047040031929],
    ],
    [
      'rmsprop with momentum',
      train(rmspropReference, { lr, decay: 0.9, momentum: 0.8 }),
      [0.0951027842247769, -1.18123811396254, 1.51677931321907, -1.1499244978052],
    ],
    [
      'adagrad, its defaults',
      train(adagradReference, { lr }),
      [0.441416081456281, -1.31116408149653, 1.98944271914799, -0.148617890041272],
    ],
  ])('%s', (_, own, expected) => expect(distance(own, expected)).toBeLessThan(1e-13));
});

describe('losses and their gradients, against torch.nn.functional', () => {
  const o = [0.5, -1.25, 2];
  const y = [0, 1, 1.5];
  it.each<[string, LossResult | undefined, number, number[]]>([
    ['mse', mseReference(o, y), 1.85416666666667, [0.333333333333333, -1.5, 0.333333333333333]],
    ['mae', maeReference(o, y), 1.08333333333333, [0.333333333333333, -0.333333333333333, 0.333333333333333]],
    ['huber', huberReference(o, y, 0.75), 0.552083333333333, [0.166666666666667, -0.25, 0.166666666666667]],
    [
      'bce',
      bceReference(o, [0, 1, 0.25]),
      1.36764469218948,
      [0.207486443733952, -0.259099953724897, 0.210265692659294],
    ],
    [
      'crossEntropy, a class',
      crossEntropyReference(o, 1),
      3.48262198310203,
      [0.176820182107444, -0.969273259673564, 0.792453077566119],
    ],
    [
      'crossEntropy, a distribution',
      crossEntropyReference(o, [0.25, 0.25, 0.5]),
      1.42012198310203,
      [-0.0731798178925557, -0.219273259673564, 0.292453077566119],
    ],
    [
      'gaussianNll',
      gaussianNllReference([0.5, -1.25, 0.75, -0.5], [0, 1]),
      2.17868576777616,
      [0.118091638185254, -1.85481142953764, 0.220477090453687, -1.83666285822985],
    ],
  ])('%s', (_, own, loss, gradient) => {
    expect(distance([own?.loss ?? Number.NaN], [loss])).toBeLessThan(1e-13);
    expect(distance(own?.gradient ?? [], gradient)).toBeLessThan(1e-13);
  });
});
