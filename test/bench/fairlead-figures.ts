/** Measures fairlead on three hosts of a lab: how long the client waits, and what the daemons cost at rest. */
import { fileURLToPath } from 'node:url';
import type { AgentForm } from '../e2e/harness/cluster-spec.js';
import { VIRTUAL_ADDRESS } from '../e2e/harness/lab.js';
import { sleep } from '../e2e/harness/wait-until.js';
import { Cluster } from '../e2e/stories/cluster.js';
import type { BareExchangeOptions } from './bare-exchange.js';
import type { LogLine } from './daemon-log.js';
import { agentsMs, describeWay, linesSince } from './daemon-log.js';
import type { ResourceUsage } from './resource-usage.js';
import { usageOf } from './resource-usage.js';

/** One measured wait. Shape: milliseconds. */
export interface MeasuredWait {
  readonly tookMs: number;
  /** How much of it the agents' own starts and stops took. */
  readonly agentsMs: number;
  /** What the logs say of it, line by line. */
  readonly way: readonly string[];
}

/** Everything that was measured with one form of agents. */
export interface FairleadFigures {
  readonly form: AgentForm;
  readonly firstStart: readonly MeasuredWait[];
  readonly crash: readonly MeasuredWait[];
  readonly standby: readonly MeasuredWait[];
  readonly addressDeleted: readonly MeasuredWait[];
  /** From the edit of the owner's own file to its first agent call. */
  readonly editToAgent: readonly MeasuredWait[];
  /** From the edit of another node's file. */
  readonly editElsewhereToAgent: readonly MeasuredWait[];
}

/** Measures all of it `rounds` times, each in a lab of its own. */
export async function measureFairlead(options: {
  readonly form: AgentForm;
  readonly rounds: number;
  readonly tell: (line: string) => void;
}): Promise<FairleadFigures> {
  const { form, rounds, tell } = options;
  const firstStart: MeasuredWait[] = [];
  const crash: MeasuredWait[] = [];
  const standby: MeasuredWait[] = [];
  const addressDeleted: MeasuredWait[] = [];
  const editToAgent: MeasuredWait[] = [];
  const editElsewhereToAgent: MeasuredWait[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const cluster = await Cluster.start({ form });
    try {
      firstStart.push(await measureFirstStart(cluster));
      await cluster.untilCalm('rest after the first start');
      addressDeleted.push(await measureAddressDeleted(cluster));
      for (const place of ['owner', 'elsewhere'] as const) {
        const { handOver, firstCall } = await measureStandby(cluster, place);
        standby.push(handOver);
        (place === 'owner' ? editToAgent : editElsewhereToAgent).push(firstCall);
      }
      crash.push(await measureCrash(cluster));
      tell(`fairlead (${form}) round ${round + 1}: ${crash.at(-1)?.tookMs.toFixed(0)} ms from crash to HTTP`);
    } catch (error) {
      // The figures so far are good; what broke the round off is told in full.
      tell(
        `fairlead (${form}) round ${round + 1} broke off: ${error instanceof Error ? error.message : String(error)}`,
      );
    } finally {
      await cluster.close();
    }
  }
  return { form, firstStart, crash, standby, addressDeleted, editToAgent, editElsewhereToAgent };
}

/** What is spent while nothing happens, by daemons and by programs that do nothing but exchange as many datagrams. */
export interface IdleFigures {
  /** From 15 s after their start, when V8 compiles much of what they do. */
  readonly young: readonly ResourceUsage[];
  /** From ten minutes after their start. */
  readonly daemons: readonly ResourceUsage[];
  /** The guards beside them, at the same time. */
  readonly guards: readonly ResourceUsage[];
  readonly bare: readonly ResourceUsage[];
}

/** What a cluster at rest has: two links and a ping on the gateway, or the least that is a cluster. */
export type IdleSetting = 'two links, a ping' | 'one link, no ping';

/**
 * What each daemon costs while nothing happens: the heartbeat of the bench, but monitors and pings as seldom as people ask for them.
 */
export async function measureIdle(idleMs: number, setting: IdleSetting): Promise<IdleFigures> {
  const isLeast = setting === 'one link, no ping';
  const links = isLeast ? LINKS.slice(0, 1) : LINKS;
  const change = (text: string): string => (isLeast ? withTheLeast(text) : withUsualIntervals(text));
  const cluster = await Cluster.start({ form: 'builtin', change });
  try {
    await cluster.startDaemons();
    await cluster.untilCalm('rest after the first start');
    // Nobody asks the service anything: what serves it shares the caches of the processors.
    await cluster.probe.stop();
    // What comes once after a start is over by then: announcements, the worker thread, the first monitors.
    await cluster.untilStatus('daemons that are up for a while', ({ uptimeMs }) => uptimeMs > SETTLED_MS);
    const { hosts } = cluster.lab;
    const usage = (pattern: RegExp): Promise<ResourceUsage[]> =>
      Promise.all(hosts.map((host) => usageOf(host, pattern, idleMs)));
    const young = await usage(DAEMON);
    // Beside the daemons and not after them: what a processor's time is worth here changes within minutes.
    await Promise.all(
      hosts.map((host) => {
        const options: BareExchangeOptions = {
          port: BARE_PORT,
          own: links.map((link) => host.address(link)),
          peers: hosts.filter((each) => each !== host).map((each) => links.map((link) => each.address(link))),
          everyMs: EVERY_MS,
          isAnswering: false,
        };
        return host.spawn([process.execPath, BARE_EXCHANGE, JSON.stringify(options)]);
      }),
    );
    await sleep(AT_REST_MS - SETTLED_MS - idleMs);
    const [daemons, guards, bare] = await Promise.all([usage(DAEMON), usage(GUARD), usage(BARE)]);
    return { young, daemons, guards, bare };
  } finally {
    await cluster.close();
  }
}

