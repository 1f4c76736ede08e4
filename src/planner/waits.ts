/**
 * Stage 7, waits: what each group cannot go on without, in words.
 */
import { compareIds } from '../base/order.js';
import { describeBanEnd } from '../model/ban-end.js';
import { describeTakeover } from '../model/lease.js';
import type { Wait } from '../model/plan.js';
import type { Place } from '../model/source.js';
import { pinReason, ringReason } from './placing.js';
import type { Assignment } from './assignment.js';
import type { Stages } from './placing.js';
import type { GroupDraft, Hold } from './draft.js';
import { flagBits, groupName, isActive, livenessNumbers, nodeName, resourceName, stateNumbers } from './present.js';
import type { Present } from './present.js';
import { fencingText } from './fencing-words.js';
import { obstacleOf } from './homeless.js';
import { describeFailure, nameSome, placeOfUse, toBeStoppedReason } from './reasons.js';
import { stateOf } from './standing.js';
import type { Standing } from './standing.js';

interface Waiting {
  readonly stages: Stages;
  readonly assignment: Assignment;
  readonly draft: GroupDraft | null;
  readonly group: number;
  readonly standing: Standing;
  readonly target: number;
}

/** What a group waits on, in a fixed order. */
export function waitsOf(options: Omit<Waiting, 'target'>): readonly Wait[] {
  const { stages, assignment, draft, group, standing } = options;
  const { present } = stages;
  const target = assignment.placedOn[group] ?? -1;
  const waiting: Waiting = { stages, assignment, draft, group, standing, target };
  if (standing.pin !== null) return [...pinWaits(waiting), ...strayWaits(waiting)];
  if (present.groups[group]?.desired === 'stopped') {
    return [...haltedWait(waiting), ...releaseWaits(waiting), ...strayWaits(waiting)];
  }
  if (target < 0) return [...releaseWaits(waiting), ...homelessWait(waiting), ...strayWaits(waiting)];
  const waits: Wait[] = [];
  if (draft !== null && draft.awaitedProbes.length > 0) waits.push(probeWait(waiting, draft));
  if (draft?.isOwned !== true) waits.push(...releaseWaits(waiting));
  if (draft !== null && draft.hold !== null) waits.push(holdWait(waiting, draft.hold));
  else waits.push(...strayWaits(waiting));
  const isCutOff = present.quorate[present.self] === 0 && present.spec.quorum.onLoss !== 'ignore';
  if (isCutOff && draft !== null && draft.claim !== null) waits.push(quorumWait(waiting));
  return waits;
}

function wait(
  waiting: Waiting,
  said: Omit<Wait, 'group' | 'node' | 'place'> & { readonly place?: Place | undefined },
): Wait {
  const { stages, group, target } = waiting;
  const base = {
    group: groupName(stages.present, group),
    node: target < 0 ? null : nodeName(stages.present, target),
    kind: said.kind,
    on: said.on,
    text: said.text,
  };
  return said.place === undefined ? base : { ...base, place: said.place };
}

function haltedWait(waiting: Waiting): readonly Wait[] {
  const { present } = waiting.stages;
  const halted = present.haltedBy.get(waiting.group);
  if (halted === undefined) return [];
  const why = toBeStoppedReason(present, waiting.group);
  const forgetAfterMs = present.groups[waiting.group]?.failurePolicy.forgetAfterMs ?? 0;
  const end = describeBanEnd({ resource: halted.resource, node: null, forgetAfterMs, leftMs: null });
  const text = `${why.text} ${end}`;
  return [wait(waiting, { kind: 'blocked', on: halted.resource, text, place: why.place })];
}

function pinWaits(waiting: Waiting): readonly Wait[] {
  const { stages, group, standing } = waiting;
  const { present } = stages;
  const { pin } = standing;
  if (pin === null) return [];
  const why = pinReason(present, group, pin);
  const name = groupName(present, group);
  const node = nodeName(present, pin.node);
  if (pin.kind === 'blocked') {
    const resource = (present.members[group] ?? new Int32Array()).find(
      (member) => ((present.flags[member * present.nodeCount + pin.node] ?? 0) & flagBits.blocked) !== 0,
    );
    const on = resource === undefined ? name : resourceName(present, resource);
    const isSilent = present.liveness[pin.node] === livenessNumbers.offline;
    if (asksForFence(present, resource, pin.node)) {
      const said = `${why.text}; nobody may take ${name} until ${node} is fenced: ${fencingText(present, pin.node)}`;
      return [wait(waiting, { kind: 'fencing', on: node, text: said, place: why.place })];
    }
    const text = isSilent
      ? `${why.text}, and ${node} is silent and may still run it; nobody may take ${name} until ${node} is back or is taken out of the spec`
      : `${why.text}; nobody may take ${name} until ${on} is stopped by hand and retried with \`fairlead retry ${on}\``;
    return [wait(waiting, { kind: 'blocked', on, text, place: why.place })];
  }
  const isWanted = present.groups[group]?.desired === 'started';
  if (isWanted && standing.isUp) return [];
  if (pin.kind === 'maintenance') {
    const text = `${why.text}, so nothing is started or stopped until the maintenance ends`;
    return [wait(waiting, { kind: 'maintenance', on: node, text, place: why.place })];
  }
  return [
    wait(waiting, { kind: 'probe', on: node, text: `${why.text}; ${name} is left alone until then`, place: why.place }),
  ];
}

function asksForFence(present: Present, resource: number | undefined, node: number): boolean {
  return resource !== undefined && present.troubles.get(resource * present.nodeCount + node)?.fence === true;
}

