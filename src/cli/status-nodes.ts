/** The nodes, and who hears whom. */
import { formatDuration } from '../base/duration.js';
import { shortHash } from '../model/revision.js';
import type { NodeStatus, Status } from '../model/status.js';
import type { Page } from './status-page.js';
import { dimmed, sectionOf } from './status-page.js';
import type { Cell } from './table.js';

/** Every node in a row: what it is, how it stands, when it was heard and over which links. */
export function nodeLines({ node: self, nodes }: Status, page: Page): string[] {
  const { paint } = page;
  const titles = ['role', 'state', 'heard', 'links', 'majority', 'revision'];
  const rows = nodes.map((node): Cell[] => [
    { text: node.node },
    { text: node.role },
    {
      text: node.left ? 'left' : node.leaving ? 'leaving' : node.state,
      ...(node.leaving || node.state !== 'active' ? { paint: paint.warning } : {}),
    },
    heardCell(node, self, page),
    linksCell(node, self, page),
    quorateCell(node, page),
    { text: node.revision === null ? '?' : shortHash(node.revision.hash) },
  ]);
  return sectionOf('Nodes', [[{ text: '' }, ...titles.map((text) => dimmed(text, page))], ...rows], page);
}

/** Rows hear, columns are heard. A row of a node that is itself not heard is what it said last. */
export function hearingLines({ node: self, nodes }: Status, page: Page): string[] {
  if (nodes.length < 2) return [];
  const head = [{ text: '' }, ...nodes.map(({ node }) => dimmed(node, page))];
  const rows = nodes.map((row): Cell[] => [
    { text: row.node },
    ...nodes.map((column) => hearsCell({ row, column, self, page })),
    saidCell(row, self, page),
  ]);
  return sectionOf('Who hears whom', [head, ...rows], page);
}

function heardCell(node: NodeStatus, self: string, page: Page): Cell {
  if (node.node === self) return dimmed('itself', page);
  if (node.heardAgoMs === null && node.left) return dimmed('-', page);
  if (node.heardAgoMs === null) return { text: 'never', paint: page.paint.bad };
  const text = `${formatDuration(node.heardAgoMs)} ago`;
  return node.liveness === 'online' || node.left
    ? { text }
    : { text: `${text}, ${node.liveness}`, paint: page.paint.bad };
}

function linksCell(node: NodeStatus, self: string, page: Page): Cell {
  if (node.node === self || node.left) return dimmed('-', page);
  const up = node.links.filter((isUp) => isUp).length;
  if (up === node.links.length) return { text: `${up}/${node.links.length}` };
  const down = node.links.flatMap((isUp, index) => (isUp ? [] : [index + 1]));
  const text = up === 0 ? `0/${node.links.length}` : `${up}/${node.links.length}, link ${down.join(', ')} down`;
  return { text, paint: page.paint.bad };
}

function quorateCell(node: NodeStatus, page: Page): Cell {
  if (node.left) return dimmed('-', page);
  if (node.quorate === null || node.liveness !== 'online') return dimmed('?', page);
  return node.quorate ? { text: 'yes' } : { text: 'NO', paint: page.paint.bad };
}

function hearsCell(options: {
  readonly row: NodeStatus;
  readonly column: NodeStatus;
  readonly self: string;
  readonly page: Page;
}): Cell {
  const { row, column, self, page } = options;
  if (row.node === column.node || row.left || column.left) return dimmed('-', page);
  const doesHear = row.node === self ? column.links.some((isUp) => isUp) : row.hears.includes(column.node);
  if (row.node !== self && row.incarnation === null) return dimmed('?', page);
  return doesHear ? { text: 'yes' } : { text: 'NO', paint: page.paint.bad };
}

function saidCell(row: NodeStatus, self: string, page: Page): Cell {
  if (row.node === self || row.liveness === 'online' || row.left || row.heardAgoMs === null) return { text: '' };
  return { text: `as it said ${formatDuration(row.heardAgoMs)} ago`, paint: page.paint.dim };
}
