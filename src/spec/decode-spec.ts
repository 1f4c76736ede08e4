/** The front door: from the texts of a spec to a `ClusterSpec`, or to all that is wrong with it. */
import { compareIds } from '../base/order.js';
import { fenceAgentType } from '../model/agent-catalogue.js';
import type { AgentCatalogue } from '../model/agent-catalogue.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import type { Problem } from '../model/problem.js';
import { allRules } from './all-rules.js';
import { declaredNames } from './declared-names.js';
import { decodeDocument } from './decode-document.js';
import { decodeShape } from './decode-shape.js';
import { specFacts } from './facts.js';
import { problemOf } from './finding.js';
import type { CodedFinding } from './finding.js';
import { mendShape } from './mend-shape.js';
import type { MendedDocument } from './mend-shape.js';
import { mergeParts } from './merge-parts.js';
import { nodeLookup } from './node-lookup.js';
import { readYaml } from './read-yaml.js';
import { respellSections } from './respell-sections.js';
import type { RuleContext } from './rule.js';
import { shapeFindings } from './shape-findings.js';
import { sourceIndex, spanMarker } from './source-index.js';
import type { Marker, SourceIndex, SpecText } from './source-index.js';
import { plainValue } from './source-tree.js';
import type { SourceMap } from './source-tree.js';
import { suggester } from './suggest.js';

/** What became of the texts. Shape: problems in the order of the files, lines and columns; `facts` are sentences for `validate --verbose`. */
export type SpecResult =
  | {
      readonly kind: 'ok';
      readonly spec: ClusterSpec;
      readonly warnings: readonly Problem[];
      readonly facts: readonly string[];
    }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

/** A spec that was read and whose shape was checked; what it means was not. */
export interface ReadSpec {
  readonly files: readonly SpecText[];
  readonly problems: readonly Problem[];
  readonly content: ReadContent | null;
}

interface ReadContent {
  readonly root: SourceMap;
  readonly source: SourceIndex;
  readonly mended: MendedDocument;
}

/** Decodes the files of one spec. Nothing here depends on the machine, except what the catalogue says of its agents; that adds problems and changes nothing else. */
export function decodeSpec(
  files: readonly SpecText[],
  options: { readonly catalogue?: AgentCatalogue } = {},
): SpecResult {
  return checkSpec(readSpecTexts(files), options);
}

/** Reads the files of one spec and checks their shape: the first half of {@link decodeSpec}, for those who want to know the types of agents before the second. */
export function readSpecTexts(files: readonly SpecText[]): ReadSpec {
  const mark = spanMarker(files);
  const readings = files.map(({ text }, file) => readYaml({ text, file, mark }));
  const findings: CodedFinding[] = readings.flatMap((reading) => [...reading.findings]);
  const parts = readings.flatMap((reading) => [...reading.trees]);
  // With one file unreadable, the rest would be judged by what is missing.
  const isReadable = !findings.some((finding) => finding.severity === 'error');
  const root = isReadable ? mergeParts({ parts, mark, findings }) : null;
  const content = root === null ? null : readContent(root, { mark, findings });
  return { files, problems: problemsOf(findings), content };
}

/** Checks the shape of a tree. Shape: null when nothing of it can be kept; what is wrong is added to `findings`. */
function readContent(
  root: SourceMap,
  telling: { readonly mark: Marker; readonly findings: CodedFinding[] },
): ReadContent | null {
  const { mark, findings } = telling;
  const source = sourceIndex(root, mark);
  const value = plainValue(root);
  const shape = decodeShape(value);
  if (shape.kind === 'document') return { root, source, mended: { document: shape.document, isWhole: () => true } };
  const suggest = suggester();
  const respelt = respellSections(root, { errors: shape.errors, source, suggest, findings });
  if (respelt !== null) return readContent(respelt, telling);
  findings.push(...shapeFindings(shape.errors, { source, suggest }));
  const mended = mendShape(value, shape.errors);
  return mended === null ? null : { root, source, mended };
}

/** The types of agents that a spec names, in order; fence agents as {@link fenceAgentType} has them. */
export function agentTypesOf(read: ReadSpec): string[] {
  const { resources = {}, fencing = {} } = read.content?.mended.document ?? {};
  const types = Object.values(resources).map((resource) => resource.type);
  const fences = Object.values(fencing.devices ?? {}).map((device) => fenceAgentType(device.agent));
  return [...new Set([...types, ...fences])].sort(compareIds);
}

/** Checks what a spec means: the second half of {@link decodeSpec}. */
export function checkSpec(read: ReadSpec, options: { readonly catalogue?: AgentCatalogue } = {}): SpecResult {
  const { content, files } = read;
  if (content === null) return { kind: 'invalid', problems: inOrder(read.problems, files) };
  const { root, source, mended } = content;
  const spec = decodeDocument(mended.document, source);
  const context: RuleContext = {
    spec,
    document: mended.document,
    source,
    names: declaredNames(root),
    catalogue: options.catalogue ?? null,
    suggest: suggester(),
    nodesOf: nodeLookup(spec.nodes),
    isWhole: mended.isWhole,
  };
  const judging = allRules.filter((rule) => rule.needsWhole.every((section) => mended.isWhole(section)));
  const found = judging.flatMap((rule) => [...rule.check(context)].map((finding) => problemOf(rule.code, finding)));
  const problems = inOrder([...read.problems, ...found], files);
  if (problems.some((problem) => problem.severity === 'error')) return { kind: 'invalid', problems };
  return { kind: 'ok', spec, warnings: problems, facts: specFacts(spec) };
}

function problemsOf(findings: readonly CodedFinding[]): Problem[] {
  return findings.map((finding) => problemOf(finding.code, finding));
}

function inOrder(problems: readonly Problem[], files: readonly SpecText[]): Problem[] {
  const rank = new Map(files.map(({ file }, index) => [file, index]));
  const rankOf = (problem: Problem): number => rank.get(problem.place.file) ?? files.length;
  return withoutEchoes(problems).sort(
    (a, b) =>
      rankOf(a) - rankOf(b) ||
      a.place.line - b.place.line ||
      a.place.column - b.place.column ||
      compareIds(a.code, b.code) ||
      compareIds(a.message, b.message),
  );
}

/** The problems without warnings of how a word looks where the same word is an error anyway. */
function withoutEchoes(problems: readonly Problem[]): Problem[] {
  const wrong = new Set(problems.flatMap((problem) => (problem.severity === 'error' ? [placeKey(problem)] : [])));
  return problems.filter((problem) => !AMBIGUITIES.includes(problem.code) || !wrong.has(placeKey(problem)));
}

const AMBIGUITIES = ['ambiguous-word', 'ambiguous-number'];

function placeKey({ place }: Problem): string {
  return `${place.line}:${place.column}:${place.file}`;
}
