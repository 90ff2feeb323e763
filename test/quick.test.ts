import { expect, it } from 'vitest';
import { createModel, dense, lstm } from '../src/index.js';
it('steps', async () => {
  const m = await createModel({ input: 4, layers: [lstm(32)], output: dense(1), seed: 7 });
  const s = m.openState();
  const x = new Float32Array([.1,.2,.3,.4]); const out = new Float32Array(1);
  console.log(m.step(x, s), m.step(x, s));
  for (const H of [8,20,32,64,128,256]) {
    const m = await createModel({ input: 1, layers: [lstm(H)], output: dense(1), seed: 7 });
    const s = m.openState(); const x = new Float32Array([.1]);
    for (let r=0;r<3;r++){
    const t=performance.now(); const n=2e6/H|0; for (let i=0;i<n;i++) m.step(x,s,out);
    if(r==2)console.log(H,((performance.now()-t)/n*1e3).toFixed(3),'us');}
  }
});
