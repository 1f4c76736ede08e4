import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('secret-in-clear-text', () => {
  it('finds secrets of fence devices, and not the names of scripts and files', () => {
    expectProblems(
      `
fencing:
  devices:
    one:
      agent: fence_ipmilan
      nodes: [lb1, lb2]
      params:
        username: ops
        password: geheim
        passwd_script: /usr/local/bin/secret
        snmp_priv_passwd: { env: SNMP }
        secret_key: abc
resources:
  a: { type: builtin:noop, exclusive: fencing }
`,
      [
        '8:9 warning secret-in-clear-text "password": `password` of fence device "one" stands in the spec for everybody to read | = write `password: { file: /etc/fairlead/NAME }` or `{ env: NAME }`',
        '11:9 warning secret-in-clear-text "secret_key": `secret_key` of fence device "one" stands in the spec for everybody to read | = write `secret_key: { file: /etc/fairlead/NAME }` or `{ env: NAME }`',
      ],
    );
  });

  it('finds what lets somebody in at a webhook, and secrets of programs', () => {
    const help = (name: string) => `= write \`${name}: { file: /etc/fairlead/NAME }\` or \`{ env: NAME }\``;
    const of = (name: string, whose: string) =>
      `"${name}": \`${name}\` of receiver "${whose}" of alerts stands in the spec for everybody to read | ${help(name)}`;
    expectProblems(
      `
alerts:
  hook:
    webhook: "https://chat.example.net/"
    headers:
      X-Source: fairlead
      Authorization: Bearer abc
      X-Api-Key: abc
      Cookie: { env: COOKIE }
  prog: { program: /bin/true, params: { trap_community: public, debug: 1 } }
`,
      [
        `6:7 warning secret-in-clear-text ${of('Authorization', 'hook')}`,
        `7:7 warning secret-in-clear-text ${of('X-Api-Key', 'hook')}`,
        `9:41 warning secret-in-clear-text ${of('trap_community', 'prog')}`,
      ],
    );
  });
});
