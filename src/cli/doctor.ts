/** The command `doctor`: examines on a node whether it could run what the spec may have it run, and changes nothing. */
import { networkInterfaces } from 'node:os';
import { AwsNode } from '../agents/aws/aws-node.js';
import { examineResource, isExaminable } from '../agents/aws/examine.js';
import type { Examined } from '../agents/aws/examined.js';
import { InstanceMetadata } from '../agents/aws/instance-metadata.js';
import type { ClusterSpec, FenceDeviceSpec, ResourceSpec } from '../model/cluster-spec.js';
import { allowedNodes } from '../spec/allowed-nodes.js';
import { nodeLookup } from '../spec/node-lookup.js';
import { usesSharedDisk } from '../spec/shared-disk.js';
import type { SourceIndex } from '../spec/source-index.js';
import type { CommandCall } from './command.js';
import { CommandFailure, usageFailure } from './command-failure.js';
import { examineAddresses } from './examine-addresses.js';
import { examineKeys, withAgents } from './examine-node.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { nodeOf } from './flags.js';
import { validateSpec } from './validated-spec.js';

/** What was found of a resource. */
interface ExaminedResource {
  readonly resource: string;
  readonly type: string;
  readonly checks: readonly Examined[];
}

/** What was found of a fence device. */
interface ExaminedDevice {
  readonly device: string;
  readonly agent: string;
  readonly checks: readonly Examined[];
}

/** What is found on a node. Shape: `keys` are those of the cluster, `addresses` the node's own. */
export interface DoctorReport {
  readonly node: string;
  readonly ok: boolean;
  readonly keys: Examined;
  readonly addresses: readonly Examined[];
  readonly resources: readonly ExaminedResource[];
  readonly fenceDevices: readonly ExaminedDevice[];
}

/** How long one resource may be examined. Ours: EC2 answers each of the few questions within a second. */
const EXAMINE_MS = 20_000;

/** Examines a node. Errors: throws a usage failure for a node that the spec does not have, and fails for a spec that is not valid. */
export async function runDoctor({ operands, flags, terminal }: CommandCall): Promise<ExitCode> {
  const [path = ''] = operands;
  const { result, source } = await validateSpec(path, { metadataDir: null });
  if (result.kind === 'invalid') {
    const [unreadable] = result.problems.filter(({ code }) => code === 'unreadable');
    if (unreadable !== undefined) throw new CommandFailure(EXIT.failed, unreadable.message);
    throw new CommandFailure(EXIT.failed, `the spec at "${path}" is not valid; \`fairlead validate ${path}\` says why`);
  }
  const node = nodeOf(flags);
  const report = await examine(result.spec, source, node);
  terminal.out(flags.text('output') === 'json' ? `${JSON.stringify(report, null, 2)}\n` : textOf(report));
  return exitCodeOf(report);
}

async function examine(spec: ClusterSpec, source: SourceIndex | null, node: string): Promise<DoctorReport> {
  const own = spec.nodes.find(({ id }) => id === node);
  if (own === undefined) {
    const known = spec.nodes.map(({ id }) => id).join(', ');
    throw usageFailure(`the spec has no node "${node}"`, `give --node one of ${known}`);
  }
  return withAgents(node, async (examiner) => {
    const resources: ExaminedResource[] = [];
    for (const resource of resourcesOn(spec, node)) {
      const { id, type } = resource;
      const checks = isExaminable(type)
        ? await examineInCloud(resource)
        : await examiner.resource(resource, diskBefore(spec, resource));
      resources.push({ resource: id, type, checks });
    }
    const fenceDevices: ExaminedDevice[] = [];
    for (const device of devicesOf(spec, node))
      fenceDevices.push({ device: device.id, agent: device.agent, checks: [await examiner.device(device)] });
    const addresses = examineAddresses({
      addresses: own.addresses,
      placeOf: (index) => source?.value('nodes', node, 'addresses', index).place ?? own.place,
      interfaces: networkInterfaces(),
    });
    const found = { keys: examineKeys(spec), addresses, resources, fenceDevices };
    const ok = checksOf(found).every(({ state }) => state === 'ok' || state === 'untried');
    return { node, ok, ...found };
  });
}

/** What may run there. */
function resourcesOn(spec: ClusterSpec, node: string): ResourceSpec[] {
  const allowed = allowedNodes({ spec, nodesOf: nodeLookup(spec.nodes) });
  const groups = new Set(
    spec.groups.filter((group) => allowed(group).some(({ id }) => id === node)).map(({ id }) => id),
  );
  return spec.resources.filter(({ type, group }) => type !== 'builtin:noop' && groups.has(group));
}

/** The devices that this node may be the one to use: those that fence another. */
function devicesOf({ fencing }: ClusterSpec, node: string): FenceDeviceSpec[] {
  return fencing.devices.filter(({ nodes: targets }) => targets.some((each) => each !== node));
}

/** The member before a resource in its group that makes a disk available, on which what the resource needs may be. */
function diskBefore({ groups, resources }: ClusterSpec, { id, group }: ResourceSpec): string | null {
  const members = groups.find((each) => each.id === group)?.members ?? [];
  const before = new Set(members.slice(0, members.indexOf(id)));
  return resources.find((each) => before.has(each.id) && usesSharedDisk(each))?.id ?? null;
}

async function examineInCloud(resource: ResourceSpec): Promise<Examined[]> {
  // The SDK warns of a Node that its later versions will not run on; it is this version that is bundled.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const { callEc2 } = await import('../agents/aws/ec2-client.js');
  const node = new AwsNode({ metadata: new InstanceMetadata() });
  const untilMs = performance.now() + EXAMINE_MS;
  const asking = {
    leftMs: () => untilMs - performance.now(),
    signal: new AbortController().signal,
    log: { event: () => undefined },
  };
  return examineResource(resource, { call: callEc2, node, asking });
}

/** Everything that was found. */
function checksOf({
  keys,
  addresses,
  resources,
  fenceDevices,
}: Omit<DoctorReport, 'node' | 'ok'>): readonly Examined[] {
  return [keys, ...addresses, ...[...resources, ...fenceDevices].flatMap(({ checks }) => checks)];
}

function textOf(report: DoctorReport): string {
  const { node, keys, addresses, resources, fenceDevices } = report;
  const parts = [
    { title: `keys on ${node}`, checks: [keys] },
    { title: `addresses of ${node}`, checks: addresses },
    ...resources.map(({ resource, type, checks }) => ({ title: `${resource} (${type}) on ${node}`, checks })),
    ...fenceDevices.map(({ device, agent, checks }) => ({ title: `${device} (${agent}) on ${node}`, checks })),
  ];
  const blocks = parts.map(({ title, checks }) =>
    [title, ...checks.map(({ what, state, sentence }) => `  ${state.padEnd(8)} ${what}: ${sentence}`)].join('\n'),
  );
  return `${[...blocks, summaryOf(checksOf(report))].join('\n\n')}\n`;
}

function summaryOf(checks: readonly Examined[]): string {
  const missing = checks.filter(({ state }) => state === 'missing').length;
  const unknown = checks.filter(({ state }) => state === 'unknown').length;
  if (missing + unknown === 0) return 'nothing is missing';
  return `${missing} missing, ${unknown} unknown; docs/agents.md says what each agent needs`;
}

function exitCodeOf(report: DoctorReport): ExitCode {
  const checks = checksOf(report);
  if (checks.some(({ state }) => state === 'missing')) return EXIT.failed;
  return checks.some(({ state }) => state === 'unknown') ? EXIT.unreachable : EXIT.ok;
}
