import { EddyError } from '../../core/errors.js';
import { requireCount } from '../cells/cell.js';

/** Above it float32 no longer tells whole numbers apart. */
const MOST_SYMBOLS = 0x1000000;

/** An embedding in a model's definition: made by `embedding(256, 16)`. */
export interface EmbeddingSpec {
  /** Symbols are 0 … symbols − 1. */
  readonly symbols: number;
  /** Numbers that stand for a symbol. */
  readonly width: number;
}

/**
 * The first entry of a model's `layers` where samples are symbols: a sample is one whole number from 0, and the layer above reads the row of
 * a learned table [symbols × width] that belongs to it. Rows start standard normal.
 *
 *     createModel({ input: 1, layers: [embedding(256, 16), gru(64)], output: dense(4, { activation: 'softmax' }) })
 *
 * Its weights are 'layers.0.weight', as in PyTorch's Embedding; the gradient by the symbol itself is 0.
 *
 * Bengio, Ducharme, Vincent & Jauvin 2003, jmlr.org/papers/v3/bengio03a.
 *
 * @throws EddyError `invalid-option` unless both are whole numbers ≥ 1, symbols at most 2²⁴.
 */
export function embedding(symbols: number, width: number): EmbeddingSpec {
  requireCount('embedding', 'symbols', symbols);
  requireCount('embedding', 'width', width);
  if (symbols > MOST_SYMBOLS) {
    throw new EddyError(
      'invalid-option',
      `embedding: symbols must be at most ${MOST_SYMBOLS}, got ${symbols}; hash rare symbols together`,
    );
  }
  return { symbols, width };
}

/** Fails with `invalid-sample` unless the `count` numbers at `at` are symbols of the embedding. */
export function checkSymbols(
  { symbols }: EmbeddingSpec,
  memory: Float32Array,
  at: number,
  count: number,
  where: string,
  index: number,
): void {
  for (let i = 0; i < count; i++) {
    const symbol = memory[at + i];
    if (symbol >= 0 && symbol < symbols && Math.floor(symbol) === symbol) continue;
    throw new EddyError(
      'invalid-sample',
      `${where}: sample ${index} must be a symbol, a whole number from 0 to ${symbols - 1}, got ${symbol}; map unknown symbols to one of their own`,
    );
  }
}
