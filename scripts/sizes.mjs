// node scripts/sizes.mjs: what each entry of the package weighs in a page. With --write the budgets that the tests hold it to, a fifth above.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sizesOf } from './hosts/sizes.mjs';

const budgetsFile = fileURLToPath(new URL('../test/hosts/budgets.json', import.meta.url));
const sizes = await sizesOf(fileURLToPath(new URL('..', import.meta.url)));
const budgets = JSON.parse(readFileSync(budgetsFile, 'utf8'));
for (const [entry, { bytes }] of Object.entries(sizes)) {
  console.log(`${String(bytes).padStart(7)} B gzipped, budget ${budgets[entry] ?? 'none'}: ${entry}`);
}
if (process.argv.includes('--write')) {
  const raised = Object.entries(sizes).map(([entry, { bytes }]) => {
    const budget = budgets[entry] ?? 0;
    return [entry, bytes <= budget ? budget : Math.ceil((bytes * 1.2 + 200) / 100) * 100];
  });
  writeFileSync(budgetsFile, `${JSON.stringify(Object.fromEntries(raised), null, 2)}\n`);
}
