// brain.js, recurrent.LSTMTimeStep: weights of its own, no cell state, and none carried from call to call. Its "step" is therefore run() of 64
// samples divided by 64, which flatters it: a stream would have to run its history again at each sample. Training: its own RMSprop.
import { createRequire } from 'node:module';

const RUN = 64;

export function load() {
  const { recurrent } = createRequire(import.meta.url)('brain.js');

  function open({ input, hidden, lr }, steps) {
    const network = new recurrent.LSTMTimeStep({
      inputSize: input,
      hiddenLayers: [hidden],
      outputSize: input,
      learningRate: lr,
    });
    const pattern = Array.from({ length: steps }, (_, t) =>
      input === 1 ? Math.sin(t) : Array(input).fill(Math.sin(t)),
    );
    network.train([pattern], { iterations: 1, log: false });
    return network;
  }
  const plain = (x) => (x.length === 1 ? x[0] : [...x]);

  return {
    createInference(args) {
      if (args.cell !== 'lstm') throw new Error('not offered');
      const network = open(args, 9);
      let samples = [];
      let last = 0;
      return (x) => {
        samples.push(plain(x));
        if (samples.length === RUN) {
          const y = network.run(samples);
          last = typeof y === 'number' ? y : y[0];
          samples = [];
        }
        return last;
      };
    },
    createLearner(args) {
      const { window, k1 } = args;
      const network = open(args, window + 1);
      const samples = [];
      let since = 0;
      return (x) => {
        samples.push(x);
        if (samples.length > window + 1) samples.shift();
        if (++since < k1 || samples.length <= window) return undefined;
        since = 0;
        return network.trainPattern(samples, true);
      };
    },
  };
}
