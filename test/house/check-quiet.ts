/** Holds the quiet wing quiet: no clock, no randomness, no promise, no Node, nothing that depends on the machine. */
import ts from 'typescript';
import { roomOf } from './check-imports.js';
import { lineOf, parse } from './read-imports.js';
import type { Source, Violation } from './source.js';

/** Globals that the quiet wing may not name, as a value or as a type. */
const FORBIDDEN_GLOBALS: readonly string[] = [
  'AbortController',
  'AbortSignal',
  'Atomics',
  'Buffer',
  'Date',
  'FinalizationRegistry',
  'Intl',
  'Promise',
  'PromiseLike',
  'SharedArrayBuffer',
  'WeakRef',
  'clearInterval',
  'clearTimeout',
  'console',
  'crypto',
  'fetch',
  'global',
  'globalThis',
  'performance',
  'process',
  'queueMicrotask',
  'require',
  'setImmediate',
  'setInterval',
  'setTimeout',
];

/** Members that the quiet wing may not touch, on whatever they stand. */
const FORBIDDEN_MEMBERS: readonly string[] = [
  'localeCompare',
  'toLocaleLowerCase',
  'toLocaleString',
  'toLocaleUpperCase',
];

/** Every word in the quiet wing that does not belong there. Files of other wings pass. */
export function checkQuiet(sources: readonly Source[]): Violation[] {
  return sources.filter(({ path }) => roomOf(path)?.wing === 'quiet').flatMap(checkFile);
}

function checkFile(source: Source): Violation[] {
  const file = parse(source);
  const own = namesDeclaredIn(file);
  const violations: Violation[] = [];
  const visit = (node: ts.Node): void => {
    const word = forbiddenWord(node, own);
    if (word !== null) {
      const sentence = `the quiet wing may not use "${word}"; time, chance and the world reach it as arguments`;
      violations.push({ path: source.path, line: lineOf(file, node), sentence });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return violations;
}

function forbiddenWord(node: ts.Node, own: ReadonlySet<string>): string | null {
  switch (node.kind) {
    case ts.SyntaxKind.AsyncKeyword:
      return 'async';
    case ts.SyntaxKind.AwaitExpression:
    case ts.SyntaxKind.AwaitKeyword:
      return 'await';
    case ts.SyntaxKind.DeclareKeyword:
      return 'declare';
    case ts.SyntaxKind.MetaProperty:
      return node.getText() === 'import.meta' ? 'import.meta' : null;
    case ts.SyntaxKind.ImportKeyword:
      return ts.isCallExpression(node.parent) ? 'import()' : null;
    default:
      return forbiddenName(node, own);
  }
}

function forbiddenName(node: ts.Node, own: ReadonlySet<string>): string | null {
  const member = memberOf(node);
  if (member !== null) {
    if (FORBIDDEN_MEMBERS.includes(member.name)) {
      return member.name;
    }
    return member.of === 'Math' && member.name === 'random' ? 'Math.random' : null;
  }
  if (ts.isIdentifier(node) && FORBIDDEN_GLOBALS.includes(node.text) && !own.has(node.text) && isReference(node)) {
    return node.text;
  }
  return null;
}

/** `a.b`, `a['b']` and `const { b } = a`, as the pair of names. */
function memberOf(node: ts.Node): { readonly of: string; readonly name: string } | null {
  if (ts.isPropertyAccessExpression(node)) {
    return { of: node.expression.getText(), name: node.name.text };
  }
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    return { of: node.expression.getText(), name: node.argumentExpression.text };
  }
  if (ts.isBindingElement(node)) {
    const holder = node.parent.parent;
    const of = ts.isVariableDeclaration(holder) ? (holder.initializer?.getText() ?? '') : '';
    return { of, name: (node.propertyName ?? node.name).getText() };
  }
  return null;
}

/** Whether an identifier reads a name of the surroundings, rather than naming a member or declaring something. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) {
    return parent.expression === node;
  }
  if (ts.isQualifiedName(parent)) {
    return parent.left === node;
  }
  if (ts.isShorthandPropertyAssignment(parent)) {
    return true;
  }
  if (ts.isBindingElement(parent)) {
    return parent.initializer === node;
  }
  const isNameOfParent = 'name' in parent && parent.name === node;
  return !isNameOfParent && !ts.isLabeledStatement(parent) && !ts.isImportSpecifier(parent);
}

/** Names that the file itself declares or imports: a parameter called `process` is no global. */
function namesDeclaredIn(file: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const isDeclaration =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isTypeParameterDeclaration(node) ||
      ts.isImportSpecifier(node);
    if (isDeclaration && node.name !== undefined && ts.isIdentifier(node.name)) {
      names.add(node.name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}
