/**
 * `builtin:vip`: an IP address that is added to an interface, announced, looked at and removed by `ip`, in the network namespace of the daemon.
 *
 * It counts wherever on this node it is held, the loopback interface apart unless that is where it belongs: so a stop removes it everywhere, and proves that.
 *
 * Source: ip-address(8), ip-neighbour(8), ip-sysctl (promote_secondaries).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { messageOf } from '../base/error-message.js';
import type { ResourceSpec } from '../model/cluster-spec.js';
import type { Outcome } from '../model/operation.js';
import type { Log } from '../ports/log.js';
import { AddressAnnouncer } from './address-announcer.js';
import type { Agent, AgentCall } from './agent.js';
import type { CallNote } from './call-records.js';
import { delay } from './delay.js';
import { DUPLICATE_WAIT_AGAIN_MS, DUPLICATE_WAIT_MS, findDuplicate } from './duplicate-address.js';
import { addressBits } from './ip-address.js';
import { listInterfaces, problemOf } from './list-interfaces.js';
import type { NetworkCommand } from './network-command.js';
import { runNetworkProgram } from './network-command.js';
import type { Holding, NetworkInterface } from './network-interface.js';
import { holdingsOf, interfaceBySubnet } from './network-interface.js';
import { CANCELLED, DONE, doneAs, failed, STOPPED } from './outcome.js';
import type { VipParameters } from './vip-parameters.js';
import { NAME_LENGTH_MAX, readVipParameters } from './vip-parameters.js';

/** How long a fresh interface is waited for. Source: RFC 4862, section 5.4: up to a second of random delay and a second for one probe. */
const SETTLING_MAX_MS = 3000;
const SETTLING_LOOK_MS = 50;

/** How long ago an address was seen here that is taken again after a short question only. Ours: a few times the usual monitor. */
const SEEN_LATELY_MS = 60_000;

/** One call on one address. */
interface VipCall {
  readonly parameters: VipParameters;
  readonly command: NetworkCommand;
  /** Of the program that adds the address: it may sleep in the kernel, and add it when everything else is over. */
  readonly note: CallNote | null;
  readonly announcer: AddressAnnouncer;
  /** When addresses were last seen here that this daemon did not take away since. */
  readonly seenAtMs: Map<string, number>;
}

/** Makes the agent; `close` ends its announcing. */
export function vipAgent(options: { readonly log: Log; readonly path?: string }): {
  readonly agent: Agent;
  readonly close: () => void;
} {
  const announcer = new AddressAnnouncer({ log: options.log, path: options.path });
  const seenAtMs = new Map<string, number>();
  const act =
    (action: (vip: VipCall) => Promise<Outcome>) =>
    async (call: AgentCall): Promise<Outcome> => {
      const parameters = readVipParameters(call.operation.resource);
      const { leftMs, signal, isPermitted, note, log } = call;
      const command = { path: options.path, leftMs, signal, isPermitted, log };
      return typeof parameters === 'string'
        ? failed('fatal', parameters)
        : action({ parameters, command, note, announcer, seenAtMs });
    };
  const agent = { probe: act(probe), monitor: act(monitor), start: act(start), stop: act(stop), kill: act(stop) };
  return { agent, close: () => announcer.close() };
}

/** Where a start would add the address, or what would keep it from that. Changes nothing. */
export async function findVipPlace(
  resource: ResourceSpec,
  command: NetworkCommand,
): Promise<
  { readonly kind: 'place'; readonly interfaceName: string } | { readonly kind: 'none'; readonly outcome: Outcome }
> {
  const parameters = readVipParameters(resource);
  if (typeof parameters === 'string') {
    return { kind: 'none', outcome: failed('fatal', parameters) };
  }
  const listed = await listInterfaces(command);
  if (listed.kind === 'none') {
    return listed;
  }
  const { interfaces } = listed;
  const place = placeOf({ parameters }, interfaces, countedHoldings({ parameters }, interfaces));
  if (place.kind === 'none') {
    return place;
  }
  const problem = labelProblem({ parameters }, place.interface) ?? linkProblem(place.interface, 'node');
  return problem === null ? { kind: 'place', interfaceName: place.interface.name } : { kind: 'none', outcome: problem };
}

