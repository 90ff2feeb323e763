// What the hosts are compared over: every cell, stack, optimizer and loss that the package exports. A new one joins by its kernel's name;
// only one that cannot be called like its family needs a line here.

/** A family's members: what to make of each, by name; the rest are called as the family's `usual`. */
const cellForms = {
  rnn: ({ rnn }) => ['tanh', 'relu', 'sigmoid'].map((activation) => rnn(7, { activation })),
  gru: ({ gru }) => [true, false].map((resetAfter) => gru(7, { resetAfter })),
};
const optimizerForms = {
  sgd: ({ sgd }) => [
    sgd(0.01),
    sgd(0.01, { momentum: 0.9, weightDecay: 1e-4 }),
    sgd(0.01, { momentum: 0.9, nesterov: true }),
  ],
  rmsprop: ({ rmsprop }) => [rmsprop(0.01), rmsprop(0.01, { momentum: 0.9 })],
};
const lossForms = {
  bce: ({ bce, dense }) => ({ loss: bce, output: dense(3, { activation: 'sigmoid' }), target: 'bits' }),
  crossEntropy: ({ crossEntropy, dense }) => ({
    loss: crossEntropy,
    output: dense(3, { activation: 'softmax' }),
    target: 'class',
  }),
  esr: ({ esr, dense }) => ({ loss: esr(), output: dense(3) }),
  gaussianNll: ({ gaussianNll, dense }) => ({ loss: gaussianNll, output: dense(4) }),
  huber: ({ huber, dense }) => ({ loss: huber(0.5), output: dense(3) }),
  pinball: ({ pinball, dense }) => ({ loss: pinball(0.1, 0.5, 0.9), output: dense(3) }),
};

/**
 * @param {typeof import('rx-eddy')} eddy the package's main entry, or `rx-eddy/bare`
 * @param {{ cells: object, losses: object, optimizers: object }} kernels the names of all kernels
 * @returns {{ name: string, spec: object, options: object, target?: string, samples?: string, rows?: number }[]}
 */
export function casesOf(eddy, { cells, losses, optimizers }) {
  const { adam, dense, mse } = eddy;
  const learning = { k1: 1, k2: 8, loss: mse, optimizer: adam(0.01), clipNorm: 1 };
  const model = (layers, output = dense(3)) => ({ input: 3, layers, ...(output && { output }), seed: 7 });
  const made = (name) => {
    if (eddy[name] !== undefined) return eddy[name];
    throw new Error(`bits: the kernel '${name}' must be exported by rx-eddy under its name, it is not`);
  };
  const layersOf = (name) => cellForms[name]?.(eddy) ?? [made(name)(7)];
  const first = layersOf(Object.keys(cells)[0])[0];
  const all = Object.keys(cells).map((name) => layersOf(name)[0]);
  const wide = made('lstm')(40);
  return [
    ...Object.keys(cells).flatMap((name) =>
      layersOf(name).map((layer) => ({
        name: `${name} ${JSON.stringify(layer.options)}`,
        spec: model([layer]),
        options: learning,
      })),
    ),
    { name: 'every cell in one stack', spec: model(all), options: learning },
    { name: 'every cell, the other way up', spec: model(all.toReversed?.() ?? [...all].reverse()), options: learning },
    { name: 'two layers wide', spec: model([wide, wide]), options: { ...learning, k1: 8 } },
    { name: 'skip connection', spec: { ...model([first]), skip: true }, options: learning },
    { name: 'no readout', spec: model([first], null), options: learning, target: 'hidden' },
    {
      name: 'symbols, embedded',
      spec: { ...model([eddy.embedding(11, 5), first]), input: 1 },
      options: learning,
      samples: 'symbols',
    },
    { name: 'dropout', spec: model([made('lstm')(7, { dropout: 0.25 }), first]), options: learning },
    { name: 'three rows', spec: model([first]), options: learning, rows: 3 },
    {
      name: 'windows end to end, values clipped, rate falling',
      spec: model([first]),
      options: { ...learning, k1: 4, k2: 4, clipValue: 0.1, schedule: (k) => 1 / Math.sqrt(k) },
    },
    ...Object.keys(optimizers).flatMap((name) =>
      (optimizerForms[name]?.(eddy) ?? [made(name)(0.01)]).map((optimizer) => ({
        name: `${name} ${JSON.stringify(optimizer.fields)}`,
        spec: model([first]),
        options: { ...learning, optimizer },
      })),
    ),
    ...Object.keys(losses).map((name) => {
      const { loss, output, target } = lossForms[name]?.(eddy) ?? { loss: made(name), output: dense(3) };
      return { name, spec: model([first], output), options: { ...learning, loss }, target };
    }),
  ];
}
