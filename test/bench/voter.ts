/**
 * What a voter costs, and what a node that does not vote says and hears, by the size of the cluster: real daemons in hosts of their own, and a process that speaks for all other nodes over real UDP.
 *
 * `--only N` measures one size. `FAIRLEAD_BENCH_PROFILE=FOLDER` keeps a profile of the voter's processor time there.
 */
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DISK, RUN_FOLDER, STATE_FOLDER } from '../e2e/harness/host-set-up.js';
import type { Host } from '../e2e/harness/host.js';
import { Lab } from '../e2e/harness/lab.js';
import { missingForLab } from '../e2e/harness/prerequisites.js';
import { sleep } from '../e2e/harness/wait-until.js';
import { CLI } from '../e2e/stories/daemons.js';
import type { BareExchangeOptions } from './bare-exchange.js';
import type { Bench } from './bench.js';
import { tableOf } from './bench.js';
import type { ResourceUsage } from './resource-usage.js';
import { usageOf } from './resource-usage.js';
import type { LoadFigures, LoadOptions } from './voter-load.js';

/** Nodes of the measured clusters, the voter and the worker among them; the last is the most that a spec may have. */
const SIZES: readonly number[] = [10, 100, 1000];

const EVERY_MS = 200;
const LEASE_MS = 1000;
const PORT = 7418;

/** Leases that are owned at most, each by a node of its own. */
const LEASES = 100;
const WARM_MS = 25_000;
const MEASURE_MS = 15_000;
const START_MS_MAX = 60_000;

/** Made for this bench and worth nothing. */
const KEY = '5d1f0c2b9a8e7766554433221100ffeeddccbbaa99887766554433221100abcd';

const BARE = fileURLToPath(new URL('bare-exchange.js', import.meta.url));
const BARE_PORT = 7419;
const BARE_WARM_MS = 10_000;
const LOAD = fileURLToPath(new URL('voter-load.js', import.meta.url));