async function probe(vip: VipCall): Promise<Outcome> {
  const listed = await listInterfaces(vip.command);
  if (listed.kind === 'none') {
    return listed.outcome;
  }
  const holdings = countedHoldings(vip, listed.interfaces);
  return holdings.length === 0 ? STOPPED : (misplaced(vip, holdings) ?? { kind: 'running', ...driftOf(vip, holdings) });
}

async function monitor(vip: VipCall): Promise<Outcome> {
  const listed = await listInterfaces(vip.command);
  if (listed.kind === 'none') {
    return listed.outcome;
  }
  const holdings = countedHoldings(vip, listed.interfaces);
  const [holding] = holdings;
  if (holding === undefined) {
    // What is monitored was taken here and not given up since.
    return { kind: 'stopped', drift: 'taken away by somebody else' };
  }
  const wrong = misplaced(vip, holdings) ?? linkProblem(holding.interface, 'soft');
  if (wrong !== null) {
    return wrong;
  }
  announceAt(vip, holding.interface, holding.held.prefixLength, 'refresh');
  return { kind: 'running', ...driftOf(vip, holdings) };
}

/** What somebody changed of an address that is held where it belongs. Load balancing gives it a prefix of its own on the loopback interface. */
function driftOf({ parameters }: VipCall, holdings: readonly Holding[]): { readonly drift?: string } {
  const { prefixLength } = parameters.address;
  const other = holdings.find(
    ({ interface: holder, held }) => prefixLength !== null && held.prefixLength !== prefixLength && !holder.isLoopback,
  );
  return other === undefined
    ? {}
    : { drift: `with the prefix /${other.held.prefixLength} instead of /${prefixLength}` };
}

async function start(vip: VipCall): Promise<Outcome> {
  const listed = await listInterfaces(vip.command);
  if (listed.kind === 'none') {
    return listed.outcome;
  }
  const holdings = countedHoldings(vip, listed.interfaces);
  const place = placeOf(vip, listed.interfaces, holdings);
  if (place.kind === 'none') {
    return place.outcome;
  }
  const problem = labelProblem(vip, place.interface) ?? linkProblem(place.interface, 'node');
  if (problem !== null) {
    return problem;
  }
  if (holdings.length > 0 && misplaced(vip, holdings) === null) {
    announceAt(vip, place.interface, place.prefixLength, 'announce');
    return doneAs(driftOf(vip, holdings));
  }
  const cleared = await removeFrom(vip, holdings, listed.interfaces);
  return cleared ?? take(vip, place);
}

/** Asks whether it is in use, adds it, tells the neighbours. */
async function take(
  vip: VipCall,
  place: { readonly interface: NetworkInterface; readonly prefixLength: number },
): Promise<Outcome> {
  const { command, parameters, note } = vip;
  const { address } = parameters.address;
  const { name, hasNeighbours } = place.interface;
  if (parameters.checksForDuplicate && hasNeighbours) {
    if (address.family === 'ipv6') {
      await waitWhileSettling(command, name);
    }
    const waitMs = wasSeenLately(vip) ? DUPLICATE_WAIT_AGAIN_MS : DUPLICATE_WAIT_MS;
    const holder = await findDuplicate(command, { address, interfaceName: name, waitMs });
    if (holder !== null) {
      return failed('soft', `${address.text} is in use on ${name} by the machine with hardware address ${holder}`);
    }
  }
  if (command.signal.aborted) {
    return CANCELLED;
  }
  const added = await runNetworkProgram({ ...command, note }, ['ip', ...addCommand(vip, place)]);
  const problem = problemOf(added, `${address.text} could not be added to ${name}`);
  if (problem !== null) {
    return problem;
  }
  announceAt(vip, place.interface, place.prefixLength, 'announce');
  return DONE;
}

