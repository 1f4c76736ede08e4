import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';
import { someAgents } from '../some-agents.js';

describe('parameter-type', () => {
  it('warns of values of another type than declared', () => {
    expectProblems(
      `
resources:
  a:
    type: ocf:heartbeat:apache
    params: { port: http, use_ipv6: maybe }
    timeouts: { start: 60s, stop: 60s }
`,
      [
        '4:21 warning parameter-type "http": "port" of resource "a" must be a whole number, says ocf:heartbeat:apache',
        '4:37 warning parameter-type "maybe": "use_ipv6" of resource "a" must be true or false, says ocf:heartbeat:apache',
      ],
      { catalogue: someAgents },
    );
  });

  it('lets the words of OCF pass', () => {
    expectProblems(
      `
resources:
  a:
    type: ocf:heartbeat:apache
    params: { port: 080, use_ipv6: no }
    timeouts: { start: 60s, stop: 60s }
`,
      [],
      { catalogue: someAgents },
    );
  });
});
