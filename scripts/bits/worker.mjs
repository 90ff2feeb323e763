// In workerd.
import * as eddy from 'rx-eddy';
import { digest, runCases } from './run.mjs';

export default {
  async fetch(request) {
    const steps = Number(new URL(request.url).searchParams.get('steps'));
    return Response.json(await digest(await runCases(eddy, eddy.createModel, steps)));
  },
};
