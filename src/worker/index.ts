export type { HandOver, LearnerReport } from './messages.js';
export type { WorkerLearnerOptions } from './options.js';
export type { NodePort, Port, WebPort } from './port.js';
export { type RunLearnerWorkerOptions, runLearnerWorker } from './runLearnerWorker.js';
export {
  createWorkerLearner,
  type WorkerLearner,
  type WorkerLearnerCounts,
  type WorkerLearnStep,
} from './workerLearner.js';
