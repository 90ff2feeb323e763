import ts from 'typescript';

/** What ECMAScript defines to the last bit, and its constants. */
const exact = new Set([
  'E',
  'LN10',
  'LN2',
  'LOG10E',
  'LOG2E',
  'PI',
  'SQRT1_2',
  'SQRT2',
  'abs',
  'ceil',
  'clz32',
  'floor',
  'fround',
  'imul',
  'max',
  'min',
  'round',
  'sign',
  'sqrt',
  'trunc',
]);

/**
 * Where a source uses what its host may choose: every other function of Math (ECMA-262 §21.3.2: "an implementation-approximated value"),
 * powers, and random numbers; `Math` as a value, by which all of them could be had. In AssemblyScript `Mathf` and `NativeMath` too.
 */
export function hostMathematics(source: ts.SourceFile): string[] {
  const found: string[] = [];
  const report = (node: ts.Node) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${source.fileName}:${line + 1} ${node.getText()}`);
  };
  const visit = (node: ts.Node) => {
    if (ts.isIdentifier(node) && /^(Math|Mathf|NativeMath|NativeMathf)$/.test(node.text)) {
      const { parent } = node;
      const member = ts.isPropertyAccessExpression(parent) && parent.expression === node ? parent.name.text : undefined;
      if (member === undefined || !exact.has(member)) report(parent);
    }
    if (ts.isBinaryExpression(node)) {
      const { kind } = node.operatorToken;
      const power = kind === ts.SyntaxKind.AsteriskAsteriskToken || kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken;
      // A power of two is exact wherever it is computed.
      if (power && node.left.getText() !== '2') report(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
