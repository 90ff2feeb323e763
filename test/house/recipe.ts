import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One step of a recipe: a new file, or lines for a file that exists. */
interface Step {
  readonly path: string;
  /** The lines go after each line that starts with this, its indentation left out; undefined: the file is new. */
  readonly after: string | undefined;
  readonly text: string;
}

/** A page of docs/recipes as a reader follows it. */
export interface Recipe {
  readonly steps: readonly Step[];
  /** Shell commands, in order. */
  readonly commands: readonly string[];
}

const FENCE = '\\n\\n(?<fence>`{3,4})\\w+\\n(?<text>[\\s\\S]*?)^\\k<fence>$';
const STEP = new RegExp(
  `^(?:New \`(?<made>[^\`]+)\`|In \`(?<changed>[^\`]+)\`, after the line that starts with (?<ticks>\`\`?) ?(?<after>.+?) ?\\k<ticks>):${FENCE}`,
  'gm',
);

export function readRecipe(file: string): Recipe {
  const page = readFileSync(file, 'utf8');
  const steps = Array.from(page.matchAll(STEP), ({ groups = {} }) => ({
    path: groups.made ?? groups.changed,
    after: groups.after,
    text: groups.text,
  }));
  const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, lines]) => lines.trim().split('\n'));
  return { steps, commands };
}

/** Does a recipe's steps in a copy of the repository. */
export function follow({ steps }: Recipe, root: string): void {
  for (const { path, after, text } of steps) {
    const file = join(root, path);
    if (after === undefined) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, { flag: 'wx' });
      continue;
    }
    const lines = readFileSync(file, 'utf8').split('\n');
    const anchored = lines.map((line) => (line.trimStart().startsWith(after) ? `${line}\n${text.trimEnd()}` : line));
    if (anchored.join('\n') === lines.join('\n')) throw new Error(`${path} has no line that starts with ${after}`);
    writeFileSync(file, anchored.join('\n'));
  }
}
