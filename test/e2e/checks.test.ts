/** What a monitor does not see: a port that closes, a node that is not well, a page that is no longer answered. All in one lab, with nginx kept on three hosts. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithLab } from './harness/describe-with-lab.js';
import { DISK } from './harness/host-set-up.js';
import type { HostedProcess } from './harness/hosted-process.js';
import { VIRTUAL_ADDRESS } from './harness/lab.js';
import { Cluster } from './stories/cluster.js';
import { CLI, PATIENCE_MS } from './stories/daemons.js';

const PORT = 5432;
const MARK = 'well';

/** What one node knows it has told, and whoever answers for the group now may not have said it yet. */
const SAID = { timeout: PATIENCE_MS, interval: 100 };

const SHIM = CLI.replace('cli/main.js', 'shims/attrd_updater');

/** Listens on the host itself, as a proxy to a database does. */
const LISTENER = [
  process.execPath,
  '-e',
  `require('node:net').createServer((s) => s.destroy()).listen(${PORT}, '127.0.0.1')`,
];

/** The group requires the port by a ping; its node must bear a file and no red attribute; its page must be answered. */
function withChecks(text: string): string {
  return text
    .replace(
      'pings:\n',
      `pings:\n  proxy: { hosts: ["tcp:127.0.0.1:${PORT}"], every: 200ms, timeout: 1s, attempts: 1, failAfter: 400ms, recoverAfter: 400ms }\n`,
    )
    .replace(
      'groups:\n',
      `checks:\n  ${MARK}: { file: ${DISK}/${MARK}, every: 200ms, rise: 1, fall: 3, mode: relative }
health: { attributes: red, checks: [${MARK}], every: 200ms, rise: 1, fall: 3 }
groups:
`,
    )
    .replace('requires: [gateway]', 'requires: [gateway, proxy]')
    .replace(
      /timeouts: \{ start: 10s, stop: 10s \}\n$/,
      `timeouts: { start: 10s, stop: 1s }
    checks:
      page: { http: "http://${VIRTUAL_ADDRESS}/", every: 200ms, timeout: 1s, rise: 1, fall: 2 }
    onFail: { monitor: move }
`,
    );
}

describeWithLab('what is required of a node, and of a service beside its monitor', () => {
  let cluster: Cluster;
  const listeners = new Map<string, HostedProcess>();

  async function listen(name: string): Promise<void> {
    listeners.set(name, await cluster.lab.host(name).spawn(LISTENER));
  }

  /** Waits until the group has left a host and is answered on another; returns that. */
  async function untilLeft(owner: string, sinceMs: number, title: string): Promise<string> {
    const by = cluster.hostsExcept(owner).map(({ name }) => name);
    const next = await cluster.untilAnswered({ by, sinceMs });
    await cluster.tell(title, sinceMs);
    expect(await cluster.watch.overlaps(VIRTUAL_ADDRESS), await cluster.watch.describe(VIRTUAL_ADDRESS)).toEqual([]);
    return next;
  }

  /** What the daemon of another host says of a ping or a check on a host, and why the group is not wanted there. */
  async function saidOf(id: string, host: string, by: string) {
    const status = await cluster.status(by);
    const candidate = status?.plan?.placements[0]?.candidates.find(({ node }) => node === host);
    const seen = status?.pings.find(({ ping, node }) => ping === id && node === host);
    return {
      ok: seen?.ok,
      against: candidate?.parts.flatMap(({ score, reason }) => (score === null ? [reason.text] : [])),
    };
  }

  beforeAll(async () => {
    cluster = await Cluster.start({ form: 'builtin', change: withChecks });
    for (const host of cluster.lab.hosts) {
      host.writeFile(MARK, '');
      await listen(host.name);
    }
  });

  afterAll(async () => {
    await cluster?.close();
  });

  it('what listens behind a ping of a port ends on the owner: the group moves', async () => {
    const owner = await cluster.rest();
    const fromMs = cluster.probe.mark();

    listeners.get(owner)?.kill('SIGKILL');

    const next = await untilLeft(owner, fromMs, 'port of a ping closed on the owner');
    const against = [`${owner} reaches 0 of 1 hosts of proxy, 1 needed, and ${next} reaches more`];
    await expect.poll(() => saidOf('proxy', owner, next), SAID).toMatchObject({ ok: false, against });
    await listen(owner);
  });

  it('a check of the health fails on the owner, then a health agent says red on the next: the group is drained from each', async () => {
    const owner = await cluster.rest();
    const fromMs = cluster.probe.mark();

    await cluster.lab.host(owner).exec(['rm', `${DISK}/${MARK}`]);

    const next = await untilLeft(owner, fromMs, 'check of the health failed on the owner');
    await expect.poll(() => saidOf(MARK, owner, next), SAID).toMatchObject({ ok: false });
    cluster.lab.host(owner).writeFile(MARK, '');
    await cluster.untilCalm('a node that is well again');
    const redMs = cluster.probe.mark();

    const env = {
      FAIRLEAD_NODE_PROGRAM: process.execPath,
      FAIRLEAD_SOCKET: `${DISK}/control.sock`,
      FAIRLEAD_NODE: next,
    };
    expect(await cluster.lab.host(next).exec([SHIM, '-n', '#health-cpu', '-U', 'red'], { env })).toMatchObject({
      code: 0,
    });

    const third = await untilLeft(next, redMs, 'a health attribute is red on the owner');
    const against = [`health:attributes fails on ${next}: #health-cpu is red, and ${third} passes it`];
    await expect.poll(() => saidOf('health:attributes', next, third), SAID).toMatchObject({ ok: false, against });
    await cluster.lab.host(next).exec([SHIM, '-n', '#health-cpu', '-U', 'green'], { env });
  });

  it('nginx lives and answers nobody: the check of its page fails, and the group moves', async () => {
    const owner = await cluster.rest();
    const fromMs = cluster.probe.mark();

    await cluster.lab.host(owner).signalProcesses(/^nginx: /, 'STOP');

    const next = await untilLeft(owner, fromMs, 'nginx stands still');
    const failure = async () =>
      (await cluster.status(next))?.failures.find(({ resource, node }) => resource === 'nginx' && node === owner);
    const sentence = expect.stringContaining(`check page failed 2 times: http://${VIRTUAL_ADDRESS}/`);
    await expect.poll(failure, SAID).toMatchObject({ banned: true, sentence });
  });
});
