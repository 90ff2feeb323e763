import { readFileSync, writeFileSync } from 'node:fs';

const README = 'demos/edge-worker/README.md';

/** Puts a text between the README's marks of a name. */
export function intoReadme(name: string, part: string): void {
  const [before, after] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const text = readFileSync(README, 'utf8');
  if (!text.includes(before) || !text.includes(after)) throw new Error(`${README} must have ${before} and ${after}`);
  const head = text.slice(0, text.indexOf(before) + before.length);
  writeFileSync(README, `${head}\n\n${part.trim()}\n\n${text.slice(text.indexOf(after))}`);
}
