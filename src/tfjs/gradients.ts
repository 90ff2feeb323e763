import * as tf from '@tensorflow/tfjs-core';

type Attrs = Parameters<tf.GradFunc>[2];
/** From ȳ, the input and the output to the input's gradient. */
type Unary = (dy: tf.Tensor, x: tf.Tensor, y: tf.Tensor, attrs: Attrs) => tf.Tensor;
/** From ȳ and both inputs to both gradients, before they are summed back to their inputs' shapes. */
type Binary = (
  a: tf.Tensor,
  b: tf.Tensor,
  y: tf.Tensor,
) => { a: (dy: tf.Tensor) => tf.Tensor; b: (dy: tf.Tensor) => tf.Tensor };

const { add, sub, mul, div, neg, square, exp, log, zerosLike, onesLike } = tf;

/** ȳ summed over what broadcasting has repeated. */
function unbroadcast(dy: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, dy.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, shape);
}

function numbers(value: unknown): number[] {
  const list: unknown[] = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return list.map(Number);
}

/** A reduction's output with its reduced axes as ones again. */
function kept(reduced: tf.Tensor, x: tf.Tensor, attrs: Attrs): tf.Tensor {
  const axes = reducedAxes(attrs, x);
  return tf.reshape(
    reduced,
    x.shape.map((n, d) => (axes.includes(d) ? 1 : n)),
  );
}

/** Max calls its axes by a name of its own; none given: all. */
function reducedAxes({ axis, reductionIndices }: Attrs, x: tf.Tensor): number[] {
  const given = numbers(axis ?? reductionIndices);
  return given.length > 0 ? tf.util.parseAxisParam(given, x.shape) : x.shape.map((_, d) => d);
}

const spread = (dy: tf.Tensor, x: tf.Tensor, attrs: Attrs) => mul(kept(dy, x, attrs), onesLike(x));

/** ȳ at the elements that are the largest (smallest), each of them if there are several. */
const atExtreme: Unary = (dy, x, y, attrs) =>
  mul(kept(dy, x, attrs), tf.cast(tf.equal(x, kept(y, x, attrs)), 'float32'));

const elementwise: { [kernel: string]: Unary } = {
  Abs: (dy, x) => mul(dy, tf.sign(x)),
  Neg: (dy) => neg(dy),
  Square: (dy, x) => mul(dy, mul(x, 2)),
  Sqrt: (dy, _, y) => div(dy, mul(y, 2)),
  Rsqrt: (dy, x, y) => neg(div(mul(dy, y), mul(x, 2))),
  Reciprocal: (dy, _, y) => neg(mul(dy, square(y))),
  Exp: (dy, _, y) => mul(dy, y),
  Expm1: (dy, _, y) => mul(dy, add(y, 1)),
  Log: (dy, x) => div(dy, x),
  Log1p: (dy, x) => div(dy, add(x, 1)),
  Sin: (dy, x) => mul(dy, tf.cos(x)),
  Cos: (dy, x) => neg(mul(dy, tf.sin(x))),
  Tanh: (dy, _, y) => mul(dy, sub(1, square(y))),
  Sigmoid: (dy, _, y) => mul(dy, mul(y, sub(1, y))),
  Softplus: (dy, x) => mul(dy, tf.sigmoid(x)),
  Relu: (dy, x) => mul(dy, tf.step(x)),
  Erf: (dy, x) => mul(dy, mul(2 / Math.sqrt(Math.PI), exp(neg(square(x))))),
  Identity: (dy) => dy.clone(),
  Cast: (dy) => dy.clone(),
  Floor: (dy) => zerosLike(dy),
  Ceil: (dy) => zerosLike(dy),
  Round: (dy) => zerosLike(dy),
  Sign: (dy) => zerosLike(dy),
  Step: (dy) => zerosLike(dy),
  OnesLike: (dy) => zerosLike(dy),
  ZerosLike: (dy) => zerosLike(dy),
  ClipByValue: (dy, x, _, { clipValueMin, clipValueMax }) => {
    const inside = tf.logicalAnd(tf.greaterEqual(x, Number(clipValueMin)), tf.lessEqual(x, Number(clipValueMax)));
    return mul(dy, tf.cast(inside, 'float32'));
  },
};