/** What a host's interface carried. Shape: of each second. */
interface Traffic {
  readonly datagramsIn: number;
  readonly datagramsOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** One size. */
export interface VoterFigures {
  readonly nodes: number;
  readonly voter: ResourceUsage;
  /** Of a program that only answers as many datagrams, with codes, right afterwards on the same hosts. */
  readonly bare: ResourceUsage;
  readonly load: LoadFigures;
  readonly worker: Traffic;
}

/** The bench. Errors: throws where no lab can be made, and when a daemon does not come up. */
export const bench: Bench = async ({ only, tell }) => {
  const missing = missingForLab();
  if (missing.length > 0) throw new Error(`this machine cannot carry a lab:\n  ${missing.join('\n  ')}`);
  const figures: VoterFigures[] = [];
  for (const nodes of only === null ? SIZES : [Number(only)]) {
    tell(`${nodes} nodes`);
    figures.push(await measure(nodes));
  }
  return { table: show(figures), figures };
};

async function measure(nodes: number): Promise<VoterFigures> {
  const lab = await Lab.start({ hosts: ['voter', 'worker', 'load'] });
  try {
    const [voter, worker, load] = ['voter', 'worker', 'load'].map((name) => lab.host(name));
    if (voter === undefined || worker === undefined || load === undefined) throw new Error('the lab lacks a host');
    const peers = Array.from({ length: nodes - 2 }, (_, index) => `p${index}`);
    const profile = process.env.FAIRLEAD_BENCH_PROFILE;
    const spec = specOf({ peers, hosts: { voter, worker, load } });
    for (const host of [voter, worker]) {
      host.writeFile('cluster.yaml', spec);
      host.writeFile('key', `${KEY}\n`, 0o600);
    }
    const daemon = await start(voter, profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${DISK}/profile`]);
    await start(worker, []);
    const options: LoadOptions = {
      cluster: 'bench',
      key: KEY,
      port: PORT,
      address: load.address(),
      voter: { node: 'voter', address: voter.address() },
      worker: { node: 'worker', address: worker.address() },
      peers,
      leases: Math.min(peers.length, LEASES),
      everyMs: EVERY_MS,
      leaseMs: LEASE_MS,
      warmMs: WARM_MS,
      measureMs: MEASURE_MS,
    };
    const speaker = await load.spawn([process.execPath, LOAD, JSON.stringify(options)]);
    await speaker.waitForOutput(/^ready$/m, { timeoutMs: WARM_MS + START_MS_MAX });
    const [usage, traffic] = await Promise.all([
      usageOf(voter, /main\.js run /, MEASURE_MS),
      trafficOf(worker, MEASURE_MS),
    ]);
    await speaker.exited;
    const said = /^\{.*\}$/m.exec(speaker.output)?.[0];
    if (said === undefined) throw new Error(`the load ended without figures:\n${speaker.output.slice(-2000)}`);
    if (profile !== undefined) {
      await daemon.stop({ withinMs: 20_000 });
      const folder = join(lab.folder, 'voter', 'disk', 'profile');
      for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(profile, `${nodes}-${name}`));
    }
    const figures: LoadFigures = JSON.parse(said);
    const bare = await measureBare({ answers: voter, asks: load, peers: peers.length });
    return { nodes, voter: usage, bare, load: figures, worker: traffic };
  } finally {
    await lab.close();
  }
}

/** What a Node program takes that answers as many, keeps nothing and decides nothing. */
async function measureBare(of: {
  readonly answers: Host;
  readonly asks: Host;
  readonly peers: number;
}): Promise<ResourceUsage> {
  const { answers, asks } = of;
  const run = (host: Host, peers: BareExchangeOptions['peers']) => {
    const options: BareExchangeOptions = {
      port: BARE_PORT,
      own: [host.address()],
      peers,
      everyMs: EVERY_MS,
      isAnswering: true,
    };
    return host.spawn([process.execPath, BARE, JSON.stringify(options)]);
  };
  await run(answers, []);
  await run(
    asks,
    Array.from({ length: of.peers }, () => [answers.address()]),
  );
  await sleep(BARE_WARM_MS);
  return usageOf(answers, /bare-exchange\.js/, MEASURE_MS);
}

async function start(host: Host, nodeFlags: readonly string[]) {
  const daemon = await host.spawn([
    process.execPath,
    ...nodeFlags,
    CLI,
    'run',
    `${DISK}/cluster.yaml`,
    ...['--node', host.name, '--state-dir', STATE_FOLDER, '--run-dir', RUN_FOLDER],
    ...['--socket', `${DISK}/control.sock`, '--log-format', 'json'],
  ]);
  await daemon.waitForOutput(/is up with revision/, { timeoutMs: START_MS_MAX });
  return daemon;
}

/** Everybody but the voter only runs services, of which there are none. */
function specOf(options: {
  readonly peers: readonly string[];
  readonly hosts: { readonly voter: Host; readonly worker: Host; readonly load: Host };
}): string {
  const { peers, hosts } = options;
  return [
    'apiVersion: fairlead/v1',
    'kind: Cluster',
    'cluster: { name: bench }',
    `heartbeat: { port: ${PORT}, every: ${EVERY_MS}ms, lease: ${LEASE_MS}ms, key: { file: ${DISK}/key } }`,
    'nodes:',
    `  voter: { addresses: [${hosts.voter.address()}] }`,
    `  worker: { addresses: [${hosts.worker.address()}], role: worker }`,
    ...peers.map((peer, index) => {
      const address = index === 0 ? hosts.load.address() : `10.78.${index >> 8}.${index & 255}`;
      return `  ${peer}: { addresses: [${address}], role: worker }`;
    }),
    'groups: {}',
    'resources: {}',
    '',
  ].join('\n');
}

async function trafficOf(host: Host, durationMs: number): Promise<Traffic> {
  const before = await countersOf(host);
  const fromMs = performance.now();
  await sleep(durationMs);
  const after = await countersOf(host);
  const seconds = (performance.now() - fromMs) / 1000;
  const rate = (index: number) => ((after[index] ?? Number.NaN) - (before[index] ?? Number.NaN)) / seconds;
  return { datagramsIn: rate(0), datagramsOut: rate(1), bytesIn: rate(2), bytesOut: rate(3) };
}

async function countersOf(host: Host): Promise<readonly number[]> {
  const names = ['rx_packets', 'tx_packets', 'rx_bytes', 'tx_bytes'];
  const { stdout } = await host.exec(['cat', ...names.map((name) => `/sys/class/net/eth0/statistics/${name}`)]);
  return stdout.trim().split('\n').map(Number);
}

function show(figures: readonly VoterFigures[]): string {
  // Without a single ack there is no number at all.
  const ms = (value: number | null) => `${value?.toFixed(1) ?? '-'} ms`;
  const voter = figures.map(({ nodes, voter: { cpuPercent, rssMiB }, bare, load }) => [
    `${nodes}`,
    `${cpuPercent.toFixed(1)} %`,
    `${bare.cpuPercent.toFixed(1)} %`,
    `${(cpuPercent / bare.cpuPercent).toFixed(1)}x`,
    `${rssMiB.toFixed(0)} MiB`,
    ...[load.latenciesMs.p50, load.latenciesMs.p90, load.latenciesMs.p99, load.latenciesMs.max].map(ms),
    `${(load.sent / (MEASURE_MS / 1000)).toFixed(0)}`,
    `${(((load.sent - load.acked) / Math.max(1, load.sent)) * 100).toFixed(2)} %`,
    `${load.owning}`,
  ]);
  const worker = figures.map(({ nodes, worker: { datagramsIn, datagramsOut, bytesIn, bytesOut } }) => [
    `${nodes}`,
    ...[datagramsIn, bytesIn, datagramsOut, bytesOut].map((value) => value.toFixed(0)),
  ]);
  return [
    `a voter, heartbeats every ${EVERY_MS} ms from every node, one lease each of at most ${LEASES} of them; target: at most 25 % of a core at 1000`,
    tableOf([
      [
        'nodes',
        'CPU',
        'bare program',
        'ratio',
        'RSS',
        'ack p50',
        'p90',
        'p99',
        'max',
        'heartbeats/s',
        'unanswered',
        'leases owned',
      ],
      ...voter,
    ]),
    '',
    'a node that does not vote, on its interface, frames with their heads',
    tableOf([['nodes', 'datagrams in/s', 'bytes in/s', 'datagrams out/s', 'bytes out/s'], ...worker]),
  ].join('\n');
}
