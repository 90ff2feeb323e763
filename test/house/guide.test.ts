import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './sources.js';

const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = tracked.filter((path) => path.endsWith('.md'));
const { scripts } = JSON.parse(read('package.json'));

describe('npm scripts', () => {
  it('are few: those that a person runs', () => {
    expect(Object.keys(scripts).length).toBeLessThanOrEqual(15);
  });

  it('exist where a page, a program or a message names one', () => {
    const named = tracked
      .filter((path) => /\.(md|ts|mjs|jsonc)$/.test(path))
      .flatMap((path) =>
        [...read(path).matchAll(/\bnpm run (?:-s )?([a-z][\w:-]*[a-z])/g)].map(([, name]) => ({ path, name })),
      );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter(({ name }) => !(name in scripts))).toEqual([]);
  });
});

describe('pages', () => {
  it('name programs that exist', () => {
    const programs = pages.flatMap((page) =>
      [...read(page).matchAll(/\bnode (?:scripts\/run\.mjs )?((?:scripts|bench|demos)\/[\w./-]+\.(?:mjs|ts))/g)].map(
        ([, program]) => ({ page, program }),
      ),
    );
    // The recipe of a demo makes its own.
    const missing = programs.filter(({ page, program }) => !page.includes('recipes/') && !tracked.includes(program));
    expect(missing).toEqual([]);
  });

  it('link to files that exist', () => {
    const links = pages.flatMap((page) =>
      // What stands in code is no link.
      [
        ...read(page)
          .replace(/^(`{3,})[\s\S]*?^\1$/gm, '')
          .replace(/`[^`\n]*`/g, '')
          .matchAll(/\]\(([^)#\s]+)[^)]*\)/g),
      ]
        .map(([, link]) => ({ page, link }))
        .filter(({ link }) => !/^\w+:/.test(link)),
    );
    expect(links.filter(({ page, link }) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
  });

  it('have a map of the house that is of today’s imports', () => {
    execFileSync(process.execPath, ['scripts/houseMap.mjs', '--check'], { cwd: root });
  });
});
