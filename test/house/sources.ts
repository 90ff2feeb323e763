import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A source file with its path from the root, and what it is made of. */
export interface Source {
  path: string;
  tree: ts.SourceFile;
}

/** All .ts files under the folders, kernels (.as.ts) too, but for what the build writes. */
export function readSources(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.generated.ts'))
      .map((file) => readSource(join(folder, file))),
  );
}

export function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  return { path, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true) };
}

/** Every node of the file. */
export function nodesOf({ tree }: Source): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node) => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return nodes;
}

/** What the file imports or re-exports: packages by name, files by their path from the root without ending. */
export function importsOf(source: Source): string[] {
  return nodesOf(source).flatMap((node) => {
    const from =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : undefined;
    if (!from || !ts.isStringLiteral(from)) return [];
    if (!from.text.startsWith('.')) return [from.text];
    const file = normalize(join(dirname(source.path), from.text));
    return [relative('.', file).replace(/\.js$/, '')];
  });
}

/** Names that the file exports, types included, in order of the alphabet. */
export function exportsOf(source: Source): string[] {
  return nodesOf(source)
    .flatMap((node) => {
      if (ts.isExportSpecifier(node)) return [node.name.text];
      // export * from './index.js': the names of that file are this one's too.
      if (ts.isExportDeclaration(node) && !node.exportClause && node.moduleSpecifier) {
        const from = node.moduleSpecifier.getText().slice(1, -1).replace(/\.js$/, '.ts');
        return exportsOf(readSource(join(dirname(source.path), from)));
      }
      const isExported =
        ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
      if (!isExported) return [];
      if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => name.getText());
      return 'name' in node && node.name ? [(node as ts.DeclarationStatement).name?.getText() ?? ''] : [];
    })
    .filter((name, k, all) => all.indexOf(name) === k)
    .sort();
}

/** Variables that the file reads and does not declare: `Date` in `Date.now()`, not in `{ Date: 1 }` or `x.Date`. */
export function globalsOf(source: Source): string[] {
  const identifiers = nodesOf(source).filter(ts.isIdentifier);
  const declares = (name: ts.Identifier) => {
    const { parent } = name;
    return (
      (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isBindingElement(parent)) &&
      parent.name === name
    );
  };
  const declared = new Set(identifiers.filter(declares).map(({ text }) => text));
  const isMember = (name: ts.Identifier) => {
    const { parent } = name;
    if (ts.isPropertyAccessExpression(parent)) return parent.name === name;
    const named = ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodSignature(parent);
    return (named || ts.isPropertyDeclaration(parent)) && parent.name === name;
  };
  return identifiers.filter((name) => !declared.has(name.text) && !isMember(name)).map(({ text }) => text);
}

/** Functions over `most` lines without a comment that fits `reason` in, or right before, the outermost one. */
export function longFunctions(source: Source, most: number, reason: RegExp): string[] {
  if (source.path.endsWith('.as.ts')) return [];
  const { tree } = source;
  const line = (at: number) => tree.getLineAndCharacterOfPosition(at).line;
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    const isLong = ts.isFunctionLike(node) && line(node.end) - line(node.getStart()) + 1 > most;
    if (isLong && reason.test(node.getFullText())) return;
    if (isLong) found.push(`${source.path}:${line(node.getStart()) + 1}`);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** Names that the file itself declares and exports; what it hands on from other files is theirs. */
export function declaredNames({ tree }: Source): string[] {
  const names = tree.statements.flatMap((statement) => {
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!isExported) return [];
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.map(({ name }) => name.getText());
    return 'name' in statement && statement.name ? [(statement as ts.DeclarationStatement).name?.getText() ?? ''] : [];
  });
  return [...new Set(names)];
}
