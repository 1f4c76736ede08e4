import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';
import { someAgents } from '../some-agents.js';

describe('timeout-below-advice', () => {
  it('warns once for each resource, with both numbers', () => {
    expectProblems(
      `
resources:
  a:
    type: ocf:heartbeat:apache
    timeouts: { start: 30s, stop: 60s }
    monitor: [{ every: 1m, timeout: 10s }, { every: 1m, timeout: 10s, depth: 10 }]
`,
      [
        '4:15 warning timeout-below-advice "{ start: 30s, stop: 60s }": resource "a" gives ocf:heartbeat:apache less time than it advises | start 30s, advised 40s; monitor 10s, advised 30s | = write `timeouts: { start: 40s, monitor: 30s }`',
      ],
      { catalogue: someAgents },
    );
  });

  it('counts defaults too', () => {
    expectProblems(
      `
resources:
  a: { type: "ocf:heartbeat:apache" }
`,
      [
        '2:14 warning timeout-below-advice ""ocf:heartbeat:apache"": resource "a" gives ocf:heartbeat:apache less time than it advises | start 20s, advised 40s; stop 20s, advised 1m | = write `timeouts: { start: 40s, stop: 1m }`',
      ],
      { catalogue: someAgents },
    );
  });
});
