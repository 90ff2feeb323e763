import * as tf from '@tensorflow/tfjs-core';
import { EddyError } from '../core/errors.js';
import { Sequence } from '../learner/sequence.js';
import type { Model } from '../nn/model/model.js';
import { checkTensors, type NamedTensor, type Weights, writeTensors } from '../nn/model/parameters.js';
import type { StateRecord } from '../nn/model/state.js';
import type { TensorWeights } from './weights.js';

const KERNEL = 'EddySequence';

/** A state as tfjs tensors: 'layers.0.h' [rows, H], 'layers.0.c' … */
export type TensorState = { readonly [name: string]: tf.Tensor };

/**
 * Runs a whole sequence through the model as one tfjs op, differentiable by its input, its state and its weights.
 *
 *     const { output } = sequence(model, x);                                          // x [steps, input]: output [steps, outputs]
 *     const dx = tf.grad((x) => tf.sum(sequence(model, x, state).output))(x);
 *     const { grads } = tf.variableGrads(() => tf.mean(tf.square(tf.sub(sequence(model, x, state, weights).output, target))));
 *
 * Needs tfjs's wasm backend to be the active one: `await tf.setBackend('wasm')`, after the first `createModel`.
 *
 * @param x [steps, input], or [steps, rows, input] for independent rows
 * @param state before the first step, 'layers.0.h' [rows, H] …; default zeros
 * @param weights tensors or variables (see `variables`); default the model's own, as constants
 * @returns output [steps, outputs] or [steps, rows, outputs], and the state after the last step
 * @throws EddyError `host` on another backend; `invalid-sample`, `invalid-state`, `invalid-weights` on other shapes; `disposed`.
 */
export function sequence(
  model: Model,
  x: tf.Tensor,
  state?: TensorState,
  weights?: TensorWeights,
): { output: tf.Tensor; state: { [name: string]: tf.Tensor } } {
  model.requireOpen('sequence');
  requireWasm();
  const [steps, rows] = x.rank === 3 ? x.shape : [x.shape[0], 1];
  if ((x.rank !== 2 && x.rank !== 3) || x.shape[x.rank - 1] !== model.input || steps < 1 || rows < 1) {
    throw new EddyError(
      'invalid-sample',
      `sequence: x must have shape [steps, ${model.input}] or [steps, rows, ${model.input}], got [${x.shape}]; time comes first`,
    );
  }
  return tf.tidy(() => {
    const tensors = [
      x,
      ...pick('invalid-state', 'state', stateShapes(model, rows), state, ([, shape]) => tf.zeros(shape)),
      ...pick('invalid-weights', 'weights', weightShapes(model), weights, ([name, shape]) =>
        tf.tensor(model.weights()[name].data, shape),
      ),
    ];
    // Kernels with a list of inputs take an array whose elements' names are their numbers.
    const inputs = Object.assign([], Object.fromEntries(tensors.map((tensor, k) => [k, tensor])));
    const of = {};
    carried.set(of, model);
    const outputs: unknown = tf.engine().runKernel(KERNEL, inputs, { rows, of });
    const [output, ...last] = Array.isArray(outputs) ? outputs.filter((value) => value instanceof tf.Tensor) : [];
    return {
      output: tf.reshape(output, [...x.shape.slice(0, -1), model.output]),
      state: Object.fromEntries(stateShapes(model, rows).map(([name], k) => [name, last[k]])),
    };
  });
}

type Shapes = readonly (readonly [name: string, shape: number[]])[];

const stateShapes = (model: Model, rows: number): Shapes =>
  model.layers.flatMap(({ cell, units, name }) =>
    (cell.cellState ? ['h', 'c'] : ['h']).map((part): [string, number[]] => [`${name}.${part}`, [rows, units]]),
  );
const weightShapes = (model: Model): Shapes => model.block.parameters.map(({ name, shape }) => [name, [...shape]]);

/** The given tensors in the order of `shapes`; all of them, of these shapes, or none. */
function pick(
  code: 'invalid-state' | 'invalid-weights',
  what: string,
  shapes: Shapes,
  given: { readonly [name: string]: tf.Tensor } | undefined,
  start: (entry: Shapes[number]) => tf.Tensor,
): tf.Tensor[] {
  if (!given) return shapes.map(start);
  const names = shapes.map(([name]) => name);
  const extra = Object.keys(given).find((name) => !names.includes(name));
  if (extra !== undefined) {
    throw new EddyError(code, `sequence: ${what} must be ${names.join(', ')}, got '${extra}' too; leave it out`);
  }
  return shapes.map(([name, shape]) => {
    const tensor = Object.hasOwn(given, name) ? given[name] : undefined;
    if (tensor && String(tensor.shape) === String(shape)) return tensor;
    throw new EddyError(
      code,
      `sequence: ${what} must have '${name}' of shape [${shape}], got ${tensor ? `[${tensor.shape}]` : 'none'}; give all of them or none`,
    );
  });
}

