/** The command `doctor`: examines on a node whether it could run what the spec may have it run, and changes nothing. */
import { hostname } from 'node:os';
import { AwsNode } from '../agents/aws/aws-node.js';
import { examineResource, isExaminable } from '../agents/aws/examine.js';
import type { Examined } from '../agents/aws/examined.js';
import { InstanceMetadata } from '../agents/aws/instance-metadata.js';
import type { ClusterSpec, ResourceSpec } from '../model/cluster-spec.js';
import { allowedNodes } from '../spec/allowed-nodes.js';
import { nodeLookup } from '../spec/node-lookup.js';
import type { CommandCall } from './command.js';
import { CommandFailure, usageFailure } from './command-failure.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { validateSpec } from './validated-spec.js';

/** A resource and what was found of it. */
interface ExaminedResource {
  readonly resource: string;
  readonly type: string;
  readonly checks: readonly Examined[];
}

/** What is found on a node. */
export interface DoctorReport {
  readonly node: string;
  readonly ok: boolean;
  readonly resources: readonly ExaminedResource[];
}

/** How long one resource may be examined. Ours: EC2 answers each of the few questions within a second. */
const EXAMINE_MS = 20_000;

/** Examines a node. Errors: throws a usage failure for a node that the spec does not have, and fails for a spec that is not valid. */
export async function runDoctor({ operands, flags, terminal }: CommandCall): Promise<ExitCode> {
  const [path = ''] = operands;
  const { result } = await validateSpec(path, { metadataDir: null });
  if (result.kind === 'invalid') {
    throw new CommandFailure(EXIT.failed, `the spec at "${path}" is not valid; \`fairlead validate ${path}\` says why`);
  }
  const node = flags.text('node') ?? hostname();
  const report = await examine(result.spec, node);
  terminal.out(flags.text('output') === 'json' ? `${JSON.stringify(report, null, 2)}\n` : textOf(report));
  return exitCodeOf(report);
}

async function examine(spec: ClusterSpec, node: string): Promise<DoctorReport> {
  if (!spec.nodes.some(({ id }) => id === node)) {
    const known = spec.nodes.map(({ id }) => id).join(', ');
    throw usageFailure(`the spec has no node "${node}"`, `give --node one of ${known}`);
  }
  const resources: ExaminedResource[] = [];
  for (const resource of resourcesOn(spec, node)) {
    resources.push({ resource: resource.id, type: resource.type, checks: await examineHere(resource) });
  }
  const ok = resources.every(({ checks }) => checks.every(({ state }) => state === 'ok' || state === 'untried'));
  return { node, ok, resources };
}

/** What may run there and can be examined. */
function resourcesOn(spec: ClusterSpec, node: string): ResourceSpec[] {
  const allowed = allowedNodes({ spec, nodesOf: nodeLookup(spec.nodes) });
  const groups = new Set(
    spec.groups.filter((group) => allowed(group).some(({ id }) => id === node)).map(({ id }) => id),
  );
  return spec.resources.filter(({ type, group }) => isExaminable(type) && groups.has(group));
}

async function examineHere(resource: ResourceSpec): Promise<Examined[]> {
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

function textOf({ node, resources }: DoctorReport): string {
  if (resources.length === 0) return `nothing that may run on ${node} can be examined\n`;
  const blocks = resources.map(({ resource, type, checks }) =>
    [
      `${resource} (${type}) on ${node}`,
      ...checks.map(({ what, state, sentence }) => `  ${state.padEnd(8)} ${what}: ${sentence}`),
    ].join('\n'),
  );
  return `${[...blocks, summaryOf(resources)].join('\n\n')}\n`;
}

function summaryOf(resources: readonly ExaminedResource[]): string {
  const states = resources.flatMap(({ checks }) => checks.map(({ state }) => state));
  const missing = states.filter((state) => state === 'missing').length;
  const unknown = states.filter((state) => state === 'unknown').length;
  if (missing + unknown === 0) return 'nothing is missing';
  return `${missing} missing, ${unknown} unknown; docs/agents.md has the permissions to grant`;
}

function exitCodeOf({ resources }: DoctorReport): ExitCode {
  const states = new Set(resources.flatMap(({ checks }) => checks.map(({ state }) => state)));
  if (states.has('missing')) return EXIT.failed;
  return states.has('unknown') ? EXIT.unreachable : EXIT.ok;
}
