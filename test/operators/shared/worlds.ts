import { pipeline, Readable } from 'node:stream';
import { from, type OperatorFunction } from 'rxjs';
import { toAsyncGenerator } from '../../../operators/streams/toAsyncGenerator.js';
import { toNodeTransform } from '../../../operators/streams/toNodeTransform.js';
import { toTransformStream } from '../../../operators/streams/toTransformStream.js';

/** A source of values that knows whether it is still held on to, and may end in an error. */
export class Source<In> {
  pulled = 0;
  open = 0;
  constructor(
    readonly values: readonly In[],
    readonly failure?: Error,
  ) {}

  *[Symbol.iterator](): Generator<In, void> {
    this.open++;
    try {
      for (const value of this.values) {
        this.pulled++;
        yield value;
      }
      if (this.failure) throw this.failure;
    } finally {
      this.open--;
    }
  }
}

/** An operator's outputs in one stream world, pulled one by one, until the signal aborts it all. */
export type World = <In, Out>(
  operator: OperatorFunction<In, Out>,
  source: Iterable<In>,
  signal?: AbortSignal,
) => AsyncIterable<Out>;

export const worlds: Record<'Node' | 'Web' | 'generator', World> = {
  Node: (operator, source, signal) =>
    pipeline(Readable.from(source), toNodeTransform(operator, signal && { signal }), () => {}),
  Web: (operator, source, signal) => {
    const iterator = source[Symbol.iterator]();
    const readable = new ReadableStream(
      {
        pull(controller) {
          const { done, value } = iterator.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: () => void iterator.return?.(),
      },
      { highWaterMark: 0 },
    );
    return readable.pipeThrough(toTransformStream(operator), signal && { signal });
  },
  generator: (operator, source, signal) => {
    const generator = toAsyncGenerator(operator)(source);
    signal?.addEventListener('abort', () => generator.return());
    return generator;
  },
};

export interface Outcome<Out> {
  out: Out[];
  error?: unknown;
}

/** Everything that comes out, up to the end or the error. */
export async function drain<Out>(stream: AsyncIterable<Out>): Promise<Outcome<Out>> {
  const out: Out[] = [];
  try {
    for await (const value of stream) out.push(value);
  } catch (error) {
    return { out, error };
  }
  return { out };
}

/** The same in RxJS, which says all of it in one turn. */
export function observe<In, Out>(operator: OperatorFunction<In, Out>, source: Iterable<In>): Outcome<Out> {
  const outcome: Outcome<Out> = { out: [] };
  from(source)
    .pipe(operator)
    .subscribe({
      next: (value) => outcome.out.push(value),
      error: (error) => {
        outcome.error = error;
      },
    });
  return outcome;
}