const shapes: { [kernel: string]: Unary } = {
  Reshape: (dy, x) => tf.reshape(dy, x.shape),
  BroadcastTo: (dy, x) => unbroadcast(dy, x.shape),
  Transpose: (dy, _x, _y, { perm }) => tf.transpose(dy, inverse(numbers(perm))),
  Reverse: (dy, _x, _y, { dims }) => tf.reverse(dy, numbers(dims)),
  Slice: (dy, x, _y, { begin }) => {
    const from = numbers(begin);
    return tf.pad(
      dy,
      x.shape.map((n, d): [number, number] => [from[d], n - from[d] - dy.shape[d]]),
    );
  },
  PadV2: (dy, x, _y, { paddings }) => {
    const pads: unknown[] = Array.isArray(paddings) ? paddings : [];
    return tf.slice(
      dy,
      pads.map((pad) => numbers(pad)[0]),
      x.shape,
    );
  },
  Tile: (dy, x, _y, { reps }) => {
    const times = numbers(reps);
    const split = x.shape.flatMap((n, d) => [times[d], n]);
    return tf.reshape(
      tf.sum(
        tf.reshape(dy, split),
        x.shape.map((_, d) => 2 * d),
      ),
      x.shape,
    );
  },
  Sum: (dy, x, _y, attrs) => spread(dy, x, attrs),
  Mean: (dy, x, _y, attrs) => div(spread(dy, x, attrs), x.size / Math.max(1, dy.size)),
  Max: atExtreme,
  Min: atExtreme,
};

const inverse = (perm: number[]) => perm.map((_, d) => perm.indexOf(d));
const where = (condition: tf.Tensor, dy: tf.Tensor) => mul(dy, tf.cast(condition, 'float32'));

const binary: { [kernel: string]: Binary } = {
  Add: () => ({ a: (dy) => dy, b: (dy) => dy }),
  Sub: () => ({ a: (dy) => dy, b: (dy) => neg(dy) }),
  Multiply: (a, b) => ({ a: (dy) => mul(dy, b), b: (dy) => mul(dy, a) }),
  RealDiv: (a, b) => ({ a: (dy) => div(dy, b), b: (dy) => neg(div(mul(dy, a), square(b))) }),
  SquaredDifference: (a, b) => ({ a: (dy) => mul(dy, mul(2, sub(a, b))), b: (dy) => mul(dy, mul(2, sub(b, a))) }),
  Maximum: (a, b) => ({ a: (dy) => where(tf.greaterEqual(a, b), dy), b: (dy) => where(tf.less(a, b), dy) }),
  Minimum: (a, b) => ({ a: (dy) => where(tf.lessEqual(a, b), dy), b: (dy) => where(tf.greater(a, b), dy) }),
  Pow: (a, b, y) => ({
    a: (dy) => mul(dy, mul(b, tf.pow(a, sub(b, 1)))),
    b: (dy) => mul(dy, mul(y, tf.where(tf.greater(a, 0), log(a), zerosLike(a)))),
  }),
  ...Object.fromEntries(
    ['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual'].map((kernel): [string, Binary] => [
      kernel,
      (a, b) => ({ a: () => tf.zeros(a.shape), b: () => tf.zeros(b.shape) }),
    ]),
  ),
};

const one = (dy: tf.Tensor | tf.Tensor[]): tf.Tensor => (Array.isArray(dy) ? dy[0] : dy);
const all = (dy: tf.Tensor | tf.Tensor[]): tf.Tensor[] => (Array.isArray(dy) ? dy : [dy]);

