/**
 * `crm_node`, `crm_resource`, `crm_standby`, `crm_failcount`, `pacemakerd`, `cibadmin`: what agents ask of the cluster itself.
 *
 * Source: manual pages of Pacemaker 2.1; what agents of Debian's resource-agents 4.12 call.
 */
import { fingerprint } from '../base/fingerprint.js';
import { compareIds } from '../base/order.js';
import type { Status } from '../model/status.js';
import type { ShimOption } from './options.js';
import { needed, readOptions } from './options.js';
import type { Shim } from './shim.js';
import { SHIM_EXIT, ShimFailure } from './shim.js';

/** A version of Pacemaker whose interface the shims have: agents take older ones for incapable. */
const PACEMAKER_VERSION = '2.1.5';

export const crmNode: Shim = async (args, world) => {
  const given = readOptions(args, [
    ['name', 'n', 'switch'],
    ['cluster-id', 'i', 'switch'],
    ['list', 'l', 'switch'],
    ['partition', 'p', 'switch'],
    ['quorum', 'q', 'switch'],
    ['name-for-id', 'N', 'value'],
    ['verbose', 'V', 'switch'],
    ['quiet', 'Q', 'switch'],
  ]);
  // Of several commands the last one counts.
  const command = [...given.keys()].findLast((name) => name !== 'verbose' && name !== 'quiet');
  switch (command) {
    case 'name':
      return `${world.node}\n`;
    case 'cluster-id':
      return `${nodeNumber(world.node)}\n`;
    case 'list':
      return (await world.status()).nodes
        .map((each) => `${nodeNumber(each.node)} ${each.node} ${isThere(each) ? 'member' : 'lost'}\n`)
        .join('');
    case 'partition':
      return `${(await world.status()).nodes
        .filter(isThere)
        .map(({ node }) => node)
        .join(' ')}\n`;
    case 'quorum':
      return (await world.status()).quorum.quorate ? '1\n' : '0\n';
    case 'name-for-id': {
      const number = needed(given, 'name-for-id');
      const node = (await world.status()).nodes.find((each) => String(nodeNumber(each.node)) === number);
      if (node === undefined) throw new ShimFailure(SHIM_EXIT.notThere, `no node has the number ${number}`);
      return `${node.node}\n`;
    }
    default:
      throw new ShimFailure(SHIM_EXIT.usage, 'one of --name, --cluster-id, --list, --partition, --quorum is needed');
  }
};

/** A node's number, for agents that make reservation keys of it. It depends on the name alone, so that it stays when other nodes come and go. */
export function nodeNumber(node: string): number {
  return (Number.parseInt(fingerprint(node).slice(0, 8), 16) % 0x7fff_fffe) + 1;
}

function isThere({ liveness }: Status['nodes'][number]): boolean {
  return liveness === 'online';
}

const CRM_RESOURCE_OPTIONS: readonly ShimOption[] = [
  ['resource', 'r', 'value'],
  ['locate', 'W', 'switch'],
  ['list-raw', 'l', 'switch'],
  ['utilization', 'z', 'switch'],
  ['get-parameter', 'g', 'value'],
  ['set-parameter', 'p', 'value'],
  ['delete-parameter', 'd', 'value'],
  ['parameter-value', 'v', 'value'],
  ['quiet', 'Q', 'switch'],
  ['verbose', 'V', 'switch'],
  ['node', 'NH', 'value'],
];

export const crmResource: Shim = async (args, world) => {
  const given = readOptions(args, CRM_RESOURCE_OPTIONS);
  // Agents take "not connected" for a reason to go on without.
  if (given.has('utilization'))
    throw new ShimFailure(SHIM_EXIT.notDone, 'no utilization is kept (not connected to a CIB)');
  if (given.has('list-raw')) {
    const { groups } = await world.status();
    const ids = groups.flatMap(({ members }) => members.map(({ resource }) => resource));
    return ids
      .sort(compareIds)
      .map((id) => `${id}\n`)
      .join('');
  }
  if (given.has('locate')) {
    const resource = needed(given, 'resource');
    const { observed } = await world.status();
    const places = observed.resources.filter((each) => each.resource === resource && each.state === 'running');
    if (places.length === 0) return given.has('quiet') ? '' : `resource ${resource} is NOT running\n`;
    const line = given.has('quiet') ? '' : `resource ${resource} is running on: `;
    return places.map(({ node }) => `${line}${node}\n`).join('');
  }
  throw new ShimFailure(
    SHIM_EXIT.notDone,
    'resources are changed by the spec; only --locate and --list-raw are answered',
  );
};

export const crmStandby: Shim = async (args, world) => {
  const given = readOptions(args, [
    ['node', 'N', 'value'],
    ['uname', 'U', 'value'],
    ['query', 'G', 'switch'],
    ['update', 'v', 'value'],
    ['delete', 'D', 'switch'],
    ['quiet', 'qQ', 'switch'],
    ['lifetime', 'l', 'value'],
  ]);
  if (given.has('update') || given.has('delete'))
    throw new ShimFailure(
      SHIM_EXIT.notDone,
      'the spec says which node stands by: write `state: standby` under the node',
    );
  const id = given.get('node') ?? given.get('uname') ?? world.node;
  const node = (await world.status()).nodes.find((each) => each.node === id);
  if (node === undefined) throw new ShimFailure(SHIM_EXIT.notThere, `the spec has no node "${id}"`);
  const value = node.state === 'standby' ? 'on' : 'off';
  return given.has('quiet') ? `${value}\n` : `scope=nodes  name=standby value=${value}\n`;
};

export const crmFailcount: Shim = async (args, world) => {
  const given = readOptions(args, [
    ['resource', 'r', 'value'],
    ['resource-id', '', 'value'],
    ['node', 'N', 'value'],
    ['uname', 'U', 'value'],
    ['query', 'G', 'switch'],
    ['delete', 'D', 'switch'],
    ['quiet', 'qQ', 'switch'],
    ['operation', 'n', 'value'],
    ['interval', 'I', 'value'],
  ]);
  const resource = given.get('resource') ?? given.get('resource-id') ?? world.resource;
  if (resource === null) throw new ShimFailure(SHIM_EXIT.usage, '"--resource" is needed');
  const node = given.get('node') ?? given.get('uname') ?? world.node;
  if (given.has('delete')) {
    await world.retry({ resource, node });
    return '';
  }
  const { observed } = await world.status();
  const found = observed.resources.find((each) => each.resource === resource && each.node === node);
  const failures = found?.failures ?? 0;
  return given.has('quiet') ? `${failures}\n` : `scope=status  name=fail-count-${resource} value=${failures}\n`;
};

export const pacemakerd: Shim = async (args) => {
  const asked = readOptions(args, [['version', '$', 'switch']]);
  if (!asked.has('version'))
    throw new ShimFailure(SHIM_EXIT.notDone, 'there is no Pacemaker here, only its words for agents');
  return `Pacemaker ${PACEMAKER_VERSION}\nAnswered by fairlead\n`;
};

/** Agents hand an empty configuration to crm_mon, which does not read it. */
export const cibadmin: Shim = async (args) => {
  if (args.length === 1 && (args[0] === '-Q' || args[0] === '--query')) return '<cib validate-with="none"/>\n';
  throw new ShimFailure(
    SHIM_EXIT.notDone,
    'there is no configuration in XML here; the spec is read with `fairlead status`',
  );
};

/** A program that is only there to say that it does nothing. */
export function refused(instead: string): Shim {
  return async () => {
    throw new ShimFailure(SHIM_EXIT.notDone, instead);
  };
}
