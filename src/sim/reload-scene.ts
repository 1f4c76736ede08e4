import type { RandomStream } from '../base/random.js';
import { randomBetween } from '../base/random.js';
import type { ClusterSpec } from '../model/cluster-spec.js';
import { longestPromiseMs } from './patience.js';
import type { SceneOptions } from './profiles.js';
import { pick } from './random-spec.js';
import type { Fault } from './schedule.js';
import { RELOADABLE } from './sim-agents.js';
import type { SpecText } from './spec-library.js';
import { specText } from './spec-library.js';

/** How often the scene is played in one schedule: a kill seldom comes just in the midst of a reload. */
const ROUNDS = 4;

/**
 * A scene of reloads that are called back: every daemon dies while resources are reloaded, and the spec is what it was before when they start again.
 *
 * Shape: faults from `fromMs` on.
 */
export function calledBackReloadScene(random: RandomStream, { spec, fromMs }: SceneOptions): Fault[] {
  const ids = spec.nodes.map((node) => node.id);
  return Array.from({ length: ROUNDS }, (_, round): Fault[] => {
    const atMs = fromMs + round * (longestPromiseMs(spec) + 3000);
    const killMs = atMs + randomBetween(random, 80, 500);
    const what = 'parameters';
    const there = specText(`round ${round}: there\n`, withLevel(spec, '2'));
    const back = specText(`round ${round}: back\n`, withLevel(spec, '1'));
    const edit = (host: string, editMs: number, text: SpecText): Fault => ({
      kind: 'edit',
      atMs: editMs,
      host,
      what,
      text,
    });
    return [
      edit(pick(random, ids), atMs, there),
      ...ids.flatMap((host): Fault[] => [
        { kind: 'daemon-kill', atMs: killMs, host, effect: null, downMs: randomBetween(random, 100, 300) },
        edit(host, killMs + 50, back),
      ]),
    ];
  }).flat();
}

function withLevel(spec: ClusterSpec, level: string): ClusterSpec {
  const resources = spec.resources.map((each) => ({ ...each, params: { ...each.params, [RELOADABLE]: level } }));
  return { ...spec, resources };
}
