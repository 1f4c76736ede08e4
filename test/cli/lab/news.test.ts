import { expect, it } from 'vitest';
import { News } from '../../../src/cli/lab/news.js';
import type { Condition, Status } from '../../../src/model/status.js';
import { healthyStatus } from '../../control/status-specimens.js';

interface Said {
  readonly generation?: number;
  readonly failures?: number;
  readonly invalid?: string;
}

function says(node: string, { generation = 1, failures = 0, invalid }: Said = {}): Status {
  const healthy = healthyStatus();
  const usual = { resource: 'hello', state: 'running', busy: false, banned: false, blocked: false } as const;
  const resources = ['n1', 'n2'].map((on) => ({
    ...usual,
    node: on,
    failures,
    reason: 'it ended with exit code 1: boom',
  }));
  const conditions: Condition[] =
    invalid === undefined ? [] : [{ kind: 'spec-invalid', severity: 'error', sentence: invalid, ageMs: 1 }];
  return {
    ...healthy,
    node,
    revision: { generation, hash: `${generation}${'0'.repeat(63)}`, parent: null },
    observed: { ...healthy.observed, resources },
    conditions,
  };
}

it('of a failure are told by the node where it happened, and again with each further one', () => {
  const news = new News();
  expect(news.of([says('n1'), says('n2')])).toEqual([]);
  const failed = { failures: 1 };
  expect(news.of([says('n1', failed)])).toEqual(['hello failed on n1: it ended with exit code 1: boom']);
  expect(news.of([says('n1', failed)])).toEqual([]);
  expect(news.of([says('n1', { failures: 2 })])).toEqual([
    'hello failed on n1, 2 times now: it ended with exit code 1: boom',
  ]);
  expect(news.of([says('n1')])).toEqual([]);
  expect(news.of([says('n1', failed)])).toHaveLength(1);
});

it('of an edit are the revision, once for all nodes, or why there is none', () => {
  const news = new News();
  expect(news.of([says('n1'), says('n2')])).toEqual([]);
  expect(news.of([says('n1', { generation: 2 }), says('n2')])).toEqual(['revision 2000000 (generation 2) is in force']);
  expect(news.of([says('n1', { generation: 2 }), says('n2', { generation: 2 })])).toEqual([]);
  const invalid = { generation: 2, invalid: 'the change is not valid: cluster.yaml:3:1: no' };
  expect(news.of([says('n1', invalid), says('n2', invalid)])).toEqual([invalid.invalid]);
  // A node that knows less than another one did is no news.
  expect(news.of([says('n2', { generation: 1 })])).toEqual([]);
});
