// Holds import and export to the PyTorch that is installed: random models, both ways.
//   node scripts/checkTorch.mjs [rounds]      after npm run build; PYTHON names the interpreter (default python3)
// Fails where torch is not installed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { specOf } from '../dist/src/checkpoint/index.js';
import { exportPytorch, importWeights } from '../dist/src/interop/index.js';
import { createModel } from '../dist/src/nn/createModel.js';

const rounds = Number(process.argv[2] ?? 3);
const script = fileURLToPath(new URL('torch_models.py', import.meta.url));
const python = (args, input) =>
  execFileSync(process.env.PYTHON ?? 'python3', [script, ...args], {
    input,
    stdio: ['pipe', 'pipe', 'ignore'],
  }).toString();

async function outputsOf({ definition, weights }, x) {
  const model = await createModel(specOf(definition));
  model.setWeights(weights);
  const state = model.openState();
  const outputs = x.map((sample) => [...model.step(sample, state)]);
  state.dispose();
  model.dispose();
  return outputs;
}

let worst = 0;
let compared = 0;
function compare(ours, theirs) {
  theirs.flat().forEach((value, i) => {
    const error = Math.abs(value - ours.flat()[i]);
    worst = Number.isFinite(error) ? Math.max(worst, error) : Number.POSITIVE_INFINITY;
    compared++;
  });
}

const folder = mkdtempSync(join(tmpdir(), 'eddy-torch-'));
for (let round = 0; round < rounds; round++) {
  python([folder, String(1000 + round)]);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const { about, x, y } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const options = about.nonlinearity ? { activation: about.nonlinearity } : {};
    for (const ending of ['.safetensors', '.onnx']) {
      const imported = importWeights(readFileSync(join(folder, file.replace('.json', ending))), options);
      const ours = await outputsOf(imported, x);
      compare(about.last ? ours.slice(-1) : ours, y);
      if (about.nonlinearity || about.symbols) continue;
      // Back into PyTorch.
      const back = join(folder, 'back');
      writeFileSync(back, exportPytorch(imported, { recurrent: 'rnn', head: 'fc' }));
      const sizes = [about.inputs, about.units, about.layers, about.outputs].map(String);
      compare(ours, JSON.parse(python(['--load', back, about.cell, ...sizes], JSON.stringify(x))));
    }
  }
}
rmSync(folder, { recursive: true });
console.log(JSON.stringify({ rounds, compared, worst }));
if (!(compared > 0 && worst < 1e-5)) process.exitCode = 1;