const SETTLED_MS = 15_000;
const AT_REST_MS = 600_000;

/** The programs whose cost is measured, by their command lines. */
const DAEMON = /main\.js run /;
const GUARD = /guard\/main\.js /;
const BARE = /bare-exchange\.js /;

/** Heartbeat and links of the bench's clusters. */
const EVERY_MS = 200;
const LINKS = [0, 1];
const BARE_PORT = 7419;
const BARE_EXCHANGE = fileURLToPath(new URL('bare-exchange.js', import.meta.url));

/** Monitors and pings as seldom as people ask for them. */
export function withUsualIntervals(text: string): string {
  return text
    .replaceAll(/monitor: \[\{ every: [12]s, timeout: [12]s \}\]/g, 'monitor: [{ every: 10s, timeout: 20s }]')
    .replace('every: 500ms\n    timeout: 300ms', 'every: 2s\n    timeout: 1s')
    .replace('failAfter: 500ms', 'failAfter: 5s')
    .replace('recoverAfter: 1s', 'recoverAfter: 10s');
}

/** Monitors as seldom, one address for each node, and nothing that is pinged. */
function withTheLeast(text: string): string {
  return withUsualIntervals(text)
    .replaceAll(/addresses: \[([^,\]]+), [^\]]+\]/g, 'addresses: [$1]')
    .replace(/^pings:\n(?: .*\n)*/m, '')
    .replace('    requires: [gateway]\n', '');
}

async function measureFirstStart(cluster: Cluster): Promise<MeasuredWait> {
  const names = cluster.lab.hosts.map(({ name }) => name);
  const fromMs = cluster.probe.mark();
  await cluster.startDaemons();
  const body = await cluster.untilAnswered({ by: names, sinceMs: fromMs });
  return waitOf(cluster, fromMs, (lines) =>
    agentsMs(
      lines.filter(({ host }) => host === body),
      'start',
    ),
  );
}

async function measureAddressDeleted(cluster: Cluster): Promise<MeasuredWait> {
  const owner = await cluster.rest();
  const fromMs = cluster.probe.mark();
  await cluster.lab.host(owner).exec(['ip', 'address', 'delete', `${VIRTUAL_ADDRESS}/24`, 'dev', 'eth0']);
  await cluster.untilAnswered({ by: [owner], sinceMs: cluster.probe.mark() });
  return waitOf(cluster, fromMs, bothWays);
}

async function measureStandby(
  cluster: Cluster,
  place: 'owner' | 'elsewhere',
): Promise<{ readonly handOver: MeasuredWait; readonly firstCall: MeasuredWait }> {
  const owner = await cluster.rest();
  const others = cluster.hostsExcept(owner);
  const editor = place === 'owner' ? [cluster.lab.host(owner)] : others.slice(0, 1);
  const fromMs = cluster.probe.mark();
  cluster.writeSpec({ nodes: { [owner]: { state: 'standby' } } }, editor);
  const names = others.map(({ name }) => name);
  await cluster.untilAnswered({ by: names, sinceMs: fromMs });
  const handOver = await waitOf(cluster, fromMs, bothWays);
  const lines = linesSince(owner, cluster.daemon(owner), fromMs);
  const first = lines.find(({ message }) => /^stopping /.test(message));
  const way = describeWay(lines.slice(0, first === undefined ? 0 : lines.indexOf(first) + 1), fromMs);
  return { handOver, firstCall: { tookMs: (first?.atMs ?? Number.NaN) - fromMs, agentsMs: 0, way } };
}

async function measureCrash(cluster: Cluster): Promise<MeasuredWait> {
  const owner = await cluster.rest();
  const fromMs = cluster.probe.mark();
  await cluster.lab.host(owner).crash();
  const names = cluster.hostsExcept(owner).map(({ name }) => name);
  await cluster.untilAnswered({ by: names, sinceMs: fromMs });
  return waitOf(cluster, fromMs, bothWays);
}

const bothWays = (lines: readonly LogLine[]): number => agentsMs(lines, 'stop') + agentsMs(lines, 'start');

/** The outage that the client saw since a moment. */
async function waitOf(
  cluster: Cluster,
  fromMs: number,
  agents: (lines: readonly LogLine[]) => number,
): Promise<MeasuredWait> {
  const { longestOutageMs } = await cluster.probe.report({ fromMs });
  const lines = cluster.lab.hosts.flatMap(({ name }) => linesSince(name, cluster.daemon(name), fromMs));
  return { tookMs: longestOutageMs, agentsMs: agents(lines), way: describeWay(lines, fromMs) };
}
