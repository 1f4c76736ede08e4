import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { AgentForm } from '../harness/cluster-spec.js';
import { describeWithLab } from '../harness/describe-with-lab.js';
import { VIRTUAL_ADDRESS } from '../harness/lab.js';
import { Cluster } from './cluster.js';
import { tellDaemonStories } from './daemon-stories.js';
import { tellHostStories, tellLossStories } from './host-stories.js';
import { tellPingStories, tellStoryOfLostGateway } from './ping-stories.js';
import { tellServiceStories } from './service-stories.js';
import { tellSpecStories, tellStoriesOfOtherSpecs } from './spec-stories.js';
import { tellStartStories } from './start-stories.js';
import { tellStatusStories } from './status-stories.js';

/** Tells the stories with one form of agents, in one lab; those in which no agent starts or stops anything are told with one form only. After each of them the address must never have had two owners. */
export function tellStories(title: string, form: AgentForm): void {
  describeWithLab(title, () => {
    let cluster: Cluster | null = null;
    const clusterOf = (): Cluster => {
      if (cluster === null) {
        throw new Error('the lab could not be started');
      }
      return cluster;
    };

    beforeAll(async () => {
      cluster = await Cluster.start({ form });
    });

    // A story is answerable for its own time only.
    const judged = new Set<string>();
    afterEach(async () => {
      const { watch } = clusterOf();
      const news = (await watch.overlaps(VIRTUAL_ADDRESS)).filter(({ first, second }) => {
        const name = `${first.host} ${first.fromMs} ${second.host} ${second.fromMs}`;
        return !judged.has(name) && judged.add(name);
      });
      expect(news, await watch.describe(VIRTUAL_ADDRESS)).toEqual([]);
    });

    afterAll(async () => {
      await cluster?.close();
    });

    tellStartStories(clusterOf);
    tellServiceStories(clusterOf);
    tellDaemonStories(clusterOf);
    tellSpecStories(clusterOf);
    tellPingStories(clusterOf);
    tellHostStories(clusterOf);
    if (form === 'builtin') {
      tellStatusStories(clusterOf);
      tellStoriesOfOtherSpecs(clusterOf);
      tellStoryOfLostGateway(clusterOf);
      tellLossStories(clusterOf);
    }
  });
}
