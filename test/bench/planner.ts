/**
 * How long a plan takes for 100, 1,000 and 10,000 groups of three members on 64 nodes: at rest, at a first start with everything stopped, when a node is lost, and with nothing known at all.
 *
 * Prints milliseconds, the best of a few runs, and the growth from size to size. Nothing is asserted: a busy machine is no failure.
 */
import { buildObserved, buildSpec } from '../planner/build-spec.js';
import type { GroupWish, NodeWish } from '../planner/build-spec.js';
import type { ClusterSpec } from '../../src/model/cluster-spec.js';
import type { ObservedCluster } from '../../src/model/observation.js';
import { applyPlan } from '../../src/planner/apply.js';
import { plan } from '../../src/planner/plan.js';
import type { Bench } from './bench.js';

const SIZES = [100, 1000, 10_000];
const NODES = 64;

/** One line of the table. */
export interface PlannerTime {
  readonly groups: number;
  readonly nodes: number;
  readonly story: string;
  readonly ms: number;
  readonly actions: number;
}

/** Measures every story at every size. */
export function measurePlanner(sizes: readonly number[] = SIZES, runs = 3): PlannerTime[] {
  return sizes.flatMap((groups) => {
    const spec = manyGroups(groups);
    return stories(spec).map(([story, observed]) => {
      let ms = Number.POSITIVE_INFINITY;
      let actions = 0;
      for (let run = 0; run < runs; run++) {
        const before = performance.now();
        actions = plan({ spec, observed }).actions.length;
        ms = Math.min(ms, performance.now() - before);
      }
      return { groups, nodes: NODES, story, ms, actions };
    });
  });
}

function manyGroups(count: number): ClusterSpec {
  const nodes: Record<string, NodeWish> = {};
  for (let node = 0; node < NODES; node++) {
    nodes[`n${pad(node, 2)}`] = { role: node < 5 ? 'member' : 'worker', labels: { zone: 'abcd'.charAt(node % 4) } };
  }
  const groups: Record<string, GroupWish> = {};
  for (let group = 0; group < count; group++) {
    const id = `g${pad(group, 5)}`;
    const earlier = `g${pad(group - 1, 5)}`;
    groups[id] = {
      members: [`${id}-address`, `${id}-files`, `${id}-server`],
      prefer: group % 4 === 0 ? [`zone=${'abcd'.charAt(group % 3)}`] : [],
      requires: group % 2 === 0 ? ['gateway'] : [],
      ...(group % 10 === 1 ? { after: [earlier] } : {}),
      ...(group % 10 === 2 ? { with: [earlier] } : {}),
      ...(group % 10 === 3 ? { apart: [earlier] } : {}),
    };
  }
  return buildSpec({ nodes, groups, pings: { gateway: {} } });
}

function stories(spec: ClusterSpec): [string, ObservedCluster][] {
  const nodes = Object.fromEntries(spec.nodes.map((node) => [node.id, 'online quorate']));
  const gateway = Object.fromEntries(spec.nodes.map((node) => [node.id, 2]));
  const stopped = buildObserved(spec, { nodes, rest: 'stopped', pings: { gateway } });
  const atRest = applyPlan({ observed: stopped, plan: plan({ spec, observed: stopped }) });
  const lost: ObservedCluster = {
    ...atRest,
    nodes: atRest.nodes.map((node) => (node.node === 'n07' ? { ...node, liveness: 'offline' } : node)),
  };
  return [
    ['at rest', atRest],
    ['first start', stopped],
    ['a node is lost', lost],
    ['nothing known', buildObserved(spec, { nodes, pings: { gateway } })],
  ];
}

function pad(value: number, digits: number): string {
  return String(Math.max(0, value)).padStart(digits, '0');
}

/** The table for people. */
export function printPlannerTimes(times: readonly PlannerTime[]): string {
  const lines = [`planner, ${NODES} nodes, 3 members in each group (best of the runs, ms)`];
  const stories = [...new Set(times.map((time) => time.story))];
  for (const story of stories) {
    const row = times.filter((time) => time.story === story);
    const cells = row.map((time) => `${time.groups} groups: ${time.ms.toFixed(1)} (${time.actions} actions)`);
    lines.push(`  ${story.padEnd(15)} ${cells.join('   ')}`);
  }
  return lines.join('\n');
}

/** Runs it. Shape: `only` is a number of groups. */
export const bench: Bench = async ({ rounds, only }) => {
  const sizes = only === null ? SIZES : [Number(only)];
  const times = measurePlanner(sizes, rounds ?? 3);
  return { table: printPlannerTimes(times), figures: times };
};
