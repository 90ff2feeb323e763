import type { Frame } from './frame.js';
import { Refusal } from './refusal.js';

/** What a frame's samples brought, one element a sample in every column. */
export interface Answer {
  readonly type: 'answer';
  readonly sensor: string;
  /** The sequence number of the first sample below. */
  readonly first: number;
  /** Samples that the sensor has learned from, these included: the next is number `taken` + 1. */
  readonly taken: number;
  /** Samples of the frame that had been taken before: they are not learned from again. */
  readonly duplicates: number;
  readonly value: readonly number[];
  /** Of the sample that follows each, and the interval that nine in ten fall into; null while there is none. */
  readonly forecast: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  /** How surprising each was after what had been expected of it, from 0 to 1; an alarm is one from 0.5 on that says something new. */
  readonly score: readonly number[];
  readonly alarm: readonly boolean[];
}

/** The acknowledgement of samples taken so long ago that their answer is not kept any more. */
export interface Duplicate {
  readonly type: 'duplicate';
  readonly sensor: string;
  readonly first: number;
  readonly taken: number;
  readonly duplicates: number;
}

/** What a sensor remembers of its stream. */
export interface Past {
  readonly taken: number;
  /** To the last frame that brought something new. */
  readonly answer: Answer | undefined;
}

/**
 * How many of a frame's samples have been taken before.
 *
 * @throws Refusal `gap` where samples before the frame are missing, `conflict` where one had another value.
 */
export function countKnown({ first, values }: Frame, { taken, answer }: Past): number {
  const expected = taken + 1;
  if (first > expected) {
    throw new Refusal(
      'gap',
      `the next sample must be number ${expected}, got ${first}; send those between first`,
      expected,
    );
  }
  const known = Math.min(values.length, expected - first);
  for (let i = 0; answer && i < known; i++) {
    const kept = answer.value[first + i - answer.first];
    if (kept !== undefined && kept !== values[i]) {
      const message = `sample ${first + i} has been taken as ${kept}, got ${values[i]}; go on with number ${expected}`;
      throw new Refusal('conflict', message, expected);
    }
  }
  return known;
}

/** The answer to a frame that is known from end to end: the one that was given, while it is kept. */
export function answerAgain(sensor: string, { first, values }: Frame, { taken, answer }: Past): Answer | Duplicate {
  const duplicates = values.length;
  if (!answer || first < answer.first) return { type: 'duplicate', sensor, first, taken, duplicates };
  const part = <T>(column: readonly T[]) => column.slice(first - answer.first, first - answer.first + duplicates);
  return {
    ...{ type: 'answer', sensor, first, taken, duplicates },
    value: part(answer.value),
    forecast: part(answer.forecast),
    low: part(answer.low),
    high: part(answer.high),
    score: part(answer.score),
    alarm: part(answer.alarm),
  };
}
