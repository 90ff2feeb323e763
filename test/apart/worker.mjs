import { parentPort } from 'node:worker_threads';
import { serveLearner } from 'rx-eddy/worker';

serveLearner(parentPort);
