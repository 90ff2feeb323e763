import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../src/checkpoint/safetensors.js';
import { exportPytorch } from '../../src/interop/export/pytorch.js';
import { importWeights } from '../../src/interop/importWeights.js';
import { forward } from './forward.js';

interface TorchCase {
  about: { cell: string; nonlinearity?: 'relu'; last?: boolean; bias?: boolean };
  x: number[][];
  y: number[][];
}

const path = (file: string) => fileURLToPath(new URL(`../golden/torch/${file}`, import.meta.url));
const names = readdirSync(path('.')).flatMap((file) => file.match(/^(.*)\.json$/)?.[1] ?? []);

describe.each(names)('PyTorch’s %s', (name) => {
  const { about, x, y }: TorchCase = JSON.parse(readFileSync(path(`${name}.json`), 'utf8'));
  const options = about.nonlinearity ? { activation: about.nonlinearity } : {};

  test.each(['safetensors', 'onnx'])('says in %s what PyTorch said', (ending) => {
    const imported = importWeights(readFileSync(path(`${name}.${ending}`)), options);
    expect(imported.format).toBe(ending === 'onnx' ? 'onnx' : 'pytorch');
    const outputs = forward(imported, x);
    (about.last ? outputs.slice(-1) : outputs).forEach((row, t) => {
      row.forEach((value, i) => {
        expect(Math.abs(value - y[t][i])).toBeLessThan(1e-5);
      });
    });
  });

  test('is one model in both files', () => {
    const [dict, onnx] = ['safetensors', 'onnx'].map((ending) =>
      importWeights(readFileSync(path(`${name}.${ending}`)), options),
    );
    expect(onnx.definition).toEqual(dict.definition);
    expect(onnx.weights).toEqual(dict.weights);
  });

  test('goes back to a state_dict byte for byte, under any names', () => {
    const bytes = readFileSync(path(`${name}.safetensors`));
    const { tensors } = readSafetensors(exportPytorch(importWeights(bytes, options), { recurrent: 'rnn', head: 'fc' }));
    for (const [tensor, original] of readSafetensors(bytes).tensors) expect(tensors.get(tensor)).toEqual(original);
  });
});
