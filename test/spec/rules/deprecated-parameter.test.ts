import { describe, it } from 'vitest';
import { catalogueOf, expectProblems, parameter } from '../expect-problems.js';

const catalogue = catalogueOf({
  'ocf:test:thing': {
    parameters: [
      parameter('address'),
      parameter('old', { deprecated: true, replacedBy: ['address'] }),
      parameter('gone', { deprecated: true }),
    ],
  },
  'fence:fence_test': {
    parameters: [parameter('ip'), parameter('ip_addr', { deprecated: true, replacedBy: ['ip'] })],
    actions: ['on', 'off', 'status'].map((name) => ({ name, timeoutMs: null, intervalMs: null, depth: 0 })),
  },
});

describe('deprecated-parameter', () => {
  it('warns of parameters that their agent declares as deprecated, with what to write instead', () => {
    expectProblems(
      `
resources:
  a: { type: "ocf:test:thing", params: { old: x } }
  b: { type: "ocf:test:thing", params: { old: x, address: x } }
  c: { type: "ocf:test:thing", params: { gone: x } }
  d: { type: "ocf:test:thing", params: { address: x } }
`,
      [
        '2:42 warning deprecated-parameter "old": "old" of ocf:test:thing is deprecated | = write `address` instead',
        '3:42 warning deprecated-parameter "old": "old" of ocf:test:thing is deprecated | = take it out; what replaces it is written as well',
        '4:42 warning deprecated-parameter "gone": "gone" of ocf:test:thing is deprecated',
      ],
      { catalogue },
    );
  });

  it('warns of those of fence devices, however they are written', () => {
    expectProblems(
      `
resources: { a: { type: "builtin:noop", exclusive: fencing } }
fencing: { devices: { d: { agent: fence_test, nodes: [lb1, lb2], params: { ip-addr: 10.9.0.1 } } } }
`,
      ['2:76 warning deprecated-parameter "ip-addr": "ip_addr" of fence_test is deprecated | = write `ip` instead'],
      { catalogue },
    );
  });
});
