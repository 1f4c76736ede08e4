import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('stop-budget', () => {
  it('says which members cannot be killed, and the numbers', () => {
    expectProblems(
      `
groups:
  web: { members: [eip, app, db], stopBudget: 2s }
resources:
  eip: { type: builtin:aws-eip, params: { publicIp: 203.0.113.7 } }
  app: { type: "lsb:app", timeouts: { stop: 60s } }
  db: { type: "systemd:db" }
`,
      [
        '2:47 error stop-budget "2s": the stop budget of group "web" cannot be kept: "app" cannot be killed without its agent | 2s < 100s = 20s (eip) + 1m (app) + 20s (db) | = write `stopBudget: 100s` or leave it out, lower the stop timeouts, use a systemd unit or a script with `run`, a watchdog under `fencing:`, or `exclusive: fencing` with fence devices',
      ],
    );
  });

  it('lets a small budget pass where every member can be killed', () => {
    expectProblems(
      `
groups:
  web: { members: [vip, web, app], stopBudget: 500ms }
resources:
  vip: { type: builtin:vip, params: { address: 10.0.1.50/24 } }
  web: { type: "systemd:nginx" }
  app: { type: script, params: { run: [app] } }
`,
      [],
    );
  });

  it('lets a budget pass that covers the stops', () => {
    expectProblems(
      `
resources:
  app: { type: "lsb:app", stopBudget: 20s }
`,
      [],
    );
  });

  it('lets a small budget pass where a watchdog stands behind it', () => {
    expectProblems(
      `
heartbeat: { lease: 12s }
resources:
  app: { type: "lsb:app", stopBudget: 5s }
fencing: { watchdog: { device: /dev/watchdog, timeout: 10s } }
`,
      [],
    );
  });

  it('does not count a watchdog that is too slow to be used, or fence devices', () => {
    expectProblems(
      `
resources:
  app: { type: "lsb:app", stopBudget: 5s }
fencing:
  watchdog: { device: /dev/watchdog, timeout: 10s }
  devices: { ipmi: { agent: fence_ipmilan, nodes: [lb1] } }
`,
      [
        '2:39 error stop-budget "5s": the stop budget of resource "app" cannot be kept: "app" cannot be killed without its agent | 5s < the stop timeout 20s (app) | = write `stopBudget: 20s` or leave it out, lower the stop timeouts, use a systemd unit or a script with `run`, a watchdog under `fencing:`, or `exclusive: fencing` with fence devices',
        '4:47 warning watchdog-too-slow "10s": the watchdog /dev/watchdog is too slow for the leases, and is not used | 10s + 2 x 500ms > lease 3s + smallest stop budget 5s | = shorten its timeout, or lengthen the lease or the stop budgets',
        '5:3 warning fence-devices-unused "devices": nothing in the spec asks for fencing, so no node is ever fenced | = write `exclusive: fencing` on what must never run twice, or `onFail: { stop: fence }`',
      ],
    );
  });

  it('asks for no kill path where nobody takes over before the node was fenced', () => {
    expectProblems(
      `
resources:
  app: { type: "lsb:app", stopBudget: 5s, exclusive: fencing }
fencing:
  devices: { ipmi: { agent: fence_ipmilan, nodes: [lb1, lb2] } }
`,
      [],
    );
  });

  it('leaves a group alone of which a member does not say yet what it is', () => {
    expectProblems(
      `
resources:
  app: { type: scrip, params: { run: [app] }, stopBudget: 5s }
  web: { type: script, params: { runs: [web] }, stopBudget: 5s }
`,
      [
        '2:16 error unknown-agent "scrip": resource "app" has the type "scrip", which is no agent | did you mean "script"? | = types are ocf:PROVIDER:NAME, systemd:UNIT, lsb:NAME, script, builtin:vip, builtin:noop, builtin:aws-eip, builtin:aws-route, builtin:aws-private-ip',
        '3:24 error script-params "params": resource "web" does not say what to run | `run` is missing | = write `run: [PROGRAM, ARGUMENT]` for a process that stays, or `start`, `stop` and `monitor` together',
      ],
    );
  });
});
