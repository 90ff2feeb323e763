// An edge worker that predicts and learns, as small as it gets with both wasm modules in it.
import { adam, createLearner, createModel, dense, lstm, mse } from 'rx-eddy';
import { learn, predict } from 'rx-eddy/operators';
import { lastValueFrom, map, range, toArray } from 'rxjs';

const spec = { input: 1, layers: [lstm(32)], output: dense(1), seed: 7 };
const learning = { k1: 1, k2: 16, loss: mse, optimizer: adam(1e-3), clipNorm: 1 };
const wave = (count) => range(0, count).pipe(map((t) => (t % 5) / 5));
const runtimes = new Set();

const routes = {
  /** Predicts a stream and learns from it. */
  '/learn': async () => {
    const model = await createModel(spec);
    const losses = await lastValueFrom(
      wave(1000).pipe(
        learn(model, { ...learning, horizon: 1, target: (x) => x }),
        map(({ scored }) => scored?.loss),
        toArray(),
      ),
    );
    const outputs = await lastValueFrom(
      wave(50).pipe(
        predict(model),
        map(([y]) => y),
        toArray(),
      ),
    );
    model.dispose();
    return { losses, outputs };
  },
  /** How many runtimes this isolate has seen, in this request and all before. */
  '/runtimes': async () => {
    const models = await Promise.all([createModel(spec), createModel({ ...spec, layers: [lstm(8), lstm(8)] })]);
    const learners = models.map((model) => createLearner(model, learning));
    for (const { runtime } of models) runtimes.add(runtime);
    for (const each of [...learners, ...models]) each.dispose();
    return { runtimes: runtimes.size, bytes: models[0].runtime.heap.bytesInUse };
  },
};

export default {
  fetch: async (request) => Response.json(await routes[new URL(request.url).pathname]()),
};
