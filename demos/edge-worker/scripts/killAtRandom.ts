// node build/edge/killAtRandom.mjs: kill -9 of workerd at random moments while four sensors learn; see edgeKills for what is held against what.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { edgeKills } from './edgeKills.js';

const kills = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? 1);
const storage = mkdtempSync(join(tmpdir(), 'eddy-kills-'));
const result = await edgeKills({ folder: 'build/edge/worker', storage, kills, seed });
rmSync(storage, { recursive: true });
console.log(JSON.stringify(result));
if (result.lost + result.otherAnswers + result.otherBits > 0) process.exitCode = 1;