function wasSeenLately({ parameters, seenAtMs }: VipCall): boolean {
  return (
    performance.now() - (seenAtMs.get(parameters.address.address.text) ?? Number.NEGATIVE_INFINITY) < SEEN_LATELY_MS
  );
}

/** A question asked while the interface settles would not leave this machine, and no answer would be taken for "free". */
async function waitWhileSettling(command: NetworkCommand, name: string): Promise<void> {
  const until = performance.now() + SETTLING_MAX_MS;
  while (performance.now() < until && !command.signal.aborted) {
    const listed = await listInterfaces(command);
    const isSettling =
      listed.kind === 'interfaces' && listed.interfaces.some((at) => at.name === name && at.isSettling);
    if (!isSettling) {
      return;
    }
    await delay(SETTLING_LOOK_MS, command.signal);
  }
}

function addCommand(
  { parameters }: VipCall,
  place: { readonly interface: NetworkInterface; readonly prefixLength: number },
): string[] {
  const { address } = parameters.address;
  const { name } = place.interface;
  const what = [`${address.text}/${place.prefixLength}`, 'dev', name];
  if (address.family === 'ipv6') {
    // The kernel's own duplicate detection would keep the address unusable for seconds; it was just asked for. A preferred lifetime of 0 keeps
    // this machine from choosing the address for connections of its own, which would not survive a move.
    return ['-6', 'address', 'add', ...what, 'nodad', 'preferred_lft', '0'];
  }
  const broadcast = place.prefixLength <= 30 && !place.interface.isLoopback ? ['broadcast', '+'] : [];
  const label = parameters.label === null ? [] : ['label', `${name}:${parameters.label}`];
  return ['-4', 'address', 'add', ...what, ...broadcast, ...label];
}

async function stop(vip: VipCall): Promise<Outcome> {
  vip.seenAtMs.delete(vip.parameters.address.address.text);
  await vip.announcer.silence(vip.parameters.address.address);
  const before = await listInterfaces(vip.command);
  if (before.kind === 'none') {
    return before.outcome;
  }
  const problem = await removeFrom(vip, countedHoldings(vip, before.interfaces), before.interfaces);
  if (problem !== null) {
    return problem;
  }
  const after = await listInterfaces(vip.command);
  if (after.kind === 'none') {
    return after.outcome;
  }
  const [left] = countedHoldings(vip, after.interfaces);
  return left === undefined ? DONE : failed('soft', `it is still on ${left.interface.name} after it was removed`);
}

/** Removes the address from every interface that holds it; null when that worked. */
async function removeFrom(
  { command }: VipCall,
  holdings: readonly Holding[],
  interfaces: readonly NetworkInterface[],
): Promise<Outcome | null> {
  for (const { interface: holder, held } of holdings) {
    keepSecondaries(command.log, { interface: holder, held }, interfaces);
    const what = [`${held.address.text}/${held.prefixLength}`, 'dev', holder.name];
    const end = await runNetworkProgram(command, ['ip', 'address', 'del', ...what]);
    const isGone =
      end.kind === 'exited' && /Cannot assign requested address|address not found|Cannot find device/i.test(end.stderr);
    const problem = isGone ? null : problemOf(end, `${held.address.text} could not be removed from ${holder.name}`);
    if (problem !== null) {
      return problem;
    }
  }
  return null;
}

/**
 * Removing the first IPv4 address of a subnet takes the others of that subnet along, unless the kernel is told to promote them.
 */
function keepSecondaries(
  log: Log,
  { interface: holder, held }: Holding,
  interfaces: readonly NetworkInterface[],
): void {
  const isFirst = held.address.family === 'ipv4' && !held.isSecondary;
  const hasOthers = interfaces.some(
    ({ name, addresses }) => name === holder.name && addresses.some((a) => a.isSecondary),
  );
  if (!isFirst || !hasOthers) {
    return;
  }
  const path = (name: string): string => `/proc/sys/net/ipv4/conf/${name}/promote_secondaries`;
  try {
    const isPromoting = ['all', holder.name].some((name) => readFileSync(path(name), 'utf8').trim() === '1');
    if (!isPromoting) {
      writeFileSync(path(holder.name), '1');
    }
  } catch (error) {
    const message = messageOf(error);
    log.event('warn', `other addresses of ${holder.name} may go with ${held.address.text}: ${message}`);
  }
}

