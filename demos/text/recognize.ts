import { adam, cosine, createModel, crossEntropy, dense, embedding, type gru, type Model } from 'rx-eddy';
import { learn, predict } from 'rx-eddy/operators';
import { concat, defer, from } from 'rxjs';
import { type Letter, type Line, type Lines, letters, SYMBOLS } from './lines.js';

export interface Result {
  /** Of the test lines that were told rightly, at their last letter. */
  accuracy: number;
  /** Of the last thousand training letters, in nats. */
  loss: number;
  letters: number;
}

/** Streams the training lines through a network letter by letter, `epochs` times, then asks it for the languages of the test lines. */
export async function recognize(lines: Lines, layer: ReturnType<typeof gru>, epochs: number): Promise<Result> {
  using model = await createModel({
    input: 1,
    layers: [embedding(SYMBOLS, 8), layer],
    output: dense(lines.languages.length, { activation: 'softmax' }),
    seed: 1,
  });
  let count = 0;
  let loss = Math.log(lines.languages.length);
  concat(...Array.from({ length: epochs }, () => defer(() => from(letters(lines.train)))))
    .pipe(
      learn<Letter>(model, {
        features: ({ symbol }) => symbol,
        // Every letter is asked for the line's language: what is known of it so far.
        target: ({ language }) => language,
        resetWhen: ({ first }) => first,
        // One update a line, over all of it: shorter windows would teach one language at a time and forget the others.
        k1: Number.POSITIVE_INFINITY,
        k2: Number.POSITIVE_INFINITY,
        maxSteps: Math.max(...lines.train.map(({ symbols }) => symbols.length)),
        loss: crossEntropy,
        optimizer: adam(5e-3),
        schedule: cosine(epochs * lines.train.length),
        clipNorm: 1,
      }),
    )
    .subscribe(({ scored }) => {
      count++;
      if (scored) loss += (scored.loss - loss) / 1000;
    });
  return { accuracy: test(model, lines.test), loss, letters: count };
}

/** The share of lines whose most likely language, at the last letter, is theirs. */
function test(model: Model, lines: readonly Line[]): number {
  let right = 0;
  let line = 0;
  from(letters(lines))
    .pipe(
      predict<Letter>(model, {
        features: ({ symbol }) => symbol,
        resetWhen: ({ first }) => first,
        emit: ({ last }) => last,
      }),
    )
    .subscribe((shares) => {
      if (shares.indexOf(Math.max(...shares)) === lines[line++].language) right++;
    });
  return right / lines.length;
}
