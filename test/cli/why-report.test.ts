import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { paintOf } from '../../src/cli/paint.js';
import { findWhy, renderWhy } from '../../src/cli/why-report.js';
import type { Status } from '../../src/model/status.js';
import { plan } from '../../src/planner/plan.js';
import { groupStatus, healthyStatus } from '../control/status-specimens.js';
import { buildObserved } from '../planner/build-spec.js';
import { readSpec } from '../planner/read-spec.js';

/** The status of a story of the planner's, with its group. */
function statusOf(story: string, sentence: string): Status {
  const read = (name: string) => readFileSync(join('test/planner/cases', story, name), 'utf8');
  const spec = readSpec('edge.yaml', read('spec.yaml'));
  const observed = buildObserved(spec, parse(read('observed.yaml')));
  const members = ['vip', 'nginx'].map((resource) => ({ resource, node: 'lb1', state: 'running' }));
  return {
    ...healthyStatus(),
    groups: [groupStatus({ group: 'web', members, sentence })],
    observed,
    plan: plan({ spec, observed }),
  };
}

/** A failure as a status tells it. */
function failureOf(resource: string, node: string, why: string): Status['failures'][number] {
  const sentence = `${resource} on ${node}: ${why}`;
  return { resource, node, failures: 1, banned: true, blocked: false, forgottenInMs: null, sentence };
}

function tell(status: Status, subject: string, node: string | null = null): string {
  const why = findWhy(status, subject, node);
  if (why === null) throw new Error(`nothing is known of ${subject}`);
  return renderWhy(why, { node, paint: paintOf(false) });
}

describe('why', () => {
  test('a resource is where it is: its place, every node, what it waits on', () => {
    expect(tell(statusOf('node-standby', 'web moves to lb2'), 'nginx')).toMatchInlineSnapshot(`
      "nginx, of group web, is running on lb1; web moves to lb2
      web belongs on lb2, because lb1 is standby   edge.yaml:7
        and web prefers lb2, choice 2 of 2   edge.yaml:13

      Nodes
         on lb2  web prefers lb2, choice 2 of 2   edge.yaml:13
        not lb1  lb1 is standby   edge.yaml:7
        not wit  wit is a witness: it votes and runs nothing   edge.yaml:9

      Waiting on
        lb1 must stop and release web first   edge.yaml:11
      "
    `);
  });

  test('a group that failed too often went elsewhere', () => {
    const failures = [failureOf('nginx', 'lb1', 'exit code 1; what follows'), failureOf('db', 'lb1', 'another group')];
    expect(tell({ ...statusOf('failed-too-often', 'web moves to lb2'), failures }, 'web')).toMatchInlineSnapshot(`
      "web moves to lb2
      web belongs on lb2, because nginx failed 4 times on lb1 (exit code 1)   edge.yaml:11
        and web prefers lb2, choice 2 of 2   edge.yaml:13

      Failures
        nginx on lb1: exit code 1; what follows

      Nodes
         on lb2  web prefers lb2, choice 2 of 2   edge.yaml:13
        not lb1  nginx failed 4 times on lb1 (exit code 1)   edge.yaml:11
        not wit  wit is a witness: it votes and runs nothing   edge.yaml:9

      Waiting on
        lb1 must stop and release web first   edge.yaml:11
      "
    `);
  });

  test('a node may not have it', () => {
    expect(tell(statusOf('node-standby', 'web moves to lb2'), 'nginx', 'wit')).toMatchInlineSnapshot(`
      "nginx, of group web, on wit: stopped
      web may not run there, because wit is a witness: it votes and runs nothing   edge.yaml:9

      Waiting on
        lb1 must stop and release web first   edge.yaml:11
      "
    `);
  });

  test('a node may have it, and another is better', () => {
    expect(tell(statusOf('at-rest', 'web runs on lb1'), 'nginx', 'lb2')).toMatchInlineSnapshot(`
      "nginx, of group web, on lb2: stopped
      web may run there, and lb1 is better
         on lb1  web is on lb1 and stays while it may   edge.yaml:11
                 web prefers lb1, choice 1 of 2   edge.yaml:13
         on lb2  web prefers lb2, choice 2 of 2   edge.yaml:13
      "
    `);
  });

  test('a node has it', () => {
    expect(tell(statusOf('at-rest', 'web runs on lb1'), 'vip', 'lb1')).toMatchInlineSnapshot(`
      "vip, of group web, on lb1: running
      web belongs on lb1, because web is on lb1 and stays while it may   edge.yaml:11
        and web prefers lb1, choice 1 of 2   edge.yaml:13
      "
    `);
  });

  test('before there is a plan it says so', () => {
    expect(tell({ ...statusOf('at-rest', 'web runs on lb1'), plan: null }, 'vip')).toContain(
      'no plan has been made yet',
    );
  });

  test('what an agent printed cannot drive the terminal', () => {
    const failures = [failureOf('vip', 'lb1', '\u001b[2J\n\u009b2J')];
    const text = tell({ ...statusOf('at-rest', 'web runs on lb1'), failures }, 'vip');
    expect(text).toContain('vip on lb1: \\u001b[2J\\n\\u009b2J');
  });

  test('of what is not there nothing is known', () => {
    expect(findWhy(healthyStatus(), 'ngix', null)).toBeNull();
  });
});

test('why takes what a silent node said last for old news', () => {
  const status = statusOf('cut-off-from-the-holder', 'whether web runs is not known from here');
  expect(tell(status, 'nginx')).toMatch(
    /^nginx, of group web, is not known to run anywhere; whether web runs is not known from here\n/,
  );
  expect(tell(status, 'nginx', 'lb2')).toMatch(
    /^nginx, of group web, on lb2: running, as lb2 said last; it is not heard now\n/,
  );
});
