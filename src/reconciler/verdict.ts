import { formatDuration } from '../base/duration.js';
import type { NodeObservation } from '../model/observation.js';
import type { Wait } from '../model/plan.js';
import type { Condition, GroupStatus, QuorumStatus, Status } from '../model/status.js';

/** The state of the whole in one word and one sentence: is the service up, is something moving, what comes next. */
export function verdictOf(options: {
  readonly groups: readonly GroupStatus[];
  readonly quorum: QuorumStatus;
  /** Whether what this node owns runs on while it has no majority. */
  readonly keepsWhatItHolds: boolean;
  /** Whether this daemon began less than a lease ago, so that answers may be under way. */
  readonly isNew: boolean;
  readonly conditions: readonly Condition[];
  readonly waits: readonly Wait[];
  readonly nodes: readonly NodeObservation[];
}): { readonly health: Status['health']; readonly verdict: string } {
  const { groups, quorum, conditions, nodes } = options;
  const wanted = groups.filter((group) => group.desired === 'started');
  const running = wanted.filter((group) => group.state === 'running');
  const moving = groups.filter((group) => ['moving', 'starting', 'stopping'].includes(group.state));
  const down = wanted.filter((group) => !running.includes(group) && !moving.includes(group));
  const tally = `${running.length} of ${wanted.length} ${wanted.length === 1 ? 'group runs' : 'groups run'}`;
  if (!quorum.quorate) {
    const runsOn = options.keepsWhatItHolds || quorum.onLoss !== 'stop';
    const isUp = runsOn && running.length === wanted.length;
    const health = isUp && moving.length === 0 ? 'degraded' : 'down';
    const fate = options.keepsWhatItHolds ? byOwnVoter : withoutMajority[quorum.onLoss];
    if (quorum.majorityInMs !== null)
      return { health, verdict: `${tally}: ${waitWords(quorum, quorum.majorityInMs)}, and until then ${fate}.` };
    const wait =
      quorum.quarantineMs > 0 ? `, this node's voter is silent for ${formatDuration(quorum.quarantineMs)} more` : '';
    const told = isUp ? `${tally}, but no majority` : 'No majority';
    return {
      health,
      verdict: `${told} of the voters answers this node (${quorum.acks.length} of ${quorum.votes}, ${quorum.majority} needed${wait}): ${fate}.`,
    };
  }
  if (down.length > 0) {
    const first = down[0]?.sentence ?? '';
    const more = down.length > 1 ? ` (and ${down.length - 1} more)` : '';
    return { health: 'down', verdict: `${tally}: ${first}${more}.` };
  }
  if (moving.length > 0) return { health: 'moving', verdict: `${tally}: ${moving[0]?.sentence ?? ''}.` };
  const left = nodes.filter((node) => node.left === true).map((node) => node.node);
  const silent = nodes.filter((node) => node.liveness === 'offline' && node.left !== true).map((node) => node.node);
  const gone = new Set([...silent, ...left]);
  const waiting = quorum.quarantined.map(({ node }) => node).filter((node) => !gone.has(node));
  const mute = options.isNew
    ? []
    : (quorum.unanswered ?? []).map(({ node }) => node).filter((node) => !gone.has(node) && !waiting.includes(node));
  const bad = conditions.filter((condition) => condition.severity !== 'info' && condition.kind !== 'node-silent');
  const missing = [
    ...(silent.length > 0 ? [`${silent.join(', ')} silent`] : []),
    ...(left.length > 0 ? [`${left.join(', ')} left in order`] : []),
    ...(mute.length > 0 ? [`${mute.join(', ')} heard but not answering`] : []),
    ...(waiting.length > 0 ? [`${waiting.join(', ')} granting nothing yet`] : []),
  ];
  if (missing.length > 0 || bad.length > 0) {
    const parts = [
      ...(missing.length > 0 ? [`${missing.join(', ')}${spareWords(quorum)}`] : []),
      ...bad.slice(0, 1).map((each) => each.sentence),
    ];
    return { health: 'degraded', verdict: `${tally}, nothing is moving; ${parts.join('; ')}.` };
  }
  return { health: 'ok', verdict: `${tally}, nothing is moving.` };
}

/** That a majority is there, and answers once its quarantine is over. */
function waitWords({ quarantined }: QuorumStatus, majorityInMs: number): string {
  const names = quarantined.map(({ node }) => node).join(', ');
  const grants = quarantined.length === 1 ? 'grants' : 'grant';
  return `${names} began without a memory of what was promised and ${grants} nothing for ${formatDuration(majorityInMs)} more, until all of that has surely ended; this node goes on by itself then`;
}

/** How many more voters may be lost before there is no majority, where some are. */
function spareWords({ acks, votes, majority, onLoss }: QuorumStatus): string {
  const spare = acks.length - majority;
  if (acks.length === votes || spare < 0 || onLoss !== 'stop') return '';
  const more = spare === 0 ? 'no other may be lost' : `${spare} more may be lost`;
  return `: ${acks.length} of ${votes} voters answer, and ${more}`;
}

/** What becomes of services without a majority. */
const withoutMajority: Readonly<Record<QuorumStatus['onLoss'], string>> = {
  stop: 'it starts nothing and what it held is stopped',
  freeze: 'it starts nothing and what it runs runs on, because quorum.onLoss is freeze',
  ignore: 'it starts nothing yet and what it holds runs on, because quorum.onLoss is ignore',
};

/** What becomes of them with one of two voters that can fence the other (R14). */
const byOwnVoter =
  'it starts nothing and what it holds runs on, because the other one is granted nothing without its voter';
