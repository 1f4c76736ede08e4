import { afterAll, beforeAll, expect, it } from 'vitest';
import { AddressWatch } from './harness/address-watch.js';
import type { Host } from './harness/host.js';
import { HttpProbe } from './harness/http-probe.js';
import { Lab, VIRTUAL_ADDRESS } from './harness/lab.js';
import { NGINX_CONFIG_NAME, NGINX_IN_FOREGROUND, nginxConfig } from './harness/nginx-config.js';
import { describeWithLab } from './harness/describe-with-lab.js';
import { sleep } from './harness/wait-until.js';

/** Clocks of `ip` and of this program are one clock, read in different ways. */
const CLOCK_READING_MS = 1;

describeWithLab('what the harness sees', () => {
  let lab: Lab;
  let lb1: Host;
  let lb2: Host;

  beforeAll(async () => {
    lab = await Lab.start({ hosts: ['lb1', 'lb2'] });
    lb1 = lab.host('lb1');
    lb2 = lab.host('lb2');
  });

  afterAll(async () => {
    await lab?.close();
  });

  async function takeAddress(host: Host): Promise<void> {
    await host.exec(['ip', 'address', 'add', `${VIRTUAL_ADDRESS}/24`, 'dev', 'eth0']);
    await host.exec(['arping', '-q', '-c', '2', '-w', '1', '-U', '-I', 'eth0', VIRTUAL_ADDRESS]);
  }

  async function giveAddress(host: Host): Promise<void> {
    await host.exec(['ip', 'address', 'delete', `${VIRTUAL_ADDRESS}/24`, 'dev', 'eth0']);
  }

  it('is who had an address when, over removals, crashes and boots', async () => {
    const watch = await AddressWatch.start(lab.hosts);
    const moments = [Date.now()];
    const then = async (act: () => Promise<void>): Promise<void> => {
      await act();
      // Events bear the time at which they were read, so a moment is over when all before it is told.
      await watch.holdings(VIRTUAL_ADDRESS);
      moments.push(Date.now());
    };
    await then(() => takeAddress(lb1));
    await then(() => giveAddress(lb1));
    await then(() => takeAddress(lb2));
    await then(() => lb2.crash());
    await then(() => lb2.boot());
    await then(() => takeAddress(lb2));

    const holdings = await watch.holdings(VIRTUAL_ADDRESS);

    expect(holdings.map(({ host, ended }) => ({ host, ended }))).toEqual([
      { host: 'lb1', ended: 'removed' },
      { host: 'lb2', ended: 'died' },
      { host: 'lb2', ended: null },
    ]);
    const [t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0, t5 = 0, t6 = 0] = moments;
    const within = (ms: number | null | undefined, from: number, until: number): void => {
      expect(ms).toBeGreaterThanOrEqual(from - CLOCK_READING_MS);
      expect(ms).toBeLessThanOrEqual(until + CLOCK_READING_MS);
    };
    within(holdings[0]?.fromMs, t0, t1);
    within(holdings[0]?.untilMs, t1, t2);
    within(holdings[1]?.fromMs, t2, t3);
    within(holdings[1]?.untilMs, t3, t4);
    within(holdings[2]?.fromMs, t5, t6);
    expect(await watch.overlaps(VIRTUAL_ADDRESS)).toEqual([]);
    expect(await watch.holders(VIRTUAL_ADDRESS)).toEqual(['lb2']);

    await takeAddress(lb1);
    expect(await watch.overlaps(VIRTUAL_ADDRESS)).toMatchObject([{ first: { host: 'lb2' }, second: { host: 'lb1' } }]);
    await giveAddress(lb1);
    await giveAddress(lb2);
    expect(await watch.overlaps(VIRTUAL_ADDRESS)).toHaveLength(1);
    expect(await watch.describe(VIRTUAL_ADDRESS)).toMatch(/^lb1: 0\.0 ms to .* \(removed\)\nlb2: .*\(died\)\n/);
  });

  it('includes addresses that are there before the watch begins', async () => {
    await takeAddress(lb1);
    const watch = await AddressWatch.start(lab.hosts);
    expect(await watch.holders(VIRTUAL_ADDRESS)).toEqual(['lb1']);
    await giveAddress(lb1);
    expect(await watch.holders(VIRTUAL_ADDRESS)).toEqual([]);
  });

  it('is the outage of a service that is killed and started again', async () => {
    const config = lb1.writeFile(NGINX_CONFIG_NAME, nginxConfig({ hostName: 'lb1', onlyOn: VIRTUAL_ADDRESS }));
    expect(NGINX_IN_FOREGROUND).toContain(config);
    await takeAddress(lb1);
    await lb1.spawn(NGINX_IN_FOREGROUND);
    const probe = await HttpProbe.start(lab.client, { host: VIRTUAL_ADDRESS });
    await probe.untilAnsweredBy(['lb1'], { sinceMs: 0, timeoutMs: 10_000 });
    const beforeMs = probe.mark();
    await sleep(300);

    const killMs = probe.mark();
    expect((await lb1.signalProcesses(/^nginx: /, 'KILL')).length).toBe(2);
    const deadMs = probe.mark();
    await sleep(400);
    const startMs = probe.mark();
    await lb1.spawn(NGINX_IN_FOREGROUND);
    const back = await probe.untilAnsweredBy(['lb1'], { sinceMs: startMs, timeoutMs: 10_000 });

    const report = await probe.report({ fromMs: beforeMs });
    console.log(`outage of a restarted nginx: ${report.longestOutageMs.toFixed(0)} ms of ${report.requests} requests`);
    const longest = report.outages.find(({ durationMs }) => durationMs === report.longestOutageMs);
    expect(longest?.fromMs).toBeGreaterThanOrEqual(killMs - 200);
    expect(longest?.fromMs).toBeLessThanOrEqual(deadMs + 200);
    expect(longest?.untilMs).toBeGreaterThanOrEqual(startMs);
    expect(longest?.untilMs).toBeLessThanOrEqual(back.endMs + 200);
    expect(longest?.outcomes).toContain('ECONNREFUSED');
    expect([...new Set(report.answers.map(({ by }) => by))]).toEqual(['lb1']);
    expect(report.failures).toBeLessThan(report.requests);
    expect((await probe.report({ fromMs: beforeMs, untilMs: beforeMs + 200 })).longestOutageMs).toBe(0);
    await probe.stop();
    await lb1.signalProcesses(/^nginx: /, 'KILL');
    await giveAddress(lb1);
  });

  it('is which host answers after a takeover', async () => {
    for (const host of [lb1, lb2]) {
      host.writeFile(NGINX_CONFIG_NAME, nginxConfig({ hostName: host.name }));
      await host.spawn(NGINX_IN_FOREGROUND);
    }
    await takeAddress(lb1);
    const probe = await HttpProbe.start(lab.client, { host: VIRTUAL_ADDRESS });
    await probe.untilAnsweredBy(['lb1'], { sinceMs: 0, timeoutMs: 10_000 });
    const sinceMs = probe.mark();
    await lb1.crash();
    await takeAddress(lb2);
    await probe.untilAnsweredBy(['lb2'], { sinceMs, timeoutMs: 10_000 });
    const report = await probe.report({ fromMs: sinceMs });
    console.log(`outage of a takeover by hand: ${report.longestOutageMs.toFixed(0)} ms`);
    expect(report.answers.at(-1)?.by).toBe('lb2');
    expect(report.longestOutageMs).toBeGreaterThan(0);
    expect(report.outages.at(-1)?.untilMs).not.toBeNull();
    await probe.stop();
  });
});
