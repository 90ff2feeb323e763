// Draws docs/figures/house.svg: the folders of the code, by layer, and which imports which. An import that follows from two others is left out:
// where bin imports forecast and forecast imports core, no line goes from bin to core.
//   node scripts/houseMap.mjs [--check]      --check: fails where the picture is not of today's imports
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const picture = join(root, 'docs/figures/house.svg');
const WIDTH = 1120;
const BOX = { width: 150, height: 34 };
const ROW = 78;

/** The folder that a file is drawn in: src/nn, operators/sound, bin, demos; the entries of the package are src itself. */
function roomOf(path) {
  const folders = dirname(path).split('/');
  return folders.slice(0, folders[0] === 'src' || folders[0] === 'operators' ? 2 : 1).join('/');
}

/** Every import between files of the house, type imports too: [from, to] by room. */
function arrows() {
  const found = new Map();
  for (const top of ['src', 'operators', 'bin', 'demos']) {
    for (const file of readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })) {
      if (!/\.ts$/.test(file) || file.includes('.generated.')) continue;
      const path = join(top, file);
      const text = readFileSync(join(root, path), 'utf8');
      const rooms = found.get(roomOf(path)) ?? new Set();
      found.set(roomOf(path), rooms);
      for (const [, to] of text.matchAll(/\b(?:from|import) '([^']+)';$/gm)) {
        const target = publishedAs(to) ?? (to.startsWith('.') ? roomOf(normalize(join(dirname(path), to))) : undefined);
        if (/^(src|operators|bin|demos)\b/.test(target ?? '') && target !== roomOf(path)) rooms.add(target);
      }
    }
  }
  return found;
}

/** The room behind one of the package's own names. */
function publishedAs(name) {
  if (!name.startsWith('rx-eddy')) return undefined;
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const pattern = /^rx-eddy\/operators\/(\w+)\//.exec(name);
  if (pattern) return `operators/${pattern[1]}`;
  const types = exports[name.replace('rx-eddy', '.')]?.types;
  return types ? roomOf(types.replace('./dist/', '')) : undefined;
}

/** Is there a way from one room to another that passes through a third? */
function passes(found, from, to) {
  const reached = new Set([...found.get(from)].filter((room) => room !== to));
  for (const room of reached) {
    if (room !== from) for (const next of found.get(room) ?? []) reached.add(next);
  }
  return reached.has(to);
}

/** How far above the ground: one more than the highest room that it imports. Rooms that import each other share a floor. */
function floors(found) {
  const floor = new Map();
  const visit = (room, trail) => {
    if (floor.has(room)) return floor.get(room);
    if (trail.includes(room)) return -1;
    const below = [...(found.get(room) ?? [])].map((to) => visit(to, [...trail, room]));
    const own = 1 + Math.max(-1, ...below);
    floor.set(room, own);
    return own;
  };
  for (const room of [...found.keys()].sort()) visit(room, []);
  return floor;
}

function draw() {
  const found = arrows();
  const floor = floors(found);
  const top = Math.max(...floor.values());
  const place = new Map();
  for (let level = 0; level <= top; level++) {
    const rooms = [...floor].flatMap(([room, own]) => (own === level ? [room] : [])).sort();
    for (const [i, room] of rooms.entries()) {
      place.set(room, { x: (WIDTH * (i + 0.5)) / rooms.length, y: 24 + (top - level) * ROW });
    }
  }
  const lines = [...found].flatMap(([from, rooms]) =>
    [...rooms].sort().flatMap((to) => {
      const [a, b] = [place.get(from), place.get(to)];
      if (!a || !b || passes(found, from, to)) return [];
      const [y1, y2] = [a.y + BOX.height, b.y];
      return [
        `<path d="M${a.x.toFixed(0)} ${y1}C${a.x.toFixed(0)} ${y1 + 30} ${b.x.toFixed(0)} ${y2 - 30} ${b.x.toFixed(0)} ${y2}"/>`,
      ];
    }),
  );
  const boxes = [...place].map(([room, { x, y }]) => {
    const left = (x - BOX.width / 2).toFixed(0);
    return `<rect x="${left}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="4"/><text x="${x.toFixed(0)}" y="${y + 22}">${room}</text>`;
  });
  const height = 24 + top * ROW + BOX.height + 24;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="The folders of eddy's code by layer, and which imports which">
<style>rect{fill:#f4f6f8;stroke:#4a5a6a}text{font:13px sans-serif;text-anchor:middle;fill:#1b2733}path{fill:none;stroke:#8a9aaa;stroke-width:1.3}</style>
<rect width="${WIDTH}" height="${height}" style="fill:#fff;stroke:none"/>
${[...lines, ...boxes].join('\n')}
</svg>
`;
}

const drawn = draw();
if (!process.argv.includes('--check')) writeFileSync(picture, drawn);
else if (readFileSync(picture, 'utf8') !== drawn) {
  console.error('docs/figures/house.svg is of other imports: node scripts/houseMap.mjs');
  process.exitCode = 1;
}
