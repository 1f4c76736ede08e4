/** The matrix of groups and nodes. */
import type { ResourceObservation } from '../model/observation.js';
import type { GroupStatus, NodeStatus, Status } from '../model/status.js';
import { printable } from './paint.js';
import type { Page } from './status-page.js';
import { dimmed, sectionOf } from './status-page.js';
import type { Cell } from './table.js';
import { fold } from './table.js';

/** Groups at rest that are shown; those that are not at rest are always shown. */
const RESTING_SHOWN_MAX = 20;

/** Blanks of a column's text and gap, for parting the nodes into blocks. */
const COLUMN_WIDTH_MIN = 9;

/** Groups in rows, nodes that may run some in columns, in as many blocks as the width asks for; below it the groups that are not at rest in a sentence each. */
export function groupLines(status: Status, page: Page): string[] {
  if (status.groups.length === 0) return [page.paint.bold('Groups'), '  the spec has none'];
  const resting = status.groups.filter(isAtRest);
  const kept = page.isVerbose ? resting : resting.slice(0, RESTING_SHOWN_MAX);
  const shown = status.groups.filter((group) => !isAtRest(group) || kept.includes(group));
  const more = status.groups.length - shown.length;
  const blocks = blocksOf(status, shown, page).map((nodes) => blockLines(status, { groups: shown, nodes, page }));
  return [
    ...blocks.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines])),
    ...(more > 0 ? [`  and ${more} more at rest (-v shows all)`] : []),
    ...shown
      .filter((group) => !isAtRest(group))
      .flatMap((group) => fold(`  > ${printable(group.sentence)}`, { width: page.width, indent: 4 }))
      .map(page.paint.warning),
  ];
}

function isAtRest({ desired, state }: GroupStatus): boolean {
  return desired === 'started' ? state === 'running' : state === 'stopped';
}

function blocksOf(status: Status, groups: readonly GroupStatus[], page: Page): (readonly NodeStatus[])[] {
  const nodes = status.nodes.filter(({ role }) => role !== 'witness');
  const names = groups.flatMap(({ group, members }) => [group, ...members.map(({ resource }) => `  ${resource}`)]);
  const nameWidth = Math.max(...names.map((name) => name.length)) + 2;
  const blocks: NodeStatus[][] = [];
  let left = 0;
  for (const node of nodes) {
    const width = Math.max(COLUMN_WIDTH_MIN, node.node.length) + 2;
    const block = blocks.at(-1);
    if (block === undefined || width > left) {
      blocks.push([node]);
      left = page.width - nameWidth - width;
    } else {
      block.push(node);
      left -= width;
    }
  }
  return blocks;
}

function blockLines(
  status: Status,
  options: { readonly groups: readonly GroupStatus[]; readonly nodes: readonly NodeStatus[]; readonly page: Page },
): string[] {
  const { groups, nodes, page } = options;
  const observations = new Map(
    status.observed.resources.map((each) => [`${each.resource} ${each.node}`, each] as const),
  );
  const on = (resource: string, node: string) => observations.get(`${resource} ${node}`);
  const rows = groups.flatMap((group): Cell[][] => {
    const memberRows = group.members.map(({ resource }): Cell[] => [
      { text: `  ${resource}` },
      ...nodes.map((node) => memberCell(on(resource, node.node), node, page)),
    ]);
    const seen = (node: NodeStatus) => group.members.flatMap(({ resource }) => on(resource, node.node) ?? []);
    const row = [{ text: group.group }, ...nodes.map((node) => groupCell({ group, node, seen: seen(node), page }))];
    const isPlain = isAtRest(group) && (group.members.length === 1 || !page.isVerbose);
    return isPlain ? [row] : [row, ...memberRows];
  });
  const head = [{ text: '' }, ...nodes.map(({ node }) => dimmed(node, page))];
  const standing = [{ text: '' }, ...nodes.map((node) => standingCell(node, page))];
  return sectionOf('Groups', [head, standing, ...rows], page);
}

function standingCell(node: NodeStatus, page: Page): Cell {
  if (node.left) return { text: 'left', paint: page.paint.warning };
  if (node.liveness !== 'online') return { text: node.liveness.toUpperCase(), paint: page.paint.bad };
  if (node.leaving) return { text: 'leaving', paint: page.paint.warning };
  return node.state === 'active' ? dimmed('online', page) : { text: node.state, paint: page.paint.warning };
}

function groupCell(options: {
  readonly group: GroupStatus;
  readonly node: NodeStatus;
  readonly seen: readonly ResourceObservation[];
  readonly page: Page;
}): Cell {
  const { group, node, seen, page } = options;
  if (group.node === node.node) {
    const paint = isAtRest(group) ? page.paint.good : page.paint.warning;
    return { text: group.state.toUpperCase(), paint };
  }
  if (node.left) return dimmed('-', page);
  if (node.liveness !== 'online') return dimmed('?', page);
  const active = seen.find(({ state }) => state !== 'stopped' && state !== 'unknown');
  if (active !== undefined) return { text: active.state, paint: page.paint.bad };
  if (seen.some(({ blocked }) => blocked)) return { text: 'blocked', paint: page.paint.bad };
  if (seen.some(({ banned }) => banned)) return { text: 'banned', paint: page.paint.warning };
  return dimmed('-', page);
}

function memberCell(seen: ResourceObservation | undefined, node: NodeStatus, page: Page): Cell {
  if (node.left) return dimmed('-', page);
  if (seen === undefined || seen.state === 'unknown' || node.liveness !== 'online') {
    return dimmed('?', page);
  }
  if (seen.blocked) return { text: 'blocked', paint: page.paint.bad };
  if (seen.state === 'stopped') {
    return seen.banned ? { text: 'banned', paint: page.paint.warning } : dimmed('-', page);
  }
  return { text: seen.state, paint: seen.state === 'running' ? page.paint.good : page.paint.warning };
}
