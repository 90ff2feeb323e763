// The long form of test/operators/soak.test.ts: 100,000 rounds of subscribing and leaving, 10 million samples, for each operator.
// It takes some minutes: node scripts/soak.mjs
import { spawnSync } from 'node:child_process';

const { status } = spawnSync('npx', ['vitest', 'run', 'test/operators/soak.test.ts'], {
  stdio: 'inherit',
  env: { ...process.env, SOAK: 'full' },
});
process.exit(status ?? 1);
