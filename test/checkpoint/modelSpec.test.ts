import { describe, expect, it } from 'vitest';
import { readDefinition } from '../../src/checkpoint/definition.js';
import { definitionOf, specOf } from '../../src/checkpoint/modelSpec.js';
import { dense, embedding, gru, lstm, rnn } from '../../src/index.js';

describe('a definition as plain data', () => {
  it.each([
    ['an embedding', { input: 1, layers: [embedding(7, 3), lstm(4)], output: dense(7, { activation: 'softmax' }) }],
    ['dropout', { input: 2, layers: [lstm(4, { dropout: 0.25 }), gru(3, { dropout: 0.5 })], output: dense(1) }],
    ['every form', { input: 2, layers: [gru(3, { resetAfter: false }), rnn(2, { activation: 'relu' })] }],
  ])('%s comes back as it was', (_, spec) => {
    expect(specOf(readDefinition(JSON.parse(JSON.stringify(definitionOf(spec))), 'test'))).toEqual(spec);
  });
});