function requireWasm(): void {
  const name = tf.getBackend();
  if (name === 'wasm') return;
  throw new EddyError(
    'host',
    `sequence: tfjs's backend must be wasm, it is ${name}; await tf.setBackend('wasm') first`,
  );
}

/** The model of a call: tfjs carries plain data from the op to its gradient, so it carries a key. */
const carried = new WeakMap<object, Model>();

function modelOf(of: unknown): Model {
  const model = typeof of === 'object' && of !== null ? carried.get(of) : undefined;
  if (model) return model;
  throw new EddyError(
    'invalid-option',
    `${KERNEL}: it must be called by sequence(), got other attributes; use sequence()`,
  );
}

/** x, state and weights in the op's order of inputs, as the kernels take them. */
function unpack(model: Model, rows: number, data: readonly Float32Array[]) {
  const states = stateShapes(model, rows);
  const state: StateRecord = Object.fromEntries(states.map(([name], k) => [name, data[k + 1]]));
  const weights: Weights = Object.fromEntries(
    weightShapes(model).map(([name, shape], k): [string, NamedTensor] => [
      name,
      { shape, data: data[k + 1 + states.length] },
    ]),
  );
  return { x: data[0], state, weights };
}

/** Runs `run` on the model with other weights, and puts its own back, bit for bit. */
function withWeights<T>(model: Model, weights: Weights, run: () => T): T {
  checkTensors('sequence', model.block, weights);
  const { heap } = model.runtime;
  const start = model.address >> 2;
  const own = heap.f32.slice(start, start + model.block.floats);
  writeTensors(model.block, weights, heap.f32, start);
  try {
    return run();
  } finally {
    heap.f32.set(own, start);
  }
}

const floats = (values: ArrayLike<number>) => Float32Array.from(values);

/** The numbers of a kernel's input, and a kernel's output of them: what every tfjs backend can do. */
interface Storage {
  readSync(dataId: object): ArrayLike<number>;
  write(values: Float32Array, shape: number[], dtype: 'float32'): object;
}
const isStorage = (backend: object): backend is Storage => 'readSync' in backend && 'write' in backend;

function forward(model: Model, rows: number, data: readonly Float32Array[]): Float32Array[] {
  const { x, state, weights } = unpack(model, rows, data);
  return withWeights(model, weights, () => {
    using run = new Sequence(model, rows, x.length / (rows * model.input));
    const { y, state: last } = run.forward(x, state);
    return [y, ...stateShapes(model, rows).map(([name]) => last[name])];
  });
}

/** Gradients of all inputs, in their order. */
function backward(
  model: Model,
  rows: number,
  data: readonly Float32Array[],
  dys: readonly Float32Array[],
): Float32Array[] {
  const { x, state, weights } = unpack(model, rows, data);
  const states = stateShapes(model, rows);
  return withWeights(model, weights, () => {
    // The tape is not kept from the forward pass: tfjs does not say when it will not be asked for any more.
    using run = new Sequence(model, rows, x.length / (rows * model.input));
    run.forward(x, state);
    const grads = run.backward(dys[0], Object.fromEntries(states.map(([name], k) => [name, dys[k + 1]])));
    return [
      grads.x,
      ...states.map(([name]) => grads.state[name]),
      ...weightShapes(model).map(([name]) => grads.weights[name].data),
    ];
  });
}

/** Gives tfjs the op and its gradient. */
export function registerSequence(): void {
  if (tf.getGradient(KERNEL)) return;
  tf.registerKernel({
    kernelName: KERNEL,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const model = modelOf(attrs?.of);
      const rows = Number(attrs?.rows);
      if (!isStorage(backend))
        throw new EddyError('host', `${KERNEL}: the backend must hold tensors, it does not; use wasm`);
      const data = Object.values(inputs).flatMap((info) => (info ? [floats(backend.readSync(info.dataId))] : []));
      const steps = data[0].length / (rows * model.input);
      const shapes = [[steps, rows, model.output], ...stateShapes(model, rows).map(([, shape]) => shape)];
      return forward(model, rows, data).map((values, k) => ({
        dataId: backend.write(values, shapes[k], 'float32'),
        shape: shapes[k],
        dtype: 'float32' as const,
      }));
    },
  });
  tf.registerGradient({
    kernelName: KERNEL,
    saveAllInputs: true,
    gradFunc: (dy, saved, attrs) => {
      const dys = (Array.isArray(dy) ? dy : [dy]).map((tensor) => floats(tensor.dataSync()));
      const data = saved.map((tensor) => floats(tensor.dataSync()));
      const grads = backward(modelOf(attrs.of), Number(attrs.rows), data, dys);
      return Object.fromEntries(grads.map((values, k) => [k, () => tf.tensor(values, saved[k].shape)]));
    },
  });
}