/** Where the address is held and counts: not on the loopback interface, where load balancing puts it on purpose, unless it belongs there. */
function countedHoldings(
  { parameters }: Pick<VipCall, 'parameters'>,
  interfaces: readonly NetworkInterface[],
): Holding[] {
  const { address } = parameters.address;
  const wanted = parameters.interfaceName ?? interfaceBySubnet(address, interfaces)?.interface.name ?? null;
  return holdingsOf(address, interfaces).filter(
    ({ interface: holder }) => !holder.isLoopback || holder.name === wanted,
  );
}

/** The failure of an address that is held in the wrong place, or that another machine has too; null when it is held well. */
function misplaced({ parameters }: VipCall, holdings: readonly Holding[]): Outcome | null {
  const { interfaceName, address } = parameters;
  const wrong = holdings.find(({ interface: holder }) => interfaceName !== null && holder.name !== interfaceName);
  if (wrong !== undefined) {
    return failed('soft', `${address.address.text} is on ${wrong.interface.name} and belongs on ${interfaceName}`);
  }
  const duplicate = holdings.find(({ held }) => held.isDuplicate);
  return duplicate === undefined
    ? null
    : failed('soft', `another machine has ${address.address.text} too, says the kernel on ${duplicate.interface.name}`);
}

type Place =
  | { readonly kind: 'place'; readonly interface: NetworkInterface; readonly prefixLength: number }
  | { readonly kind: 'none'; readonly outcome: Outcome };

/** Where the address belongs on this node. */
function placeOf(
  { parameters }: Pick<VipCall, 'parameters'>,
  interfaces: readonly NetworkInterface[],
  holdings: readonly Holding[],
): Place {
  const { interfaceName } = parameters;
  const { address, prefixLength } = parameters.address;
  const bySubnet = interfaceBySubnet(address, interfaces);
  const name = interfaceName ?? holdings[0]?.interface.name ?? bySubnet?.interface.name ?? null;
  if (name === null) {
    const reason = `no interface of this node has an address in the subnet of ${address.text}; name one with "interface"`;
    return { kind: 'none', outcome: failed('node', reason) };
  }
  const found = interfaces.find((networkInterface) => networkInterface.name === name);
  if (found === undefined) {
    return { kind: 'none', outcome: failed('node', `this node has no interface "${name}"`) };
  }
  const subnetLength = bySubnet?.interface.name === name ? bySubnet.prefixLength : addressBits(address);
  return { kind: 'place', interface: found, prefixLength: prefixLength ?? subnetLength };
}

/** The kernel keeps an address's label in the space of an interface's name. */
function labelProblem({ parameters }: Pick<VipCall, 'parameters'>, { name }: NetworkInterface): Outcome | null {
  const label = `${name}:${parameters.label}`;
  return parameters.label === null || label.length <= NAME_LENGTH_MAX
    ? null
    : failed('fatal', `the label "${label}" is longer than ${NAME_LENGTH_MAX} letters; choose a shorter one`);
}

function linkProblem({ name, isUp, hasCarrier }: NetworkInterface, failureClass: 'soft' | 'node'): Outcome | null {
  if (!isUp) {
    return failed(failureClass, `the interface ${name} is down; ip link set ${name} up`);
  }
  return hasCarrier ? null : failed(failureClass, `the interface ${name} has no carrier; look at its cable or switch`);
}

function announceAt(
  { announcer, parameters, seenAtMs }: VipCall,
  place: NetworkInterface,
  prefixLength: number,
  how: 'announce' | 'refresh',
): void {
  seenAtMs.set(parameters.address.address.text, performance.now());
  if (place.hasNeighbours) {
    announcer[how]({ address: parameters.address.address, prefixLength, interfaceName: place.name });
  }
}
