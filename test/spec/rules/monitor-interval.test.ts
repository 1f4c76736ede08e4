import { describe, it } from 'vitest';
import { catalogueOf, expectProblems } from '../expect-problems.js';

describe('monitor-interval', () => {
  it('warns of a look that may take longer than the pause before the next', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, monitor: [{ every: 10s, timeout: 25s }] }
  b: { type: builtin:noop, monitor: [{ every: 5s }], timeouts: { monitor: 10s } }
`,
      [
        '2:47 warning monitor-interval "10s": a look every 10s may take 25s | what hangs may be noticed only after 35s | = write `timeout: 10s` or less where a look never takes longer',
        '3:47 warning monitor-interval "5s": a look every 5s may take 10s | what hangs may be noticed only after 15s | = write `timeout: 5s` or less where a look never takes longer',
      ],
    );
  });

  it('warns once of the defaults', () => {
    expectProblems(
      `
defaults:
  monitor: [{ every: 1s, timeout: 2s }]
resources:
  a: { type: builtin:noop }
  b: { type: builtin:noop }
`,
      [
        '2:22 warning monitor-interval "1s": a look every 1s may take 2s | what hangs may be noticed only after 3s | = write `timeout: 1s` or less where a look never takes longer',
      ],
    );
  });

  it('lets pass what a spec has that says nothing of it', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, monitor: [{ every: 10s, timeout: 20s }] }
`,
      [],
    );
  });

  it('lets pass the time that the agent advises, and no more', () => {
    const catalogue = catalogueOf({
      'ocf:heartbeat:nginx': { actions: [{ name: 'monitor', timeoutMs: 30_000, intervalMs: 10_000, depth: 0 }] },
    });
    expectProblems(
      `
resources:
  a: { type: "ocf:heartbeat:nginx", timeouts: { start: 60s }, monitor: [{ every: 5s, timeout: 30s }] }
  b: { type: "ocf:heartbeat:nginx", timeouts: { start: 60s }, monitor: [{ every: 5s, timeout: 40s }] }
`,
      [
        '3:82 warning monitor-interval "5s": a look every 5s may take 40s | what hangs may be noticed only after 45s | = write `timeout: 5s` or less where a look never takes longer',
      ],
      { catalogue },
    );
  });

  it('does not judge an OCF agent of which nobody knows what it advises', () => {
    const text = `
resources:
  a: { type: "ocf:heartbeat:nginx", monitor: [{ every: 30s, timeout: 90s }] }
`;
    expectProblems(text, []);
  });

  it('lets what is not written pass', () => {
    expectProblems(
      `
resources:
  a: { type: builtin:noop, monitor: [{ every: 5s }] }
`,
      [],
    );
  });
});
