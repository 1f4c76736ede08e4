/** Joins the documents of all files into one spec: sections are merged by key, and the same key twice names both places. */
import type { CodedFinding } from './finding.js';
import type { Marker } from './source-index.js';
import type { SourceEntry, SourceMap, SourceNode } from './source-tree.js';

/** What each part says of itself, and the only value it can have. */
const SELF_DESCRIPTION = [
  ['apiVersion', 'fairlead/v1'],
  ['kind', 'Cluster'],
] as const;

/** Keys below which maps are merged too, beside the sections. */
const MERGED_BELOW = new Map([['fencing', ['devices', 'levels']]]);

/** Joins parts, and adds what it finds. Shape: null where no part is a map. */
export function mergeParts(options: {
  readonly parts: readonly SourceNode[];
  readonly mark: Marker;
  readonly findings: CodedFinding[];
}): SourceMap | null {
  const { parts, mark, findings } = options;
  const maps = parts.flatMap((part): SourceMap[] => {
    if (part.kind === 'map') return [part];
    findings.push(noMap(part, mark));
    return [];
  });
  const [first, ...others] = maps;
  if (first === undefined) return null;
  const entries = new Map(first.entries);
  // Of the first part the check of the shape says what it does not say of itself.
  for (const other of others) {
    const foreign = checkKind(other, mark);
    if (foreign !== null) {
      findings.push(foreign);
      continue;
    }
    findings.push(...checkSelfDescription(other, mark));
    for (const [name, entry] of other.entries) {
      if (!SELF_DESCRIPTION.some(([key]) => key === name))
        mergeEntry({ entries, name, entry, path: [], mark, findings });
    }
  }
  return { ...first, entries };
}

/** A document of another kind is no part of the spec, and nothing more is said of it. */
function checkKind(part: SourceMap, mark: Marker): CodedFinding | null {
  const kind = part.entries.get('kind')?.value;
  if (kind === undefined || (kind.kind === 'scalar' && kind.value === 'Cluster')) return null;
  return {
    code: 'not-allowed',
    severity: 'error',
    message: 'this document is no part of a cluster spec',
    at: mark(kind.span),
    help: 'write `kind: Cluster`, or keep it elsewhere',
  };
}

function noMap(part: SourceNode, mark: Marker): CodedFinding {
  return {
    code: 'wrong-type',
    severity: 'error',
    message: `a spec is a map of keys, and this is ${part.kind === 'list' ? 'a list' : 'a single value'}`,
    at: mark(part.span),
    help: 'begin with `apiVersion: fairlead/v1` and `kind: Cluster`',
  };
}

function checkSelfDescription(part: SourceMap, mark: Marker): CodedFinding[] {
  return SELF_DESCRIPTION.flatMap(([key, expected]): CodedFinding[] => {
    const value = part.entries.get(key)?.value;
    if (value?.kind === 'scalar' && value.value === expected) return [];
    const at = mark(value?.span ?? [...part.entries.values()][0]?.keySpan ?? part.span);
    const help = `write \`${key}: ${expected}\``;
    return value === undefined
      ? [{ code: 'missing-key', severity: 'error', message: `"${key}" of this part of the spec is missing`, at, help }]
      : [
          {
            code: 'not-allowed',
            severity: 'error',
            message: `"${key}" of this part of the spec is not "${expected}"`,
            at,
            help,
          },
        ];
  });
}

function mergeEntry(options: {
  readonly entries: Map<string, SourceEntry>;
  readonly name: string;
  readonly entry: SourceEntry;
  readonly path: readonly string[];
  readonly mark: Marker;
  readonly findings: CodedFinding[];
}): void {
  const { entries, name, entry, path, mark, findings } = options;
  const before = entries.get(name);
  if (before === undefined) {
    entries.set(name, entry);
    return;
  }
  const [section] = path;
  const isMerged = section === undefined || (path.length === 1 && (MERGED_BELOW.get(section)?.includes(name) ?? false));
  if (isMerged && before.value.kind === 'map' && entry.value.kind === 'map') {
    const merged = new Map(before.value.entries);
    for (const [inner, innerEntry] of entry.value.entries) {
      mergeEntry({ entries: merged, name: inner, entry: innerEntry, path: [...path, name], mark, findings });
    }
    entries.set(name, { ...before, value: { ...before.value, entries: merged } });
    return;
  }
  const at = mark(before.keySpan);
  const where = [...path, name].join('.');
  findings.push({
    code: 'duplicate-key',
    severity: 'error',
    message: `"${where}" stands in two parts of the spec`,
    at: mark(entry.keySpan),
    help: 'keep one of them',
    notes: [{ at, message: `"${where}" stands here first` }],
  });
}
