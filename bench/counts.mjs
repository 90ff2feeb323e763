// A proof of speed that needs no clock: what the engine is given to do in each inner loop of the products (src/math/linear), for each
// multiply-add of four lanes. Ideal: one multiply, one add, and no more loads than the blocking needs.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const kinds = [
  ['multiplies', /f32x4\.mul$/],
  ['adds', /f32x4\.add$/],
  ['loads', /v128\.load( |$)/],
  ['splats', /v128\.load32_splat/],
  ['stores', /v128\.store/],
];

/** The innermost loops of the given functions of a module in text form: how often each kind of instruction stands in them. */
export function countLoops(text, functions) {
  const loops = [];
  let name = '';
  const open = [];
  for (const line of text.split('\n')) {
    const [, called] = /^ \(func \$(\S+)/.exec(line) ?? [];
    if (called) name = called.replace(/^.*\//, '');
    const depth = line.length - line.trimStart().length;
    const word = line.trim();
    if (word.startsWith('loop')) {
      for (const outer of open) outer.innermost = false;
      open.push({ name, depth, innermost: true, all: 0, multiplies: 0, adds: 0, loads: 0, splats: 0, stores: 0 });
    } else if (word === 'end' && open.at(-1)?.depth === depth) {
      const loop = open.pop();
      if (loop.innermost && functions.includes(loop.name)) loops.push(loop);
    } else if (open.length > 0) {
      const loop = open.at(-1);
      // What only names or moves a value costs nothing in the compiled loop.
      if (!/^(local\.|block|end$|i32\.const|v128\.const)/.test(word)) loop.all++;
      for (const [kind, pattern] of kinds) if (pattern.test(word)) loop[kind]++;
    }
  }
  return loops.filter(({ multiplies }) => multiplies > 0);
}

/** Of each product, the loop that does the most at once: instructions for each multiply-add of four lanes. */
export function perMac(text) {
  const products = {
    rowPanel: 'one row forward',
    pairs: 'two rows forward',
    firstPanel: 'one row back',
    nextPanel: 'one row back, later panels',
    outerTile: 'weight gradient',
  };
  return Object.entries(products).map(([name, product]) => {
    const loop = countLoops(text, [name]).reduce((best, next) => (next.multiplies > best.multiplies ? next : best));
    const per = (count) => count / loop.multiplies;
    return {
      product,
      macs: loop.multiplies,
      adds: per(loop.adds),
      loads: per(loop.loads + loop.splats),
      stores: per(loop.stores),
      all: per(loop.all),
    };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = readFileSync(new URL('../build/eddy.wat', import.meta.url), 'utf8');
  console.log(
    '| product | multiply-adds a turn | adds | loads | stores | instructions |\n| --- | --- | --- | --- | --- | --- |',
  );
  for (const { product, macs, adds, loads, stores, all } of perMac(text)) {
    console.log(`| ${product} | ${macs} | ${[adds, loads, stores, all].map((n) => n.toFixed(2)).join(' | ')} |`);
  }
}
