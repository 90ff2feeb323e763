import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { follow, readRecipe } from './recipe.js';
import { root } from './sources.js';

const pages = readdirSync(join(root, 'docs/recipes'));
const recipes = pages.map((page) => readRecipe(join(root, 'docs/recipes', page)));
const commands = recipes.flatMap((recipe) => recipe.commands);
const copy = mkdtempSync(join(tmpdir(), 'eddy-recipes-'));
const report = join(copy, 'build/report.json');
const shell = (command: string) => {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: copy, encoding: 'utf8' });
  expect(status, `${command}\n${stdout}${stderr}`).toBe(0);
  return stdout;
};

/** What a recipe adds, and the test that must have met it. */
const met = {
  cell: /^leaky .*steps and gradients are those of its reference$/,
  loss: /^charbonnier /,
  store: /^a webStorage store /,
  operator: /^smooth keeps the laws of operators: /,
  demo: /^finds some alarms/,
};

beforeAll(() => {
  // Packages and data are only read; this test itself would copy without end.
  const shared = ['node_modules', 'data'];
  const left = [...shared, '.git', 'build', 'dist', 'test/house/recipes.long.test.ts'];
  cpSync(root, copy, { recursive: true, filter: (source) => !left.includes(relative(root, source)) });
  for (const folder of shared) symlinkSync(join(root, folder), join(copy, folder));
  for (const recipe of recipes) follow(recipe, copy);
});
afterAll(() => rmSync(copy, { recursive: true }));

describe('the recipes, all followed in one copy of the repository', () => {
  it('are those that CONTRIBUTING.md names', () => {
    const guide = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
    expect([...guide.matchAll(/\(docs\/recipes\/(\w+\.md)\)/g)].map(([, page]) => page).sort()).toEqual(pages.sort());
    expect(Object.keys(met).sort()).toEqual(pages.map((page) => page.replace('.md', '')).sort());
  });

  it('end in a package that builds, and in sources of the house’s form', { timeout: 300_000 }, () => {
    shell('npm run -s build');
    shell('npx biome check --write');
    shell('npx biome check');
  });

  it('end in tests that pass, and that have met what was added', { timeout: 600_000 }, () => {
    const files = commands.flatMap((command) => command.match(/^npx vitest run (.*)$/)?.[1] ?? []).join(' ');
    shell(`npx vitest run ${files} --maxWorkers=1 --reporter=json --outputFile=${report} || true`);
    const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
    const tests: { fullName: string; status: string; failureMessages: string[] }[] = testResults.flatMap(
      ({ assertionResults }: { assertionResults: object[] }) => assertionResults,
    );
    const fails = ({ status }: { status: string }) => status !== 'passed';
    expect(tests.filter(fails).map(({ fullName, failureMessages }) => ({ fullName, failureMessages }))).toEqual([]);
    expect(testResults.filter(fails)).toEqual([]);
    for (const name of Object.values(met)) expect(tests.some(({ fullName }) => name.test(fullName))).toBe(true);
  });

  it('end in programs that run', { timeout: 120_000 }, () => {
    const programs = commands.filter((command) => /^node scripts\/run\.mjs/.test(command));
    expect(programs.map((program) => shell(program))).toEqual([expect.stringMatching(/^\d+ alarms\n$/)]);
  });
});
