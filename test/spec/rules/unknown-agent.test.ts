import { describe, it } from 'vitest';
import { catalogueOf, expectProblems } from '../expect-problems.js';

describe('unknown-agent', () => {
  it('sees which agent was meant, and is not missed here besides', () => {
    const types =
      'types are ocf:PROVIDER:NAME, systemd:UNIT, lsb:NAME, script, builtin:vip, builtin:noop, builtin:aws-eip, builtin:aws-route, builtin:aws-private-ip';
    const meant = [
      ['IPaddr2', 'ocf:heartbeat:IPaddr2'],
      ['nginx', 'systemd:nginx'],
      ['VIP', 'builtin:vip'],
      ['builtin:VIP', 'builtin:vip'],
      ['scirpt', 'script'],
      ['systemd.nginx', 'systemd:nginx'],
      ['systemd: nginx', 'systemd:nginx'],
      ['lsb:/etc/init.d/httpd', 'lsb:httpd'],
      ['/etc/init.d/httpd', 'lsb:httpd'],
    ];
    for (const [type = '', agent = ''] of meant) {
      expectProblems(
        `resources: { a: { type: "${type}" } }`,
        [
          `1:25 error unknown-agent ""${type}"": resource "a" has the type "${type}", which is no agent | did you mean "${agent}"? | = ${types}`,
        ],
        { catalogue: catalogueOf({ [type]: null }) },
      );
    }
  });

  it('knows what other cluster managers call it', () => {
    expectProblems(
      `
resources:
  a: { type: "ocf::heartbeat:IPaddr2" }
  b: { type: "heartbeat:apache" }
  c: { type: "service:nginx" }
  d: { type: nginx.service }
  e: { type: builtin:vpi }
  f: { type: "stonith:fence_ipmilan" }
`,
      [
        '2:14 error unknown-agent ""ocf::heartbeat:IPaddr2"": resource "a" has the type "ocf::heartbeat:IPaddr2", which is no agent | did you mean "ocf:heartbeat:IPaddr2"? | = types are ocf:PROVIDER:NAME, systemd:UNIT, lsb:NAME, script, builtin:vip, builtin:noop, builtin:aws-eip, builtin:aws-route, builtin:aws-private-ip',
        '3:14 error unknown-agent ""heartbeat:apache"": resource "b" has the type "heartbeat:apache", which is no agent | did you mean "ocf:heartbeat:apache"? | = types are ocf:PROVIDER:NAME, systemd:UNIT, lsb:NAME, script, builtin:vip, builtin:noop, builtin:aws-eip, builtin:aws-route, builtin:aws-private-ip',
        '4:14 error unknown-agent ""service:nginx"": resource "c" has the type "service:nginx", which is no agent | did you mean "systemd:nginx"? | = types are ocf:PROVIDER:NAME, systemd:UNIT, lsb:NAME, script, builtin:vip, builtin:noop, builtin:aws-eip, builtin:aws-route, builtin:aws-private-ip',
        '5:14 error unknown-agent "nginx.service": resource "d" has the type "nginx.service", which is no agent | did you mean "systemd:nginx.service"? | = types are ocf:PROVIDER:NAME, systemd:UNIT, lsb:NAME, script, builtin:vip, builtin:noop, builtin:aws-eip, builtin:aws-route, builtin:aws-private-ip',
        '6:14 error unknown-agent "builtin:vpi": resource "e" has the type "builtin:vpi", which is no agent | did you mean "builtin:vip"? | = types are ocf:PROVIDER:NAME, systemd:UNIT, lsb:NAME, script, builtin:vip, builtin:noop, builtin:aws-eip, builtin:aws-route, builtin:aws-private-ip',
        '7:14 error unknown-agent ""stonith:fence_ipmilan"": resource "f" has the type "stonith:fence_ipmilan", which is no agent | = fence agents stand under `fencing:`',
      ],
    );
  });
});
