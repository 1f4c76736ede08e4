/**
 * `attrd_updater`, `crm_attribute` and `crm_master`: node attributes by the words of Pacemaker.
 *
 * Source: manual pages of Pacemaker 2.1; what agents of Debian's resource-agents 4.12 call and how they take the answers apart.
 */
import type { Attribute } from '../model/attribute.js';
import type { Given, ShimOption } from './options.js';
import { needed, readOptions } from './options.js';
import type { Shim, ShimWorld } from './shim.js';
import { SHIM_EXIT, ShimFailure } from './shim.js';

const ATTRD_OPTIONS: readonly ShimOption[] = [
  ['name', 'n', 'value'],
  ['update', 'Uv', 'value'],
  ['value', '', 'value'],
  ['update-both', 'B', 'value'],
  ['delete', 'D', 'switch'],
  ['query', 'Q', 'switch'],
  ['all', 'A', 'switch'],
  ['refresh', 'R', 'switch'],
  ['node', 'N', 'value'],
  ['quiet', 'q', 'switch'],
  // A value here has no delay, is never written into a configuration, and has one place: these say nothing.
  ['delay', 'd', 'value'],
  ['private', 'p', 'switch'],
  ['set', 's', 'value'],
  ['section', 'S', 'value'],
  ['lifetime', 'l', 'value'],
  ['verbose', 'V', 'switch'],
];

const CRM_ATTRIBUTE_OPTIONS: readonly ShimOption[] = [
  ['name', 'n', 'value'],
  ['attr-name', '', 'value'],
  ['promotion', 'p', 'switch'],
  ['node', 'N', 'value'],
  ['uname', 'U', 'value'],
  ['type', 't', 'value'],
  ['lifetime', 'l', 'value'],
  ['update', 'v', 'value'],
  ['attr-value', '', 'value'],
  ['query', 'G', 'switch'],
  ['get-value', '', 'switch'],
  ['delete', 'D', 'switch'],
  ['delete-attr', '', 'switch'],
  ['default', 'd', 'value'],
  ['quiet', 'qQ', 'switch'],
  ['utilization', 'z', 'switch'],
  // Names of the set in a configuration, and of this attribute in it: there is one place here.
  ['set-name', 's', 'value'],
  ['id', 'i', 'value'],
  ['inhibit-policy-engine', '!', 'switch'],
  ['verbose', 'V', 'switch'],
];

const CRM_MASTER_OPTIONS: readonly ShimOption[] = [
  ['node', 'N', 'value'],
  ['uname', 'U', 'value'],
  ['resource-id', 'r', 'value'],
  ['update', 'v', 'value'],
  ['attr-value', '', 'value'],
  ['query', 'G', 'switch'],
  ['get-value', '', 'switch'],
  ['delete', 'D', 'switch'],
  ['delete-attr', '', 'switch'],
  ['lifetime', 'l', 'value'],
  ['quiet', 'qQ', 'switch'],
  ['id', 'i', 'value'],
  ['verbose', 'V', 'switch'],
];

/** Values that count up from what there is, which needs the value that is true for all. */
const EXPANSION = /^value(\+\+|\+=)/;

export const attrdUpdater: Shim = async (args, world) => {
  const given = readOptions(args, ATTRD_OPTIONS);
  if (given.has('refresh')) return '';
  const name = needed(given, 'name');
  const node = given.get('node') ?? world.node;
  const value = given.get('update') ?? given.get('value') ?? given.get('update-both');
  if (given.has('delete')) {
    await world.setAttribute({ node, name, value: null, isLasting: false });
    return '';
  }
  if (!given.has('query')) {
    if (value === undefined) throw new ShimFailure(SHIM_EXIT.usage, 'one of --update, --delete and --query is needed');
    await world.setAttribute({ node, name, value: plain(value), isLasting: false });
    return '';
  }
  const found = (await world.attributes()).filter(
    (each) => each.name === name && !each.isLasting && (given.has('all') ? each.node !== null : each.node === node),
  );
  if (found.length === 0) throw notThere(name, node);
  return found.map((each) => `name="${name}" host="${each.node ?? ''}" value="${each.value}"\n`).join('');
};

