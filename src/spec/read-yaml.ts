/**
 * Reads the YAML of one file into trees, one for each document in it.
 *
 * Source: YAML 1.2 with its core schema, as the library `yaml` reads it; so `no` and `on` are texts, and only `true` and `false` are booleans.
 */
import { Composer, Parser, visit } from 'yaml';
import type { CST, Document, YAMLError } from 'yaml';
import { limits } from '../model/limits.js';
import { buildTree } from './build-tree.js';
import type { CodedFinding } from './finding.js';
import type { Marker } from './source-index.js';
import type { SourceNode } from './source-tree.js';
import { syntaxHelp } from './syntax-help.js';

/** What a file holds. Shape: no trees where there are errors, since what they would hold cannot be trusted. */
export interface YamlReading {
  readonly trees: readonly SourceNode[];
  readonly findings: readonly CodedFinding[];
}

const OPTIONS = {
  version: '1.2',
  schema: 'core',
  merge: false,
  // Looking for duplicates here takes a time that grows with the square of the number of keys; the tree finds them on its way.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/** Reads the text of a file. Shape: `file` counts the files from 0. */
export function readYaml(options: {
  readonly text: string;
  readonly file: number;
  readonly mark: Marker;
}): YamlReading {
  const composed = compose(options);
  if (composed.kind === 'refused') return { trees: [], findings: [composed.finding] };
  const { documents } = composed;
  const { text, file, mark } = options;
  const syntax = documents.flatMap((document) => syntaxFindings(document, { text, file, mark }));
  if (syntax.length > 0) return { trees: [], findings: syntax };
  const findings: CodedFinding[] = [];
  const trees = documents.flatMap((document) => buildTree({ document, file, mark, findings }) ?? []);
  if (trees.length === 0 && findings.length === 0) findings.push(emptyFile(mark({ file, start: 0, end: 1 })));
  return { trees: findings.some((each) => each.severity === 'error') ? [] : trees, findings };
}

/** Composes the documents of a text. A function of its own, so that the tokens, which take several times the space of the text, are gone when the trees are built. */
function compose({
  text,
  file,
  mark,
}: {
  readonly text: string;
  readonly file: number;
  readonly mark: Marker;
}):
  | { readonly kind: 'documents'; readonly documents: readonly Document.Parsed[] }
  | { readonly kind: 'refused'; readonly finding: CodedFinding } {
  const composer = new Composer(OPTIONS);
  const documents: Document.Parsed[] = [];
  for (const token of new Parser().parse(text)) {
    const refusal = refuseToken(token);
    if (refusal !== null) {
      const at = mark({ file, start: refusal.offset, end: refusal.offset + 1 });
      return { kind: 'refused', finding: { ...refusal.finding, severity: 'error', at } };
    }
    documents.push(...composer.next(token));
  }
  documents.push(...composer.end());
  return { kind: 'documents', documents };
}

function emptyFile(at: CodedFinding['at']): CodedFinding {
  return {
    code: 'empty-file',
    severity: 'error',
    message: 'the file holds no spec',
    at,
    help: 'begin with `apiVersion: fairlead/v1` and `kind: Cluster`, or take the file away',
  };
}

interface Refusal {
  readonly offset: number;
  readonly finding: Pick<CodedFinding, 'code' | 'message' | 'help'>;
}

/** What must not reach the composer: it works by recursion, and a stack that overflows inside it can end the whole process. */
function refuseToken(token: CST.Token): Refusal | null {
  if (token.type === 'directive') {
    return {
      offset: token.offset,
      finding: {
        code: 'yaml-directive',
        message: 'a line that begins with "%" changes how YAML is read, and specs are always read as YAML 1.2',
        help: 'take the line out',
      },
    };
  }
  const tooDeep = findTooDeep(token);
  if (tooDeep === null) return null;
  return {
    offset: tooDeep.offset,
    finding: {
      code: 'nested-too-deep',
      message: `values are nested more than ${limits.specDepthMax} deep here`,
      help: 'a bracket may be missing further up',
    },
  };
}

function findTooDeep(top: CST.Token): CST.Token | null {
  const open: { readonly token: CST.Token; readonly depth: number }[] = [{ token: top, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > limits.specDepthMax) return token;
    if (token.type === 'document') {
      if (token.value !== undefined) open.push({ token: token.value, depth });
    } else if ('items' in token) {
      for (const { key, value } of token.items) {
        if (key !== undefined && key !== null && 'items' in key) open.push({ token: key, depth: depth + 1 });
        if (value !== undefined && 'items' in value) open.push({ token: value, depth: depth + 1 });
      }
    }
  }
  return null;
}

/** The first error of each document, since the others mostly follow from it. */
function syntaxFindings(
  document: Document.Parsed,
  options: { readonly text: string; readonly file: number; readonly mark: Marker },
): CodedFinding[] {
  const { file, mark, text } = options;
  const [error] = document.errors;
  if (error === undefined) return document.warnings.slice(0, 1).map((warning) => warningFinding(warning, file, mark));
  const quote = error.code === 'MISSING_CHAR' ? openedQuote(document, error.pos[0]) : null;
  if (quote !== null)
    return [{ severity: 'error', ...unclosedQuote(text, quote), at: mark({ file, start: quote, end: quote + 1 }) }];
  const [start, end] = error.pos;
  // The end of the file has no text to underline: the last sign that is written has.
  const from = start >= text.length ? text.trimEnd().length - 1 : start;
  const at = mark({ file, start: Math.max(0, from), end: Math.max(end, from + 1) });
  return [{ severity: 'error', at, ...describeSyntax(error, text) }];
}

/** Where the quoted text begins that reaches up to an offset at which its closing quote is missed; null for none. */
function openedQuote(document: Document.Parsed, offset: number): number | null {
  let opened: number | null = null;
  visit(document, {
    Scalar: (_, { type, range }) => {
      const isQuoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE';
      if (isQuoted && range && range[0] <= offset && offset <= range[2]) opened = range[0];
    },
  });
  return opened;
}

function unclosedQuote(text: string, at: number): Pick<CodedFinding, 'code' | 'message' | 'label' | 'help'> {
  const sign = text.charAt(at);
  return {
    code: 'yaml-syntax',
    message: 'this is not YAML',
    label: 'a quote that is opened here is never closed',
    help: `write ${sign} where the text ends`,
  };
}

function describeSyntax(error: YAMLError, text: string): Pick<CodedFinding, 'code' | 'message' | 'label' | 'help'> {
  if (error.code === 'TAB_AS_INDENT') {
    return { code: 'yaml-tab', message: 'a tab cannot indent YAML', label: 'a tab', help: 'use spaces' };
  }
  const line = lineAround(text, error.pos[0]);
  if (/[0-9a-f]*::[ ,}\]]/i.test(line)) {
    const help = 'an IPv6 address that ends in "::" must be in quotes';
    return { code: 'yaml-syntax', message: 'this is not YAML', label: lowerFirst(error.message), help };
  }
  const joined = /^\s*(?:- )?([A-Za-z][\w-]*):([^\s:/]\S*)\s*(?:#.*)?$/.exec(line);
  if (joined !== null) {
    const help = `a blank belongs behind the colon: \`${joined[1] ?? ''}: ${joined[2] ?? ''}\``;
    return { code: 'yaml-syntax', message: 'this is not YAML', label: lowerFirst(error.message), help };
  }
  return { code: 'yaml-syntax', message: 'this is not YAML', label: lowerFirst(error.message), ...syntaxHelp(error) };
}

function warningFinding(warning: YAMLError, file: number, mark: Marker): CodedFinding {
  const [start, end] = warning.pos;
  return {
    code: 'yaml-tag',
    severity: 'error',
    message: 'tags such as `!name` mean nothing in a spec',
    at: mark({ file, start, end }),
    help: 'write the plain value',
  };
}

function lineAround(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
  const end = text.indexOf('\n', offset);
  return `${text.slice(start, end < 0 ? text.length : end)} `;
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
