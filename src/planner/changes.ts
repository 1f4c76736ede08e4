/**
 * Between actions and waits: what each group's difference is, and the reason that decides.
 */
import type { Candidate, Placement } from '../model/plan.js';
import type { Reason } from '../model/source.js';
import { pinReason } from './placing.js';
import type { Assignment } from './assignment.js';
import type { Stages } from './placing.js';
import type { GroupDraft } from './draft.js';
import { obstacleOf } from './homeless.js';
import { livenessNumbers, nodeName } from './present.js';
import { reason, toBeStoppedReason } from './reasons.js';
import type { Standing } from './standing.js';

/** Reasons of one placement that are told. */
const reasonsMax = 6;

/** The placement of a group as the plan shows it. */
export function placementOf(options: {
  readonly stages: Stages;
  readonly assignment: Assignment;
  readonly draft: GroupDraft | null;
  readonly group: number;
  readonly standing: Standing;
}): Placement {
  const { stages, assignment, draft, group, standing } = options;
  const { present } = stages;
  const target = assignment.placedOn[group] ?? -1;
  const candidates = assignment.candidates[group] ?? [];
  const current = currentNode(standing, target);
  const repaired = current === target && target >= 0 ? repairReason(draft, target) : [];
  const reasons = reasonsOf({ stages, assignment, group, standing, target, current, candidates });
  return {
    group: present.groups[group]?.id ?? '',
    node: target < 0 ? null : nodeName(present, target),
    current: current < 0 ? null : nodeName(present, current),
    change: changeOf({ stages, draft, group, standing, target }),
    reasons: repaired.length === 0 ? reasons : [...repaired, ...reasons],
    candidates,
  };
}

/** Where the group is now: with several nodes running it, the one it belongs on, or else the first. */
function currentNode(standing: Standing, target: number): number {
  if (standing.current >= 0) return standing.current;
  return standing.running.includes(target) ? target : (standing.running[0] ?? -1);
}

function changeOf(options: {
  readonly stages: Stages;
  readonly draft: GroupDraft | null;
  readonly group: number;
  readonly standing: Standing;
  readonly target: number;
}): Placement['change'] {
  const { stages, draft, group, standing, target } = options;
  const { present } = stages;
  if (standing.pin !== null) return standing.pin.kind === 'blocked' ? 'blocked' : 'none';
  const { holder, running } = standing;
  if (present.groups[group]?.desired === 'stopped') {
    const isHeld = holder !== null && present.liveness[holder.node] !== livenessNumbers.offline;
    return isHeld || running.length > 0 ? 'stop' : 'none';
  }
  if (target < 0) return 'unplaced';
  if (draft?.isOwned === true || (draft === null && holder?.node === target)) {
    const isChanging = draft !== null && (draft.starts.length > 0 || draft.hold !== null || restarts(draft, target));
    if (!isChanging) return 'none';
    if (onlyReloads(draft, target)) return 'reload';
    return hasTrouble(stages, group, target) || restarts(draft, target) ? 'recover' : 'start';
  }
  if (holder !== null) {
    const isGone = present.liveness[holder.node] === livenessNumbers.offline;
    return isGone || holder.node === target ? 'recover' : 'move';
  }
  if (running.includes(target)) return 'adopt';
  return running.length > 0 ? 'move' : 'start';
}

/** Why something is done where the group stays. */
function repairReason(draft: GroupDraft | null, target: number): readonly Reason[] {
  const restarted = draft?.chains.find((chain) => chain.node === target)?.stops[0];
  const first = restarted ?? (draft?.isOwned === true ? draft.starts[0] : undefined);
  const why = first?.reason ?? draft?.hold?.wanted ?? undefined;
  return why === undefined ? [] : [why];
}

function restarts(draft: GroupDraft, target: number): boolean {
  return draft.chains.some((chain) => chain.node === target);
}

function onlyReloads(draft: GroupDraft, target: number): boolean {
  return draft.hold === null && !restarts(draft, target) && draft.starts.every(({ kind }) => kind === 'reload');
}

function hasTrouble({ present }: Stages, group: number, node: number): boolean {
  const members = present.members[group] ?? new Int32Array();
  return members.some((resource) => (present.troubles.get(resource * present.nodeCount + node)?.failures ?? 0) > 0);
}

function reasonsOf(options: {
  readonly stages: Stages;
  readonly assignment: Assignment;
  readonly group: number;
  readonly standing: Standing;
  readonly target: number;
  readonly current: number;
  readonly candidates: readonly Candidate[];
}): readonly Reason[] {
  const { stages, assignment, group, standing, target, current, candidates } = options;
  const { present } = stages;
  const spec = present.groups[group];
  if (standing.pin !== null) return [pinReason(present, group, standing.pin)];
  if (spec?.desired === 'stopped') return [toBeStoppedReason(present, group)];
  if (target < 0) {
    const { text, place } = obstacleOf({ stages, assignment, group });
    return [reason(text, place), ...unplacedReasons(candidates).filter((why) => why.text !== text)];
  }
  const chosen = candidates[0];
  if (chosen === undefined) return [];
  const left = current >= 0 && current !== target ? nodeName(present, current) : null;
  const pushed = left === null ? [] : excludingReasons(candidates.find((candidate) => candidate.node === left));
  if (left !== null && current >= present.nodeCount) pushed.push(reason(`${left} is not in the spec any more`));
  const passedOver = current === target ? [] : passedOverReasons(candidates, chosen, left);
  const pulled = chosen.parts
    .filter((part) => (part.score ?? 0) > 0)
    .sort((x, y) => (y.score ?? 0) - (x.score ?? 0))
    .map((part) => part.reason);
  const all = [...pushed, ...passedOver, ...pulled];
  return all.length > 0 ? all.slice(0, reasonsMax) : [soleReason(candidates, chosen)];
}

/** Why the nodes that the group prefers to the chosen one are none. */
function passedOverReasons(
  candidates: readonly Candidate[],
  chosen: Candidate,
  left: string | null,
): readonly Reason[] {
  const wish = wishOf(chosen);
  return candidates
    .filter((candidate) => candidate.score === null && candidate.node !== left && wishOf(candidate) > wish)
    .flatMap((candidate) => excludingReasons(candidate).slice(0, 1));
}

function wishOf({ parts }: Candidate): number {
  return parts.find((part) => part.kind === 'prefer')?.score ?? 0;
}

function excludingReasons(candidate: Candidate | undefined): Reason[] {
  return (candidate?.parts ?? []).filter((part) => part.score === null).map((part) => part.reason);
}

function unplacedReasons(candidates: readonly Candidate[]): readonly Reason[] {
  const seen = new Set<string>();
  const reasons: Reason[] = [];
  for (const candidate of candidates) {
    for (const why of excludingReasons(candidate)) {
      if (seen.has(why.text)) continue;
      seen.add(why.text);
      reasons.push(why);
    }
    if (reasons.length >= reasonsMax) break;
  }
  return reasons.slice(0, reasonsMax);
}

function soleReason(candidates: readonly Candidate[], chosen: Candidate): Reason {
  const shut = candidates.filter((candidate) => candidate.score === null);
  if (shut.length < candidates.length - 1) {
    return reason(`${chosen.node} has the fewest groups, the first by name among equals`);
  }
  const bound = shut.flatMap(({ parts }) => parts).find((part) => part.score === null && part.kind === 'with');
  return bound?.reason ?? reason(`${chosen.node} is the only node that may run it`);
}
