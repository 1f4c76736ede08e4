/** One large cluster in two languages: as a spec of ours, and as a CIB for Pacemaker's tools. */

/** How large. */
export interface BigCluster {
  readonly groups: number;
  readonly nodes: number;
}

/** Nodes that vote; the others run services only. */
const VOTERS = 7;

/** Every so many groups, one waits for its predecessor and one stays apart from it. */
const RHYTHM = 10;

/** The cluster as a spec. */
export function bigSpec({ groups, nodes }: BigCluster): string {
  const lines = ['apiVersion: fairlead/v1', 'kind: Cluster', 'cluster: { name: big }', 'nodes:'];
  for (const node of numbers(nodes)) {
    const role = node < VOTERS ? '' : ', role: worker';
    lines.push(`  n${node}: { addresses: [10.77.${node >> 8}.${(node & 255) + 1}]${role} }`);
  }
  lines.push('groups:');
  for (const group of numbers(groups)) {
    lines.push(`  g${group}:`, `    members: [r${group}]`, `    prefer: [n${group % nodes}]`);
    if (waits(group)) lines.push(`    after: [g${group - 1}]`);
    if (staysApart(group)) lines.push(`    apart: [g${group - 1}]`);
  }
  lines.push('resources:');
  for (const group of numbers(groups)) {
    lines.push(
      `  r${group}:`,
      '    type: ocf:heartbeat:Dummy',
      `    params: { state: /run/dummy-${group} }`,
      '    monitor: [{ every: 30s, timeout: 20s }]',
      '    timeouts: { start: 20s, stop: 20s }',
    );
  }
  return `${lines.join('\n')}\n`;
}

/** The cluster as a CIB. Source: Pacemaker Explained 2.1; location scores stand for `prefer`, since a CIB knows nothing else. */
export function bigCib({ groups, nodes }: BigCluster): string {
  const property = (name: string, value: string) => `<nvpair id="p-${name}" name="${name}" value="${value}"/>`;
  const properties = [property('stonith-enabled', 'false'), property('no-quorum-policy', 'stop')].join('');
  const nodeTags = numbers(nodes).map((node) => `<node id="${node + 1}" uname="n${node}"/>`);
  const groupTags = numbers(groups).map(groupTag);
  const constraints = numbers(groups).flatMap((group) => [
    `<rsc_location id="l${group}" rsc="g${group}" node="n${group % nodes}" score="100"/>`,
    ...(waits(group) ? [`<rsc_order id="o${group}" first="g${group - 1}" then="g${group}"/>`] : []),
    ...(staysApart(group)
      ? [`<rsc_colocation id="c${group}" rsc="g${group}" with-rsc="g${group - 1}" score="-INFINITY"/>`]
      : []),
  ]);
  return [
    '<cib validate-with="pacemaker-3.7" epoch="1" num_updates="0" admin_epoch="0" crm_feature_set="3.16.2" have-quorum="1">',
    '<configuration>',
    `<crm_config><cluster_property_set id="options">${properties}</cluster_property_set></crm_config>`,
    `<nodes>${nodeTags.join('')}</nodes>`,
    `<resources>${groupTags.join('\n')}</resources>`,
    `<constraints>${constraints.join('\n')}</constraints>`,
    '</configuration>',
    '<status/>',
    '</cib>',
    '',
  ].join('\n');
}

function groupTag(group: number): string {
  const operation = (name: string, interval: string) =>
    `<op id="r${group}-${name}" name="${name}" interval="${interval}" timeout="20s"/>`;
  const operations = [operation('start', '0s'), operation('stop', '0s'), operation('monitor', '30s')].join('');
  const state = `<nvpair id="r${group}-state" name="state" value="/run/dummy-${group}"/>`;
  const inner = `<instance_attributes id="r${group}-params">${state}</instance_attributes><operations>${operations}</operations>`;
  return `<group id="g${group}"><primitive id="r${group}" class="ocf" provider="heartbeat" type="Dummy">${inner}</primitive></group>`;
}

function waits(group: number): boolean {
  return group % RHYTHM === RHYTHM - 1;
}

function staysApart(group: number): boolean {
  return group % RHYTHM === RHYTHM - 2;
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}
