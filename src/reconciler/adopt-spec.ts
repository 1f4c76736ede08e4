import type { ClusterSpec } from '../model/cluster-spec.js';
import type { Condition } from '../model/status.js';
import type { WantedBy } from '../model/voter-line.js';
import { newestSet } from '../ownership/line.js';
import type { StepTime } from './input-effect.js';
import { followSpec, leftoversOf } from './follow-spec.js';
import { forgetNodes } from './forget-nodes.js';
import { isBoundOtherwise } from './founding.js';
import { watchListeningPlace } from './listening-place.js';
import type { Mind } from './mind.js';
import { refusalOfKeys } from './signing-key.js';
import { ignoredSilence, specIndex } from './spec-index.js';
import { lineOf } from './voters.js';

/** Why a valid spec is not put in force here; null when nothing speaks against it. */
export function refusalOf(
  mind: Mind,
  { next, revision, nowMs }: { readonly next: ClusterSpec; readonly revision: WantedBy; readonly nowMs: number },
): { readonly kind: Condition['kind']; readonly sentence: string } | null {
  if (next.name !== mind.spec.name) {
    return {
      kind: 'spec-invalid',
      sentence: `it renames the cluster from "${mind.spec.name}" to "${next.name}"; a cluster's name is for life, start new daemons for a new one`,
    };
  }
  if (!next.nodes.some((node) => node.id === mind.node)) {
    return {
      kind: 'spec-invalid',
      sentence: `it has no node "${mind.node}", which is this one; let it leave with \`fairlead leave\` first`,
    };
  }
  const gone = mind.holder.voters.filter((voter) => !next.nodes.some((node) => node.id === voter));
  if (lineOf(mind).isFounded && gone.length > 0) {
    return {
      kind: 'spec-invalid',
      sentence: `it has no node "${gone.join('", "')}", which still votes; let it be there with \`role: worker\` until the voters have changed, and write the file again without it`,
    };
  }
  if (isBoundOtherwise(mind, next, revision)) {
    const voters = newestSet(lineOf(mind)).join(', ');
    return {
      kind: 'spec-invalid',
      sentence: `it changes the voters while a new cluster begins with ${voters}, and may have begun by now for all that this node knows; write it again when the cluster has begun, or, if one of these never comes, stop the daemons, remove voters.json and revision.json from their state directories, and start them with the new file`,
    };
  }
  if (next.groups.length === 0 && mind.spec.groups.length > 0) {
    return {
      kind: 'spec-invalid',
      sentence: `it removes every group; set \`desired: stopped\` on each if that is meant`,
    };
  }
  const keys = refusalOfKeys(mind, next, nowMs);
  return keys === null ? null : { kind: 'spec-invalid', sentence: keys };
}

/** Puts a spec in force: leases, drift and lives follow it; what it no longer has is stopped first. */
export function adoptSpec(mind: Mind, next: ClusterSpec, time: StepTime): void {
  const leftovers = leftoversOf(mind, next);
  mind.spec = next;
  mind.index = specIndex(next, leftovers);
  mind.specCount += 1;
  mind.holder.everyMs = next.heartbeat.everyMs;
  mind.holder.leaseMs = next.heartbeat.leaseMs;
  mind.holder.drift = next.heartbeat.clockDrift;
  mind.holder.ignoreSilenceMs = ignoredSilence(next);
  mind.voter.drift = next.heartbeat.clockDrift;
  mind.voter.leaseMs = next.heartbeat.leaseMs;
  followSpec(mind, time.nowMs);
  forgetNodes(mind);
  watchListeningPlace(mind, time.nowMs);
}
