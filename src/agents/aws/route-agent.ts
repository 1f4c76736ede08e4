/**
 * `builtin:aws-route`: a route of one or several VPC route tables that leads to a network interface of this node's instance.
 *
 * EC2 knows no compare and set for routes. What it lets be compared is whether there is one: `CreateRoute` is refused where there is, `ReplaceRoute` where there is none. For the rest a route is read right before each
 * change, changed only while the lease allows it, and read again. A stop changes nothing in a table unless that is wanted: a deletion could hit the route of a node that took it in between.
 *
 * Source: Amazon EC2 API Reference, DescribeRouteTables, CreateRoute, ReplaceRoute, DeleteRoute; Amazon VPC User Guide, "Configure route tables".
 */
import { invariant } from '../../base/invariant.js';
import type { Outcome } from '../../model/operation.js';
import type { Agent } from '../agent.js';
import { DONE, failed, RUNNING, STOPPED } from '../outcome.js';
import { runMarks } from '../run-marks.js';
import type { Found } from './aws-node.js';
import type { CloudOptions } from './cloud-agent.js';
import { cloudAgent } from './cloud-agent.js';
import type { Ec2Request, RoutePlace, RouteTable } from './ec2-call.js';
import { outcomeOfLook, sentenceOf } from './ec2-tries.js';
import type { Removed, Round } from './in-rounds.js';
import { inRounds, removeAll, removedBy, roundOfFault } from './in-rounds.js';
import { OwnChanges, readSettled } from './own-changes.js';
import { ReadAhead } from './read-ahead.js';
import type { RouteCall, RouteMemory } from './route-call.js';
import { readRouteParameters } from './route-parameters.js';
import { mayBeTaken, NOT_TO_BE_TAKEN, routeWords } from './route-target.js';
import { passCheck, readCheckAhead } from './source-dest-check.js';

/** Makes the agent. Shape: `folder` is on a tmpfs, for what is remembered until the next boot. */
export function routeAgent(options: CloudOptions & { readonly folder: string }): Agent {
  const memory: RouteMemory = {
    taken: runMarks(options.folder),
    changes: new OwnChanges(),
    checks: new ReadAhead(),
  };
  return cloudAgent(options, { read: readRouteParameters, memory, look, start, stop, prepare: readCheckAhead });
}

async function look(route: RouteCall): Promise<Outcome> {
  const read = await readHere(route);
  if (read.kind === 'none') return read.outcome;
  const { tables, here } = read.value;
  // A route that was left here by a stop, or made by hand, is not what this node was asked for.
  const isTaken = route.parameters.onStop === 'delete' || route.memory.taken.has(route.resource.id);
  if (here.length === 0 || !isTaken) return STOPPED;
  const target = await route.node.interfaceId(route.parameters.at, route.asking);
  if (target.kind === 'none') return target.outcome;
  const wrong = tables.find(({ target: at }) => at?.id !== target.value || at.isBlackhole);
  if (wrong === undefined) return RUNNING;
  return failed('soft', `${wordsOf(route, wrong)}, and belongs on ${target.value}`);
}

async function start(route: RouteCall): Promise<Outcome> {
  const target = await route.node.interfaceId(route.parameters.at, route.asking);
  if (target.kind === 'none') return target.outcome;
  const failure = await passCheck(route, target.value);
  return failure ?? inRounds(route.asking, () => take(route, target.value));
}

async function take(route: RouteCall, interfaceId: string): Promise<Round> {
  // It is written whatever is read, so a read that is behind costs nothing; and what this node took from another may be the other's again.
  const read = await describeOnce(route);
  if (read.kind === 'none') return { kind: 'over', outcome: read.outcome };
  const others = read.value.find(
    ({ target }) => !mayBeTaken(target, { interfaceId, takeFrom: route.parameters.takeFrom }),
  );
  if (others !== undefined) {
    return { kind: 'over', outcome: failed('node', `${wordsOf(route, others)}, ${NOT_TO_BE_TAKEN}`) };
  }
  for (const table of read.value) {
    const round = await point(route, { table, interfaceId });
    if (round !== null) return round;
  }
  route.memory.taken.set(route.resource.id);
  return { kind: 'over', outcome: await confirmStart(route, interfaceId) };
}

