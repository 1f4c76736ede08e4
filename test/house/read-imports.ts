/** Reads what a TypeScript file imports, by the compiler's own parser. */
import ts from 'typescript';
import type { Source } from './source.js';

/** One import, re-export, `import()` or `import('x').T` of a file. Imports of types count like any other. */
export interface ImportLine {
  readonly specifier: string;
  readonly line: number;
  readonly isReExport: boolean;
}

/** The file as a syntax tree whose nodes know their parents. */
export function parse(source: Source): ts.SourceFile {
  return ts.createSourceFile(source.path, source.text, ts.ScriptTarget.ES2023, true, ts.ScriptKind.TS);
}

/** The line of a node, counted from 1. */
export function lineOf(file: ts.SourceFile, node: ts.Node): number {
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

/** Every import of the file, in the order of the text. */
export function readImports(source: Source): ImportLine[] {
  const file = parse(source);
  const found: ImportLine[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== null) {
      found.push({ specifier, line: lineOf(file, node), isReExport: ts.isExportDeclaration(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/**
 * The file that a relative import names, from the project's root: `../base/order.js` in src/model/plan.ts is
 * src/base/order.ts. Null for packages and Node's own modules.
 */
export function importedPath(importer: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) {
    return null;
  }
  const parts = importer.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..' && parts.length > 0) {
      parts.pop();
    } else if (part !== '.') {
      parts.push(part);
    }
  }
  return parts.join('/').replace(/\.js$/, '.ts');
}

function specifierOf(node: ts.Node): string | null {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return node.moduleSpecifier === undefined ? null : literalText(node.moduleSpecifier);
  }
  if (ts.isExternalModuleReference(node)) {
    return literalText(node.expression);
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return literalText(node.argument.literal);
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [first] = node.arguments;
    return first === undefined ? '' : literalText(first);
  }
  return null;
}

/** The text of a literal; for anything computed a text that no rule allows. */
function literalText(node: ts.Node): string {
  return ts.isStringLiteralLike(node) ? node.text : '(computed)';
}
