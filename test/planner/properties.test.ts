import { expect, test } from 'vitest';
import { nextRandom, randomStream } from '../../src/base/random.js';
import type { RandomStream } from '../../src/base/random.js';
import type { ClusterSpec } from '../../src/model/cluster-spec.js';
import type { ObservedCluster } from '../../src/model/observation.js';
import type { Plan } from '../../src/model/plan.js';
import { applyPlan } from '../../src/planner/apply.js';
import { lintPlan } from '../../src/planner/lint.js';
import { plan } from '../../src/planner/plan.js';
import { randomCluster } from './random-cluster.js';

const SEEDS = Number(process.env.PLANNER_SEEDS ?? 600);

/** Fails with the seed and the command that plays it again. */
function forEachSeed(check: (seed: number) => string | null): void {
  const only = process.env.PLANNER_SEED;
  const seeds = only === undefined ? Array.from({ length: SEEDS }, (_, seed) => seed) : [Number(only)];
  for (const seed of seeds) {
    const wrong = check(seed);
    if (wrong !== null)
      expect.fail(`${wrong}\nagain: PLANNER_SEED=${seed} npx vitest run test/planner/properties.test.ts`);
  }
}

function shuffled<T>(random: RandomStream, values: readonly T[]): T[] {
  return [...values]
    .map((value) => ({ value, key: nextRandom(random) }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

function describePlan(made: Plan): string {
  return made.actions.map((action) => action.id).join(' ');
}

test('every plan of a random cluster satisfies the linter', () => {
  forEachSeed((seed) => {
    const { spec, observed } = randomCluster(seed);
    const made = plan({ spec, observed });
    const lint = lintPlan({ spec, observed, plan: made });
    return lint.length === 0 ? null : `${lint.join('\n')}\n${describePlan(made)}`;
  });
});

test('S9 equal inputs give equal plans, byte for byte, in whatever order the observation is listed', () => {
  forEachSeed((seed) => {
    const { spec, observed } = randomCluster(seed);
    const random = randomStream(seed);
    const again: ObservedCluster = {
      self: observed.self,
      nodes: shuffled(random, observed.nodes),
      resources: shuffled(random, observed.resources),
      leases: shuffled(random, observed.leases),
      pings: shuffled(random, observed.pings),
      attributes: shuffled(random, observed.attributes ?? []),
    };
    const first = JSON.stringify(plan({ spec, observed }));
    return first === JSON.stringify(plan({ spec, observed: again })) ? null : 'the plans differ';
  });
});

test('L3 a plan, and any beginning of it, leads to rest within a few rounds, whatever the probes find', () => {
  forEachSeed((seed) => {
    const random = randomStream(seed);
    const { spec } = randomCluster(seed);
    let { observed } = randomCluster(seed);
    for (let round = 0; round < 12; round++) {
      const made = plan({ spec, observed });
      if (made.actions.length === 0) return null;
      const lint = lintPlan({ spec, observed, plan: made });
      if (lint.length > 0) return `round ${round}: ${lint.join('\n')}`;
      const count = round < 4 ? Math.ceil(nextRandom(random) * made.actions.length) : made.actions.length;
      observed = advance({ spec, observed, made, count, random });
    }
    return `still to do after 12 rounds: ${describePlan(plan({ spec, observed }))}`;
  });
});

function advance(options: {
  readonly spec: ClusterSpec;
  readonly observed: ObservedCluster;
  readonly made: Plan;
  readonly count: number;
  readonly random: RandomStream;
}): ObservedCluster {
  const { observed, made, count, random } = options;
  const isWhole = count === made.actions.length;
  return applyPlan({
    observed,
    plan: made,
    ...(isWhole ? {} : { count }),
    probed: () => (nextRandom(random) < 0.2 ? 'running' : 'stopped'),
  });
}

test('groups go only to nodes that may run them', () => {
  forEachSeed((seed) => {
    const { spec, observed } = randomCluster(seed);
    const made = plan({ spec, observed });
    for (const action of made.actions) {
      if (action.kind !== 'claim' && action.kind !== 'start') continue;
      const node = spec.nodes.find((each) => each.id === action.node);
      const seen = observed.nodes.find((each) => each.node === action.node);
      if (node?.role === 'witness' || node?.state !== 'active') return `${action.id}: ${node?.role} ${node?.state}`;
      if (seen?.liveness !== 'online' || seen.leaving) return `${action.id}: ${seen?.liveness}`;
      const group = spec.groups.find((each) => each.id === action.group);
      const allowed = group?.require.some((selector) =>
        selector.kind === 'node' ? selector.node === node.id : node.labels[selector.label] === selector.value,
      );
      if (group !== undefined && group.require.length > 0 && allowed !== true) return `${action.id}: not required`;
    }
    return null;
  });
});
