/**
 * The actions of a group as numbered steps: what one node does in one go is one step.
 */
import type { Action } from '../model/plan.js';
import { nameSome } from './reasons.js';

/** Steps of one group that are told; the rest are counted. */
const stepsMax = 20;

interface Step {
  readonly kind: Action['kind'];
  readonly node: string;
  readonly group: string;
  readonly resources: string[];
}

/** The steps of one group's actions, in their order: `1 stop    nginx, vip on lb1`. */
export function describeSteps(actions: readonly Action[]): string[] {
  const probes = actions.filter((action) => action.kind === 'probe');
  const lines = probePhrases(probes).map((phrase) => `probe   ${phrase}`);
  const steps = stepsOf(actions.filter((action) => action.kind !== 'probe'));
  for (let position = 0; position < steps.length; position++) {
    const step = steps[position];
    const next = steps[position + 1];
    if (step === undefined) continue;
    if (step.kind === 'release' && next?.kind === 'claim') {
      lines.push(`release ${step.group} on ${step.node}, claim ${next.group} on ${next.node}`);
      position += 1;
    } else {
      lines.push(phraseOf(step));
    }
  }
  const told = lines.slice(0, stepsMax).map((line, position) => `${position + 1} ${line}`);
  return lines.length > stepsMax ? [...told, `and ${lines.length - stepsMax} more steps`] : told;
}

/** Probes in a few phrases: resources that are looked for on the same nodes are named together. */
export function probePhrases(probes: readonly Action[]): string[] {
  const nodesOf = new Map<string, string[]>();
  for (const { resource, node } of probes) {
    const list = nodesOf.get(resource ?? '');
    if (list === undefined) nodesOf.set(resource ?? '', [node]);
    else list.push(node);
  }
  const byNodes = new Map<string, { readonly nodes: readonly string[]; readonly resources: string[] }>();
  for (const [resource, nodes] of nodesOf) {
    const sorted = [...nodes].sort();
    const key = JSON.stringify(sorted);
    const phrase = byNodes.get(key);
    if (phrase === undefined) byNodes.set(key, { nodes: sorted, resources: [resource] });
    else phrase.resources.push(resource);
  }
  return [...byNodes.values()].map(({ nodes, resources }) => `${nameSome(resources, 8)} on ${nameSome(nodes, 8)}`);
}

function stepsOf(actions: readonly Action[]): Step[] {
  const steps: Step[] = [];
  for (const action of actions) {
    const last = steps.at(-1);
    if (last !== undefined && last.kind === action.kind && last.node === action.node && action.resource !== null) {
      last.resources.push(action.resource);
    } else {
      const resources = action.resource === null ? [] : [action.resource];
      steps.push({ kind: action.kind, node: action.node, group: action.group, resources });
    }
  }
  return steps;
}

function phraseOf(step: Step): string {
  const what = step.resources.length === 0 ? step.group : step.resources.join(', ');
  return `${step.kind.padEnd(7)} ${what} on ${step.node}`;
}
