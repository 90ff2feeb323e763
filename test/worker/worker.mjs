import { parentPort } from 'node:worker_threads';
import { runLearnerWorker } from 'rx-eddy/worker';

runLearnerWorker(parentPort);
