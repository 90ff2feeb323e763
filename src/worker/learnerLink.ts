import { EddyError } from '../core/errors.js';
import type { StateRecord } from '../nn/model/state.js';
import {
  buffersOf,
  type FromLearner,
  isFromLearner,
  type LearnerRecord,
  type LearnerReport,
  type ToLearner,
} from './messages.js';
import { close, listen, type Port, post } from './port.js';
import type { SampleQueue } from './sampleQueue.js';

/** What a link asks of the end that predicts. */
export interface LinkEnd {
  /** The learner as it shall begin, when its first samples go out. */
  open(): LearnerRecord;
  weights(block: Float32Array, learned: number): void;
  report(report: LearnerReport): void;
  failed(error: EddyError): void;
}

/** The way from the end that predicts to the learner: one message with samples is on it at a time, the others wait. */
export class LearnerLink {
  /** What has ended it. */
  failure: EddyError | undefined;
  readonly #port: Port;
  readonly #waiting: SampleQueue;
  readonly #end: LinkEnd;
  readonly #stop: () => void;
  /** The number of the first sample that has not been sent; 0: the learner has not been opened. */
  #next = 0;
  /** Is a message on its way that will be answered? */
  #busy = false;
  #closed = false;
  #finishing: { resolve: () => void; reject: (error: EddyError) => void } | undefined;

  constructor(port: Port, waiting: SampleQueue, end: LinkEnd) {
    this.#port = port;
    this.#waiting = waiting;
    this.#end = end;
    const hear = (message: unknown) => {
      if (isFromLearner(message)) this.#take(message);
    };
    this.#stop = listen(port, hear, (how) => this.#lost(how));
  }

  /** A sample with what came with it; `before` is the state that stood before it, where it begins a batch. */
  add(index: number, x: Float32Array, target: Float32Array | undefined, begins: boolean, before?: StateRecord): void {
    this.#waiting.add(index, x, target, begins, before);
    if (!this.#busy) this.#send();
  }

  /** Settles when the learner has learned all that waits. */
  finish(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#finishing = { resolve, reject };
      if (!this.#busy) this.#send();
    });
  }

  close(): void {
    this.#closed = true;
    this.#stop();
    this.#post({ eddy: 'close' });
    close(this.#port);
    this.#settle(new EddyError('disposed', 'learnerApart.finish: the learner must be open, it has been disposed'));
  }

  #send(): void {
    const batch = this.#waiting.take();
    if (batch) {
      if (this.#next === 0) this.#open();
      if (batch.first === this.#next) batch.state = undefined;
      this.#next = batch.first + batch.count;
      this.#busy = true;
      this.#post({ eddy: 'learn', batch }, buffersOf(batch));
    } else if (this.#finishing && this.#next === 0) {
      this.#settle();
    } else if (this.#finishing) {
      this.#busy = true;
      this.#post({ eddy: 'finish' });
    }
  }

  #open(): void {
    const learner = this.#end.open();
    this.#post({ eddy: 'open', learner }, [learner.weights.buffer]);
  }

  #take(message: FromLearner): void {
    if (message.eddy === 'weights') {
      const { block, learned } = message;
      this.#end.weights(block, learned);
      this.#post({ eddy: 'spent', block }, [block.buffer]);
    } else if (message.eddy === 'failed') {
      this.#fail(new EddyError(message.code, `learnerApart: the learner in its worker has failed. ${message.message}`));
    } else {
      this.#busy = false;
      this.#end.report(message.report);
      if (message.eddy === 'learned') {
        this.#waiting.reuse(message.batch);
        this.#send();
      } else this.#settle();
    }
  }

  #lost(how: string): void {
    this.#fail(
      new EddyError(
        'host',
        `learnerApart: the worker must live as long as its stream, it ${how}; look for the cause there, and open another`,
      ),
    );
  }

  #fail(error: EddyError): void {
    if (this.failure || this.#closed) return;
    this.failure = error;
    this.#stop();
    this.#settle(error);
    this.#end.failed(error);
  }

  #settle(error?: EddyError): void {
    const finishing = this.#finishing;
    this.#finishing = undefined;
    if (error) finishing?.reject(error);
    else finishing?.resolve();
  }

  #post(message: ToLearner, transfer?: ArrayBuffer[]): void {
    post(this.#port, message, transfer);
  }
}
