import * as eddy from 'rx-eddy';
import { digest, runCases } from './run.mjs';

self.onmessage = async ({ data: steps }) => {
  self.postMessage(await digest(await runCases(eddy, eddy.createModel, steps)));
};
