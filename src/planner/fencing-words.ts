/** How it stands with fences, in words. */
import { nodeName } from './present.js';
import type { Present } from './present.js';

/** How it stands with the fence of a node. */
export function fencingText(present: Present, node: number): string {
  const seen = present.fencing.get(node);
  if (seen === undefined) return 'nobody is at it yet';
  return seen.by === null ? seen.text : `${seen.by} is at it, ${seen.text}`;
}

/** That a node has no majority, and where it is one of two voters that is to fence the other one for it, how that stands. */
export function noMajorityText(present: Present, node: number): string {
  const text = `${nodeName(present, node)} does not reach a majority of the voters`;
  const voters = present.nodes.flatMap(({ votes }, number) => (votes ? [number] : []));
  const rival = voters.find((voter) => voter !== node);
  const isDuel = voters.length === 2 && node === present.self && voters.includes(node);
  if (!isDuel || rival === undefined || !present.fencing.has(rival)) return text;
  return `${text} until ${nodeName(present, rival)} is fenced: ${fencingText(present, rival)}`;
}
