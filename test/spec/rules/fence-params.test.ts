import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

const device = (params: string): string => `
fencing:
  devices:
    pdu: { agent: fence_apc, nodes: [lb1, lb2], params: { ${params} } }
resources:
  a: { type: builtin:noop, exclusive: fencing }
`;

const problem = (name: string, instead: string): string =>
  `3:59 error fence-params "${name}": fence device "pdu" cannot have the parameter "${name}": its agent would not get it as it is written | = ${instead}`;

describe('fence-params', () => {
  it.each([
    ['action', 'write `action: off` or `action: reboot` beside `agent:`'],
    ['option', 'write `action: off` or `action: reboot` beside `agent:`'],
    ['pcmk_reboot_action', 'write `action: off` or `action: reboot` beside `agent:`'],
    ['pcmk_host_list', 'name the nodes under `nodes:`'],
    ['pcmk_host_map', 'name the plug of each node under `plugs:`'],
    ['pcmk_delay_max', 'write `delay: { base, random }` beside `agent:`'],
    ['pcmk_off_timeout', 'write `timeout:` beside `agent:`'],
    ['pcmk_monitor_retries', 'write `retries:` beside `agent:`'],
    ['pcmk_action_limit', 'it is a word of Pacemaker that no agent reads: take it out'],
  ])('says what is written instead of %s', (name, instead) => {
    expectProblems(device(`${name}: lb1`), [problem(name, instead)]);
  });

  it('is quiet about what an agent reads', () => {
    expectProblems(device('ipaddr: 10.0.0.9, power_timeout: 20'), []);
  });
});
