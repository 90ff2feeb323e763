import type { FromLearner, LearnerSetting, Take, ToLearner } from '../messages.js';

/** The page's end of a learner in a Web Worker. */
export class Learner {
  readonly #worker = new Worker(new URL('../learner/main.ts', import.meta.url), { type: 'module' });

  constructor(kernels: WebAssembly.Module, setting: LearnerSetting, hear: (message: FromLearner) => void) {
    this.#worker.onmessage = ({ data }: MessageEvent<FromLearner>) => hear(data);
    this.#worker.onerror = ({ message }) =>
      hear({ type: 'failed', message: message || 'the worker could not be started' });
    this.#post({ type: 'open', kernels, setting });
  }

  follow(port: MessagePort): void {
    this.#post({ type: 'follow', port }, [port]);
  }

  pause(paused: boolean): void {
    this.#post({ type: 'pause', paused });
  }

  learn(take: Take): void {
    this.#post({ type: 'learn', take });
  }

  close(): void {
    this.#worker.terminate();
  }

  #post(message: ToLearner, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
