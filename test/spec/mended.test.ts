import { describe, it } from 'vitest';
import { expectProblems } from './expect-problems.js';
import { someAgents } from './some-agents.js';

describe('a wrong shape in one entry', () => {
  it('does not keep the other resources from being judged, and is not judged twice itself', () => {
    expectProblems(
      `
resources:
  a: { type: script, params: { environment: { A: b } } }
  b: ~
  c: { type: script }
  d: { type: builtin:vip }
  e: { type: builtin:aws-eip }
  f: { type: builtin:aws-private-ip }
  g: { type: builtin:aws-route }
  h: { type: "ocf:heartbeat:IPaddr2", params: { nic: 5 }, timeouts: { start: 20s, stop: 20s } }
  i: { type: "ocf:heartbeat:Filesystem", acknowledge: "" }
  j: { type: "ocf:heartbeat:Filesystem", stopBudget: 5s }
  k: { type: builtin:vip, parms: { address: 10.0.1.9 } }
`,
      [
        '2:45 error wrong-type "{ A: b }": "environment" of "params" of resource "a" is a map | a parameter is text, a number, true, false, or a list of texts',
        '3:3 error wrong-type "b": resource "b" is empty | = give it a value, or leave the key out',
        '4:3 error script-params "c": resource "c" does not say what to run | `run` is missing | = write `run: [PROGRAM, ARGUMENT]` for a process that stays, or `start`, `stop` and `monitor` together',
        '5:3 error vip-params "d": resource "d" has no address | = add `address: 10.0.1.50/24` to its `params`',
        '6:3 error aws-eip-params "e": resource "e" does not say which Elastic IP it is | = add `allocationId: eipalloc-...` to its `params`, or `publicIp:`',
        '7:3 error aws-private-ip-params "f": resource "f" has no `privateIp` | = add `privateIp: 10.0.1.50` to its `params`',
        '8:3 error aws-route-params "g": resource "g" has no `destinationCidr` | = add `destinationCidr: 192.168.10.50/32` to its `params`',
        '8:3 error aws-route-params "g": resource "g" has no `routeTableIds` | = add `routeTableIds: rtb-0123456789abcdef0` to its `params`',
        '9:39 error missing-parameter "params": resource "h" has no parameter "ip", which ocf:heartbeat:IPaddr2 requires | = add `ip:` to its `params`',
        '10:55 error bad-format """": "acknowledge" of resource "i" cannot be "" | say in your words why the disk is safe without fencing',
        '11:14 error shared-disk ""ocf:heartbeat:Filesystem"": resource "j" uses a shared disk, and nothing makes sure that the last owner is dead | a stop that hangs, or a node that is paused for long, can spoil what is on it | = add fence devices and `exclusive: fencing`, or a watchdog; to go without, `acknowledge: "<why the disk is safe>"`',
        '11:54 error stop-budget "5s": the stop budget of resource "j" cannot be kept: "j" cannot be killed without its agent | 5s < the stop timeout 20s (j) | = write `stopBudget: 20s` or leave it out, lower the stop timeouts, use a systemd unit or a script with `run`, a watchdog under `fencing:`, or `exclusive: fencing` with fence devices',
        '12:27 error unknown-key "parms": resource "k" has no key "parms" | did you mean "params"?',
      ],
      { catalogue: someAgents },
    );
  });

  it('takes a misspelt section for the one that was meant, and judges what it holds', () => {
    expectProblems(
      `
pings: { gateway: { hosts: [10.0.1.1] } }
group:
  web: { members: [a, b], requires: [gateway] }
Resources:
  a: { type: builtin:noop }
  b: { type: builtin:nop }
resource:
  c: { type: builtin:noop }
`,
      [
        '2:1 error unknown-key "group": the spec has no key "group" | did you mean "groups"?',
        '4:1 error unknown-key "Resources": the spec has no key "Resources" | did you mean "resources"?',
        '6:14 error unknown-agent "builtin:nop": resource "b" has the type "builtin:nop", which is no agent | did you mean "builtin:noop"? | = types are ocf:PROVIDER:NAME, systemd:UNIT, lsb:NAME, script, builtin:vip, builtin:noop, builtin:aws-eip, builtin:aws-route, builtin:aws-private-ip',
        '7:1 error unknown-key "resource": the spec has no key "resource" | = its keys are apiVersion, kind, cluster, quorum, heartbeat, concurrency, nodes, pings, checks, health, defaults, groups, resources, fencing, alerts',
      ],
    );
  });

  it('keeps a group from being judged by the stop budget without that member', () => {
    expectProblems(
      `
groups:
  web: { members: [a, b], stopBudget: 5s }
resources:
  a: { type: systemd:a, timeouts: { stop: 30 } }
  b: { type: lsb:b }
`,
      [
        '4:43 error duration-without-unit "30": "stop" of "timeouts" of resource "a" is 30 without a unit | write 30ms, 30s or 30m',
      ],
    );
  });

  it('leaves it open whether a watchdog is quick enough for the rest', () => {
    expectProblems(
      `
fencing: { watchdog: { device: /dev/watchdog, timeout: 20s } }
resources:
  a: { type: lsb:a, stopBudget: 5s }
  b: { type: script, params: { run: [b] }, timeouts: { stop: ~ } }
`,
      [
        '4:56 error wrong-type "stop": "stop" of "timeouts" of resource "b" is empty | = give it a value, or leave the key out',
      ],
    );
  });

  it('does not keep other fence devices and receivers from being judged', () => {
    expectProblems(
      `
fencing:
  devices:
    d1: { agent: fence_ipmilan, nodes: [lb1, 5], plugs: { lb1: a, lb2: b } }
    d2: { agent: fence_apc, nodes: [lb1], plugs: { lb2: b }, params: { action: off } }
alerts:
  a1: { webhook: 5, headers: { x: y } }
  a2: {}
`,
      [
        '3:46 error wrong-type "5": entry 2 of "nodes" of fence device "d1" must be text, and is 5 | write it in quotes: "5"',
        '4:52 error fence-plugs "lb2": fence device "d2" has a plug for node "lb2", which is not among its nodes | = add "lb2" to `nodes` of the device, or take the plug out',
        '4:72 error fence-params "action": fence device "d2" cannot have the parameter "action": its agent would not get it as it is written | = write `action: off` or `action: reboot` beside `agent:`',
        '6:18 error wrong-type "5": "webhook" of "a1" of alerts is 5 | a webhook is a URL in quotes, `{ file: PATH }` or `{ env: NAME }`',
        '7:3 error alert-receiver "a2": receiver "a2" of alerts is neither a webhook nor a program | = write `webhook: URL` or `program: PATH`; two receivers are two entries',
      ],
    );
  });
});
