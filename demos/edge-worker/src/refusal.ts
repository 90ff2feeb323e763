import { EddyError } from 'rx-eddy/bare';

/** Each refusal's HTTP status, and, where a WebSocket does not outlive it, its close code (RFC 6455 §7.4.1). */
const REFUSALS = {
  malformed: { status: 400, close: 1007 },
  'invalid-name': { status: 400 },
  unauthorized: { status: 401 },
  'not-found': { status: 404 },
  'unknown-sensor': { status: 404 },
  'method-not-allowed': { status: 405 },
  gap: { status: 409 },
  conflict: { status: 409 },
  'other-model': { status: 409, close: 1011 },
  'length-required': { status: 411 },
  'too-large': { status: 413, close: 1009 },
  'unsupported-type': { status: 415, close: 1003 },
  'invalid-sample': { status: 422 },
  'upgrade-required': { status: 426 },
  'too-many-frames': { status: 429 },
  'too-many-sockets': { status: 429 },
  'read-only': { status: 403, close: 1008 },
  damaged: { status: 500, close: 1011 },
  internal: { status: 500, close: 1011 },
  storage: { status: 503 },
} as const satisfies Record<string, { status: number; close?: number }>;

export type RefusalCode = keyof typeof REFUSALS;

/** What a client gets in place of an answer. */
export interface ErrorReply {
  readonly type: 'error';
  readonly code: RefusalCode;
  readonly status: number;
  readonly message: string;
  /** The sequence number that the sensor waits for, where that helps. */
  readonly expected?: number;
}

/** Why a frame or a request is not taken; nothing has changed then. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly expected?: number,
  ) {
    super(message);
  }

  get close(): number | undefined {
    const refusal = REFUSALS[this.code];
    return 'close' in refusal ? refusal.close : undefined;
  }

  get reply(): ErrorReply {
    const { code, message, expected } = this;
    const { status } = REFUSALS[code];
    return { type: 'error', code, status, message, ...(expected === undefined ? {} : { expected }) };
  }

  toResponse(): Response {
    return Response.json(this.reply, { status: this.reply.status });
  }
}

const OF_EDDY: { readonly [code: string]: RefusalCode } = {
  host: 'storage',
  'invalid-file': 'damaged',
  'invalid-state': 'other-model',
  'invalid-weights': 'other-model',
  'invalid-sample': 'invalid-sample',
};

/** Whatever was thrown, as a refusal. What no one has foreseen keeps its words to itself. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const code = error instanceof EddyError ? OF_EDDY[error.code] : undefined;
  if (code && error instanceof EddyError) return new Refusal(code, error.message);
  console.error(error);
  return new Refusal('internal', 'the sensor could not do this; nothing has changed, try again');
}
