import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { explainPlan } from '../../src/planner/explain.js';
import { lintPlan } from '../../src/planner/lint.js';
import { plan } from '../../src/planner/plan.js';
import type { Plan } from '../../src/model/plan.js';
import { buildObserved } from './build-spec.js';
import type { ObservedWish } from './build-spec.js';
import { readSpec } from './read-spec.js';

const FOLDER = fileURLToPath(new URL('cases', import.meta.url));
const isUpdate = process.env.UPDATE_CASES === '1';

describe('stories of clusters, what is planned for each, and why', () => {
  const stories = readdirSync(FOLDER).sort();

  test.each(stories)('%s', (story) => {
    const read = (name: string) => readFileSync(join(FOLDER, story, name), 'utf8');
    const spec = readSpec('spec.yaml', read('spec.yaml'));
    const wish: ObservedWish = parse(read('observed.yaml'));
    const observed = buildObserved(spec, wish);
    const made = plan({ spec, observed });
    const observedBy = observed.self === null ? [] : [observed.self];
    const text = explainPlan({ spec, observed, plan: made, revision: null, observedAt: null, observedBy });
    const whole = `${text}\n${describeActions(made)}`;

    expect(lintPlan({ spec, observed, plan: made })).toEqual([]);
    const golden = join(FOLDER, story, 'plan.txt');
    if (isUpdate || !existsSync(golden)) writeFileSync(golden, whole);
    expect(whole).toBe(read('plan.txt'));
  });

  test('there is a story for every kind of change and of wait', () => {
    const texts = stories.map((story) => readFileSync(join(FOLDER, story, 'plan.txt'), 'utf8')).join('\n');
    const signs = ['  + ', '  - ', '  > ', '  ~ ', '  ! ', '  ? '];
    const waits = [
      'probe',
      'release',
      'lease end',
      'fencing',
      'quorum',
      'other group',
      'back off',
      'ping',
      'blocked',
      'no node',
      'maintenance',
    ];
    const missing = [...signs.map((sign) => `\n${sign}`), ...waits.map((wait) => `  ${wait}: `)].filter(
      (each) => !texts.includes(each),
    );
    expect(missing).toEqual([]);
  });
});

function describeActions(made: Plan): string {
  if (made.actions.length === 0) return 'Actions: none\n';
  const lines = made.actions.map(({ id, after }) =>
    after.length === 0 ? `  ${id}` : `  ${id}\n    after ${after.join(', ')}`,
  );
  return `Actions\n${lines.join('\n')}\n`;
}
