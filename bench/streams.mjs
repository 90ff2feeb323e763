// W5: a sample's whole way, through RxJS, a Node Transform and a Web TransformStream, beside the bare call and beside streams of each kind
// that do nothing.
import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { map, Subject } from 'rxjs';
import { learn, predict } from '../dist/operators/index.js';
import { toNodeTransform } from '../dist/operators/streams/toNodeTransform.js';
import { toTransformStream } from '../dist/operators/streams/toTransformStream.js';
import { createLearner } from '../dist/src/index.js';
import { createModelOn, learning, samples } from './eddyOptions.mjs';
import { interleave } from './slices.mjs';

const throughRxjs = (operator) => {
  const source = new Subject();
  let last;
  source.pipe(operator).subscribe((value) => {
    last = value;
  });
  return (count) => {
    for (let k = 0; k < count; k++) source.next(samples[k & 1023]);
    return last === undefined ? undefined : count;
  };
};

const throughNode = (open) => (count) => {
  let k = 0;
  const source = new Readable({
    objectMode: true,
    read() {
      this.push(k === count ? null : samples[k++ & 1023]);
    },
  });
  const sink = new Writable({ objectMode: true, write: (_value, _encoding, done) => done() });
  return pipeline(source, open(), sink);
};

const throughWeb = (open) => (count) => {
  let k = 0;
  const source = new ReadableStream({
    pull(controller) {
      if (k === count) controller.close();
      else controller.enqueue(samples[k++ & 1023]);
    },
  });
  return source.pipeThrough(open()).pipeTo(new WritableStream({ write() {} }));
};

export async function streams({ quick }) {
  const model = await createModelOn(32);
  const learned = await createModelOn(32);
  const options = { ...learning(), target: (x) => x[0] };
  const emptyNode = () =>
    new Transform({ objectMode: true, highWaterMark: 16, transform: (value, _encoding, done) => done(null, value) });
  const state = model.openState();
  const learner = createLearner(learned, learning());
  const out = new Float32Array(1);
  let step;
  const instrument = await interleave(
    {
      'predict: model.step': (count) => {
        for (let k = 0; k < count; k++) model.step(samples[k & 1023], state, out);
      },
      'predict: RxJS': throughRxjs(predict(model)),
      'predict: Node Transform': throughNode(() => toNodeTransform(predict(model))),
      'predict: Web TransformStream': throughWeb(() => toTransformStream(predict(model))),
      'learn: learner.step': (count) => {
        for (let k = 0; k < count; k++) step = learner.step(samples[k & 1023], samples[k & 1023][0], step);
      },
      'learn: RxJS': throughRxjs(learn(learned, options)),
      'learn: Node Transform': throughNode(() => toNodeTransform(learn(learned, options))),
      'learn: Web TransformStream': throughWeb(() => toTransformStream(learn(learned, options))),
      'empty: RxJS': throughRxjs(map((x) => x)),
      'empty: Node Transform': throughNode(emptyNode),
      'empty: Web TransformStream': throughWeb(() => new TransformStream()),
    },
    quick ? { slices: 2, milliseconds: 5 } : { slices: 40, milliseconds: 40 },
  );
  learner.dispose();
  state.dispose();
  return Object.entries(instrument).map(([config, found]) => ({
    workload: 'W5',
    config: `LSTM-32 ${config}`,
    contestant: 'eddy',
    unit: 'µs a sample',
    ...found,
  }));
}
