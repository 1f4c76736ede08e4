import type { AgentCatalogue } from '../model/agent-catalogue.js';
import type { ClusterSpec, NodeSelector } from '../model/cluster-spec.js';
import type { Finding } from './finding.js';
import type { Section } from './mend-shape.js';
import type { ClusterDocument } from './raw-document.js';
import type { SourceIndex } from './source-index.js';
import type { Suggest } from './suggest.js';

/** One thing that must be true of a spec whose shape is right. Its file, its test and its entry in docs/spec.md bear the name of its code. */
export interface Rule {
  readonly code: string;
  /** Sections that must have lost nothing to a wrong shape for the rule to judge; others it judges by what is left, or entry by entry with {@link RuleContext.isWhole}. */
  readonly needsWhole: readonly Section[];
  /** Finds what breaks the rule. Never throws, whatever the others found. */
  readonly check: (context: RuleContext) => Iterable<Finding>;
}

/** What a rule sees. */
export interface RuleContext {
  /** The spec with its defaults; its references may lead nowhere. */
  readonly spec: ClusterSpec;
  /** The spec as it is written. */
  readonly document: ClusterDocument;
  readonly source: SourceIndex;
  readonly names: DeclaredNames;
  /** What agents declare; null where nobody looked. */
  readonly catalogue: AgentCatalogue | null;
  readonly suggest: Suggest;
  /** The ids of the nodes that a selector names, in order; empty for one that names none. */
  readonly nodesOf: (selector: NodeSelector) => readonly string[];
  /** Whether nothing at a path of keys or below it was left out because its shape is wrong. */
  readonly isWhole: (...path: readonly string[]) => boolean;
}

/** Names that the spec declares, also of things that were left out because their shape is wrong. */
export interface DeclaredNames {
  readonly nodes: ReadonlySet<string>;
  readonly pings: ReadonlySet<string>;
  /** Of nodes. */
  readonly checks: ReadonlySet<string>;
  /** Written groups, and resources that no group names. */
  readonly groups: ReadonlySet<string>;
  readonly resources: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
  readonly fenceDevices: ReadonlySet<string>;
}

/** The path of the keys of a group: its own, or that of the resource that is a group of one. */
export function pathOfGroup(context: Pick<RuleContext, 'document'>, group: string): readonly [string, string] {
  return Object.hasOwn(context.document.groups ?? {}, group) ? ['groups', group] : ['resources', group];
}

/** `group "web"`, or `resource "vip"` for a group of one. */
export function describeGroup(context: Pick<RuleContext, 'document'>, group: string): string {
  return `${pathOfGroup(context, group)[0] === 'groups' ? 'group' : 'resource'} "${group}"`;
}

/** `a, b and c`; long lists are cut. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_LISTED_MAX);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}

const NAMES_LISTED_MAX = 8;
