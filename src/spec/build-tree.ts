/** Turns a YAML document into a tree with places, and catches what YAML makes of a text that its writer did not mean. */
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Document, Node, Pair, Scalar } from 'yaml';
import { limits } from '../model/limits.js';
import type { CodedFinding } from './finding.js';
import type { Marker } from './source-index.js';
import type { SourceEntry, SourceMap, SourceNode, SourceScalar, Span } from './source-tree.js';

/** Words that YAML 1.1 reads as booleans: another program that reads the file may see something else. Its `y` and `n` are read so by hardly any. */
const AMBIGUOUS_WORD = /^(yes|no|on|off)$/i;
/** YAML 1.1 reads the first as octal and the second in base 60. */
const OCTAL_LOOK = /^[-+]?0[0-9_]+$/;
const SEXAGESIMAL_LOOK = /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+$/;
const PLAIN_TAGS = ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`);

interface Build {
  readonly file: number;
  readonly mark: Marker;
  readonly findings: CodedFinding[];
  readonly anchors: Map<string, SourceNode>;
  valuesLeft: number;
  /** Inside `params`: what is written there is handed over as text, so it cannot be misread. */
  isVerbatim: boolean;
}

/** Builds the tree, and adds what it finds. Shape: null for an empty document. */
export function buildTree(options: {
  readonly document: Document.Parsed;
  readonly file: number;
  readonly mark: Marker;
  readonly findings: CodedFinding[];
}): SourceNode | null {
  const { document, file, mark, findings } = options;
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null && contents.source === '')) return null;
  return buildNode(
    { file, mark, findings, anchors: new Map(), valuesLeft: limits.specValuesMax, isVerbatim: false },
    contents,
  );
}

function buildNode(build: Build, node: unknown): SourceNode {
  if (isAlias(node)) return buildAlias(build, node.source, spanOf(build, node));
  if (isMap<unknown, unknown>(node)) return remember(build, node, buildMap(build, node.items, spanOf(build, node)));
  if (isSeq<unknown>(node)) {
    const items = node.items.map((item) => buildNode(build, item));
    const size = items.reduce((sum, item) => sum + item.size, 1);
    return remember(build, node, { kind: 'list', span: spanOf(build, node), items, size });
  }
  if (isScalar(node)) return remember(build, node, buildScalar(build, node));
  // A key without a value in flow style has no node at all.
  return { kind: 'scalar', span: { file: build.file, start: 0, end: 0 }, value: null, text: '', size: 1 };
}

function remember<Built extends SourceNode>(build: Build, node: Node, built: Built): Built {
  if (node.tag !== undefined && !PLAIN_TAGS.includes(node.tag)) {
    find(build, built.span, {
      code: 'yaml-tag',
      severity: 'error',
      message: `the tag "${node.tag}" means nothing in a spec`,
      help: 'write the plain value',
    });
  }
  if ('anchor' in node && typeof node.anchor === 'string') build.anchors.set(node.anchor, built);
  return built;
}

/** What an alias stands for, at the alias's place. A small text can stand for a huge value this way, so the values are counted. */
function buildAlias(build: Build, name: string, span: Span): SourceNode {
  const target = build.anchors.get(name);
  if (target === undefined) {
    find(build, span, {
      code: 'yaml-alias',
      severity: 'error',
      message: `the alias "*${name}" repeats nothing`,
      help: `mark a value further up with \`&${name}\``,
    });
    return { kind: 'scalar', span, value: null, text: '', size: 1 };
  }
  build.valuesLeft -= target.size;
  if (build.valuesLeft < 0) {
    if (build.valuesLeft + target.size >= 0) {
      find(build, span, {
        code: 'yaml-alias',
        severity: 'error',
        message: `aliases make more than ${limits.specValuesMax} values of this spec`,
        help: 'write fewer of them, or none inside what others repeat',
      });
    }
    return { kind: 'scalar', span, value: null, text: '', size: 1 };
  }
  return { ...target, span };
}

