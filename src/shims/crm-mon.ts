/**
 * `crm_mon -1`: the cluster at one moment, as text or in the XML that agents take apart.
 *
 * Source: crm_mon(8) of Pacemaker 2.1 and its schema crm_mon-2; agents look for attributes of `node` and `resource` elements by patterns, so their order is that of Pacemaker's own output.
 */
import type { NodeStatus, Status } from '../model/status.js';
import type { ResourceObservation } from '../model/observation.js';
import { nodeNumber } from './cluster-shims.js';
import { readOptions } from './options.js';
import type { Shim } from './shim.js';
import { SHIM_EXIT, ShimFailure } from './shim.js';

export const crmMon: Shim = async (args, world) => {
  const given = readOptions(args, [
    ['one-shot', '1', 'switch'],
    ['as-xml', 'X', 'switch'],
    ['output-as', '', 'value'],
    ['inactive', 'r', 'switch'],
    ['group-by-node', 'n', 'switch'],
    ['show-node-attributes', 'A', 'switch'],
    ['quiet', 'Q', 'switch'],
    ['verbose', 'V', 'switch'],
    ['timeout', '', 'value'],
  ]);
  const isXml = given.has('as-xml') || given.get('output-as') === 'xml';
  if (!given.has('one-shot') && !isXml)
    throw new ShimFailure(SHIM_EXIT.notDone, 'only -1 is answered; `fairlead status --watch` goes on');
  const status = await world.status();
  return isXml ? asXml(status) : asText(status);
};

function asText(status: Status): string {
  const online = status.nodes.filter(isOnline).map(({ node }) => node);
  const offline = status.nodes.filter((each) => !isOnline(each)).map(({ node }) => node);
  const lines = [
    'Cluster Summary:',
    `  * Current DC: ${status.node} - partition ${status.quorum.quorate ? 'with' : 'WITHOUT'} quorum`,
    '',
    'Node List:',
    `  * Online: [ ${online.join(' ')} ]`,
    ...(offline.length === 0 ? [] : [`  * OFFLINE: [ ${offline.join(' ')} ]`]),
    '',
    'Active Resources:',
    ...present(status).map(
      ({ resource, node, state }) => `  * ${resource}\t ${state === 'failed' ? 'FAILED' : 'Started'} ${node}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function asXml(status: Status): string {
  const quorum = status.quorum.quorate;
  const nodes = status.nodes.map((each) => nodeElement(each, status));
  const resources = present(status).map((each) => resourceElement(each));
  return `${[
    '<pacemaker-result api-version="2.25" request="crm_mon">',
    '  <summary>',
    `    <current_dc present="true" name="${xml(status.node)}" id="${nodeNumber(status.node)}" with_quorum="${quorum}"/>`,
    `    <nodes_configured number="${status.nodes.length}"/>`,
    '  </summary>',
    '  <nodes>',
    ...nodes,
    '  </nodes>',
    '  <resources>',
    ...resources,
    '  </resources>',
    '  <status code="0" message="OK"/>',
    '</pacemaker-result>',
  ].join('\n')}\n`;
}

function nodeElement(each: NodeStatus, status: Status): string {
  const words = {
    name: each.node,
    id: nodeNumber(each.node),
    online: isOnline(each),
    standby: each.state === 'standby',
    standby_onfail: false,
    maintenance: each.state === 'maintenance',
    pending: each.liveness === 'unknown',
    // A node that may still run something after it went silent.
    unclean: (status.fencing ?? []).some(({ node, state }) => node === each.node && state !== 'fenced'),
    shutdown: each.leaving,
    expected_up: true,
    is_dc: each.node === status.node,
    resources_running: present(status).filter(({ node }) => node === each.node).length,
    type: 'member',
  };
  return `    <node ${attributes(words)}/>`;
}

function resourceElement({ resource, node, state }: ResourceObservation): string {
  const words = {
    id: resource,
    role: 'Started',
    active: true,
    orphaned: false,
    blocked: false,
    managed: true,
    failed: state === 'failed',
    failure_ignored: false,
    nodes_running_on: 1,
  };
  const on = attributes({ name: node, id: nodeNumber(node), cached: true });
  return `    <resource ${attributes(words)}>\n      <node ${on}/>\n    </resource>`;
}

/** What runs, or may. */
function present(status: Status): readonly ResourceObservation[] {
  return status.observed.resources.filter(({ state }) => state === 'running' || state === 'failed');
}

function isOnline({ liveness }: NodeStatus): boolean {
  return liveness === 'online';
}

function attributes(words: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(words)
    .map(([name, value]) => `${name}="${xml(String(value))}"`)
    .join(' ');
}

function xml(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