export const crmAttribute: Shim = async (args, world) => {
  const given = readOptions(args, CRM_ATTRIBUTE_OPTIONS);
  if (given.has('utilization')) throw new ShimFailure(SHIM_EXIT.notDone, 'no utilization is kept');
  if (!given.has('promotion')) {
    const name = given.get('name') ?? needed(given, 'attr-name');
    return change({ given, world, name, ...placeOf(given, world) });
  }
  const resource = given.get('promotion') || world.resource;
  return change({ given, world, ...score(given, world, resource) });
};

export const crmMaster: Shim = async (args, world) => {
  const given = readOptions(args, CRM_MASTER_OPTIONS);
  return change({ given, world, ...score(given, world, given.get('resource-id') ?? world.resource) });
};

/** Where an attribute stands, by Pacemaker's words for it. */
interface Where {
  readonly node: string | null;
  readonly isLasting: boolean;
  /** The section of a configuration that would have it. */
  readonly scope: string;
}

function placeOf(given: Given, world: ShimWorld): Where {
  const lifetime = given.get('lifetime');
  const named = given.get('node') ?? given.get('uname');
  const byLifetime = lifetime === 'reboot' ? 'status' : lifetime === 'forever' ? 'nodes' : undefined;
  const scope = given.get('type') ?? byLifetime ?? (named === undefined ? 'crm_config' : 'nodes');
  const node = named ?? world.node;
  switch (scope) {
    case 'status':
      return { node, isLasting: false, scope };
    case 'nodes':
      return { node, isLasting: true, scope };
    case 'crm_config':
      return { node: null, isLasting: true, scope };
    default:
      throw new ShimFailure(
        SHIM_EXIT.notDone,
        `nothing of the kind "${scope}" is kept, only "status", "nodes" and "crm_config"`,
      );
  }
}

/** A promotion score ends with the boot, whatever was asked: one that lasted would promote what was not looked at yet. */
function score(given: Given, world: ShimWorld, resource: string | null): Where & { readonly name: string } {
  if (resource === null || resource === '')
    throw new ShimFailure(SHIM_EXIT.usage, 'for which resource? OCF_RESOURCE_INSTANCE is not set');
  // Copies of one resource are numbered, and share their score's name.
  const name = `master-${resource.split(':')[0] ?? resource}`;
  return { name, node: given.get('node') ?? given.get('uname') ?? world.node, isLasting: false, scope: 'status' };
}

async function change(asked: Where & { readonly given: Given; readonly world: ShimWorld; readonly name: string }) {
  const { given, world, name, node, isLasting, scope } = asked;
  const value = given.get('update') ?? given.get('attr-value');
  if (given.has('delete') || given.has('delete-attr')) {
    await world.setAttribute({ node, name, value: null, isLasting });
    return '';
  }
  if (value !== undefined) {
    await world.setAttribute({ node, name, value: plain(value), isLasting });
    return '';
  }
  const isIt = (each: Attribute) => each.name === name && each.node === node && each.isLasting === isLasting;
  const found = (await world.attributes()).find(isIt)?.value ?? given.get('default');
  if (found === undefined) throw notThere(name, node);
  return given.has('quiet') ? `${found}\n` : `scope=${scope}  name=${name} value=${found}\n`;
}

function plain(value: string): string {
  if (EXPANSION.test(value)) throw new ShimFailure(SHIM_EXIT.notDone, `"${value}" is not counted up; write the number`);
  return value;
}

function notThere(name: string, node: string | null): ShimFailure {
  const whose = node === null ? 'the cluster' : `"${node}"`;
  return new ShimFailure(SHIM_EXIT.notThere, `${whose} has no attribute "${name}"`);
}
