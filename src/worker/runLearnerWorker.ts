import { loadKernels } from '#kernels';
import { EddyError } from '../core/errors.js';
import { createBareRuntime } from '../runtime/bare.js';
import { HostedLearner, type OwnOptions } from './hostedLearner.js';
import { buffersOf, type FromLearner, isToLearner, type ToLearner } from './messages.js';
import { listen, type Port, post } from './port.js';

export interface RunLearnerWorkerOptions extends OwnOptions {
  /** eddy's kernels, where the host does not let the worker load them itself. Default: `loadKernels()`. */
  readonly kernels?: WebAssembly.Module;
}

/**
 * Serves a learner to the other end of a port: what a worker's file calls. It waits for `learnInWorker` or `createWorkerLearner` there to say
 * what model and how; it learns on a memory of its own, without tfjs, and goes when the other end closes.
 *
 *     runLearnerWorker(parentPort); // node:worker_threads
 *     runLearnerWorker(self);       // a Web Worker
 *
 * @param options what a message cannot carry: a loss of one's own, a schedule, the clock of a budget
 */
export function runLearnerWorker(port: Port, { kernels, ...own }: RunLearnerWorkerOptions = {}): void {
  const loading = kernels ? Promise.resolve(kernels) : loadKernels();
  loading.catch(() => {}); // it is reported when the learner opens
  let served: HostedLearner | undefined;
  const answer = (message: FromLearner, transfer?: ArrayBuffer[]) => post(port, message, transfer);
  const handOver = (block: Float32Array<ArrayBuffer>, learned: number) =>
    answer({ eddy: 'weights', block, learned }, [block.buffer]);

  const take = async (message: ToLearner): Promise<void> => {
    if (message.eddy === 'open') {
      const runtime = createBareRuntime(await loading);
      served = new HostedLearner(runtime, message.learner, own, handOver);
    } else if (message.eddy === 'learn') {
      const { batch } = message;
      served?.learn(batch);
      if (served) answer({ eddy: 'learned', batch, report: served.report() }, buffersOf(batch));
    } else if (message.eddy === 'spent') {
      served?.spent(message.block);
    } else if (message.eddy === 'finish') {
      served?.finish();
      if (served) answer({ eddy: 'finished', report: served.report() });
    } else end();
  };
  const end = () => {
    stop();
    served?.dispose();
    served = undefined;
  };
  const fail = (error: unknown) => {
    end();
    const { code, message } = error instanceof EddyError ? error : { code: 'host' as const, message: String(error) };
    answer({ eddy: 'failed', code, message });
  };

  // One at a time: what comes while the kernels are loaded waits for them.
  let turn = Promise.resolve();
  const hear = (message: unknown) => {
    if (isToLearner(message)) turn = turn.then(() => take(message)).catch(fail);
  };
  const stop = listen(port, hear, end);
}
