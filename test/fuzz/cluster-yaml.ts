/** The spec of the cluster that is fuzzed. */

/** Its name, which every datagram bears. */
export const CLUSTER_NAME = 'fuzz';

/** Its groups. */
export const GROUPS = ['web', 'db', 'mail'] as const;

/** Three voters with two links each, and three groups of two resources. */
export function specYaml(): string {
  const nodes = [1, 2, 3].map((number) => `  n${number}: { addresses: [10.0.0.${number}, 10.0.1.${number}] }`);
  const groups = GROUPS.flatMap((group) => [
    `  ${group}:`,
    `    members: [${group}-address, ${group}-server]`,
    '    stopBudget: 500ms',
    '    requires: [gateway]',
  ]);
  const resources = GROUPS.flatMap((group) => [noop(`${group}-address`), noop(`${group}-server`)]);
  return [
    'apiVersion: fairlead/v1',
    'kind: Cluster',
    `cluster: { name: ${CLUSTER_NAME} }`,
    'heartbeat:',
    '  every: 200ms',
    '  lease: 1s',
    '  key: { file: /run/key }',
    'nodes:',
    ...nodes,
    'pings:',
    '  gateway: { hosts: [10.0.0.254], every: 500ms, timeout: 300ms, failAfter: 1s, recoverAfter: 1s }',
    'groups:',
    ...groups,
    'resources:',
    ...resources,
    '',
  ].join('\n');
}

function noop(id: string): string {
  return `  ${id}: { type: builtin:noop, monitor: [{ every: 1s, timeout: 500ms }], timeouts: { start: 1s, stop: 300ms } }`;
}
