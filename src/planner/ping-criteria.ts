/**
 * Which nodes the pings of a group rule out, compared among the nodes that could run it otherwise.
 *
 * absolute: a node must see enough. relative: a node is left only for one that sees more, so that a dead gateway stops nothing by itself. With several relative pings a node gives way only to one
 * that is nowhere worse and better somewhere, so that two nodes which miss different pings do not rule each other out.
 *
 * Nodes notice the loss of one gateway one after the other. So nobody gives way to a node whose rounds find less already, and the node that has the group does not give way while its own find more again.
 */
import { noAttributes } from '../model/attribute-probe.js';
import type { Requirement } from '../model/cluster-spec.js';
import type { ScorePart } from '../model/plan.js';
import { exclude } from './node-criteria.js';
import { groupName, nodeName } from './present.js';
import type { Present } from './present.js';
import { isPing, pingReason } from './reasons.js';

/** What the pings say against a node. */
export interface PingVerdict {
  readonly node: number;
  readonly part: ScorePart;
}

/**
 * The nodes that the group's pings exclude.
 *
 * Shape: `candidates` are the nodes not excluded otherwise, ascending; `keeper` is the node that has the group now, or -1: there "not known" is never taken for "lost".
 */
export function judgePings(options: {
  readonly present: Present;
  readonly group: number;
  readonly pings: readonly number[];
  readonly candidates: readonly number[];
  readonly keeper: number;
}): readonly PingVerdict[] {
  const { present, pings } = options;
  const verdicts: PingVerdict[] = [];
  const relative: number[] = [];
  for (const ping of pings) {
    const spec = present.pings[ping];
    if (spec === undefined) continue;
    if (spec.mode === 'relative') relative.push(ping);
    else verdicts.push(...judgeAbsolute({ ...options, ping, spec }));
  }
  if (relative.length === 0) return verdicts;
  const gone = new Set(verdicts.map((verdict) => verdict.node));
  const candidates = gone.size === 0 ? options.candidates : options.candidates.filter((node) => !gone.has(node));
  return [...verdicts, ...judgeRelative({ ...options, candidates, pings: relative })];
}

type Options = Parameters<typeof judgePings>[0];

function judgeAbsolute(options: Options & { readonly ping: number; readonly spec: Requirement }): PingVerdict[] {
  const { present, ping, spec, keeper } = options;
  const verdicts: PingVerdict[] = [];
  for (const node of options.candidates) {
    const seen = reachOf(present, ping, node);
    if (seen >= spec.need || (seen < 0 && node === keeper)) continue;
    verdicts.push({ node, part: pingPart({ ...options, node, why: '' }) });
  }
  return verdicts;
}

function judgeRelative(options: Options): PingVerdict[] {
  const { present, pings, candidates } = options;
  const lost = pings.find((ping) => isLostEverywhere({ ...options, ping, candidates }));
  if (lost !== undefined) {
    return candidates.map((node) => ({
      node,
      part: pingPart({
        ...options,
        ping: lost,
        node,
        why: `no node ${isPing(present.pings[lost]) ? 'reaches enough' : 'passes it'}, and onAllLost is stop`,
      }),
    }));
  }
  const good = candidates.filter((node) => pings.every((ping) => isEnough(present, ping, node)));
  const [firstGood] = good;
  const verdicts: PingVerdict[] = [];
  for (const node of candidates) {
    if (good.includes(node)) continue;
    const poor = pings.find((ping) => isPoor(options, ping, node));
    if (poor === undefined) {
      const unknown = pings.find((ping) => reachOf(present, ping, node) < 0);
      if (firstGood === undefined || node === options.keeper || unknown === undefined) continue;
      const why = `and ${nodeName(present, firstGood)} does`;
      verdicts.push({ node, part: pingPart({ ...options, ping: unknown, node, why }) });
      continue;
    }
    const better = firstGood ?? candidates.find((other) => isBetter({ present, pings, node, other }));
    if (better === undefined) continue;
    const why = `and ${nodeName(present, better)} ${isPing(present.pings[poor]) ? 'reaches more' : 'passes it'}`;
    verdicts.push({ node, part: pingPart({ ...options, ping: poor, node, why }) });
  }
  return verdicts;
}

function isLostEverywhere(options: Options & { readonly ping: number }): boolean {
  const { present, ping, candidates } = options;
  if (present.pings[ping]?.onAllLost !== 'stop' || candidates.length === 0) return false;
  return candidates.every((node) => isPoor(options, ping, node));
}

function isBetter(options: {
  readonly present: Present;
  readonly pings: readonly number[];
  readonly node: number;
  readonly other: number;
}): boolean {
  const { present, pings, node, other } = options;
  let isSomewhereBetter = false;
  for (const ping of pings) {
    const need = present.pings[ping]?.need ?? 0;
    const here = Math.min(reachOf(present, ping, node), need);
    const there = Math.min(reachOf(present, ping, other), need);
    if (there < here || isTurning(present, { ping, node: other, to: 'less' })) return false;
    if (there > here && here >= 0) isSomewhereBetter = true;
  }
  return isSomewhereBetter;
}

/** Says that it reaches enough, and nothing speaks against it yet. */
function isEnough(present: Present, ping: number, node: number): boolean {
  return saysEnough(present, ping, node) && !isTurning(present, { ping, node, to: 'less' });
}

/** Known to reach too little; the keeper only while its rounds find no more. */
function isPoor({ present, keeper }: Pick<Options, 'present' | 'keeper'>, ping: number, node: number): boolean {
  if (reachOf(present, ping, node) < 0 || saysEnough(present, ping, node)) return false;
  return node !== keeper || !isTurning(present, { ping, node, to: 'more' });
}

function saysEnough(present: Present, ping: number, node: number): boolean {
  return reachOf(present, ping, node) >= (present.pings[ping]?.need ?? 0);
}

function isTurning(
  present: Present,
  options: { readonly ping: number; readonly node: number; readonly to: 'less' | 'more' },
): boolean {
  return present.turning[options.ping * present.nodeCount + options.node] === (options.to === 'less' ? -1 : 1);
}

/** Hosts of a ping that answer to a node; -1 for not known. */
export function reachOf(present: Present, ping: number, node: number): number {
  return present.reach[ping * present.nodeCount + node] ?? -1;
}

function pingPart(
  options: Pick<Options, 'present' | 'group'> & {
    readonly ping?: number;
    readonly node: number;
    readonly why: string;
  },
): ScorePart {
  const { present, node, why, ping = 0 } = options;
  const group = present.groups[options.group];
  const spec = present.pings[ping];
  if (group === undefined || spec === undefined) {
    return exclude('ping', { text: `${groupName(present, options.group)} requires a ping` });
  }
  const reachable = reachOf(present, ping, node);
  const name = nodeName(present, node);
  const attributes = present.attributes.get(name) ?? noAttributes;
  return exclude('ping', pingReason({ group, ping: spec, node: name, reachable, attributes, why }));
}
