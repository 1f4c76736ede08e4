import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CommandOutcome } from './harness/command.js';
import type { Host } from './harness/host.js';
import { Lab, VIRTUAL_ADDRESS } from './harness/lab.js';
import { NGINX_CONFIG, NGINX_CONFIG_NAME, nginxConfig } from './harness/nginx-config.js';
import { describeWithLab } from './harness/describe-with-lab.js';

/** Exit codes of the OCF resource agent API. */
const OCF_SUCCESS = 0;
const OCF_NOT_RUNNING = 7;

/** Calls a resource agent by hand, as a cluster would, with the wall time that the call took. */
async function agent(
  host: Host,
  call: { readonly name: string; readonly action: string; readonly params: Readonly<Record<string, string>> },
): Promise<CommandOutcome & { readonly durationMs: number }> {
  const env: Record<string, string> = { OCF_ROOT: '/usr/lib/ocf', OCF_RESOURCE_INSTANCE: call.name };
  for (const [name, value] of Object.entries(call.params)) {
    env[`OCF_RESKEY_${name}`] = value;
  }
  const startMs = performance.now();
  const outcome = await host.exec([`/usr/lib/ocf/resource.d/heartbeat/${call.name}`, call.action], {
    env,
    timeoutMs: 40_000,
  });
  return { ...outcome, durationMs: performance.now() - startMs };
}

describeWithLab("Debian's resource agents inside a host", () => {
  let lab: Lab;
  let lb1: Host;

  beforeAll(async () => {
    lab = await Lab.start({ hosts: ['lb1'] });
    lb1 = lab.host('lb1');
    lb1.writeFile(NGINX_CONFIG_NAME, nginxConfig({ hostName: 'lb1', onlyOn: VIRTUAL_ADDRESS }));
  });

  afterAll(async () => {
    await lab?.close();
  });

  it('IPaddr2 and nginx start, are seen, serve the client, and stop', async () => {
    const durations: string[] = [];
    const call = async (
      name: string,
      action: string,
      extra: Readonly<Record<string, string>> = {},
    ): Promise<number | null> => {
      const params =
        name === 'IPaddr2'
          ? { ip: VIRTUAL_ADDRESS, cidr_netmask: '24', nic: 'eth0' }
          : { configfile: NGINX_CONFIG, ...extra };
      const outcome = await agent(lb1, { name, action, params });
      durations.push(`${name} ${action}: ${outcome.durationMs.toFixed(0)} ms`);
      if (outcome.code !== OCF_SUCCESS && outcome.code !== OCF_NOT_RUNNING) {
        throw new Error(`${name} ${action} gave ${outcome.code}:\n${outcome.stdout}${outcome.stderr}`);
      }
      return outcome.code;
    };
    expect(await call('IPaddr2', 'monitor')).toBe(OCF_NOT_RUNNING);
    expect(await call('nginx', 'monitor')).toBe(OCF_NOT_RUNNING);
    expect(await call('IPaddr2', 'start')).toBe(OCF_SUCCESS);
    expect(await call('nginx', 'start')).toBe(OCF_SUCCESS);
    expect(await call('IPaddr2', 'monitor')).toBe(OCF_SUCCESS);
    expect(await call('nginx', 'monitor')).toBe(OCF_SUCCESS);

    const page = await lab.client.exec(['curl', '-sS', '--max-time', '5', `http://${VIRTUAL_ADDRESS}/`]);
    expect(page.stdout).toBe('lb1\n');

    expect(await call('nginx', 'stop')).toBe(OCF_SUCCESS);
    expect(await call('nginx', 'monitor')).toBe(OCF_NOT_RUNNING);
    expect(await call('IPaddr2', 'stop')).toBe(OCF_SUCCESS);
    expect(await call('IPaddr2', 'monitor')).toBe(OCF_NOT_RUNNING);
    expect((await lb1.exec(['ip', 'address', 'show'])).stdout).not.toContain(VIRTUAL_ADDRESS);
    expect((await lb1.processes()).filter(({ command }) => command.includes('nginx'))).toEqual([]);
    console.log(durations.join('\n'));
  });
});