/** Kernels whose inputs are neither one x nor a and b. */
const others: tf.GradConfig[] = [
  {
    kernelName: 'BatchMatMul',
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b], { transposeA, transposeB }) => {
      const g = one(dy);
      const da = () => (transposeA ? tf.matMul(b, g, Boolean(transposeB), true) : tf.matMul(g, b, false, !transposeB));
      const db = () => (transposeB ? tf.matMul(g, a, true, Boolean(transposeA)) : tf.matMul(a, g, !transposeA, false));
      return { a: () => unbroadcast(da(), a.shape), b: () => unbroadcast(db(), b.shape) };
    },
  },
  {
    kernelName: 'Softmax',
    outputsToSave: [true],
    gradFunc: (dy, [y], { dim }) => ({
      logits: () => mul(y, sub(one(dy), tf.sum(mul(one(dy), y), Number(dim), true))),
    }),
  },
  {
    kernelName: 'LogSoftmax',
    outputsToSave: [true],
    gradFunc: (dy, [y], { axis }) => ({
      logits: () => sub(one(dy), mul(exp(y), tf.sum(one(dy), Number(axis), true))),
    }),
  },
  {
    kernelName: 'Select',
    inputsToSave: ['condition'],
    gradFunc: (dy, [condition]) => ({
      condition: () => tf.zeros(condition.shape),
      t: () => where(condition, one(dy)),
      e: () => where(tf.logicalNot(condition), one(dy)),
    }),
  },
  {
    kernelName: 'Concat',
    saveAllInputs: true,
    gradFunc: (dy, parts, { axis }) => {
      const at = tf.util.parseAxisParam(Number(axis), parts[0].shape)[0];
      const grads = tf.split(
        one(dy),
        parts.map(({ shape }) => shape[at]),
        at,
      );
      return Object.fromEntries(grads.map((grad, k) => [k, () => grad]));
    },
  },
  {
    kernelName: 'Pack',
    saveAllInputs: true,
    gradFunc: (dy, parts, { axis }) => {
      const grads = tf.unstack(one(dy), Number(axis));
      return Object.fromEntries(parts.map((_, k) => [k, () => grads[k]]));
    },
  },
  {
    kernelName: 'AddN',
    saveAllInputs: true,
    gradFunc: (dy, parts) => Object.fromEntries(parts.map((_, k) => [k, () => one(dy).clone()])),
  },
  { kernelName: 'Unpack', gradFunc: (dy, _, { axis }) => ({ value: () => tf.stack(all(dy), Number(axis)) }) },
  { kernelName: 'SplitV', gradFunc: (dy, _, { axis }) => ({ x: () => tf.concat(all(dy), Number(axis)) }) },
  {
    kernelName: 'ExpandDims',
    inputsToSave: ['input'],
    gradFunc: (dy, [x]) => ({ input: () => tf.reshape(one(dy), x.shape) }),
  },
];

/**
 * Gives tfjs the gradients of the kernels that networks and losses are made of, where it has none: its entry for Node registers no
 * gradient at all. One that is there already stays.
 */
export function registerGradients(): void {
  const configs: tf.GradConfig[] = [
    ...Object.entries({ ...elementwise, ...shapes }).map(
      ([kernelName, rule]): tf.GradConfig => ({
        kernelName,
        inputsToSave: ['x'],
        outputsToSave: [true],
        gradFunc: (dy, [x, y], attrs) => ({ x: () => rule(one(dy), x, y, attrs) }),
      }),
    ),
    ...Object.entries(binary).map(
      ([kernelName, rule]): tf.GradConfig => ({
        kernelName,
        inputsToSave: ['a', 'b'],
        outputsToSave: [true],
        gradFunc: (dy, [a, b, y]) => {
          const grads = rule(a, b, y);
          return {
            a: () => unbroadcast(grads.a(one(dy)), a.shape),
            b: () => unbroadcast(grads.b(one(dy)), b.shape),
          };
        },
      }),
    ),
    ...others,
  ];
  for (const config of configs) if (!tf.getGradient(config.kernelName)) tf.registerGradient(config);
}
