// npm run bench [-- --only REGEX --workloads W1,W2 --quick --json FILE --readme]
//   --only REGEX       contestants by name        --workloads W1,W2,…   of W1 to W6, audio, heap
//   --quick            few, short slices          --json FILE           rows { workload, config, contestant, unit, min, median }
//   --configs REGEX    configurations by name     --readme              writes the tables into README.md
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { audio } from './audio.mjs';
import { coldStart } from './coldStart.mjs';
import { contestants } from './contestants.mjs';
import { growth } from './growth.mjs';
import { jsHeap } from './heap.mjs';
import { startContestant } from './process.mjs';
import { race } from './race.mjs';
import { report, writeReadme } from './report.mjs';
import { streams } from './streams.mjs';
import { configurations } from './workloads.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    workloads: { type: 'string', default: 'W1,W2,W3,W4,W5,W6,audio,heap' },
    configs: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    readme: { type: 'boolean', default: false },
  },
});
const workloads = options.workloads.split(',');
const wantedNames = new RegExp(options.only);
const wantedConfigs = new RegExp(options.configs);
const pace = options.quick ? { slices: 3, milliseconds: 5, warmUp: 20 } : { slices: 25, milliseconds: 12, warmUp: 150 };

const missing = {};
const versions = {};
const live = [];
for (const contestant of contestants.filter(({ name }) => wantedNames.test(name))) {
  const reason = contestant.missing?.();
  if (reason) {
    missing[contestant.name] = reason;
    continue;
  }
  const process = startContestant(contestant);
  const [what, why] = await process.ask('', 60_000);
  if (what === 'hello') live.push({ ...contestant, process });
  else missing[contestant.name] = why;
  versions[contestant.name] = contestant.version?.();
}

const rows = [];
const native = live.find(({ name }) => name === 'C native');
const peak = native && (await native.process.ask('peak')).slice(1).map(Number);
for (const config of configurations) {
  if (!workloads.includes(config.work) || !wantedConfigs.test(config.name)) continue;
  // An update takes up to a hundred times as long as a sample.
  const slow = config.work === 'W1' ? pace : { ...pace, milliseconds: 2 * pace.milliseconds };
  const found = await race(config, live, slow);
  rows.push(...found);
  const shown = found.map(({ contestant, min, note }) => `${contestant} ${min?.toPrecision(3) ?? note}`);
  console.error(`${config.work} ${config.name}: ${shown.join(' · ')}`);
}
for (const { process } of live) process.stop();

const others = { W4: coldStart, W5: streams, W6: growth, audio, heap: jsHeap };
for (const [name, measure] of Object.entries(others)) {
  if (!workloads.includes(name) || !wantedNames.test('eddy')) continue;
  const found = await measure({ quick: options.quick, contestants: live, peak });
  rows.push(...found);
  for (const { config, contestant, unit, min } of found) {
    console.error(`${name} ${config}: ${contestant} ${min?.toPrecision(3)} ${unit}`);
  }
}

if (options.json) writeFileSync(options.json, `${JSON.stringify(rows, null, 1)}\n`);
const text = report({ rows, missing, versions, peak });
if (options.readme) writeReadme(text);
console.log(text);
