/** Keeps type assertions where they are honest: in decoders, which have looked, and in brands, which decide. */
import ts from 'typescript';
import { lineOf, parse } from './read-imports.js';
import type { Source, Violation } from './source.js';

/** Parts of a file's name, and beginnings of a function's, that mark a place where unknown values become typed ones. */
const HONEST_FILE = /(^|-)(decode|decoder|brand)($|-)/;
const HONEST_FUNCTION = /^(decode|brand)/;

/** Every `value as T` and `<T>value` outside decoders and brands; `as const` asserts nothing and passes. */
export function checkAssertions(sources: readonly Source[]): Violation[] {
  return sources.filter(({ path }) => !HONEST_FILE.test(stemOf(path))).flatMap(checkFile);
}

function checkFile(source: Source): Violation[] {
  const file = parse(source);
  const violations: Violation[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionDeclaration(node) && HONEST_FUNCTION.test(node.name?.text ?? '')) {
      return;
    }
    const isAssertion = ts.isAsExpression(node) || ts.isTypeAssertionExpression(node);
    if (isAssertion && !ts.isConstTypeReference(node.type)) {
      const sentence = `asserts a type: "${node.getText(file).split('\n')[0]}"; decode the value, or narrow it by a test`;
      violations.push({ path: source.path, line: lineOf(file, node), sentence });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return violations;
}

function stemOf(path: string): string {
  const name = path.split('/').at(-1) ?? '';
  return name.split('.')[0] ?? '';
}
