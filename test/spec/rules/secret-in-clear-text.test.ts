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
});