/** Whoever holds the lease must give it up first, or the promise to it must end. */
function releaseWaits(waiting: Waiting): readonly Wait[] {
  const { stages, draft, group, standing, target } = waiting;
  const { present } = stages;
  const { holder } = standing;
  if (holder === null) return [];
  const name = groupName(present, group);
  const node = nodeName(present, holder.node);
  const spec = present.groups[group];
  if (present.liveness[holder.node] === livenessNumbers.offline) {
    if (target < 0 || spec === undefined) return [];
    // That is told by what holds the claim back.
    if (draft?.hold?.kind === 'fencing') return [];
    const { leaseMs, clockDrift } = present.spec.heartbeat;
    const longest = describeTakeover({ leaseMs, stopBudgetMs: spec.stopBudgetMs, drift: clockDrift });
    const text = `${node} is silent and may still run ${name} until its lease ends, at most ${longest} after it was last heard`;
    return [wait(waiting, { kind: 'lease-end', on: node, text, place: spec.place })];
  }
  if (holder.node === target && holder.state !== 'lapsed') return [];
  const isHandedOver = stages.criteria.canAct[holder.node] === 1;
  const isReleased = draft?.chains.some((chain) => chain.release !== null && chain.node === holder.node) === true;
  if (isHandedOver && !isReleased) return [];
  const text = isHandedOver
    ? `${node} must stop and release ${name} first`
    : `${node} has ${name} and has not been heard of yet`;
  return [wait(waiting, { kind: 'release', on: node, text, place: spec?.place })];
}

function homelessWait(waiting: Waiting): readonly Wait[] {
  const { stages, assignment, group } = waiting;
  return [wait(waiting, obstacleOf({ stages, assignment, group }))];
}

function probeWait(waiting: Waiting, draft: GroupDraft): Wait {
  const names = [...new Set(draft.awaitedProbes.map((probe) => probe.node))].sort(compareIds);
  const text = `it must be known first what runs on ${nameSome(names)}`;
  return wait(waiting, { kind: 'probe', on: names[0] ?? '', text });
}

function holdWait(waiting: Waiting, hold: Hold): Wait {
  const { stages, group } = waiting;
  const { present } = stages;
  const node = nodeName(present, hold.node);
  const name = groupName(present, group);
  const spec = present.groups[group];
  if (hold.kind === 'back-off') {
    const on = resourceName(present, hold.subject);
    const seen = present.troubles.get(hold.subject * present.nodeCount + hold.node);
    const failed = seen === undefined ? `${on} failed on ${node}` : describeFailure(seen);
    return wait(waiting, {
      kind: 'back-off',
      on,
      text: `${failed}; the next start is a little later`,
      place: spec?.place,
    });
  }
  if (hold.kind === 'fencing') {
    const text = `${node} is silent and may still run ${name}, so ${node} must be fenced first: ${fencingText(present, hold.node)}`;
    return wait(waiting, { kind: 'fencing', on: node, text, place: spec?.place });
  }
  if (hold.kind === 'other-group') {
    const other = groupName(present, hold.subject);
    if (stages.constraints.inRing[group] === 1) {
      const why = ringReason({ stages, group });
      return wait(waiting, { kind: 'other-group', on: other, text: why.text, place: why.place });
    }
    const isAfter = (stages.constraints.after[group] ?? []).includes(hold.subject);
    const text = isAfter
      ? `${name} starts after ${other}, which is not up and will not be by this plan`
      : `${name} must run beside ${other}, which ${node} does not own yet`;
    const place = placeOfUse(isAfter ? (spec?.after ?? []) : (spec?.with ?? []), other) ?? spec?.place;
    return wait(waiting, { kind: 'other-group', on: other, text, place });
  }
  return immovableWait(waiting, hold.node);
}

/** Members that run where nobody may stop them now. */
function strayWaits(waiting: Waiting): readonly Wait[] {
  const { stages, group, target } = waiting;
  const { present, criteria } = stages;
  if (waiting.standing.pin?.kind === 'blocked') return [];
  const waits: Wait[] = [];
  for (const node of present.activeOn[group] ?? []) {
    if (present.liveness[node] === livenessNumbers.offline) continue;
    if (node === target || criteria.canAct[node] === 1 || node === waiting.standing.holder?.node) continue;
    const members = present.members[group] ?? new Int32Array();
    if (members.some((resource) => isActive(stateOf(present, resource, node))))
      waits.push(immovableWait(waiting, node));
  }
  return waits;
}

function immovableWait(waiting: Waiting, node: number): Wait {
  const { stages, group } = waiting;
  const { present } = stages;
  const spec = present.nodes[node];
  const name = nodeName(present, node);
  const members = [...(present.members[group] ?? new Int32Array())].filter((resource) => {
    const state = stateOf(present, resource, node);
    return state !== stateNumbers.unknown && isActive(state);
  });
  const what = nameSome(members.map((resource) => resourceName(present, resource)));
  if (spec?.state === 'maintenance') {
    const text = `${what} may run on ${name}, which is in maintenance, so nothing is stopped there`;
    return wait(waiting, { kind: 'maintenance', on: name, text, place: spec.statePlace });
  }
  return wait(waiting, {
    kind: 'probe',
    on: name,
    text: `${what} may run on ${name}, which has not been heard of yet`,
  });
}

function quorumWait(waiting: Waiting): Wait {
  const { present } = waiting.stages;
  const self = nodeName(present, present.self);
  const text = `${self} does not reach a majority of the voters, so it grants nothing and may see old news`;
  return wait(waiting, { kind: 'quorum', on: self, text, place: present.spec.quorum.place });
}
