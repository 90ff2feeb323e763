import { describe, expect, test } from 'vitest';
import { readDefinition } from '../../src/checkpoint/definition.js';
import type { Json } from '../../src/checkpoint/json.js';
import { definitionOf, specOf } from '../../src/checkpoint/modelSpec.js';
import { weightShapes } from '../../src/checkpoint/weights.js';
import { createModel, dense, embedding, gru, lstm, type ModelSpec, rnn } from '../../src/index.js';
import { forward } from '../interop/forward.js';
import { randomSequence, randomWeights } from './randomModel.js';

const specs: [string, ModelSpec][] = [
  [
    'every cell',
    {
      input: 3,
      layers: [lstm(5), gru(4), gru(3, { resetAfter: false }), rnn(6, { activation: 'relu' })],
      output: dense(2),
    },
  ],
  [
    'an embedding and softmax',
    { input: 1, layers: [embedding(7, 3), lstm(4)], output: dense(7, { activation: 'softmax' }) },
  ],
  ['dropout', { input: 2, layers: [lstm(4, { dropout: 0.25 }), rnn(3)], output: dense(1, { activation: 'sigmoid' }) }],
  ['a skip connection', { input: 3, layers: [gru(4)], output: dense(2), skip: true }],
  ['no readout', { input: 1, layers: [gru(4)] }],
];

describe.each(specs)('the definition of a model with %s', (_, spec) => {
  test('is the model again, through JSON', () => {
    const definition = definitionOf(spec);
    const json: Json = JSON.parse(JSON.stringify(definition));
    expect(readDefinition(json, 'test')).toEqual(definition);
    expect(specOf(readDefinition(json, 'test'))).toEqual(spec);
  });

  test('has the names and shapes of its weights, and what it computes', async () => {
    const definition = definitionOf(spec);
    using model = await createModel(spec);
    const shapes = Object.entries(model.weights()).map(([name, { shape }]) => [name, [...shape]]);
    expect([...weightShapes(definition)].map(([name, shape]) => [name, [...shape]])).toEqual(shapes);

    const weights = randomWeights(definition, 3);
    model.setWeights(weights);
    using state = model.openState();
    const x =
      'symbols' in spec.layers[0]
        ? Array.from({ length: 20 }, (_, t) => [(3 * t) % 7])
        : randomSequence(20, spec.input, 1);
    const expected = forward({ definition, weights }, x);
    x.forEach((sample, t) => {
      [...model.step(sample, state)].forEach((y, i) => {
        expect(Math.abs(y - expected[t][i])).toBeLessThan(1e-5);
      });
    });
  });
});
