import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('stop-budget', () => {
  it('says which members cannot be killed, and the numbers', () => {
    expectProblems(
      `
groups:
  web: { members: [eip, app, db], stopBudget: 2s }
resources:
  eip: { type: builtin:aws-eip }
  app: { type: "lsb:app", timeouts: { stop: 60s } }
  db: { type: "systemd:db" }
`,
      [
        '2:47 error stop-budget "2s": the stop budget of group "web" cannot be kept: "app" cannot be killed without its agent | 2s < 100s = 20s (eip) + 1m (app) + 20s (db) | = write `stopBudget: 100s` or leave it out, lower the stop timeouts, or use a systemd unit or a script with `run`',
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

  it('says that fencing would allow less, and does not yet', () => {
    expectProblems(
      `
resources:
  app: { type: "ocf:heartbeat:Dummy", stopBudget: 1s }
fencing: { watchdog: { device: /dev/watchdog } }
`,
      [
        '2:51 error stop-budget "1s": the stop budget of resource "app" cannot be kept: "app" cannot be killed without its agent | 1s < the stop timeout 20s (app) | = write `stopBudget: 20s` or leave it out, lower the stop timeouts, or use a systemd unit or a script with `run`; fencing would allow less, and this version does not carry it out',
        '3:1 warning fencing-not-used "fencing": fencing is read and checked, and this version does not carry it out | a failed stop blocks its group until a person acts | = count on the lease alone: it is safe as long as nothing outlives its stop budget',
      ],
    );
  });
});
