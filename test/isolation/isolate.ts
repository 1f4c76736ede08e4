/**
 * Plays the story of an isolated owner again and again on real daemons in namespaces of its own, and then the restart of all daemons at once.
 *
 * `npm run isolate -- --times N`. The last line is `N of N disjoint, N takeovers`; the exit code is 1 when a holding was not over before the next began, a takeover did not come, or a restart lapsed anything.
 */
import { VIRTUAL_ADDRESS } from '../e2e/harness/lab.js';
import { missingForLab } from '../e2e/harness/prerequisites.js';
import { Cluster } from '../e2e/stories/cluster.js';
import { readWholeNumbers } from '../whole-numbers.js';

const usage = `usage:
  npm run isolate -- [--times N]
      cuts the owner of an address off N times (default 20), and restarts all daemons at once N times`;

/** The product's own default, under which all daemons are restarted: three that start at once on a busy machine may need more than the second of the isolations. */
const LEASE_MS = 3_000;

/** Runs the command. Returns its exit code. */
async function isolate(words: readonly string[]): Promise<number> {
  const options = readWholeNumbers(words, { times: 20 });
  if (typeof options === 'string') {
    console.error(`${options}\n\n${usage}`);
    return 64;
  }
  const missing = missingForLab();
  if (missing.length > 0) {
    console.error(`this machine cannot carry a lab:\n  ${missing.join('\n  ')}`);
    return 69;
  }
  const { times } = options;
  const cluster = await Cluster.start({ form: 'builtin' });
  try {
    await cluster.startDaemons();
    let disjoint = 0;
    let takeovers = 0;
    for (let round = 1; round <= times; round += 1) {
      const seen = await isolateOwner(cluster);
      disjoint += seen.isDisjoint ? 1 : 0;
      takeovers += seen.isTakeover ? 1 : 0;
      console.log(`${String(round).padStart(4)}  ${seen.sentence}`);
    }
    const overlaps = await cluster.watch.overlaps(VIRTUAL_ADDRESS);
    if (overlaps.length > 0) console.log(await cluster.watch.describe(VIRTUAL_ADDRESS));
    let calm = 0;
    await lengthenLease(cluster);
    for (let round = 1; round <= times; round += 1) {
      const change = await restartAll(cluster);
      calm += change === null ? 1 : 0;
      console.log(`${String(round).padStart(4)}  all daemons restarted: ${change ?? 'nothing lapsed'}`);
    }
    console.log(`${calm} of ${times} restarts of all daemons at once lapsed nothing`);
    console.log(`${disjoint} of ${times} disjoint, ${takeovers} takeovers`);
    return disjoint === times && takeovers === times && calm === times && overlaps.length === 0 ? 0 : 1;
  } finally {
    await cluster.close();
  }
}

/** Cuts the owner off, waits for the next one, and looks at the kernel's events of both. */
async function isolateOwner(
  cluster: Cluster,
): Promise<{ readonly isDisjoint: boolean; readonly isTakeover: boolean; readonly sentence: string }> {
  const owner = await cluster.rest();
  const others = cluster.hostsExcept(owner).map(({ name }) => name);
  const fromMs = cluster.probe.mark();
  await cluster.lab.host(owner).cut();
  const next = await cluster.untilAnswered({ by: others, sinceMs: fromMs });
  const [given, taken] = (await cluster.watch.holdings(VIRTUAL_ADDRESS)).slice(-2);
  const isTakeover = given?.host === owner && taken?.host === next && taken.untilMs === null;
  const endMs = given?.untilMs ?? Number.POSITIVE_INFINITY;
  const isDisjoint = isTakeover && given.ended === 'removed' && endMs < taken.fromMs;
  const { longestOutageMs } = await cluster.probe.report({ fromMs });
  const between = isDisjoint ? `nobody had the address for ${(taken.fromMs - endMs).toFixed(0)} ms` : 'NOT DISJOINT';
  return {
    isDisjoint,
    isTakeover,
    sentence: `${owner} cut off, ${next} took over: ${between}, outage ${longestOutageMs.toFixed(0)} ms`,
  };
}

async function lengthenLease(cluster: Cluster): Promise<void> {
  await cluster.rest();
  cluster.writeSpec({ change: (text) => text.replace('lease: 1s', `lease: ${LEASE_MS}ms`) });
  await cluster.untilStatus('a longer lease', ({ leases, node }) =>
    leases.every((lease) => lease.node !== node || lease.leftMs === null || lease.leftMs > 1_000),
  );
  await cluster.untilCalm('rest under a longer lease');
}

/** Kills all daemons, starts them at once, and tells what had changed when everything that this could have ended would have ended; null for nothing. */
async function restartAll(cluster: Cluster): Promise<string | null> {
  const owner = await cluster.owner();
  const look = async (): Promise<string> =>
    JSON.stringify([await cluster.standing(owner), await cluster.watch.holdings(VIRTUAL_ADDRESS)]);
  const before = await look();
  const fromMs = cluster.probe.mark();
  const killed = cluster.lab.hosts.map(({ name }) => cluster.daemon(name));
  for (const daemon of killed) daemon.kill('SIGKILL');
  await Promise.all(killed.map((daemon) => daemon.exited));
  await cluster.startDaemons();
  await cluster.untilStatus('daemons that are up for longer than a lease', ({ uptimeMs }) => uptimeMs > LEASE_MS * 1.5);
  await cluster.untilCalm('rest after the restart');
  const after = await look();
  const { longestOutageMs } = await cluster.probe.report({ fromMs });
  if (after !== before) {
    const logs = cluster.lab.hosts.map(
      ({ name }) => `${name}:\n${cluster.daemon(name).output.replaceAll(/^.*"level":"debug".*\n/gm, '')}`,
    );
    return `${before} became ${after}\n${logs.join('\n')}`;
  }
  return longestOutageMs > 0 ? `the client was out for ${longestOutageMs.toFixed(0)} ms` : null;
}

process.exitCode = await isolate(process.argv.slice(2));