function buildMap(build: Build, items: readonly Pair<unknown, unknown>[], span: Span): SourceMap {
  const entries = new Map<string, SourceEntry>();
  let size = 1;
  for (const { key, value } of items) {
    const written = buildKey(build, key, span);
    if (written === null) continue;
    const wasVerbatim = build.isVerbatim;
    build.isVerbatim ||= written.text === 'params';
    const built = value === null ? emptyValue(written.span) : buildNode(build, value);
    build.isVerbatim = wasVerbatim;
    size += built.size;
    const before = entries.get(written.text);
    if (before === undefined) {
      entries.set(written.text, { keySpan: written.span, value: built });
      continue;
    }
    const at = build.mark(before.keySpan);
    find(build, written.span, {
      code: 'duplicate-key',
      severity: 'error',
      message: `"${written.text}" stands twice in one map`,
      help: 'keep one of them',
      notes: [{ at, message: `"${written.text}" stands here first` }],
    });
  }
  return { kind: 'map', span, entries, size };
}

function buildKey(build: Build, key: unknown, around: Span): { readonly text: string; readonly span: Span } | null {
  if (!isScalar(key) || key.source === undefined || key.source === '') {
    const span = isScalar(key) || isMap(key) || isSeq(key) || isAlias(key) ? spanOf(build, key) : around;
    find(build, span, {
      code: 'yaml-key',
      severity: 'error',
      message: 'a key must be plain text',
      help: 'name what the value is for',
    });
    return null;
  }
  const span = spanOf(build, key);
  const text = typeof key.value === 'string' ? key.value : key.source;
  if (text === '<<' && key.type === 'PLAIN') {
    find(build, span, {
      code: 'yaml-merge-key',
      severity: 'error',
      message: 'merge keys (`<<`) are not read in specs, since YAML 1.2 has none',
      help: 'write the keys out, or say them once under `defaults:`',
    });
    return null;
  }
  if (key.type === 'PLAIN') warnOfLook(build, text, span);
  return { text, span };
}

function buildScalar(build: Build, node: Scalar): SourceScalar {
  const span = spanOf(build, node);
  const { value } = node;
  const text = node.source ?? '';
  const isKnown =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null;
  if (node.type === 'PLAIN') warnOfLook(build, text, span);
  return {
    kind: 'scalar',
    span,
    value: isKnown ? value : text,
    text: typeof value === 'string' ? value : text,
    size: 1,
  };
}

function warnOfLook(build: Build, text: string, span: Span): void {
  if (build.isVerbatim) return;
  if (AMBIGUOUS_WORD.test(text)) {
    const isTrue = /^(yes|on)$/i.test(text);
    find(build, span, {
      code: 'ambiguous-word',
      severity: 'warning',
      message: `"${text}" is text here, and ${isTrue ? 'true' : 'false'} for programs that read YAML 1.1`,
      label: `write "${text}" in quotes`,
    });
  } else if (OCTAL_LOOK.test(text) || SEXAGESIMAL_LOOK.test(text)) {
    find(build, span, {
      code: 'ambiguous-number',
      severity: 'warning',
      message: `"${text}" is another number for programs that read YAML 1.1`,
      label: OCTAL_LOOK.test(text)
        ? `write ${text.replace(/^([-+]?)0+(?=\d)/, '$1')}, or "${text}" in quotes`
        : `write "${text}" in quotes`,
    });
  }
}

function emptyValue(keySpan: Span): SourceScalar {
  return { kind: 'scalar', span: keySpan, value: null, text: '', size: 1 };
}

function spanOf(build: Build, node: Node): Span {
  const [start, end] = node.range ?? [0, 0];
  return { file: build.file, start, end: Math.max(start, end) };
}

function find(build: Build, span: Span, finding: Omit<CodedFinding, 'at'>): void {
  build.findings.push({ ...finding, at: build.mark(span) });
}