/** Lets one route lead here. Also where it seems to already, since the read may be an old one. Returns null when it does. */
async function point(
  route: RouteCall,
  { table, interfaceId }: { readonly table: RouteTable; readonly interfaceId: string },
): Promise<Round | null> {
  const kind = table.target === null ? 'create-route' : 'replace-route';
  const request: Ec2Request = { kind, at: placeOf(route, table.id), interfaceId };
  const answer = await route.changeOnce(request);
  if (answer.kind === 'fault' || answer.kind === 'ended') {
    return roundOfFault(request, answer, ['conflict', 'not-found']);
  }
  if (table.target?.id === interfaceId) return null;
  route.memory.changes.made(keyOf(route, table.id), [table.target?.id ?? null]);
  if (table.target !== null) route.asking.log.event('info', `${wordsOf(route, table)}; it was taken from there`);
  return null;
}

/** EC2's word is enough, unless a read shows that somebody else has changed it since. */
async function confirmStart(route: RouteCall, interfaceId: string): Promise<Outcome> {
  const read = await describe(route);
  if (read.kind === 'none') return DONE;
  const lost = read.value.find(({ target }) => target?.id !== interfaceId);
  return lost === undefined
    ? DONE
    : failed('soft', `${wordsOf(route, lost)}: it was changed by somebody else right after its start`);
}

async function stop(route: RouteCall): Promise<Outcome> {
  const { parameters, asking, memory, resource } = route;
  const outcome =
    parameters.onStop === 'leave'
      ? DONE
      : await removeAll(asking, {
          own: [],
          find: async () => {
            const read = await readHere(route);
            return read.kind === 'none' ? read : { kind: 'found', value: read.value.here };
          },
          remove: (table) => remove(route, table),
        });
  if (outcome.kind === 'done') memory.taken.clear(resource.id);
  // What is left to others may be as it was before this node had it.
  if (parameters.onStop === 'leave') for (const id of parameters.tableIds) memory.changes.forget(keyOf(route, id));
  return outcome;
}

async function remove(route: RouteCall, { id, target }: RouteTable): Promise<Removed> {
  const request: Ec2Request = { kind: 'delete-route', at: placeOf(route, id) };
  const removed = removedBy(request, await route.changeOnce(request));
  if (removed.kind === 'failed') return removed;
  route.memory.changes.made(keyOf(route, id), [target?.id ?? null]);
  return removed;
}

/** Every table, and those of them whose route leads to this instance. */
async function readHere(
  route: RouteCall,
): Promise<Found<{ readonly tables: readonly RouteTable[]; readonly here: readonly RouteTable[] }>> {
  const instance = await route.node.instanceId(route.asking);
  if (instance.kind === 'none') return instance;
  // The owner of a VPC that is shared is not told of others' instances, but of their interfaces.
  const at = await route.node.interfaceId(route.parameters.at, route.asking);
  if (at.kind === 'none' && at.outcome.kind === 'unknown') return at;
  const read = await describe(route);
  if (read.kind === 'none') return read;
  const here = read.value.filter(
    ({ target }) =>
      target !== null && (target.instanceId === instance.value || (at.kind === 'found' && target.id === at.value)),
  );
  return { kind: 'found', value: { tables: read.value, here } };
}

/** Reads the tables as they are after this node's own changes. */
async function describe(route: RouteCall): Promise<Found<readonly RouteTable[]>> {
  return readSettled(route.asking, {
    read: () => describeOnce(route),
    isBefore: (tables) =>
      tables.some(({ id, target }) => route.memory.changes.isBefore(keyOf(route, id), target?.id ?? null)),
    what: () => `the route to ${route.parameters.destination.cidr}`,
  });
}

async function describeOnce(route: RouteCall): Promise<Found<readonly RouteTable[]>> {
  const { tableIds, destination } = route.parameters;
  const request: Ec2Request = { kind: 'describe-routes', tableIds, destination };
  const answer = await route.look(request);
  if (answer.kind === 'routes') return { kind: 'found', value: answer.tables };
  invariant(answer.kind === 'fault' || answer.kind === 'ended', 'a description is answered by nothing else');
  const isFact = answer.kind === 'fault' && answer.fault === 'not-found' && route.action === 'start';
  const outcome = isFact ? failed('fatal', sentenceOf(request, answer)) : outcomeOfLook(request, answer);
  return { kind: 'none', outcome };
}

/** How a route is, as the beginning of a sentence. */
function wordsOf({ parameters }: RouteCall, table: RouteTable): string {
  return routeWords(table, parameters.destination.cidr);
}

function placeOf({ parameters }: RouteCall, tableId: string): RoutePlace {
  return { tableId, destination: parameters.destination };
}

function keyOf({ region, parameters }: RouteCall, tableId: string): string {
  return `${region} ${tableId} ${parameters.destination.cidr}`;
}
